#include "core/controller_manager/service_accounts_controller.hpp"

#include <utility>

#include "core/controller_manager/controller_utils.hpp"

namespace pilothouse::controller_manager {
namespace {

namespace r = api::resources;
using Result = client::WorkQueue::Result;

constexpr std::string_view kDefaultAccount = "default";
constexpr std::string_view kRootCa = "kube-root-ca.crt";
constexpr std::string_view kDescription =
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such "
    "as "
    "the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of "
    "Kubernetes clusters.";

const Key kCaCrt = Key::intern("ca.crt");
const Key kDescriptionAnnotation = Key::intern("kubernetes.io/description");

}  // namespace

NamespaceObjectController::NamespaceObjectController(const ControllerContext& context,
                                                     const api::Resource& resource, std::string_view name)
    : context_(context),
      resource_(resource),
      name_(name),
      namespaces_(context.informer(r::namespaces)),
      objects_(context.informer(resource)),
      queue_(context.simulator, 1, [this](const std::string& ns, client::WorkQueue::Finish finish) {
        sync(ns, std::move(finish));
      }) {
  namespaces_.onChange([this](const client::Change& change) {
    if (!change.after.isNull()) queue_.add(api::name(change.after));
  });
  objects_.onChange([this](const client::Change& change) {
    const Value& object = change.after.isNull() ? change.before : change.after;
    if (api::name(object) == name_ && !change.before.isNull()) queue_.add(api::namespaceOf(object));
  });
}

void NamespaceObjectController::start() {
  queue_.start();
  namespaces_.store().forEach([this](const Value& ns) { queue_.add(api::name(ns)); });
}

void NamespaceObjectController::sync(const std::string& ns, client::WorkQueue::Finish finish) {
  const Value& owner = namespaces_.store().find("", ns);
  if (owner.isNull() || owner.get(keys::status, keys::phase).asString() != "Active") {
    return finish(Result::Done);
  }
  const Value& stored = objects_.store().find(ns, name_);
  auto done = [finish = std::move(finish)](const client::Response& response) mutable {
    const bool settled =
        response.ok() || api::isAlreadyExists(response.status()) || isNamespaceTerminating(response.status());
    finish(settled ? Result::Done : Result::Retry);
  };
  if (stored.isNull()) {
    const Value object = wanted();
    const Value metadata = api::meta(object).with(keys::namespace_, Value(ns));
    return context_.client.create(resource_, object.with(keys::metadata, metadata), std::move(done));
  }
  Value next = corrected(stored);
  if (next.sameAs(stored)) return done({200, Value(), {}});
  context_.client.update(resource_, std::move(next), std::move(done));
}

ServiceAccountsController::ServiceAccountsController(const ControllerContext& context,
                                                     const api::Resource& serviceAccounts)
    : NamespaceObjectController(context, serviceAccounts, kDefaultAccount) {}

Value ServiceAccountsController::wanted() const {
  return Value::object({{keys::apiVersion, "v1"},
                        {keys::kind, "ServiceAccount"},
                        {keys::metadata, Value::object({{keys::name, Value(kDefaultAccount)}})}});
}

RootCaPublisher::RootCaPublisher(const ControllerContext& context, std::string_view certificate)
    : NamespaceObjectController(context, r::configMaps, kRootCa),
      data_(Value::object({{kCaCrt, Value(certificate)}})) {}

Value RootCaPublisher::wanted() const {
  const Value annotations = Value::object({{kDescriptionAnnotation, Value(kDescription)}});
  return Value::object(
      {{keys::apiVersion, "v1"},
       {keys::data, data_},
       {keys::kind, "ConfigMap"},
       {keys::metadata, Value::object({{keys::annotations, annotations}, {keys::name, Value(kRootCa)}})}});
}

Value RootCaPublisher::corrected(const Value& stored) const {
  if (stored[keys::data] == data_) return stored;
  return stored.with(keys::data, data_);
}

}  // namespace pilothouse::controller_manager
