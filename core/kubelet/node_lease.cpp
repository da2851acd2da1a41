#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/kubelet/node_status.hpp"

namespace pilothouse::kubelet {
namespace {

constexpr SimDuration kRenewInterval = std::chrono::seconds(10);
constexpr double kJitter = 0.04;
constexpr std::int64_t kLeaseDurationSeconds = 40;

const Key kHolderIdentity = Key::intern("holderIdentity");
const Key kLeaseDuration = Key::intern("leaseDurationSeconds");
const Key kRenewTime = Key::intern("renewTime");
const Value kNamespace("kube-node-lease");

}  // namespace

NodeLease::NodeLease(client::Client& client, const KubeletOptions& options)
    : client_(client), name_(options.nodeName) {}

void NodeLease::setOwner(const Value& node) {
  owner_ = Value::array({Value::object({{keys::apiVersion, "v1"},
                                        {keys::kind, "Node"},
                                        {keys::name, name_},
                                        {keys::uid, api::meta(node)[keys::uid]}})});
}

void NodeLease::start() {
  lease_ = nullptr;
  asking_ = false;
  ++epoch_;
  tick();
}

void NodeLease::stop() { ++epoch_; }

void NodeLease::tick() {
  const double jitter = 1 + kJitter * client_.simulator().random().unit();
  const auto interval =
      SimDuration(static_cast<SimDuration::rep>(static_cast<double>(kRenewInterval.count()) * jitter));
  client_.simulator().after(interval, [weak = weak_from_this(), epoch = epoch_] {
    const auto self = weak.lock();
    if (self != nullptr && self->epoch_ == epoch) self->tick();
  });
  if (asking_ || owner_.isNull()) return;
  asking_ = true;
  lease_.isNull() ? ensure() : renew();
}

Value NodeLease::newLease() const {
  return Value::object(
      {{keys::apiVersion, "coordination.k8s.io/v1"},
       {keys::kind, "Lease"},
       {keys::metadata,
        Value::object(
            {{keys::name, name_}, {keys::namespace_, kNamespace}, {keys::ownerReferences, owner_}})},
       {keys::spec, Value::object({{kHolderIdentity, name_},
                                   {kLeaseDuration, kLeaseDurationSeconds},
                                   {kRenewTime, microTimestamp(client_.simulator().now())}})}});
}

// A lease of an earlier life is taken over.
void NodeLease::ensure() {
  client_.get(api::resources::leases, kNamespace, name_,
              [weak = weak_from_this(), epoch = epoch_](client::Response response) {
                const auto self = weak.lock();
                if (self == nullptr || self->epoch_ != epoch) return;
                if (response.ok()) {
                  self->lease_ = std::move(response.body);
                  return self->renew();
                }
                if (response.code != 404) {
                  self->asking_ = false;
                  return;
                }
                self->client_.create(api::resources::leases, self->newLease(),
                                     [weak, epoch](client::Response created) {
                                       const auto lease = weak.lock();
                                       if (lease == nullptr || lease->epoch_ != epoch) return;
                                       lease->asking_ = false;
                                       if (created.ok()) lease->lease_ = std::move(created.body);
                                     });
              });
}

void NodeLease::renew() {
  const Value renewed = lease_.withPath({keys::spec, kRenewTime}, microTimestamp(client_.simulator().now()));
  client_.update(api::resources::leases, renewed,
                 [weak = weak_from_this(), epoch = epoch_](client::Response response) {
                   const auto self = weak.lock();
                   if (self == nullptr || self->epoch_ != epoch) return;
                   self->asking_ = false;
                   self->lease_ = response.ok() ? std::move(response.body) : Value();
                 });
}

}  // namespace pilothouse::kubelet
