// The guestbook's front end: guestbook.php reads from the replicas and writes to the master of redis.
#include <string>
#include <utility>
#include <vector>

#include "core/kubelet/images/program.hpp"
#include "core/kubelet/images/redis.hpp"

namespace pilothouse::kubelet {
namespace {

constexpr std::string_view kPage =
    "<html ng-app=\"redis\">\n  <head>\n    <title>Guestbook</title>\n  </head>\n"
    "  <body ng-controller=\"RedisCtrl\">\n    <div style=\"width: 50%; margin-left: 20px\">\n"
    "      <h2>Guestbook</h2>\n    <form>\n    <fieldset>\n"
    "    <input ng-model=\"msg\" placeholder=\"Messages\" class=\"form-control\" type=\"text\" "
    "name=\"input\"><br>\n    <button type=\"button\" class=\"btn btn-primary\" "
    "ng-click=\"controller.onRedis()\">Submit</button>\n    </fieldset>\n    </form>\n    </div>\n"
    "  </body>\n</html>";
constexpr SimDuration kTimeout = std::chrono::seconds(5);  // Predis' own

struct Role {
  std::vector<std::string> hosts;  ///< as the image's versions call it, newest first
  std::string variable;
};
const Role& writer() {
  static const Role role{{"redis-leader", "redis-master"},
                         "REDIS_LEADER_SERVICE_HOST REDIS_MASTER_SERVICE_HOST"};
  return role;
}
const Role& reader() {
  static const Role role{{"redis-follower", "redis-replica", "redis-slave"},
                         "REDIS_FOLLOWER_SERVICE_HOST REDIS_REPLICA_SERVICE_HOST REDIS_SLAVE_SERVICE_HOST"};
  return role;
}

std::vector<std::string> hostsOf(const WorkPtr& work, const Role& role) {
  if (work->env("GET_HOSTS_FROM") != "env") return role.hosts;
  std::vector<std::string> hosts;
  std::string_view list = role.variable;
  while (!list.empty()) {
    const std::string_view name = list.substr(0, list.find(' '));
    list.remove_prefix(std::min(list.size(), name.size() + 1));
    if (std::string host = work->env(name); !host.empty()) hosts.push_back(std::move(host));
  }
  return hosts;
}

std::string jsonText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

void failed(const WorkPtr& work, const std::string& host, const std::string& why) {
  work->say("PHP Fatal error:  Uncaught Predis\\Connection\\ConnectionException: " + why + " [tcp://" + host +
            ":6379]");
  work->answer({500, "", {}});
}

// One command to the first of the hosts whose name is known.
void ask(const WorkPtr& work, std::vector<std::string> hosts, std::vector<std::string> words) {
  if (hosts.empty()) return failed(work, "", "php_network_getaddresses: getaddrinfo failed");
  const std::string host = hosts.front();
  Payload command = redisCommand(words);
  work->call(host + ":6379", std::move(command), kTimeout,
             [work, hosts = std::move(hosts), words = std::move(words)](const Work::Reply& reply) mutable {
               using Outcome = Work::Reply::Outcome;
               const std::string asked = hosts.front();
               if (reply.outcome == Outcome::UnknownHost) {
                 hosts.erase(hosts.begin());
                 if (!hosts.empty()) return ask(work, std::move(hosts), std::move(words));
                 return failed(work, asked,
                               "php_network_getaddresses: getaddrinfo failed: Name or service not known");
               }
               if (reply.outcome == Outcome::Refused) return failed(work, asked, "Connection refused");
               if (reply.outcome == Outcome::TimedOut) return failed(work, asked, "Connection timed out");
               if (!reply.body.empty() && reply.body[0] == '-')
                 return failed(work, asked, reply.body.substr(1));
               if (words.front() == "SET") return work->answer({200, "{\"message\": \"Updated\"}", {}});
               work->answer({200, "{\"data\": \"" + jsonText(redisText(reply.body)) + "\"}", {}});
             });
}

}  // namespace

void serveGuestbook(const WorkPtr& work) {
  const std::string& path = work->payload().path;
  const std::string_view page = pathWithoutQuery(path);
  if (page == "/" || page == "/index.html") return work->answer({200, std::string(kPage), {}});
  if (page != "/guestbook.php") {
    if (page == "/controllers.js")
      return work->answer({200, "var redisApp = angular.module('redis', []);\n", {}});
    return work->answer({404, "<h1>Not Found</h1>\n", {}});
  }
  const std::string command = queryParameter(path, "cmd");
  const std::string key = queryParameter(path, "key");
  if (command == "set")
    return ask(work, hostsOf(work, writer()), {"SET", key, queryParameter(path, "value")});
  if (command.empty()) return work->answer({200, "<title>phpinfo()</title>\n", {}});
  ask(work, hostsOf(work, reader()), {"GET", key});
}

}  // namespace pilothouse::kubelet
