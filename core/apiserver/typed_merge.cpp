#include <deque>
#include <span>
#include <utility>

#include "core/apiserver/typed_fields.hpp"
#include "core/apiserver/typed_shape.hpp"

namespace pilothouse::apiserver::typed {
namespace {

using Form = Shape::Form;

Value mergedAt(const Shape& shape, const Value& live, const Value& config);

/// Lays the items of a configuration over those of the live object: matching ones in the configuration's
/// order, and what only the live object has before the next matching one.
class ItemMerge {
 public:
  ItemMerge(const Shape& shape, const Value& live, const Value& config)
      : item_(shape.item()), live_(shape, live), config_(shape, config) {
    for (std::size_t i = 0; i < config_.size(); ++i) {
      if (live_.find(config_.element(i)) != nullptr) shared_.push_back(config_.element(i));
    }
  }

  Value run() {
    while (left_ < live_.size() || right_ < config_.size()) step();
    return out_.empty() ? Value() : Value::array(out_);
  }

 private:
  void step() {
    const bool both = left_ < live_.size() && right_ < config_.size();
    if (both && live_.element(left_) == config_.element(right_)) {
      out_.push_back(mergedAt(item_, live_.item(left_), config_.item(right_)));
      ++left_;
      ++right_;
      nextShared();
      return;
    }
    if (left_ < live_.size()) {
      const Key element = live_.element(left_);
      const bool inConfig = config_.find(element) != nullptr;
      if (both && inConfig && !shared_.empty() && !(shared_.front() == element)) {
        ++left_;  // its turn comes with the configuration's item
        return;
      }
      if (!inConfig) {
        out_.push_back(live_.item(left_));
        ++left_;
        return;
      }
    }
    if (right_ >= config_.size()) {
      ++left_;  // was merged before
      return;
    }
    const Key element = config_.element(right_);
    const Value* match = live_.find(element);
    out_.push_back(match == nullptr ? config_.item(right_) : mergedAt(item_, *match, config_.item(right_)));
    ++right_;
    if (!shared_.empty() && shared_.front() == element) nextShared();
  }

  void nextShared() {
    if (!shared_.empty()) shared_.pop_front();
  }

  Shape item_;
  ItemTable live_;
  ItemTable config_;
  std::deque<Key> shared_;
  std::size_t left_ = 0;
  std::size_t right_ = 0;
  std::vector<Value> out_;
};

Value mergedAt(const Shape& shape, const Value& live, const Value& config) {
  const Form form = shape.form();
  if (form == Form::Leaf || live.sameAs(config)) return config;
  if (live.empty() && config.empty()) return config;
  if (form == Form::Associative) return ItemMerge(shape, live, config).run();
  Value result = live.isObject() ? live : Value::emptyObject();
  FieldCursor cursor(shape.type);
  for (std::size_t i = 0; i < config.size(); ++i) {
    const Key key = config.memberKeys()[i];
    const Value& given = config.memberValues()[i];
    const Shape member = memberShape(shape, form, cursor, key);
    if (!member.type) continue;
    const bool known = result.has(key);
    result = result.with(key, known ? mergedAt(member, result[key], given) : given);
  }
  return result;
}

}  // namespace

Value merged(api::schema::Type type, const Value& live, const Value& config) {
  return mergedAt({type, {}}, live, config);
}

}  // namespace pilothouse::apiserver::typed
