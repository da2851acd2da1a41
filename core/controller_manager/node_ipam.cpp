#include "core/controller_manager/node_ipam.hpp"

#include <charconv>
#include <optional>
#include <utility>

#include "core/controller_manager/node_utils.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;
using Result = client::WorkQueue::Result;

const Key kPodCidr = Key::intern("podCIDR");
const Key kPodCidrs = Key::intern("podCIDRs");

struct Prefix {
  std::uint32_t address;
  unsigned bits;
};

std::optional<Prefix> parsePrefix(std::string_view text) {
  Prefix prefix{0, 0};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (int i = 0; i < 4; ++i) {
    std::uint32_t byte = 0;
    const auto read = std::from_chars(at, end, byte);
    const char separator = i < 3 ? '.' : '/';
    if (read.ec != std::errc() || byte > 255 || read.ptr == end || *read.ptr != separator)
      return std::nullopt;
    prefix.address = prefix.address << 8 | byte;
    at = read.ptr + 1;
  }
  const auto read = std::from_chars(at, end, prefix.bits);
  if (read.ec != std::errc() || read.ptr != end || prefix.bits > 32) return std::nullopt;
  return prefix;
}

}  // namespace

NodeIpamController::NodeIpamController(const ControllerContext& context)
    : context_(context),
      nodes_(context.informer(r::nodes)),
      recorder_(context.client, "cidrAllocator"),
      queue_(context.simulator, kWorkers, [this](const std::string& key, client::WorkQueue::Finish finish) {
        sync(key, std::move(finish));
      }) {
  const auto cluster = parsePrefix(context.clusterCidr);
  if (cluster && cluster->bits >= 8 && cluster->bits <= kNodeCidrMaskSize) {
    const unsigned hostBits = 32 - cluster->bits;
    base_ = cluster->address >> hostBits << hostBits;
    taken_.assign(std::size_t{1} << (kNodeCidrMaskSize - cluster->bits), false);
  }
  nodes_.onChange([this](const client::Change& change) { nodeChanged(change); });
}

void NodeIpamController::start() {
  queue_.start();
  nodes_.store().forEach([this](const Value& node) { queue_.add(api::name(node)); });
}

void NodeIpamController::nodeChanged(const client::Change& change) {
  if (change.after.isNull()) return release(change.before.get(keys::spec, kPodCidr).asString());
  occupy(change.after);
  if (change.after.get(keys::spec, kPodCidr).asString().empty()) queue_.add(api::name(change.after));
}

std::int64_t NodeIpamController::indexOf(std::string_view cidr) const {
  const auto prefix = parsePrefix(cidr);
  if (!prefix || prefix->address < base_) return -1;
  const std::uint32_t index = (prefix->address - base_) >> (32 - kNodeCidrMaskSize);
  return index < taken_.size() ? static_cast<std::int64_t>(index) : -1;
}

std::string NodeIpamController::cidrOf(std::size_t index) const {
  const std::uint32_t address = base_ + (static_cast<std::uint32_t>(index) << (32 - kNodeCidrMaskSize));
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string(address >> shift & 255U);
    text += shift > 0 ? '.' : '/';
  }
  return text + std::to_string(kNodeCidrMaskSize);
}

void NodeIpamController::occupy(const Value& node) {
  const std::int64_t index = indexOf(node.get(keys::spec, kPodCidr).asString());
  if (index >= 0) taken_[static_cast<std::size_t>(index)] = true;
}

void NodeIpamController::release(std::string_view cidr) {
  const std::int64_t index = indexOf(cidr);
  if (index >= 0) taken_[static_cast<std::size_t>(index)] = false;
}

// cidrset.AllocateNext: round and round, so that a released range rests for a while.
std::int64_t NodeIpamController::allocate() {
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    const std::size_t index = (next_ + i) % taken_.size();
    if (taken_[index]) continue;
    taken_[index] = true;
    next_ = index + 1;
    return static_cast<std::int64_t>(index);
  }
  return -1;
}

void NodeIpamController::sync(const std::string& key, client::WorkQueue::Finish finish) {
  const Value& node = nodes_.store().find("", key);
  if (node.isNull() || !node.get(keys::spec, kPodCidr).asString().empty()) return finish(Result::Done);
  const std::int64_t index = allocate();
  if (index < 0) {
    recorder_.event(node::eventReference(node), "Normal", "CIDRNotAvailable",
                    "Node " + key + " status is now: CIDRNotAvailable");
    return finish(Result::Retry);
  }
  const std::string cidr = cidrOf(static_cast<std::size_t>(index));
  Value patch = Value::object(
      {{keys::metadata, Value::object({{keys::uid, api::meta(node)[keys::uid]}})},
       {keys::spec, Value::object({{kPodCidr, Value(cidr)}, {kPodCidrs, Value::array({Value(cidr)})}})}});
  context_.client.patch(r::nodes, Value(), Value(key), apiserver::PatchType::StrategicMerge, std::move(patch),
                        [this, cidr, finish = std::move(finish)](client::Response response) mutable {
                          if (response.ok()) return finish(Result::Done);
                          release(cidr);
                          finish(api::isNotFound(response.status()) ? Result::Done : Result::Retry);
                        });
}

}  // namespace pilothouse::controller_manager
