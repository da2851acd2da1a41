// redis-server: its commands over texts, lists, hashes and sets, and replicas that follow a master.
//
// An answer begins with the protocol's sign: "+OK", "-ERR …", ":3", "$text", "_" for nil, "*" for a list.
#include "core/kubelet/images/redis.hpp"

#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"
#include "core/kubelet/images/program.hpp"
#include "core/kubelet/images/redis_data.hpp"
#include "core/kubelet/shell/commands.hpp"

namespace pilothouse::kubelet {
namespace {

constexpr SimDuration kReplicationPeriod = std::chrono::seconds(10);  // repl-ping-replica-period
constexpr SimDuration kReplicationTimeout = std::chrono::seconds(5);
constexpr SimDuration kReplicaGone = std::chrono::seconds(60);  // repl-timeout
constexpr std::string_view kReplica = "replica:";
constexpr std::string_view kRole = "role";      // "host port" of a replica's master
constexpr std::string_view kLink = "link";      // "up" once it has synchronised
constexpr std::string_view kSynced = "synced";  // the master's id and offset
constexpr std::string_view kOffset = "offset";
constexpr std::string_view kRunId = "runid";
constexpr std::string_view kLoaded = "loaded";
constexpr std::string_view kDump = "/data/dump.rdb";

bool dataIsMounted(const ContainerFiles& files) {
  for (const Value& mount : files.spec()["volumeMounts"].items()) {
    const std::string_view path = mount["mountPath"].asString();
    if (path == "/data" || path == "/data/") return true;
  }
  return false;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

// The master that the command line or the image's own script names; "" for a master.
std::string configuredMaster(Work& work) {
  const ServerRequest server = work.server();
  for (const std::string_view flag : {"replicaof", "slaveof"}) {
    for (std::size_t i = 0; i + 1 < server.arguments.size(); ++i) {
      if (server.arguments[i] != "--" + std::string(flag)) continue;
      std::string host = server.arguments[i + 1];
      if (host.find(' ') != std::string::npos) return host;
      return host + " " + (i + 2 < server.arguments.size() ? server.arguments[i + 2] : "6379");
    }
  }
  const bool follower = server.repository.find("redis-follower") != std::string_view::npos;
  const bool slave = server.repository.find("redisslave") != std::string_view::npos ||
                     server.repository.find("redis-slave") != std::string_view::npos;
  if (!follower && !slave) return "";
  const std::string_view variable = follower ? "REDIS_LEADER_SERVICE_HOST" : "REDIS_MASTER_SERVICE_HOST";
  std::string host = follower ? "redis-leader" : "redis-master";
  if (server.env("GET_HOSTS_FROM") == "env") host = server.env(variable);
  return host + " 6379";
}

void prepare(Work& work) {
  ProgramMemory& memory = work.memory();
  if (!memory.get(kLoaded).empty()) return;
  memory.set(kLoaded, "yes");
  memory.set(kRunId, std::to_string(static_cast<std::uint64_t>(work.chance() * 1e15)));
  memory.set(kOffset, "0");
  memory.set(kRole, configuredMaster(work));
  ContainerFiles files = work.files();
  if (!dataIsMounted(files)) return;
  if (const auto dump = files.read(kDump)) RedisData(memory, work.now()).restore(*dump);
}

// A write: kept where /data outlives the container, and handed to the replicas.
void spread(const WorkPtr& work) {
  ProgramMemory& memory = work->memory();
  const std::int64_t offset = shell::numberOf(memory.get(kOffset)) + 1;
  memory.set(kOffset, std::to_string(offset));
  ContainerFiles files = work->files();
  const std::string snapshot = RedisData(memory, work->now()).snapshot();
  if (dataIsMounted(files)) files.write(kDump, snapshot, false);
  std::vector<std::string> replicas;
  for (const auto& [name, since] : memory.all()) {
    if (name.compare(0, kReplica.size(), kReplica) == 0) replicas.push_back(name);
  }
  for (const std::string& name : replicas) {
    const SimDuration quiet = work->now().time_since_epoch() - SimDuration(shell::numberOf(memory.get(name)));
    if (quiet > kReplicaGone) {
      memory.remove(name);
      continue;
    }
    Payload payload;
    payload.method = "REPLICATE";
    payload.path = memory.get(kRunId) + " " + std::to_string(offset);
    payload.body = snapshot;
    work->call(name.substr(kReplica.size()), std::move(payload), kReplicationTimeout,
               [work](const Work::Reply&) {});
  }
}

std::string synchronise(const WorkPtr& work, const std::string& from, const std::string& known) {
  ProgramMemory& memory = work->memory();
  const std::string name = std::string(kReplica) + from;
  if (memory.get(name).empty()) {
    work->say("1:M * Replica " + from + " asks for synchronization");
    work->say("1:M * Synchronization with replica " + from + " succeeded");
  }
  memory.set(name, std::to_string(work->now().time_since_epoch().count()));
  const std::string place = memory.get(kRunId) + " " + memory.get(kOffset);
  if (known == place) return "+CONTINUE";
  return "$" + place + "\n" + RedisData(memory, work->now()).snapshot();
}

void follow(const WorkPtr& work);

void followed(const WorkPtr& work, const Work::Reply& reply) {
  ProgramMemory& memory = work->memory();
  const bool ok = reply.outcome == Work::Reply::Outcome::Answered && !reply.body.empty() &&
                  (reply.body[0] == '$' || reply.body[0] == '+');
  if (ok && reply.body[0] == '$') {
    const std::size_t eol = reply.body.find('\n');
    memory.set(kSynced, reply.body.substr(1, eol - 1));
    RedisData(memory, work->now()).restore(std::string_view(reply.body).substr(eol + 1));
    work->say("1:S * MASTER <-> REPLICA sync: Finished with success");
  } else if (!ok && memory.get(kLink) != "down") {
    work->say("1:S # Error condition on socket for SYNC: Connection refused");
  }
  memory.set(kLink, ok ? "up" : "down");
  work->wait(ok ? kReplicationPeriod : std::chrono::seconds(1), [work] { follow(work); });
}

// A replica asks its master for what it misses, again and again.
void follow(const WorkPtr& work) {
  prepare(*work);
  ProgramMemory& memory = work->memory();
  const std::string master = memory.get(kRole);
  if (master.empty()) return;
  const std::size_t blank = master.find(' ');
  const std::string address = master.substr(0, blank) + ":" + master.substr(blank + 1);
  if (memory.get(kLink).empty()) {
    work->say("1:S * Connecting to MASTER " + address);
    work->say("1:S * MASTER <-> REPLICA sync started");
  }
  Payload payload;
  payload.method = "PSYNC";
  payload.path = memory.get(kSynced);
  payload.body = std::string(work->server().podIp) + ":6379";
  work->call(address, std::move(payload), kReplicationTimeout,
             [work](const Work::Reply& reply) { followed(work, reply); });
}

std::string replicationInfo(const ProgramMemory& memory) {
  std::string text = "# Replication\n";
  const std::string& master = memory.get(kRole);
  const std::size_t blank = master.find(' ');
  if (!master.empty()) {
    text += "role:slave\nmaster_host:" + master.substr(0, blank) +
            "\nmaster_port:" + master.substr(blank + 1) +
            "\nmaster_link_status:" + (memory.get(kLink) == "up" ? "up" : "down") +
            "\nslave_read_only:1\nconnected_slaves:0\n";
    return text;
  }
  std::string replicas;
  int count = 0;
  for (const auto& [name, since] : memory.all()) {
    if (name.compare(0, kReplica.size(), kReplica) != 0) continue;
    const std::string address = name.substr(kReplica.size());
    const std::size_t colon = address.find(':');
    replicas += "slave" + std::to_string(count++) + ":ip=" + address.substr(0, colon) +
                ",port=" + address.substr(colon + 1) + ",state=online,offset=" + memory.get(kOffset) +
                ",lag=0\n";
  }
  return text + "role:master\nconnected_slaves:" + std::to_string(count) + "\n" + replicas +
         "master_repl_offset:" + memory.get(kOffset) + "\n";
}

std::string info(Work& work, const std::string& section) {
  const ProgramMemory& memory = work.memory();
  std::string text;
  if (section.empty() || section == "server") {
    const ServerRequest server = work.server();
    text += "# Server\nredis_version:7.4.2\nredis_mode:standalone\nos:Linux x86_64\ntcp_port:" +
            std::to_string(server.port) + "\nuptime_in_seconds:" +
            std::to_string(std::chrono::duration_cast<std::chrono::seconds>(server.age).count()) + "\n\n";
  }
  if (section.empty() || section == "memory") {
    text += "# Memory\nused_memory:" + std::to_string(900000 + memory.bytes()) + "\nmaxmemory:0\n\n";
  }
  if (section.empty() || section == "replication") text += replicationInfo(memory);
  if (section.empty() || section == "keyspace") {
    const std::size_t keys = RedisData(work.memory(), work.now()).size();
    text += (section.empty() ? "\n# Keyspace\n" : "# Keyspace\n");
    if (keys > 0) text += "db0:keys=" + std::to_string(keys) + ",expires=0,avg_ttl=0\n";
  }
  return "$" + text;
}

std::string replicaOf(const WorkPtr& work, const std::vector<std::string>& words) {
  if (words.size() < 3) return "-ERR wrong number of arguments for 'replicaof' command";
  ProgramMemory& memory = work->memory();
  const bool none = upper(words[1]) == "NO";
  const bool first = memory.get(kRole).empty();
  memory.set(kRole, none ? "" : words[1] + " " + words[2]);
  memory.set(kLink, "");
  memory.set(kSynced, "");
  if (none) work->say("1:M * MASTER MODE enabled (user request)");
  if (!none && first) work->wait(std::chrono::milliseconds(100), [work] { follow(work); });
  return "+OK";
}

// Commands about the server itself; "" when it is none of them.
std::string serverCommand(const WorkPtr& work, const std::vector<std::string>& words) {
  const std::string& command = words.front();
  const std::string second = words.size() > 1 ? words[1] : "";
  if (command == "PING") return words.size() > 1 ? "$" + second : "+PONG";
  if (command == "ECHO") return "$" + second;
  if (command == "INFO") return info(*work, second);
  if (command == "REPLICAOF" || command == "SLAVEOF") return replicaOf(work, words);
  if (command == "ROLE") return work->memory().get(kRole).empty() ? "*master" : "*slave";
  if (command == "CONFIG" && upper(second) == "GET" && words.size() > 2) {
    const std::string value =
        words[2] == "maxmemory"
            ? work->server().flag("maxmemory").empty() ? "0" : std::string(work->server().flag("maxmemory"))
            : "";
    return "*" + words[2] + kRedisSeparator + value;
  }
  for (const std::string_view fine : {"CONFIG", "SELECT", "AUTH", "CLIENT", "SAVE", "BGSAVE", "QUIT"}) {
    if (command == fine) return "+OK";
  }
  return "";
}

}  // namespace

Payload redisCommand(std::span<const std::string> words) {
  Payload payload;
  payload.path.clear();
  if (words.empty()) return payload;
  payload.method = upper(words.front());
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (i > 1) payload.path += ' ';
    payload.path += words[i];
    if (i > 1) payload.body += kRedisSeparator;
    payload.body += words[i];
  }
  return payload;
}

std::vector<std::string> redisItems(std::string_view text) {
  std::vector<std::string> items;
  if (text.empty()) return items;
  for (;;) {
    const std::size_t end = text.find(kRedisSeparator);
    items.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return items;
    text.remove_prefix(end + 1);
  }
}

std::string redisText(std::string_view reply) {
  if (reply.empty() || (reply[0] != '$' && reply[0] != '+' && reply[0] != ':')) return "";
  return std::string(reply.substr(1));
}

void serveRedis(const WorkPtr& work) {
  prepare(*work);
  const Payload& payload = work->payload();
  ProgramMemory& memory = work->memory();
  if (payload.method == "PSYNC") return work->answer({0, synchronise(work, payload.body, payload.path), {}});
  if (payload.method == "REPLICATE") {
    if (!memory.get(kRole).empty()) {
      RedisData(memory, work->now()).restore(payload.body);
      memory.set(kSynced, payload.path);
    }
    return work->answer({0, "+OK", {}});
  }
  std::vector<std::string> words{payload.method};
  for (std::string& item : redisItems(payload.body)) words.push_back(std::move(item));
  // "PING" typed at the port, or a browser's request.
  if (payload.method == "GET" && payload.body.empty()) {
    if (payload.path.empty() || payload.path[0] == '/') return work->answer({0, "-ERR unknown command", {}});
    words = {upper(payload.path.substr(0, payload.path.find(' ')))};
    if (const std::size_t blank = payload.path.find(' '); blank != std::string::npos) {
      words.push_back(payload.path.substr(blank + 1));
    }
  }
  if (std::string said = serverCommand(work, words); !said.empty())
    return work->answer({0, std::move(said), {}});
  RedisData data(memory, work->now());
  if (RedisData::writes(words.front()) && !memory.get(kRole).empty()) {
    return work->answer({0, "-READONLY You can't write against a read only replica.", {}});
  }
  std::string said = data.run(words);
  if (data.changed()) spread(work);
  work->answer({0, std::move(said), {}});
}

SimDuration replicateRedis(const WorkPtr& work) {
  follow(work);
  return SimDuration::zero();
}

}  // namespace pilothouse::kubelet
