#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::client {

/// A table of whole objects by namespace and name, and by further indexes (client-go's
/// cache.ThreadSafeStore).
///
/// Found by hash over the handles themselves: 27 to 37 bytes an entry, no key strings; an index adds 4 to 8.
/// Iteration is in order of insertion slots, the same on every platform for the same history.
class Store {
 public:
  /// Values under which an object is found in an index, e.g. spec.nodeName; appended to `out`.
  using IndexFunction = std::function<void(const Value& object, std::vector<Value>& out)>;

  Store();
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  /// Adds an index over what is and will be stored; returns its number.
  int addIndex(IndexFunction function);

  /// Inserts or replaces; returns the former object (null when it was not there).
  Value put(const Value& object);
  /// Removes by the namespace and name of `object`; returns what was there.
  Value erase(const Value& object);
  void clear();

  /// The object, or null.
  [[nodiscard]] const Value& find(std::string_view ns, std::string_view name) const;
  [[nodiscard]] std::size_t size() const;
  void forEach(const std::function<void(const Value&)>& visit) const;
  /// Every object that the index function put under `value`, in order of name.
  [[nodiscard]] std::vector<Value> byIndex(int index, std::string_view value) const;
  void forEachByIndex(int index, std::string_view value,
                      const std::function<void(const Value&)>& visit) const;
  [[nodiscard]] std::size_t countByIndex(int index, std::string_view value) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pilothouse::client
