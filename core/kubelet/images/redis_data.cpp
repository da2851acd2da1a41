#include "core/kubelet/images/redis_data.hpp"

#include <algorithm>

#include "core/kubelet/images/redis.hpp"
#include "core/kubelet/shell/commands.hpp"
#include "core/kubelet/shell/pattern.hpp"

namespace pilothouse::kubelet {
namespace {

// A key's value is "d:<key>" = type sign and text; the time at which it expires "e:<key>".
constexpr std::string_view kData = "d:";
constexpr std::string_view kExpires = "e:";
constexpr std::string_view kWrongType = "-WRONGTYPE Operation against a key holding the wrong kind of value";
constexpr char kRecord = '\x1e';

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += kRedisSeparator;
    text += items[i];
  }
  return text;
}

std::string count(std::size_t n) { return ":" + std::to_string(n); }

std::string arity(const std::string& command) {
  std::string lower = command;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return "-ERR wrong number of arguments for '" + lower + "' command";
}

enum class Family { Text, Number, List, Hash, Set, Key };
struct Command {
  std::string_view name;
  Family family;
  std::size_t least;  // words, with its own
  bool writes;
};
constexpr Command kCommands[] = {
    {"APPEND", Family::Text, 3, true},    {"BLPOP", Family::List, 3, true},
    {"BRPOP", Family::List, 3, true},     {"BRPOPLPUSH", Family::List, 4, true},
    {"DBSIZE", Family::Key, 1, false},    {"DECR", Family::Number, 2, true},
    {"DECRBY", Family::Number, 3, true},  {"DEL", Family::Key, 2, true},
    {"EXISTS", Family::Key, 2, false},    {"EXPIRE", Family::Key, 3, true},
    {"FLUSHALL", Family::Key, 1, true},   {"FLUSHDB", Family::Key, 1, true},
    {"GET", Family::Text, 2, false},      {"GETSET", Family::Text, 3, true},
    {"HDEL", Family::Hash, 3, true},      {"HGET", Family::Hash, 3, false},
    {"HGETALL", Family::Hash, 2, false},  {"HKEYS", Family::Hash, 2, false},
    {"HLEN", Family::Hash, 2, false},     {"HSET", Family::Hash, 4, true},
    {"HMSET", Family::Hash, 4, true},     {"INCR", Family::Number, 2, true},
    {"INCRBY", Family::Number, 3, true},  {"KEYS", Family::Key, 2, false},
    {"LINDEX", Family::List, 3, false},   {"LLEN", Family::List, 2, false},
    {"LPOP", Family::List, 2, true},      {"LPUSH", Family::List, 3, true},
    {"LRANGE", Family::List, 4, false},   {"LREM", Family::List, 4, true},
    {"MGET", Family::Text, 2, false},     {"MSET", Family::Text, 3, true},
    {"PERSIST", Family::Key, 2, true},    {"RPOP", Family::List, 2, true},
    {"RPOPLPUSH", Family::List, 3, true}, {"RPUSH", Family::List, 3, true},
    {"SADD", Family::Set, 3, true},       {"SCARD", Family::Set, 2, false},
    {"SET", Family::Text, 3, true},       {"SETEX", Family::Text, 4, true},
    {"SETNX", Family::Text, 3, true},     {"SISMEMBER", Family::Set, 3, false},
    {"SMEMBERS", Family::Set, 2, false},  {"SREM", Family::Set, 3, true},
    {"STRLEN", Family::Text, 2, false},   {"TTL", Family::Key, 2, false},
    {"TYPE", Family::Key, 2, false},
};

const Command* find(std::string_view name) {
  for (const Command& command : kCommands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

}  // namespace

bool RedisData::writes(std::string_view command) {
  const Command* known = find(command);
  return known != nullptr && known->writes;
}

std::string RedisData::run(const Words& words) {
  const Command* command = find(words.front());
  if (command == nullptr) {
    return "-ERR unknown command '" + words.front() +
           "', with args beginning with: " + (words.size() > 1 ? "'" + words[1] + "' " : "");
  }
  if (words.size() < command->least) return arity(words.front());
  switch (command->family) {
    case Family::Text:
      return text(words);
    case Family::Number:
      return number(words);
    case Family::List:
      return list(words);
    case Family::Hash:
      return hash(words);
    case Family::Set:
      return set(words);
    case Family::Key:
      return key(words);
  }
  return "";
}

std::string RedisData::load(const std::string& name) {
  const std::string expires = memory_.get(std::string(kExpires) + name);
  if (!expires.empty() && now_.time_since_epoch().count() >= shell::numberOf(expires)) {
    memory_.remove(std::string(kData) + name);
    memory_.remove(std::string(kExpires) + name);
  }
  return memory_.get(std::string(kData) + name);
}

// "" when it was stored, else the error.
std::string RedisData::store(const std::string& name, char type, const std::string& value) {
  changed_ = true;
  if (memory_.set(std::string(kData) + name, type + value)) return "";
  return "-OOM command not allowed when used memory > 'maxmemory'.";
}

void RedisData::drop(const std::string& name) {
  changed_ = true;
  memory_.remove(std::string(kData) + name);
  memory_.remove(std::string(kExpires) + name);
}

RedisData::Words RedisData::keys(std::string_view pattern) {
  Words all;
  for (const auto& [name, value] : memory_.all()) {
    if (name.compare(0, kData.size(), kData) == 0) all.push_back(name.substr(kData.size()));
  }
  Words found;
  for (const std::string& name : all) {
    if (shell::matchesPattern(pattern, name) && !load(name).empty()) found.push_back(name);
  }
  return found;
}

std::size_t RedisData::size() { return keys("*").size(); }

std::string RedisData::text(const Words& words) {
  const std::string& command = words[0];
  if (command == "MGET" || command == "MSET") {
    Words values;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (command == "MGET") {
        const std::string old = load(words[i]);
        values.push_back(old.empty() ? "" : old.substr(1));
      } else if (i + 1 < words.size()) {
        if (std::string error = store(words[i], '$', words[i + 1]); !error.empty()) return error;
        ++i;
      }
    }
    return command == "MSET" ? "+OK" : "*" + joined(values);
  }
  const std::string old = load(words[1]);
  if (!old.empty() && old[0] != '$' && command != "SET" && command != "SETEX") return std::string(kWrongType);
  if (command == "GET") return old.empty() ? "_" : old;
  if (command == "STRLEN") return count(old.empty() ? 0 : old.size() - 1);
  if (command == "APPEND") {
    const std::string value = (old.empty() ? "" : old.substr(1)) + words[2];
    const std::string error = store(words[1], '$', value);
    return error.empty() ? count(value.size()) : error;
  }
  std::int64_t seconds = command == "SETEX" ? shell::numberOf(words[2]) : 0;
  bool onlyNew = command == "SETNX";
  bool onlyOld = false;
  for (std::size_t i = 3; command == "SET" && i < words.size(); ++i) {
    onlyNew = onlyNew || words[i] == "NX" || words[i] == "nx";
    onlyOld = onlyOld || words[i] == "XX" || words[i] == "xx";
    if ((words[i] == "EX" || words[i] == "ex") && i + 1 < words.size())
      seconds = shell::numberOf(words[i + 1]);
  }
  if ((onlyNew && !old.empty()) || (onlyOld && old.empty())) return command == "SETNX" ? ":0" : "_";
  memory_.remove(std::string(kExpires) + words[1]);
  if (std::string error = store(words[1], '$', words[command == "SETEX" ? 3 : 2]); !error.empty())
    return error;
  if (seconds > 0 && seconds < 1'000'000'000) {
    const SimTime until = now_ + std::chrono::seconds(seconds);
    memory_.set(std::string(kExpires) + words[1], std::to_string(until.time_since_epoch().count()));
  }
  if (command == "GETSET") return old.empty() ? "_" : old;
  return command == "SETNX" ? ":1" : "+OK";
}

std::string RedisData::number(const Words& words) {
  const std::string old = load(words[1]);
  const std::string value = old.empty() ? "0" : old.substr(1);
  const bool digits = value.find_first_not_of("0123456789", value[0] == '-' ? 1 : 0) == std::string::npos;
  if (!old.empty() && (old[0] != '$' || !digits)) return "-ERR value is not an integer or out of range";
  std::int64_t by = words.size() > 2 ? shell::numberOf(words[2]) : 1;
  if (words[0][0] == 'D') by = static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(by));
  const auto sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(shell::numberOf(value)) +
                                             static_cast<std::uint64_t>(by));
  const std::string error = store(words[1], '$', std::to_string(sum));
  return error.empty() ? ":" + std::to_string(sum) : error;
}

std::string RedisData::list(const Words& words) {
  const std::string& command = words[0];
  if (command == "RPOPLPUSH" || command == "BRPOPLPUSH") return listMove(words);
  const std::string old = load(words[1]);
  if (!old.empty() && old[0] != '*') return std::string(kWrongType);
  Words items = redisItems(old.empty() ? "" : std::string_view(old).substr(1));
  const auto index = [&items](const std::string& word) {
    const std::int64_t at = shell::numberOf(word);
    return at < 0 ? at + static_cast<std::int64_t>(items.size()) : at;
  };
  if (command == "LLEN") return count(items.size());
  if (command == "LINDEX") {
    const std::int64_t at = index(words[2]);
    return at >= 0 && at < static_cast<std::int64_t>(items.size()) ? "$" + items[static_cast<std::size_t>(at)]
                                                                   : "_";
  }
  if (command == "LRANGE") {
    Words range;
    const std::int64_t last = index(words[3]);
    for (std::int64_t i = std::max<std::int64_t>(index(words[2]), 0);
         i <= last && i < static_cast<std::int64_t>(items.size()); ++i) {
      range.push_back(items[static_cast<std::size_t>(i)]);
    }
    return "*" + joined(range);
  }
  std::string said;
  if (command == "LPUSH" || command == "RPUSH") {
    for (std::size_t i = 2; i < words.size(); ++i) {
      items.insert(command[0] == 'L' ? items.begin() : items.end(), words[i]);
    }
    said = count(items.size());
  } else if (command == "LREM") {
    const std::size_t before = items.size();
    items.erase(std::remove(items.begin(), items.end(), words[3]), items.end());
    said = count(before - items.size());
  } else {
    if (items.empty()) return "_";
    const bool left = command == "LPOP" || command == "BLPOP";
    const std::string item = left ? items.front() : items.back();
    items.erase(left ? items.begin() : items.end() - 1);
    said = command[0] == 'B' ? "*" + words[1] + kRedisSeparator + item : "$" + item;
  }
  if (items.empty()) {
    drop(words[1]);
    return said;
  }
  const std::string error = store(words[1], '*', joined(items));
  return error.empty() ? said : error;
}

std::string RedisData::listMove(const Words& words) {
  const std::string item = list({"RPOP", words[1]});
  if (item[0] != '$') return item;
  const std::string pushed = list({"LPUSH", words[2], item.substr(1)});
  return pushed[0] == ':' ? item : pushed;
}

std::string RedisData::hash(const Words& words) {
  const std::string& command = words[0];
  const std::string old = load(words[1]);
  if (!old.empty() && old[0] != '#') return std::string(kWrongType);
  Words items = redisItems(old.empty() ? "" : std::string_view(old).substr(1));  // field, value, …
  const auto at = [&items](const std::string& field) {
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      if (items[i] == field) return i;
    }
    return items.size();
  };
  if (command == "HGETALL") return "*" + joined(items);
  if (command == "HLEN") return count(items.size() / 2);
  if (command == "HGET") return at(words[2]) < items.size() ? "$" + items[at(words[2]) + 1] : "_";
  if (command == "HKEYS") {
    Words fields;
    for (std::size_t i = 0; i < items.size(); i += 2) fields.push_back(items[i]);
    return "*" + joined(fields);
  }
  std::size_t changes = 0;
  if (command == "HDEL") {
    for (std::size_t i = 2; i < words.size(); ++i) {
      const std::size_t found = at(words[i]);
      if (found >= items.size()) continue;
      const auto first = items.begin() + static_cast<std::ptrdiff_t>(found);
      items.erase(first, first + 2);
      ++changes;
    }
  }
  for (std::size_t i = 2; command != "HDEL" && i + 1 < words.size(); i += 2) {
    const std::size_t found = at(words[i]);
    if (found < items.size()) {
      items[found + 1] = words[i + 1];
    } else {
      items.push_back(words[i]);
      items.push_back(words[i + 1]);
      ++changes;
    }
  }
  if (items.empty()) {
    drop(words[1]);
  } else if (std::string error = store(words[1], '#', joined(items)); !error.empty()) {
    return error;
  }
  return command == "HMSET" ? "+OK" : count(changes);
}

std::string RedisData::set(const Words& words) {
  const std::string old = load(words[1]);
  if (!old.empty() && old[0] != '&') return std::string(kWrongType);
  Words items = redisItems(old.empty() ? "" : std::string_view(old).substr(1));
  if (words[0] == "SMEMBERS") return "*" + joined(items);
  if (words[0] == "SCARD") return count(items.size());
  if (words[0] == "SISMEMBER") {
    return count(static_cast<std::size_t>(std::count(items.begin(), items.end(), words[2])));
  }
  std::size_t changes = 0;
  for (std::size_t i = 2; i < words.size(); ++i) {
    const auto at = std::find(items.begin(), items.end(), words[i]);
    if ((at == items.end()) != (words[0] == "SADD")) continue;
    if (at == items.end()) {
      items.push_back(words[i]);
    } else {
      items.erase(at);
    }
    ++changes;
  }
  std::sort(items.begin(), items.end());
  if (items.empty()) {
    drop(words[1]);
  } else if (std::string error = store(words[1], '&', joined(items)); !error.empty()) {
    return error;
  }
  return count(changes);
}

std::string RedisData::key(const Words& words) {
  const std::string& command = words[0];
  if (command == "DBSIZE") return count(size());
  if (command == "KEYS") return "*" + joined(keys(words[1]));
  if (command == "FLUSHALL" || command == "FLUSHDB") {
    for (const std::string& name : keys("*")) drop(name);
    return "+OK";
  }
  const std::string value = load(words[1]);
  if (command == "TYPE") {
    if (value.empty()) return "+none";
    return value[0] == '$' ? "+string" : value[0] == '*' ? "+list" : value[0] == '#' ? "+hash" : "+set";
  }
  if (command == "TTL" || command == "EXPIRE" || command == "PERSIST") {
    const std::string name = std::string(kExpires) + words[1];
    if (value.empty()) return command == "TTL" ? ":-2" : ":0";
    if (command == "TTL") {
      const std::int64_t left = shell::numberOf(memory_.get(name)) - now_.time_since_epoch().count();
      return memory_.get(name).empty() ? ":-1" : ":" + std::to_string((left + 999'999'999) / 1'000'000'000);
    }
    changed_ = true;
    memory_.remove(name);
    const std::int64_t seconds = words.size() > 2 ? shell::numberOf(words[2]) : 0;
    if (command == "EXPIRE" && seconds > 0 && seconds < 1'000'000'000) {
      memory_.set(name, std::to_string((now_ + std::chrono::seconds(seconds)).time_since_epoch().count()));
    }
    return ":1";
  }
  std::size_t found = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (load(words[i]).empty()) continue;
    ++found;
    if (command == "DEL") drop(words[i]);
  }
  return count(found);
}

std::string RedisData::snapshot() const {
  std::string text;
  for (const auto& [name, value] : memory_.all()) {
    const std::string_view kind = std::string_view(name).substr(0, 2);
    if (kind == kData || kind == kExpires) {
      text.append(name).append("=").append(value);
      text += kRecord;
    }
  }
  return text;
}

void RedisData::restore(std::string_view snapshot) {
  for (const std::string& name : keys("*")) drop(name);
  while (!snapshot.empty()) {
    const std::string_view record = snapshot.substr(0, snapshot.find(kRecord));
    snapshot.remove_prefix(std::min(snapshot.size(), record.size() + 1));
    const std::size_t equals = record.find('=');
    if (record.size() < 3 || equals == std::string_view::npos) continue;
    const std::string_view kind = record.substr(0, 2);
    if (kind == kData || kind == kExpires) {
      memory_.set(record.substr(0, equals), std::string(record.substr(equals + 1)));
    }
  }
}

}  // namespace pilothouse::kubelet
