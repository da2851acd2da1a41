#include "core/apiserver/server.hpp"

#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/apiserver/object_meta.hpp"
#include "core/apiserver/table.hpp"
#include "core/apiserver/versions.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::size_t kMaxRequestBodyBytes = 3 * 1024 * 1024;  // --max-request-body-bytes
constexpr std::size_t kMaxDepth = 200;                         // also the limit of the text readers

const Key kAttach = Key::intern("attach");
const Key kBinding = Key::intern("binding");
const Key kBindings = Key::intern("bindings");
const Key kEviction = Key::intern("eviction");
const Key kExec = Key::intern("exec");
const Key kFinalize = Key::intern("finalize");
const Key kLog = Key::intern("log");
const Key kScale = Key::intern("scale");
const Key kStatus = Key::intern("status");

api::Status tooLarge() {
  api::Status status;
  status.code = 413;
  status.reason = "RequestEntityTooLarge";
  status.message = "Request entity too large: limit is " + std::to_string(kMaxRequestBodyBytes);
  return status;
}

api::Status unknownPath() {
  api::Status status;
  status.code = 404;
  status.reason = "NotFound";
  status.message = "the server could not find the requested resource";
  return status;
}

bool hasSubresource(const api::Resource& resource, Key subresource) {
  return std::find(resource.subresources.begin(), resource.subresources.end(), subresource.text()) !=
         resource.subresources.end();
}

bool isStream(Key subresource) {
  return subresource == kLog || subresource == kExec || subresource == kAttach;
}

bool supportsVerb(Key subresource, Verb verb) {
  if (subresource == kStatus || subresource == kScale) {
    return verb == Verb::Get || verb == Verb::Update || verb == Verb::Patch;
  }
  if (subresource == kBinding || subresource == kEviction) return verb == Verb::Create;
  if (subresource == kLog) return verb == Verb::Get;
  if (subresource == kExec || subresource == kAttach) return verb == Verb::Get || verb == Verb::Create;
  return subresource == kFinalize && verb == Verb::Update;
}

}  // namespace

void Server::Call::answer(int code, Value body) {
  if (server != nullptr && stages.followed()) server->note(*this, {});
  if (request.resource != nullptr) {
    body = inVersionOf(resource(), body);
    if (const std::string_view deprecation = deprecationOf(resource()); !trusted() && !deprecation.empty()) {
      warnings.emplace(warnings.begin(), deprecation);
    }
  }
  respond({code, std::move(body), std::move(warnings)});
}

void Server::Call::fail(const api::Status& status) {
  if (server != nullptr && stages.followed()) {
    if (status.code == 422) stages.add("validation", "forbid", {}, status.message);
    server->note(*this, status);
  }
  answer(status.code, status.toValue());
}

Server::Server(Simulator& simulator, Storage& storage, const Handlers& handlers, ApiServerOptions options)
    : simulator_(simulator),
      storage_(storage),
      handlers_(handlers),
      options_(std::move(options)),
      services_(options_.serviceClusterIpRange, options_.serviceNodePortRange, simulator.random()),
      gate_(simulator, cacheView_),
      reviews_(simulator, gate_, cacheView_),
      admission_(cacheView_, simulator.random()) {
  for (const api::Resource* resource : api::allResources()) {
    const api::Kind& kind = api::kindOf(*resource);
    if (!kind.stored || kind.storedAs != nullptr) continue;
    const SimDuration ttl = resource == &api::resources::events ? options_.eventTtl : SimDuration{};
    registries_.push_back(std::make_unique<Registry>(simulator_, storage_, *resource, ttl));
    byResource_.emplace(resource, registries_.back().get());
  }
  for (const api::Resource* resource : api::allResources()) {
    const api::Kind& kind = api::kindOf(*resource);
    if (kind.storedAs != nullptr) byResource_.emplace(resource, byResource_.at(kind.storedAs));
  }
}

Server::~Server() {
  simulator_.cancel(compaction_);
  for (const TimerId timer : retries_) simulator_.cancel(timer);
}

Registry* Server::findRegistry(const api::Resource* resource) {
  const auto at = byResource_.find(resource);
  return at == byResource_.end() ? nullptr : at->second;
}

Registry& Server::registry(const api::Resource& resource) { return *byResource_.at(&resource); }

void Server::handle(Request request, Responder respond) {
  const CauseScope scope(simulator_, simulator_.cause());
  if (wantsRepresentation(request)) respond = representing(simulator_, request, std::move(respond));
  auto call = std::make_shared<Call>(Call{std::move(request), std::move(respond), {}});
  if (!ready_) {
    waiting_.emplace_back([this, call] { route(call); });
    return;
  }
  route(call);
}

void Server::watch(WatchId id, Request request, Responder respond, WatchSink sink) {
  const CauseScope scope(simulator_, simulator_.cause());
  if (wantsRepresentation(request)) sink.send = representing(simulator_, request, std::move(sink.send));
  auto call = std::make_shared<Call>(Call{std::move(request), std::move(respond), {}});
  if (!ready_) {
    auto kept = std::make_shared<WatchSink>(std::move(sink));
    waiting_.emplace_back([this, id, call, kept] {
      if (accepts(*call)) openWatch(id, call, std::move(*kept));
    });
    return;
  }
  if (accepts(*call)) openWatch(id, call, std::move(sink));
}

void Server::connect(Request request, Responder respond, Located located) {
  const CauseScope scope(simulator_, simulator_.cause());
  auto call = std::make_shared<Call>(Call{std::move(request), std::move(respond), {}});
  if (!ready_) {
    auto kept = std::make_shared<Located>(std::move(located));
    waiting_.emplace_back([this, call, kept] {
      if (accepts(*call)) locate(call, std::move(*kept));
    });
    return;
  }
  if (accepts(*call)) locate(call, std::move(located));
}

void Server::stopWatch(WatchId id) {
  if (opening_.erase(id) > 0) return;
  for (const auto& registry : registries_) {
    if (registry->cache().stop(id)) return;
  }
}

void Server::closeWatches() {
  opening_.clear();
  for (const auto& registry : registries_) registry->cache().reset({}, 0);
}

bool Server::accepts(Call& call) {
  const Request& request = call.request;
  if (request.resource == nullptr) {
    call.fail(unknownPath());
    return false;
  }
  if (!enter(call)) return false;
  const bool handled = handlers_.find(call.resource(), request.subresource) != nullptr ||
                       Reviews::answers(call.resource(), request.subresource);
  if (!handled && findRegistry(request.resource) == nullptr) {
    call.fail(unknownPath());
    return false;
  }
  const api::Resource& resource = call.resource();
  if (!(request.subresource == Key())) {
    if (!hasSubresource(resource, request.subresource)) {
      call.fail(unknownPath());
      return false;
    }
    if (!handled && !supportsVerb(request.subresource, request.verb)) {
      call.fail(api::Status::methodNotSupported(resource, verbName(request.verb)));
      return false;
    }
  }
  if (request.subresource == Key() && !hasVerb(resource, request.verb)) {
    call.fail(api::Status::methodNotSupported(resource, verbName(request.verb)));
    return false;
  }
  const bool single =
      request.verb == Verb::Get || request.verb == Verb::Patch || request.verb == Verb::Delete;
  if (single && call.name().empty()) {
    call.fail(api::Status::badRequest("name must be provided"));
    return false;
  }
  const bool needsNamespace = single || request.verb == Verb::DeleteCollection;
  if (needsNamespace && resource.namespaced && request.namespace_.asString().empty()) {
    call.fail(api::Status::methodNotSupported(resource, verbName(request.verb)));
    return false;
  }
  if (!call.trusted() && !request.body.isNull()) {
    if (request.body.depth() > kMaxDepth) {
      call.fail(api::Status::badRequest("the object is nested too deeply"));
      return false;
    }
    if (jsonSize(request.body, kMaxRequestBodyBytes) > kMaxRequestBodyBytes) {
      call.fail(tooLarge());
      return false;
    }
  }
  noteEntered(call);
  return true;
}

void Server::route(const CallPtr& call) {
  if (!accepts(*call)) return;
  if (isStream(call->request.subresource)) {
    return call->fail(api::Status::badRequest("Upgrade request required"));
  }
  if (const Handlers::Handler* handler = handlers_.find(call->resource(), call->request.subresource)) {
    return (*handler)(call->request, std::move(call->respond));
  }
  if (Reviews::answers(call->resource(), call->request.subresource)) return review(call);
  switch (call->request.verb) {
    case Verb::Get:
      return get(call);
    case Verb::List:
      return list(call);
    case Verb::Create:
      if (call->request.subresource == kBinding || call->resource().plural == kBindings) return bind(call);
      return call->request.subresource == kEviction ? evict(call) : create(call);
    case Verb::Update:
      return update(call);
    case Verb::Patch:
      return patch(call);
    case Verb::Delete:
      return remove(call);
    case Verb::DeleteCollection:
      return removeCollection(call);
    case Verb::Watch:
      break;
  }
  call->fail(api::Status::badRequest("a watch needs a stream"));
}

}  // namespace pilothouse::apiserver
