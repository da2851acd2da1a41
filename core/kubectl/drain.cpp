#include "core/kubectl/drain.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::kubectl {
namespace {

namespace r = api::resources;
using apiserver::Request;
using apiserver::Response;
using apiserver::Verb;

const Key kEmptyDir = Key::intern("emptyDir");
const Key kEviction = Key::intern("eviction");
const Key kMirror = Key::intern("kubernetes.io/config.mirror");
const Key kUnschedulable = Key::intern("unschedulable");
const Key kVolumes = Key::intern("volumes");

constexpr SimDuration kRetryEviction = std::chrono::seconds(5);
constexpr SimDuration kPollDeletion = std::chrono::seconds(1);

std::string fullName(const Value& pod) {
  return std::string(api::namespaceOf(pod)) + "/" + std::string(api::name(pod));
}

void fail(const Response& response, const Output& output) {
  Failure failure;
  failure.status = response.status();
  report({failure}, output);
}

// True when `done` will be told whether the node is now so.
void setUnschedulable(client::Client& client, const std::string& node, bool unschedulable,
                      const Output& output, std::function<void(bool ok)> done) {
  client.get(r::nodes, Value(), Value(node), [&client, node, unschedulable, output, done](Response response) {
    if (!response.ok()) {
      fail(response, output);
      return done(false);
    }
    const std::string said = unschedulable ? "cordoned" : "uncordoned";
    if (response.body.get(keys::spec, kUnschedulable).asBool() == unschedulable) {
      output.say({false, "node/" + node + " already " + said, {}, ""});
      return done(true);
    }
    const Value patch = Value::object(
        {{keys::spec, Value::object({{kUnschedulable, unschedulable ? Value(true) : Value()}})}});
    client.patch(r::nodes, Value(), Value(node), apiserver::PatchType::StrategicMerge, patch,
                 [node, said, output, done](const Response& patched) {
                   if (patched.ok()) {
                     output.say({false, "node/" + node + " " + said, {}, ""});
                   } else {
                     fail(patched, output);
                   }
                   done(patched.ok());
                 });
  });
}

bool hasLocalStorage(const Value& pod) {
  for (const Value& volume : pod.get(keys::spec, kVolumes).items()) {
    if (!volume[kEmptyDir].isNull()) return true;
  }
  return false;
}

struct Drain : std::enable_shared_from_this<Drain> {
  client::Client& client;
  std::string node;
  DrainFlags flags;
  Output output;
  std::size_t left = 0;
  bool failed = false;

  Drain(client::Client& c, std::string n, DrainFlags f, Output o)
      : client(c), node(std::move(n)), flags(f), output(std::move(o)) {}

  void say(bool error, std::string text) const { output.say({error, std::move(text), {}, ""}); }

  void list() {
    Request request;
    request.verb = Verb::List;
    request.resource = &r::pods;
    apiserver::RequestOptions options;
    options.fieldSelector = "spec.nodeName=" + node;
    request.options = std::make_shared<const apiserver::RequestOptions>(std::move(options));
    client.send(std::move(request), [self = shared_from_this()](const Response& response) {
      if (!response.ok()) {
        fail(response, self->output);
        return self->output.finished();
      }
      self->choose(response.body[keys::items]);
    });
  }

  // The filters of pkg/drain/filters.go.
  void choose(const Value& pods) {
    std::vector<Value> chosen;
    std::string daemons, lone, local;
    const auto add = [](std::string& list, const Value& pod) {
      list.append(list.empty() ? "" : ", ").append(fullName(pod));
    };
    for (const Value& pod : pods.items()) {
      const Value& controller = api::controllerOf(pod);
      const bool ended = api::isPodTerminal(pod);
      if (api::annotations(pod).has(kMirror)) continue;
      if (controller[keys::kind].asString() == "DaemonSet" && !ended) {
        add(daemons, pod);
        continue;
      }
      if (hasLocalStorage(pod) && !ended && !flags.deleteEmptyDirData) add(local, pod);
      if (controller.isNull() && !ended && !flags.force) add(lone, pod);
      chosen.push_back(pod);
    }
    std::string errors;
    const auto error = [&errors](const std::string& list, const std::string& why) {
      if (!list.empty()) errors.append(errors.empty() ? "" : ", ").append(why).append(": ").append(list);
    };
    if (!flags.ignoreDaemonSets) {
      error(daemons, "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)");
    }
    error(local, "cannot delete Pods with local storage (use --delete-emptydir-data to override)");
    error(lone, "cannot delete Pods that declare no controller (use --force to override)");
    if (!errors.empty()) {
      say(true,
          "error: unable to drain node \"" + node + "\" due to error: " + errors + ", continuing command...");
      say(true, "There are pending nodes to be drained:");
      say(true, " " + node);
      say(true, errors);
      return output.finished();
    }
    if (!daemons.empty()) say(false, "Warning: ignoring DaemonSet-managed Pods: " + daemons);
    left = chosen.size();
    if (left == 0) return drained();
    for (const Value& pod : chosen) {
      say(false, "evicting pod " + fullName(pod));
      evict(pod);
    }
  }

  void evict(const Value& pod) {
    const Value& metadata = api::meta(pod);
    Request request;
    request.verb = Verb::Create;
    request.resource = &r::pods;
    request.subresource = kEviction;
    request.namespace_ = metadata[keys::namespace_];
    request.name = metadata[keys::name];
    request.body =
        Value::object({{keys::apiVersion, "policy/v1"},
                       {keys::kind, "Eviction"},
                       {keys::metadata, Value::object({{keys::name, metadata[keys::name]},
                                                       {keys::namespace_, metadata[keys::namespace_]}})}});
    client.send(std::move(request),
                [self = shared_from_this(), pod](const Response& response) { self->evicted(pod, response); });
  }

  void evicted(const Value& pod, const Response& response) {
    const api::Status status = response.ok() ? api::Status{} : response.status();
    if (response.ok()) return await(pod);
    if (response.code == 404) return gone();
    const std::string where =
        "pods/\"" + std::string(api::name(pod)) + "\" -n \"" + std::string(api::namespaceOf(pod)) + "\"";
    if (response.code == 429) {
      say(false, "error when evicting " + where + " (will retry after 5s): " + status.message);
      client.simulator().after(kRetryEviction, [self = shared_from_this(), pod] {
        self->say(false, "evicting pod " + fullName(pod));
        self->evict(pod);
      });
      return;
    }
    failed = true;
    say(true, "error when evicting " + where + ": " + status.message);
    gone();
  }

  void await(const Value& pod) {
    const Value& metadata = api::meta(pod);
    client.get(r::pods, metadata[keys::namespace_], metadata[keys::name],
               [self = shared_from_this(), pod](const Response& response) {
                 const bool other =
                     response.ok() && !(api::meta(response.body)[keys::uid] == api::meta(pod)[keys::uid]);
                 if (response.code == 404 || other) {
                   self->say(false, "pod/" + std::string(api::name(pod)) + " evicted");
                   return self->gone();
                 }
                 self->client.simulator().after(kPollDeletion, [self, pod] { self->await(pod); });
               });
  }

  void gone() {
    if (--left == 0) drained();
  }

  void drained() {
    if (!failed) say(false, "node/" + node + " drained");
    output.finished();
  }
};

}  // namespace

void cordon(client::Client& client, const std::string& node, bool unschedulable, Output output) {
  const auto finished = output.finished;
  setUnschedulable(client, node, unschedulable, output, [finished](bool) { finished(); });
}

void drain(client::Client& client, const std::string& node, DrainFlags flags, Output output) {
  auto work = std::make_shared<Drain>(client, node, flags, std::move(output));
  setUnschedulable(client, node, true, work->output, [work](bool ok) {
    if (ok) return work->list();
    work->output.finished();
  });
}

}  // namespace pilothouse::kubectl
