#include "tests/unit/etcd/linearizability.hpp"

#include <doctest/doctest.h>

using namespace pilothouse::etcd::testing;
using Type = Operation::Type;
using Op = Operation;

namespace {

constexpr std::int64_t kNever = Op::kNever;

Op put(std::int64_t value, std::int64_t call, std::int64_t reply) {
  return {Type::Put, 0, value, false, call, reply};
}
Op get(std::int64_t value, std::int64_t call, std::int64_t reply) {
  return {Type::Get, 0, value, false, call, reply};
}
Op swap(std::int64_t expected, std::int64_t value, bool swapped, std::int64_t call, std::int64_t reply) {
  return {Type::CompareAndSwap, expected, value, swapped, call, reply};
}

}  // namespace

TEST_CASE("one after another, every read must see the write before it") {
  CHECK(isLinearizable({}));
  CHECK(isLinearizable({get(0, 0, 1), put(1, 2, 3), get(1, 4, 5)}));
  CHECK_FALSE(isLinearizable({put(1, 0, 1), get(0, 2, 3)}));
  CHECK_FALSE(isLinearizable({put(1, 0, 1), put(2, 2, 3), get(1, 4, 5)}));
}

TEST_CASE("a read beside a write may see it or not, but nobody sees it undone") {
  CHECK(isLinearizable({put(1, 0, 10), get(0, 1, 2), get(1, 3, 4)}));
  CHECK(isLinearizable({put(1, 0, 10), get(1, 1, 2), get(1, 3, 4)}));
  CHECK_FALSE(isLinearizable({put(1, 0, 10), get(1, 1, 2), get(0, 3, 4)}));
}

TEST_CASE("a read of a value that two writers raced for fixes their order for all") {
  CHECK(isLinearizable({put(1, 0, 10), put(2, 0, 10), get(1, 11, 12), get(1, 13, 14)}));
  CHECK_FALSE(isLinearizable({put(1, 0, 10), put(2, 0, 10), get(1, 11, 12), get(2, 13, 14)}));
}

TEST_CASE("two swaps from the same value cannot both go well") {
  CHECK(isLinearizable({swap(0, 1, true, 0, 5), swap(0, 2, false, 0, 5), get(1, 6, 7)}));
  CHECK_FALSE(isLinearizable({swap(0, 1, true, 0, 5), swap(0, 2, true, 0, 5)}));
  CHECK_FALSE(isLinearizable({swap(0, 1, true, 0, 1), put(5, 2, 3), swap(5, 6, false, 4, 5)}));
}

TEST_CASE("a write that was not answered may happen late, or never") {
  CHECK(isLinearizable({put(1, 0, kNever), get(0, 1, 2), get(1, 100, 101)}));
  CHECK(isLinearizable({put(1, 0, kNever), get(0, 1, 2), get(0, 100, 101)}));
  CHECK_FALSE(isLinearizable({put(1, 0, kNever), get(1, 1, 2), get(0, 100, 101)}));
  CHECK_FALSE(isLinearizable({put(1, 5, kNever), get(1, 1, 2)}));
  CHECK(isLinearizable({swap(0, 1, false, 0, kNever), get(1, 5, 6)}));
  CHECK(isLinearizable({swap(7, 1, false, 0, kNever), get(0, 5, 6)}));
}

TEST_CASE("the search goes back where the first guess was wrong") {
  CHECK(isLinearizable(
      {put(1, 0, 20), put(2, 1, 20), put(3, 2, 20), get(2, 3, 4), get(3, 5, 6), get(1, 7, 8)}));
  CHECK_FALSE(isLinearizable({put(1, 0, 20), put(2, 1, 20), put(3, 2, 20), get(2, 3, 4), get(3, 5, 6),
                              get(1, 7, 8), get(3, 9, 10)}));
}
