#include <optional>
#include <vector>

#include "core/value/document.hpp"
#include "core/value/number_text.hpp"
#include "core/value/patch.hpp"

namespace pilothouse {
namespace {

constexpr std::size_t kDepthMax = ReadLimits().depth;
constexpr std::size_t kCopyBytesMax = 3u << 20;  // kube-apiserver's limit of a request body

const Key kOp = Key::intern("op");
const Key kPath = Key::intern("path");
const Key kFrom = Key::intern("from");
const Key kValue = Key::intern("value");

constexpr const char* kMissing = ": missing value";
constexpr const char* kInvalidIndex = ": invalid index referenced";

/// A JSON pointer's reference tokens, decoded; nothing when it has no '/'.
std::optional<std::vector<std::string>> tokens(std::string_view pointer) {
  const std::size_t first = pointer.find('/');
  if (first == std::string_view::npos) return std::nullopt;
  std::vector<std::string> all(1);
  for (std::size_t i = first + 1; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      all.emplace_back();
    } else if (pointer[i] == '~' && i + 1 < pointer.size() &&
               (pointer[i + 1] == '0' || pointer[i + 1] == '1')) {
      all.back() += pointer[++i] == '0' ? '~' : '/';
    } else {
      all.back() += pointer[i];
    }
  }
  return all;
}

std::string notANumber(const std::string& token) {
  return "strconv.Atoi: parsing \"" + token + "\": invalid syntax";
}

/// `token` as an index below `end`, from the end when negative; otherwise an error.
std::optional<std::size_t> indexOf(const std::string& token, std::size_t end, std::string& error) {
  const auto number = parseInt64(token);
  if (!number) {
    error = notANumber(token);
    return std::nullopt;
  }
  const auto size = static_cast<std::int64_t>(end);
  const std::int64_t index = *number < 0 ? *number + size : *number;
  if (index < 0 || index >= size) {
    error = "Unable to access invalid index: " + std::to_string(*number) + kInvalidIndex;
    return std::nullopt;
  }
  return static_cast<std::size_t>(index);
}

/// The nodes from the root to the one that holds a pointer's last token.
struct Place {
  std::vector<Value> containers;
  std::vector<std::string> path;
  const std::string& token() const { return path.back(); }
  const Value& container() const { return containers.back(); }
};

std::optional<Place> locate(const Value& root, std::string_view pointer) {
  auto path = tokens(pointer);
  if (!path) return std::nullopt;
  Place place{{root}, std::move(*path)};
  for (std::size_t i = 0; i + 1 < place.path.size(); ++i) {
    const Value& at = place.container();
    Value next;
    if (at.isArray()) {
      std::string error;
      const auto index = indexOf(place.path[i], at.size(), error);
      if (!index) return std::nullopt;
      next = at.item(*index);
    } else {
      next = at[std::string_view(place.path[i])];
    }
    if (!next.isArray() && !next.isObject()) return std::nullopt;
    place.containers.push_back(std::move(next));
  }
  return place;
}

/// The root after the place's container has become `changed`.
Value rebuilt(const Place& place, Value changed) {
  for (std::size_t i = place.containers.size() - 1; i-- > 0;) {
    const Value& parent = place.containers[i];
    if (parent.isArray()) {
      std::string error;
      changed = parent.withItem(*indexOf(place.path[i], parent.size(), error), std::move(changed));
    } else {
      changed = parent.with(Key::intern(place.path[i]), std::move(changed));
    }
  }
  return changed;
}

Value inserted(const Value& array, std::size_t at, const Value& value) {
  std::vector<Value> items(array.items().begin(), array.items().end());
  items.insert(items.begin() + static_cast<std::ptrdiff_t>(at), value);
  return Value::array(std::span<const Value>(items));
}

Value erased(const Value& array, std::size_t at) {
  std::vector<Value> items(array.items().begin(), array.items().end());
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(at));
  return Value::array(std::span<const Value>(items));
}

class JsonPatch {
 public:
  explicit JsonPatch(const Value& target) : root_(target) {}

  bool apply(const Value& operation) {
    const std::string kind = operation[kOp].isString() ? operation[kOp].toString() : "unknown";
    if (kind == "add") return add(operation);
    if (kind == "remove") return remove(operation);
    if (kind == "replace") return replace(operation);
    if (kind == "move") return move(operation);
    if (kind == "test") return test(operation);
    if (kind == "copy") return copy(operation);
    return fail("Unexpected kind: " + kind);
  }

  [[nodiscard]] Patched result() && { return {std::move(root_), std::move(error_)}; }

 private:
  bool fail(std::string error) {
    error_ = std::move(error);
    return false;
  }

  /// Replaces the place's container, unless the document would become too deep for its readers.
  bool store(const Place& place, Value changed) {
    root_ = rebuilt(place, std::move(changed));
    return true;
  }

  bool fits(const Place& place, const Value& value) {
    return place.path.size() + value.depth() <= kDepthMax || fail("exceeded max depth");
  }

  bool addAt(const Place& place, const Value& value, const std::string& context) {
    if (!fits(place, value)) return false;
    const Value& container = place.container();
    if (!container.isArray()) return store(place, container.with(Key::intern(place.token()), value));
    if (place.token() == "-") return store(place, container.appended(value));
    if (!parseInt64(place.token())) {
      return fail(context + "value was not a proper array index: '" + place.token() +
                  "': " + notANumber(place.token()));
    }
    std::string error;
    const auto index = indexOf(place.token(), container.size() + 1, error);
    if (!index) return fail(context + error);
    return store(place, inserted(container, *index, value));
  }

  bool removeAt(const Place& place, const std::string& context) {
    const Value& container = place.container();
    if (!container.isArray()) {
      const Key key = Key::intern(place.token());
      if (!container.has(key)) {
        return fail(context + "Unable to remove nonexistent key: " + place.token() + kMissing);
      }
      return store(place, container.without(key));
    }
    std::string error;
    const auto index = indexOf(place.token(), container.size(), error);
    if (!index) return fail(context + error);
    return store(place, erased(container, *index));
  }

  /// The node at the place; null for an object's missing member, an error for an array's.
  std::optional<Value> getAt(const Place& place, std::string& error) const {
    const Value& container = place.container();
    if (!container.isArray()) return container[std::string_view(place.token())];
    const auto index = indexOf(place.token(), container.size(), error);
    if (!index) return std::nullopt;
    return container.item(*index);
  }

  bool add(const Value& operation) {
    if (!operation[kPath].isString())
      return fail(std::string("add operation failed to decode path") + kMissing);
    const std::string path = operation[kPath].toString();
    const auto place = locate(root_, path);
    if (!place) return fail("add operation does not apply: doc is missing path: \"" + path + "\"" + kMissing);
    return addAt(*place, operation[kValue], "error in add for path: '" + path + "': ");
  }

  bool remove(const Value& operation) {
    if (!operation[kPath].isString()) {
      return fail(std::string("remove operation failed to decode path") + kMissing);
    }
    const std::string path = operation[kPath].toString();
    const auto place = locate(root_, path);
    if (!place)
      return fail("remove operation does not apply: doc is missing path: \"" + path + "\"" + kMissing);
    return removeAt(*place, "error in remove for path: '" + path + "': ");
  }

  bool replace(const Value& operation) {
    if (!operation[kPath].isString()) {
      return fail(std::string("replace operation failed to decode path: operation missing path field") +
                  kMissing);
    }
    const std::string path = operation[kPath].toString();
    const Value& value = operation[kValue];
    if (path.empty()) {
      if (!value.isObject() && !value.isArray())
        return fail("replace operation value must be object or array");
      root_ = value;
      return true;
    }
    const auto place = locate(root_, path);
    if (!place) return fail("replace operation does not apply: doc is missing path: " + path + kMissing);
    std::string error;
    if (!getAt(*place, error)) {
      return fail("replace operation does not apply: doc is missing key: " + path + kMissing);
    }
    if (!fits(*place, value)) return false;
    const Value& container = place->container();
    if (!container.isArray()) return store(*place, container.with(Key::intern(place->token()), value));
    return store(*place, container.withItem(*indexOf(place->token(), container.size(), error), value));
  }

  bool move(const Value& operation) {
    if (!operation[kFrom].isString()) {
      return fail(std::string("move operation failed to decode from: operation, missing from field") +
                  kMissing);
    }
    const std::string from = operation[kFrom].toString();
    const auto source = locate(root_, from);
    if (!source) return fail("move operation does not apply: doc is missing from path: " + from + kMissing);
    std::string error;
    const auto value = getAt(*source, error);
    if (!value) return fail("error in move for path: '" + source->token() + "': " + error);
    if (!removeAt(*source, "error in move for path: '" + source->token() + "': ")) return false;
    if (!operation[kPath].isString()) {
      return fail(std::string("move operation failed to decode path: operation missing path field") +
                  kMissing);
    }
    const std::string path = operation[kPath].toString();
    const auto place = locate(root_, path);
    if (!place)
      return fail("move operation does not apply: doc is missing destination path: " + path + kMissing);
    return addAt(*place, *value, "error in move for path: '" + path + "': ");
  }

  bool test(const Value& operation) {
    if (!operation[kPath].isString()) {
      return fail(std::string("test operation failed to decode path: operation missing path field") +
                  kMissing);
    }
    const std::string path = operation[kPath].toString();
    const std::string failed = "testing value " + path + " failed: test failed";
    if (path.empty()) return root_ == operation[kValue] || fail(failed);
    const auto place = locate(root_, path);
    if (!place) return fail("test operation does not apply: is missing path: " + path + kMissing);
    std::string error;
    const auto value = getAt(*place, error);
    if (!value) return fail("error in test for path: '" + path + "': " + error);
    return *value == operation[kValue] || fail(failed);
  }

  bool copy(const Value& operation) {
    if (!operation[kFrom].isString()) {
      return fail(std::string("copy operation failed to decode from: operation, missing from field") +
                  kMissing);
    }
    const std::string from = operation[kFrom].toString();
    const auto source = locate(root_, from);
    if (!source) return fail("copy operation does not apply: doc is missing from path: " + from + kMissing);
    std::string error;
    const auto value = getAt(*source, error);
    if (!value) return fail("error in copy for from: '" + from + "': " + error);
    if (!operation[kPath].isString())
      return fail(std::string("copy operation failed to decode path") + kMissing);
    const std::string path = operation[kPath].toString();
    const auto place = locate(root_, path);
    if (!place)
      return fail("copy operation does not apply: doc is missing destination path: " + path + kMissing);
    copied_ += writeJson(*value).size();
    if (copied_ > kCopyBytesMax) {
      return fail("Unable to complete the copy, the accumulated size increase of copy is " +
                  std::to_string(copied_) + ", exceeding the limit " + std::to_string(kCopyBytesMax));
    }
    return addAt(*place, *value, "error while adding value during copy: ");
  }

  Value root_;
  std::string error_;
  std::size_t copied_ = 0;
};

}  // namespace

Patched applyJsonPatch(const Value& target, const Value& patch) {
  if (!patch.isArray()) {
    return {target, "json: cannot unmarshal " + std::string(patch.isObject() ? "object" : "value") +
                        " into Go value of type jsonpatch.Patch"};
  }
  JsonPatch applied(target);
  for (const Value& operation : patch.items()) {
    if (!applied.apply(operation)) {
      Patched failed = std::move(applied).result();
      failed.value = target;
      return failed;
    }
  }
  return std::move(applied).result();
}

}  // namespace pilothouse
