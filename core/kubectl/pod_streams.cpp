#include "core/kubectl/pod_streams.hpp"

#include <memory>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"

namespace pilothouse::kubectl {
namespace {

const Key kCauses = Key::intern("causes");
const Key kCommand = Key::intern("command");
const Key kContainer = Key::intern("container");
const Key kDefaultContainer = Key::intern("kubectl.kubernetes.io/default-container");
const Key kDetails = Key::intern("details");
const Key kExec = Key::intern("exec");
const Key kInitContainers = Key::intern("initContainers");
const Key kLog = Key::intern("log");
const Key kPrevious = Key::intern("previous");
const Key kStderr = Key::intern("stderr");
const Key kStdout = Key::intern("stdout");
const Key kTailLines = Key::intern("tailLines");

/// One stream on its way; it holds itself until its end.
struct Session {
  Output output;
  std::unique_ptr<client::Client::Stream> stream;
  std::string partial[3];  ///< lines without their end, by channel

  void text(std::uint8_t channel, const std::string& data) {
    std::string& line = partial[channel == 2 ? 2 : 1];
    line += data;
    for (std::size_t eol = 0; (eol = line.find('\n')) != std::string::npos;) {
      output.say({channel == 2, line.substr(0, eol), {}, ""});
      line.erase(0, eol + 1);
    }
  }
  void flush() {
    for (const int channel : {1, 2}) {
      if (!partial[channel].empty()) output.say({channel == 2, partial[channel], {}, ""});
      partial[channel].clear();
    }
  }
};

void fail(const api::Status& status, const Output& output) {
  Failure failure;
  failure.status = status;
  report({failure}, output);
  output.finished();
}

void closed(Session& session, const Value& status) {
  session.flush();
  if (status.isNull()) {
    session.output.say({true, "error: unexpected EOF", {}, ""});
  } else if (status[keys::reason].asString() == "NonZeroExitCode") {
    const std::string code = status.get(kDetails, kCauses).item(0)[keys::message].toString();
    session.output.say({true, "command terminated with exit code " + code, {}, ""});
  } else if (status[keys::status].asString() != "Success") {
    session.output.say({true, "error: " + status[keys::message].toString(), {}, ""});
  }
  session.output.finished();
}

// podcmd.FindOrDefaultContainerByName
std::string defaultContainer(const Value& pod, const Output& output) {
  const Value& spec = pod[keys::spec];
  const std::string annotated = api::annotations(pod)[kDefaultContainer].toString();
  if (!annotated.empty()) return annotated;
  const std::string first = spec[keys::containers].item(0)[keys::name].toString();
  std::string all;
  for (const Key list : {keys::containers, kInitContainers}) {
    for (const Value& container : spec[list].items()) {
      all.append(all.empty() ? "" : ", ").append(container[keys::name].asString());
      if (list == kInitContainers) all += " (init)";
    }
  }
  const bool choice = spec[keys::containers].size() + spec[kInitContainers].size() > 1;
  if (choice) output.say({false, "Defaulted container \"" + first + "\" out of: " + all, {}, ""});
  return first;
}

void open(client::Client& client, apiserver::Request request, Output output) {
  auto session = std::make_shared<Session>();
  session->output = std::move(output);
  session->stream = client.connect(
      std::move(request),
      {[session](const apiserver::Response& response) {
         if (!response.ok()) fail(response.status(), session->output);
       },
       [session](std::uint8_t channel, const std::string& data) { session->text(channel, data); },
       [session](const Value& status) { closed(*session, status); }});
}

void stream(client::Client& client, const PodContainer& at, Key subresource, Value options, Output output) {
  const Value ns(at.ns.empty() ? std::string_view("default") : at.ns);
  const Value name(at.pod);
  client.get(api::resources::pods, ns, name,
             [&client, ns, name, container = at.container, subresource, options = std::move(options),
              output = std::move(output)](apiserver::Response response) mutable {
               if (!response.ok()) return fail(response.status(), output);
               if (container.empty()) container = defaultContainer(response.body, output);
               apiserver::Request request;
               request.verb = apiserver::Verb::Get;
               request.resource = &api::resources::pods;
               request.subresource = subresource;
               request.namespace_ = ns;
               request.name = name;
               request.body = options.with(kContainer, Value(container));
               open(client, std::move(request), std::move(output));
             });
}

}  // namespace

void logs(client::Client& client, const PodContainer& at, const LogsFlags& flags, Output output) {
  ObjectBuilder options;
  if (flags.previous) options.set(kPrevious, true);
  if (flags.tail) options.set(kTailLines, *flags.tail);
  stream(client, at, kLog, options.build(), std::move(output));
}

void exec(client::Client& client, const PodContainer& at, std::vector<std::string> command, Output output) {
  if (command.empty()) {
    output.say({true, "error: you must specify at least one command for the container", {}, ""});
    return output.finished();
  }
  const std::vector<Value> words(command.begin(), command.end());
  stream(client, at, kExec,
         Value::object({{kCommand, Value::array(words)}, {kStderr, true}, {kStdout, true}}),
         std::move(output));
}

}  // namespace pilothouse::kubectl
