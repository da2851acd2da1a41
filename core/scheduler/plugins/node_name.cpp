#include "core/scheduler/plugins/plugins.hpp"

namespace pilothouse::scheduler::plugins {
namespace {

const Key kReason = Key::intern("node(s) didn't match the requested node name");

/// A pod that names its node goes there and nowhere else.
class NodeName final : public Plugin {
 public:
  [[nodiscard]] std::string_view name() const override { return "NodeName"; }
  [[nodiscard]] std::uint32_t points() const override { return kPreFilter | kFilter; }
  Status preFilter(const Cycle& cycle, std::optional<std::vector<Value>>&) override {
    wanted_ = cycle.pod[keys::spec][keys::nodeName];
    return wanted_.asString().empty() ? Status::skip() : Status{};
  }
  Status filter(const Cycle&, const NodeInfo& node) override {
    return node.text() == wanted_.asString() ? Status{} : Status::unresolvable(kReason);
  }
  [[nodiscard]] std::uint32_t events() const override { return event_type::kNodeAdd; }

 private:
  Value wanted_;
};

}  // namespace

std::unique_ptr<Plugin> nodeName() { return std::make_unique<NodeName>(); }

}  // namespace pilothouse::scheduler::plugins
