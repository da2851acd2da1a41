#include "core/apiserver/api_server.hpp"

#include <optional>
#include <utility>

#include "core/apiserver/etcd_storage.hpp"
#include "core/apiserver/server.hpp"

namespace pilothouse::apiserver {

struct ApiServer::State {
  Network& network;
  ComponentId self;
  etcd::Client& etcd;
  ApiServerOptions options;
  std::optional<EtcdStorage> storage;
  std::unique_ptr<Server> server;
  WatchId lastWatch = 0;
  StreamId lastStream = 0;
  Handlers handlers;
  PodStreams streams;

  State(Network& n, ComponentId s, etcd::Client& e, ApiServerOptions o)
      : network(n), self(s), etcd(e), options(std::move(o)), streams(n, s) {}
};

ApiServer::ApiServer(Network& network, ComponentId self, etcd::Client& etcd, ApiServerOptions options)
    : state_(std::make_unique<State>(network, self, etcd, std::move(options))) {}

ApiServer::~ApiServer() { state_->etcd.reset(); }

void ApiServer::start() {
  State& s = *state_;
  if (s.server) return;
  s.storage.emplace(s.network.simulator(), s.etcd);
  s.server = std::make_unique<Server>(s.network.simulator(), *s.storage, s.handlers, s.options);
  s.server->recordStages([&s](Envelope envelope) { return s.network.record(s.self, std::move(envelope)); });
  s.server->start();
}

void ApiServer::stop() {
  State& s = *state_;
  if (!s.server) return;
  s.server->closeWatches();
  s.streams.closeAll();
  s.etcd.reset();  // what was on its way to the old process must not reach the next one
  s.server.reset();
  s.storage.reset();
}

void ApiServer::handle(Request request, Responder respond) {
  if (state_->server) state_->server->handle(std::move(request), std::move(respond));
}

WatchId ApiServer::watch(Request request, Responder respond, WatchSink sink) {
  const WatchId id = ++state_->lastWatch;
  if (state_->server) state_->server->watch(id, std::move(request), std::move(respond), std::move(sink));
  return id;
}

void ApiServer::stopWatch(WatchId watch) {
  if (state_->server) state_->server->stopWatch(watch);
}

StreamId ApiServer::connect(Request request, Responder respond, StreamSink sink) {
  State& s = *state_;
  const StreamId id = ++s.lastStream;
  if (!s.server) return id;
  s.streams.add(id, std::move(respond), std::move(sink));
  s.server->connect(
      std::move(request), [&s, id](Response response) { s.streams.refuse(id, std::move(response)); },
      [&s, id](StreamTarget target) { s.streams.connect(id, std::move(target)); });
  return id;
}

void ApiServer::sendToStream(StreamId stream, std::uint8_t channel, std::string data) {
  state_->streams.send(stream, channel, std::move(data));
}

void ApiServer::endStdin(StreamId stream) { state_->streams.endStdin(stream); }
void ApiServer::closeStream(StreamId stream) { state_->streams.close(stream); }
void ApiServer::setKubelets(KubeletConnector& kubelets) { state_->streams.setKubelets(kubelets); }

api::Status ApiServer::authorizeNonResource(const std::shared_ptr<const Credentials>& credentials,
                                            std::string_view verb, std::string_view path) {
  if (state_->server) return state_->server->authorizePath(credentials, verb, path);
  return {503, "ServiceUnavailable", "the server is currently unable to handle the request", {}};
}

void ApiServer::serve(const api::Resource& resource, Key subresource, Handler handler) {
  state_->handlers.set(resource, subresource, std::move(handler));
}

ComponentId ApiServer::component() const { return state_->self; }

}  // namespace pilothouse::apiserver
