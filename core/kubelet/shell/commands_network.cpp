#include <algorithm>

#include "core/kubelet/shell/commands.hpp"

namespace pilothouse::kubelet::shell {
namespace {

using Outcome = ContainerNetwork::Reply::Outcome;

struct Url {
  std::string host;
  std::int64_t port = 80;
  std::string path = "/";
};

Url parseUrl(std::string_view text) {
  Url url;
  if (text.substr(0, 8) == "https://") {
    url.port = 443;
    text.remove_prefix(8);
  } else if (text.substr(0, 7) == "http://") {
    text.remove_prefix(7);
  }
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) url.path = std::string(text.substr(slash));
  text = text.substr(0, slash);
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) url.port = numberOf(text.substr(colon + 1));
  url.host = std::string(text.substr(0, colon));
  return url;
}

ContainerNetwork::Reply connect(Machine& machine, Environment& environment, const Url& url,
                                SimDuration timeout) {
  ContainerNetwork::Reply reply;
  reply.outcome = Outcome::UnknownHost;
  if (environment.network != nullptr) {
    reply = environment.network->connect(environment.caller, url.host, url.port, url.path);
  }
  if (reply.outcome == Outcome::TimedOut) reply.took = timeout;
  // A connection takes a while even when its answer comes at once.
  machine.sleep(std::max<SimDuration>(std::min(reply.took, timeout), std::chrono::milliseconds(5)));
  return reply;
}

SimDuration timeoutOf(const Words& words, std::initializer_list<std::string_view> options,
                      SimDuration fallback) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    for (const std::string_view option : options) {
      std::string_view text;
      if (words[i] == option && i + 1 < words.size()) text = words[i + 1];
      if (words[i].size() > option.size() && words[i].rfind(option, 0) == 0) {
        text = std::string_view(words[i]).substr(option.size() + (words[i][option.size()] == '=' ? 1 : 0));
      }
      const SimDuration seconds = text.empty() ? SimDuration(-1) : sleepDuration(text);
      if (seconds > SimDuration::zero()) return seconds;
    }
  }
  return fallback;
}

// The operand that is no option and no option's argument.
std::string operand(const Words& words, std::string_view withArgument) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].size() > 1 && words[i][0] == '-') {
      if (words[i].size() == 2 && withArgument.find(words[i][1]) != std::string_view::npos) ++i;
      if (words[i] == "--max-time" || words[i] == "--connect-timeout" || words[i] == "--retry") ++i;
      continue;
    }
    return words[i];
  }
  return "";
}

bool has(const Words& words, std::string_view letter, std::string_view option) {
  return std::any_of(words.begin() + 1, words.end(), [&](const std::string& word) {
    if (word == option) return true;
    return word.size() > 1 && word[0] == '-' && word[1] != '-' && word.find(letter) != std::string::npos;
  });
}

int wget(Machine& machine, Environment& environment, const Words& words) {
  const Url url = parseUrl(operand(words, "OTtPU"));
  if (url.host.empty()) return 1;
  const SimDuration timeout = timeoutOf(words, {"-T", "--timeout"}, std::chrono::seconds(127));
  const auto reply = connect(machine, environment, url, timeout);
  const std::string place = url.host + " (" + reply.address + ":" + std::to_string(url.port) + ")";
  switch (reply.outcome) {
    case Outcome::UnknownHost:
      machine.printError(environment, "wget: bad address '" + url.host + "'\n");
      return 1;
    case Outcome::Refused:
      machine.printError(environment,
                         "wget: can't connect to remote host (" + reply.address + "): Connection refused\n");
      return 1;
    case Outcome::TimedOut:
      machine.printError(environment, "wget: download timed out\n");
      return 1;
    case Outcome::Answered:
      break;
  }
  if (!has(words, "q", "--quiet")) machine.printError(environment, "Connecting to " + place + "\n");
  if (reply.status >= 400) {
    machine.printError(environment,
                       "wget: server returned error: HTTP/1.1 " + std::to_string(reply.status) + "\n");
    return 1;
  }
  if (has(words, "S", "--spider") || std::find(words.begin(), words.end(), "/dev/null") != words.end())
    return 0;
  if (has(words, "O-", "-O-") || std::find(words.begin(), words.end(), "-") != words.end()) {
    machine.print(environment, reply.body + "\n");
    return 0;
  }
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    if (words[i] == "-O") environment.files.write(words[i + 1], reply.body, false);
  }
  return 0;
}

int curl(Machine& machine, Environment& environment, const Words& words) {
  const Url url = parseUrl(operand(words, "omHXdAubew"));
  if (url.host.empty()) return 2;
  const SimDuration timeout =
      timeoutOf(words, {"--max-time", "-m", "--connect-timeout"}, std::chrono::seconds(127));
  const auto reply = connect(machine, environment, url, timeout);
  const bool quiet = has(words, "s", "--silent") && !has(words, "S", "--show-error");
  const auto fail = [&](int code, const std::string& why) {
    if (!quiet) machine.printError(environment, "curl: (" + std::to_string(code) + ") " + why + "\n");
    return code;
  };
  switch (reply.outcome) {
    case Outcome::UnknownHost:
      return fail(6, "Could not resolve host: " + url.host);
    case Outcome::Refused:
      return fail(7, "Failed to connect to " + url.host + " port " + std::to_string(url.port) +
                         ": Connection refused");
    case Outcome::TimedOut:
      return fail(28, "Connection timed out");
    case Outcome::Answered:
      break;
  }
  if (reply.status == 0) return fail(1, "Received HTTP/0.9 when not allowed");
  if (reply.status >= 400 && has(words, "f", "--fail")) {
    return fail(22, "The requested URL returned error: " + std::to_string(reply.status));
  }
  if (has(words, "I", "--head")) {
    machine.print(environment, "HTTP/1.1 " + std::to_string(reply.status) + "\n");
  } else if (std::find(words.begin(), words.end(), "/dev/null") == words.end()) {
    machine.print(environment, reply.body + "\n");
  }
  return 0;
}

int netcat(Machine& machine, Environment& environment, const Words& words) {
  if (has(words, "l", "--listen")) {
    std::int64_t port = 0;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (const std::int64_t number = numberOf(words[i]); words[i][0] != '-' && number > 0) port = number;
    }
    std::string answer = machine.input() == nullptr ? "" : *machine.input();
    const bool http = answer.rfind("HTTP/", 0) == 0;
    if (const std::size_t body = answer.find("\n\n"); http && body != std::string::npos) {
      answer.erase(0, body + 2);
    }
    machine.listen({port, answer, http});
    return 0;
  }
  Words operands;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "-w" || words[i] == "-i") {
      ++i;
    } else if (words[i][0] != '-') {
      operands.push_back(words[i]);
    }
  }
  if (operands.size() < 2) return 1;
  const SimDuration timeout = timeoutOf(words, {"-w"}, std::chrono::seconds(127));
  const auto reply = connect(machine, environment, {operands[0], numberOf(operands[1]), "/"}, timeout);
  if (reply.outcome == Outcome::UnknownHost) {
    machine.printError(environment, "nc: bad address '" + operands[0] + "'\n");
  }
  if (reply.outcome == Outcome::Answered && !has(words, "z", "-z") && reply.status == 0) {
    machine.print(environment, reply.body + "\n");
  }
  return reply.outcome == Outcome::Answered ? 0 : 1;
}

int lookup(Machine& machine, Environment& environment, const Words& words) {
  std::string name;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const bool word = words[i][0] != '-' && words[i][0] != '+' && words[i][0] != '@';
    if (word && words[i] != "hosts" && words[i] != "A" && words[i] != "SRV" && name.empty()) name = words[i];
  }
  if (name.empty()) return 1;
  std::vector<std::string> addresses;
  if (environment.network != nullptr) addresses = environment.network->resolve(environment.caller, name);
  machine.sleep(std::chrono::milliseconds(2));
  if (words[0] == "nslookup")
    machine.print(environment, "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n");
  if (addresses.empty()) {
    if (words[0] == "nslookup") {
      machine.print(environment, "** server can't find " + name + ": NXDOMAIN\n\n");
    }
    return words[0] == "getent" ? 2 : 1;
  }
  for (const std::string& address : addresses) {
    machine.print(environment, words[0] == "nslookup" ? "Name:\t" + name + "\nAddress: " + address + "\n"
                                                      : address + "\t" + name + "\n");
  }
  return 0;
}

int ping(Machine& machine, Environment& environment, const Words& words) {
  const std::string host = operand(words, "cwWi");
  std::vector<std::string> addresses;
  if (environment.network != nullptr) addresses = environment.network->resolve(environment.caller, host);
  if (addresses.empty()) {
    machine.printError(environment, "ping: bad address '" + host + "'\n");
    return 1;
  }
  machine.print(environment, "PING " + host + " (" + addresses.front() + "): 56 data bytes\n");
  if (!has(words, "c", "-c")) machine.waitForever();
  return 0;
}

// Clients of data stores: do they answer?
int storeClient(Machine& machine, Environment& environment, const Words& words) {
  Url url;
  url.host = "localhost";
  url.port = words[0] == "redis-cli" ? 6379 : words[0] == "pg_isready" ? 5432 : 3306;
  if (words[0] == "mongosh" || words[0] == "mongo") url.port = 27017;
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    if (words[i] == "-h") url.host = words[i + 1];
    if (words[i] == "-p" || words[i] == "-P") {
      if (const std::int64_t port = numberOf(words[i + 1]); port > 0) url.port = port;
    }
  }
  const auto reply = connect(machine, environment, url, std::chrono::seconds(5));
  if (reply.outcome != Outcome::Answered) {
    machine.printError(environment, words[0] == "redis-cli"
                                        ? "Could not connect to Redis at " + url.host + ":" +
                                              std::to_string(url.port) + ": Connection refused\n"
                                        : words[0] + ": connection to " + url.host + " failed\n");
    return 1;
  }
  if (words[0] == "redis-cli")
    machine.print(environment, words.back() == "ping" || words.back() == "PING" ? "PONG\n" : "OK\n");
  if (words[0] == "pg_isready") {
    machine.print(environment, url.host + ":" + std::to_string(url.port) + " - accepting connections\n");
  }
  if (words[0] == "mysqladmin") machine.print(environment, "mysqld is alive\n");
  return 0;
}

constexpr Utility kNetwork[] = {
    {"curl", curl, true, true},
    {"dig", lookup, true, true},
    {"getent", lookup, true, true},
    {"mongo", storeClient, true, true},
    {"mongosh", storeClient, true, true},
    {"mysql", storeClient, true, true},
    {"mysqladmin", storeClient, true, true},
    {"nc", netcat, true},
    {"netcat", netcat, true},
    {"nslookup", lookup, true},
    {"pg_isready", storeClient, true, true},
    {"ping", ping, true},
    {"psql", storeClient, true, true},
    {"redis-cli", storeClient, true, true},
    {"telnet", netcat, true},
    {"wget", wget, true},
};

}  // namespace

std::span<const Utility> networkUtilities() { return kNetwork; }

}  // namespace pilothouse::kubelet::shell
