// LogLocation, ExecLocation and AttachLocation (pkg/registry/core/pod/strategy.go) with the validation of
// their options.
#include "core/apiserver/pod_stream_target.hpp"

#include <vector>

#include "core/api/keys.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kAddress = Key::intern("address");
const Key kAttach = Key::intern("attach");
const Key kCommand = Key::intern("command");
const Key kContainer = Key::intern("container");
const Key kDaemonEndpoints = Key::intern("daemonEndpoints");
const Key kEphemeralContainers = Key::intern("ephemeralContainers");
const Key kExec = Key::intern("exec");
const Key kFollow = Key::intern("follow");
const Key kInitContainers = Key::intern("initContainers");
const Key kKubeletEndpoint = Key::intern("kubeletEndpoint");
const Key kLimitBytes = Key::intern("limitBytes");
const Key kPort = Key::intern("Port");
const Key kPrevious = Key::intern("previous");
const Key kSinceSeconds = Key::intern("sinceSeconds");
const Key kSinceTime = Key::intern("sinceTime");
const Key kStderr = Key::intern("stderr");
const Key kStdin = Key::intern("stdin");
const Key kStdout = Key::intern("stdout");
const Key kTailLines = Key::intern("tailLines");
const Key kTimestamps = Key::intern("timestamps");
const Key kTty = Key::intern("tty");

constexpr std::int64_t kKubeletPort = 10250;

using Type = api::FieldError::Type;

// Options are kinds of the core group, but nothing that is served by itself.
api::Status invalidOptions(std::string_view kind, std::string_view name, const api::FieldErrors& errors) {
  api::Resource resource = api::resources::pods;
  resource.kind = kind;
  return api::Status::invalid(resource, name, errors);
}

api::FieldErrors logErrors(const Value& options) {
  api::FieldErrors errors;
  const Value& tail = options[kTailLines];
  const Value& limit = options[kLimitBytes];
  const Value& since = options[kSinceSeconds];
  if (tail.isInt() && tail.asInt() < 0) {
    errors.push_back({Type::Invalid, "tailLines", "must be greater than or equal to 0", tail});
  }
  if (limit.isInt() && limit.asInt() < 1) {
    errors.push_back({Type::Invalid, "limitBytes", "must be greater than 0", limit});
  }
  if (since.isInt() && !options[kSinceTime].isNull()) {
    errors.push_back(
        {Type::Forbidden, "", "at most one of `sinceTime` or `sinceSeconds` may be specified", {}});
  } else if (since.isInt() && since.asInt() < 1) {
    errors.push_back({Type::Invalid, "sinceSeconds", "must be greater than 0", since});
  }
  return errors;
}

bool hasStream(const Value& options) {
  return options[kStdin].asBool() || options[kStdout].asBool() || options[kStderr].asBool();
}

std::string queryEscaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

// url.Values.Encode: parameters come in order of their names.
std::string queryOf(const Request& request) {
  const Value& options = request.body;
  std::string query;
  const auto add = [&query](std::string_view name, const std::string& value) {
    query.append(query.empty() ? "?" : "&").append(name).append("=").append(queryEscaped(value));
  };
  const auto flag = [&](std::string_view name, Key option, const char* text) {
    if (options[option].asBool()) add(name, text);
  };
  if (request.subresource == kExec || request.subresource == kAttach) {
    for (const Value& word : options[kCommand].items()) add("command", word.toString());
    flag("error", kStderr, "1");
    flag("input", kStdin, "1");
    flag("output", kStdout, "1");
    flag("tty", kTty, "1");
    return query;
  }
  flag("follow", kFollow, "true");
  if (options[kLimitBytes].isInt()) add("limitBytes", std::to_string(options[kLimitBytes].asInt()));
  flag("previous", kPrevious, "true");
  if (options[kSinceSeconds].isInt()) add("sinceSeconds", std::to_string(options[kSinceSeconds].asInt()));
  if (options[kSinceTime].isString()) add("sinceTime", options[kSinceTime].toString());
  if (options[kTailLines].isInt()) add("tailLines", std::to_string(options[kTailLines].asInt()));
  flag("timestamps", kTimestamps, "true");
  return query;
}

std::string authority(const StreamTarget& target) {
  return target.address + ":" + std::to_string(target.port);
}

}  // namespace

api::Status validateStreamOptions(const Request& request) {
  const Value& options = request.body;
  const std::string_view name = request.name.asString();
  api::FieldErrors errors;
  if (request.subresource == kExec) {
    if (!hasStream(options)) errors.push_back({Type::Required, "stdin", "", ""});
    if (options[kCommand].empty()) errors.push_back({Type::Required, "command", "", ""});
    if (!errors.empty()) return invalidOptions("PodExecOptions", name, errors);
    return {};
  }
  if (request.subresource == kAttach) {
    if (hasStream(options)) return {};
    errors.push_back({Type::Required, "stdin", "", ""});
    return invalidOptions("PodAttachOptions", name, errors);
  }
  errors = logErrors(options);
  if (!errors.empty()) return invalidOptions("PodLogOptions", name, errors);
  return {};
}

Outcome chooseContainer(const Value& pod, std::string_view asked) {
  const Value& spec = pod[keys::spec];
  const std::string name = pod.get(keys::metadata, keys::name).toString();
  const auto regular = spec[keys::containers].items();
  if (asked.empty() && regular.size() == 1) return Outcome::of(regular.front()[keys::name]);
  std::string names;
  for (const Key list : {kInitContainers, keys::containers, kEphemeralContainers}) {
    for (const Value& container : spec[list].items()) {
      if (!asked.empty() && container[keys::name].asString() == asked) {
        return Outcome::of(container[keys::name]);
      }
      names.append(names.empty() ? "" : " ").append(container[keys::name].asString());
    }
  }
  if (!asked.empty()) {
    return Outcome::failed(
        api::Status::badRequest("container " + std::string(asked) + " is not valid for pod " + name));
  }
  return Outcome::failed(api::Status::badRequest("a container name must be specified for pod " + name +
                                                 ", choose one of: [" + names + "]"));
}

Outcome kubeletAddress(const Value& node) {
  const auto addresses = node.get(keys::status, keys::addresses).items();
  for (const std::string_view type : {"InternalIP", "ExternalIP", "Hostname"}) {
    for (const Value& address : addresses) {
      if (address[keys::type].asString() == type) return Outcome::of(address[kAddress]);
    }
  }
  return Outcome::failed({500, "", "no preferred addresses found; known addresses: []", {}});
}

std::int64_t kubeletPort(const Value& node) {
  const std::int64_t port = node.get(keys::status, kDaemonEndpoints, kKubeletEndpoint, kPort).asInt();
  return port > 0 ? port : kKubeletPort;
}

std::string kubeletUrl(const StreamTarget& target) {
  const Request& request = target.request;
  std::string path = "/containerLogs/";
  if (request.subresource == kExec || request.subresource == kAttach) {
    path = "/" + std::string(request.subresource.text()) + "/";
  }
  return "\"https://" + authority(target) + path + request.namespace_.toString() + "/" +
         request.name.toString() + "/" + request.body[kContainer].toString() + queryOf(request) + "\"";
}

std::string dialError(const StreamTarget& target, bool refused) {
  return "dial tcp " + authority(target) + (refused ? ": connect: connection refused" : ": i/o timeout");
}

}  // namespace pilothouse::apiserver
