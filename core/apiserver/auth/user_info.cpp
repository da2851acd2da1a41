#include "core/apiserver/auth/user_info.hpp"

#include <algorithm>
#include <array>

#include "core/api/keys.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::size_t kUsersMax = 32768;  // more come only from clients that make names up: begin anew

const Key kUsername = Key::intern("username");
const Key kGroups = Key::intern("groups");
const Key kExtra = Key::intern("extra");

bool startsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool isComponentName(std::string_view name) {
  static constexpr std::array<std::string_view, 4> kPrefixes{
      "system:kube-", users::kNodePrefix, "system:apiserver", "system:serviceaccount:kube-system:"};
  return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [name](std::string_view prefix) { return startsWith(name, prefix); });
}

Value texts(const std::vector<std::string>& list) {
  std::vector<Value> values(list.begin(), list.end());
  return Value::array(values);
}

// Parts are preceded by their lengths, so that no two users have one text.
void append(std::string& key, std::string_view part) {
  key.append(std::to_string(part.size())).append(":").append(part);
}

std::string keyOf(const UserInfo& user) {
  std::string key;
  append(key, user.name);
  append(key, user.uid);
  for (const std::string& group : user.groups) append(key, group);
  for (const auto& [name, values] : user.extra) {
    key += '/';
    append(key, name);
    for (const std::string& value : values) append(key, value);
  }
  return key;
}

}  // namespace

bool UserInfo::isIn(std::string_view group) const {
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

Value UserInfo::toValue() const {
  ObjectBuilder user;
  user.setIfAny(kUsername, name).setIfAny(keys::uid, uid).setIfAny(kGroups, texts(groups));
  ObjectBuilder more;
  for (const auto& [key, values] : extra) more.set(Key::intern(key), texts(values));
  user.setIfAny(kExtra, more.build());
  return user.build();
}

std::string serviceAccountUser(std::string_view ns, std::string_view name) {
  return std::string(users::kServiceAccountPrefix).append(ns).append(":").append(name);
}

ServiceAccountName serviceAccountOf(std::string_view user) {
  if (!startsWith(user, users::kServiceAccountPrefix)) return {};
  const std::string_view rest = user.substr(users::kServiceAccountPrefix.size());
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  const std::string_view name = rest.substr(colon + 1);
  if (name.find(':') != std::string_view::npos) return {};
  return {rest.substr(0, colon), name};
}

std::vector<std::string> serviceAccountGroups(std::string_view ns) {
  std::string all(users::kServiceAccounts);
  std::string own = all + ":" + std::string(ns);
  return {std::move(all), std::move(own)};
}

UserPtr UserTable::intern(UserInfo user) {
  std::string key = keyOf(user);
  if (const auto known = users_.find(key); known != users_.end()) return known->second;
  if (users_.size() >= kUsersMax) users_.clear();
  user.id = ++lastId_;
  user.superuser = user.isIn(users::kMasters);
  user.component = isComponentName(user.name);
  if (startsWith(user.name, users::kNodePrefix) && user.isIn(users::kNodes)) {
    user.node = user.name.substr(users::kNodePrefix.size());
  }
  auto made = std::make_shared<const UserInfo>(std::move(user));
  users_.emplace(std::move(key), made);
  return made;
}

}  // namespace pilothouse::apiserver
