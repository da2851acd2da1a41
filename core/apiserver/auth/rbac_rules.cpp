#include "core/apiserver/auth/rbac_rules.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/api/quote.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kApiGroups = Key::intern("apiGroups");
const Key kNonResourceUrls = Key::intern("nonResourceURLs");
const Key kResourceNames = Key::intern("resourceNames");
const Key kResources = Key::intern("resources");
const Key kVerbs = Key::intern("verbs");

constexpr std::size_t kPartsMax = 20000;  // of one role, taken apart: beyond it a role is refused as a whole

bool has(const Value& list, std::string_view text) {
  const auto items = list.items();
  return std::any_of(items.begin(), items.end(),
                     [text](const Value& item) { return item.asString() == text; });
}

bool hasOrAll(const Value& list, std::string_view text) { return has(list, "*") || has(list, text); }

// "*/scale" of "scale", or the other way: does the pattern's resource stand for any?
bool isAnyWithSubresource(std::string_view pattern, std::string_view subresource) {
  return pattern.size() == subresource.size() + 2 && pattern.substr(0, 2) == "*/" &&
         pattern.substr(2) == subresource;
}

bool resourceMatches(const Value& resources, std::string_view resource, std::string_view subresource) {
  for (const Value& item : resources.items()) {
    const std::string_view pattern = item.asString();
    if (pattern == "*") return true;
    if (subresource.empty()) {
      if (pattern == resource) return true;
      continue;
    }
    if (isAnyWithSubresource(pattern, subresource)) return true;
    if (pattern.size() == resource.size() + 1 + subresource.size() &&
        pattern.substr(0, resource.size()) == resource && pattern[resource.size()] == '/' &&
        pattern.substr(resource.size() + 1) == subresource) {
      return true;
    }
  }
  return false;
}

bool urlMatches(std::string_view pattern, std::string_view path) {
  if (pattern == "*" || pattern == path) return true;
  if (pattern.empty() || pattern.back() != '*') return false;
  while (!pattern.empty() && pattern.back() == '*') pattern.remove_suffix(1);
  return path.substr(0, pattern.size()) == pattern;
}

// A rule of one verb, and one group and resource and at most one name, or one path.
struct Part {
  std::string verb;
  std::string group;
  std::string resource;
  std::string name;
  std::string url;
};

bool covers(const Value& rule, const Part& part) {
  if (!hasOrAll(rule[kVerbs], part.verb)) return false;
  if (!part.url.empty()) {
    const auto urls = rule[kNonResourceUrls].items();
    return std::any_of(urls.begin(), urls.end(),
                       [&](const Value& url) { return urlMatches(url.asString(), part.url); });
  }
  if (!hasOrAll(rule[kApiGroups], part.group)) return false;
  const std::size_t slash = part.resource.find('/');
  const std::string_view resource = part.resource;
  const bool matches =
      slash == std::string::npos
          ? resourceMatches(rule[kResources], resource, {})
          : resourceMatches(rule[kResources], resource.substr(0, slash), resource.substr(slash + 1));
  if (!matches) return false;
  const Value& names = rule[kResourceNames];
  return names.empty() || (!part.name.empty() && has(names, part.name));
}

void takeApart(const Value& rule, std::vector<Part>& parts) {
  static const Value anyName = Value::array({""});
  for (const Value& verb : rule[kVerbs].items()) {
    for (const Value& group : rule[kApiGroups].items()) {
      for (const Value& resource : rule[kResources].items()) {
        const Value& names = rule[kResourceNames].empty() ? anyName : rule[kResourceNames];
        for (const Value& name : names.items()) {
          if (parts.size() >= kPartsMax) return;
          parts.push_back(
              {verb.toString(), group.toString(), resource.toString(), name.toString(), std::string()});
        }
      }
    }
    for (const Value& url : rule[kNonResourceUrls].items()) {
      if (parts.size() >= kPartsMax) return;
      parts.push_back({verb.toString(), {}, {}, {}, url.toString()});
    }
  }
}

std::string compact(const Part& part, const std::vector<std::string>& verbs) {
  std::string text = "{";
  if (part.url.empty()) {
    text += "APIGroups:" + quotedList({part.group}) + ", Resources:" + quotedList({part.resource}) + ", ";
    if (!part.name.empty()) text += "ResourceNames:" + quotedList({part.name}) + ", ";
  } else {
    text += "NonResourceURLs:" + quotedList({part.url}) + ", ";
  }
  return text + "Verbs:" + quotedList(verbs) + "}";
}

}  // namespace

bool ruleAllows(const Attributes& a, const Value& rule) {
  if (!hasOrAll(rule[kVerbs], a.verb)) return false;
  if (a.isPath()) {
    const auto urls = rule[kNonResourceUrls].items();
    return std::any_of(urls.begin(), urls.end(),
                       [&](const Value& url) { return urlMatches(url.asString(), a.path); });
  }
  if (!hasOrAll(rule[kApiGroups], a.group)) return false;
  if (!resourceMatches(rule[kResources], a.resource, a.subresource)) return false;
  const Value& names = rule[kResourceNames];
  return names.empty() || has(names, a.name);
}

std::vector<std::string> missingRights(const std::vector<Value>& held, const std::vector<Value>& wanted) {
  std::vector<Part> parts;
  for (const Value& rule : wanted) takeApart(rule, parts);
  // Verbs of one thing are told together; paths one by one.
  using Thing = std::array<std::string, 3>;
  std::map<Thing, std::pair<Part, std::vector<std::string>>> resources;
  std::set<std::string> missing;
  for (const Part& part : parts) {
    const bool covered =
        std::any_of(held.begin(), held.end(), [&part](const Value& rule) { return covers(rule, part); });
    if (covered) continue;
    if (!part.url.empty()) {
      missing.insert(compact(part, {part.verb}));
      continue;
    }
    auto& entry = resources[{part.group, part.resource, part.name}];
    entry.first = part;
    entry.second.push_back(part.verb);
  }
  for (const auto& [thing, entry] : resources) missing.insert(compact(entry.first, entry.second));
  if (parts.size() >= kPartsMax) missing.insert("{too many rules}");
  return {missing.begin(), missing.end()};
}

std::string quotedList(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) {
    if (list.size() > 1) list += ' ';
    list += api::quoted(text);
  }
  return list + "]";
}

}  // namespace pilothouse::apiserver
