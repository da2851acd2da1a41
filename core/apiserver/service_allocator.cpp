#include "core/apiserver/service_allocator.hpp"

#include <algorithm>
#include <cassert>

namespace pilothouse::apiserver {
namespace {

constexpr std::string_view kAlreadyAllocatedIp = "provided IP is already allocated";
constexpr std::string_view kAlreadyAllocatedPort = "provided port is already allocated";
constexpr std::string_view kMismatchedNetwork = "the provided network does not match the current range";

std::uint32_t number(std::string_view text) {
  std::uint32_t n = 0;
  for (const char c : text) {
    assert(c >= '0' && c <= '9');
    n = n * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return n;
}

std::uint32_t prefixSize(std::string_view cidr) {
  const std::uint32_t bits = number(cidr.substr(cidr.find('/') + 1));
  assert(bits >= 8 && bits <= 30);
  return 1U << (32 - bits);
}

// min(max(16, size/16), 256) addresses for explicit requests (calculateRangeOffset of ipallocator).
std::uint32_t ipBand(std::uint32_t size) { return size <= 16 ? 0 : std::min(std::max(16U, size / 16), 256U); }

// min(max(16, size/32), 128) ports (calculateRangeOffset of portallocator).
std::uint32_t portBand(std::uint32_t size) {
  return size <= 16 ? 0 : std::min(std::max(16U, size / 32), 128U);
}

std::uint32_t rangeFrom(std::string_view range) { return number(range.substr(0, range.find('-'))); }
std::uint32_t rangeTo(std::string_view range) { return number(range.substr(range.find('-') + 1)); }

}  // namespace

NumberAllocator::NumberAllocator(std::uint32_t size, std::uint32_t reserved)
    : taken_(size, false), reserved_(reserved) {
  assert(reserved <= size);
}

bool NumberAllocator::take(std::uint32_t number) {
  assert(number < size());
  if (taken_[number]) return false;
  taken_[number] = true;
  ++used_;
  return true;
}

std::optional<std::uint32_t> NumberAllocator::takeNextIn(std::uint32_t from, std::uint32_t to,
                                                         Random& random) {
  if (from == to) return std::nullopt;
  const std::uint32_t count = to - from;
  const auto start = static_cast<std::uint32_t>(random.below(count));
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t at = from + (start + i) % count;
    if (take(at)) return at;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> NumberAllocator::takeNext(Random& random) {
  if (used_ == size()) return std::nullopt;
  if (const auto upper = takeNextIn(reserved_, size(), random)) return upper;
  return takeNextIn(0, reserved_, random);
}

void NumberAllocator::release(std::uint32_t number) {
  assert(number < size());
  if (!taken_[number]) return;
  taken_[number] = false;
  --used_;
}

void NumberAllocator::clear() {
  taken_.assign(taken_.size(), false);
  used_ = 0;
}

std::optional<std::uint32_t> parseIpv4(std::string_view text) {
  std::uint32_t address = 0;
  std::size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t begin = at;
    std::uint32_t n = 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9' && at - begin < 3) {
      n = n * 10 + static_cast<std::uint32_t>(text[at++] - '0');
    }
    if (at == begin || n > 255) return std::nullopt;
    address = address << 8 | n;
    if (part < 3 && (at == text.size() || text[at++] != '.')) return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  return address;
}

std::string ipv4Text(std::uint32_t address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string(address >> shift & 255U);
    if (shift > 0) text += '.';
  }
  return text;
}

// Number i stands for the address base + 1 + i, so that neither end of the range can be given.
ServiceIpAllocator::ServiceIpAllocator(std::string_view cidr)
    : base_(parseIpv4(cidr.substr(0, cidr.find('/'))).value()),
      numbers_(prefixSize(cidr) - 2, std::min(ipBand(prefixSize(cidr) - 2), prefixSize(cidr) - 2)) {}

std::optional<std::uint32_t> ServiceIpAllocator::offsetOf(std::string_view ip) const {
  const auto address = parseIpv4(ip);
  if (!address || *address <= base_ || *address - base_ > numbers_.size()) return std::nullopt;
  return *address - base_ - 1;
}

std::string ServiceIpAllocator::allocate(std::string_view ip) {
  const auto offset = offsetOf(ip);
  if (!offset) return std::string(kMismatchedNetwork);
  return numbers_.take(*offset) ? std::string() : std::string(kAlreadyAllocatedIp);
}

std::string ServiceIpAllocator::allocateNext(Random& random) {
  const auto offset = numbers_.takeNext(random);
  return offset ? ipv4Text(base_ + 1 + *offset) : std::string();
}

void ServiceIpAllocator::release(std::string_view ip) {
  if (const auto offset = offsetOf(ip)) numbers_.release(*offset);
}

NodePortAllocator::NodePortAllocator(std::string_view range)
    : range_(range),
      base_(rangeFrom(range)),
      numbers_(rangeTo(range) - rangeFrom(range) + 1, portBand(rangeTo(range) - rangeFrom(range) + 1)) {}

std::string NodePortAllocator::allocate(std::int64_t port) {
  if (port < base_ || port >= base_ + numbers_.size()) {
    return "provided port is not in the valid range. The range of valid ports is " + range_;
  }
  return numbers_.take(static_cast<std::uint32_t>(port - base_)) ? std::string()
                                                                 : std::string(kAlreadyAllocatedPort);
}

std::optional<std::int64_t> NodePortAllocator::allocateNext(Random& random) {
  const auto offset = numbers_.takeNext(random);
  if (!offset) return std::nullopt;
  return base_ + *offset;
}

void NodePortAllocator::release(std::int64_t port) {
  if (port >= base_ && port < base_ + numbers_.size()) {
    numbers_.release(static_cast<std::uint32_t>(port - base_));
  }
}

}  // namespace pilothouse::apiserver
