#include "core/lesson/lesson_reader.hpp"

#include <algorithm>

#include "core/api/resource.hpp"
#include "core/value/duration.hpp"

namespace pilothouse::lesson {
namespace {

constexpr int kCheckDepthMax = 8;

std::string at(const std::string& path, std::string_view member) {
  return path.empty() ? std::string(member) : path + "." + std::string(member);
}

std::string at(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

}  // namespace

void LessonReader::fail(const std::string& path, std::string message) {
  const SourcePosition where = document_.positions.nearest(path);
  errors_.push_back({file_, where.line, where.column, path, std::move(message)});
}

bool LessonReader::isObject(const Value& value, const std::string& path,
                            std::initializer_list<std::string_view> known) {
  if (!value.isObject()) {
    fail(path, "must be a mapping");
    return false;
  }
  for (const Key key : value.memberKeys()) {
    if (std::find(known.begin(), known.end(), key.text()) == known.end()) {
      fail(at(path, key.text()), "unknown field");
    }
  }
  return true;
}

bool LessonReader::isArray(const Value& value, const std::string& path) {
  if (value.isArray()) return true;
  fail(path, "must be a list");
  return false;
}

std::string LessonReader::text(const Value& object, std::string_view member, const std::string& path,
                               bool required) {
  const Value& value = object[member];
  if (value.isNull() && !required) return {};
  if (!value.isString() || value.asString().empty()) fail(at(path, member), "must be a text");
  return value.toString();
}

Comparison LessonReader::readBounds(const Value& value, const std::string& path,
                                    std::initializer_list<std::string_view> alsoKnown) {
  Comparison comparison;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::string_view member = value.memberKeys()[i].text();
    const Value& bound = value.memberValues()[i];
    if (member == "equals") {
      comparison.equals = bound;
    } else if (member == "notEquals") {
      comparison.notEquals = bound;
    } else if (member == "atLeast" || member == "atMost") {
      if (!bound.isNumber()) fail(at(path, member), "must be a number");
      (member == "atLeast" ? comparison.atLeast : comparison.atMost) = bound.asDouble();
    } else if (member == "contains") {
      if (!bound.isString()) fail(at(path, member), "must be a text");
      comparison.contains = bound.toString();
    } else if (std::find(alsoKnown.begin(), alsoKnown.end(), member) == alsoKnown.end()) {
      fail(at(path, member), "unknown field; known are equals, notEquals, atLeast, atMost, contains");
    }
  }
  return comparison;
}

std::optional<Comparison> LessonReader::readComparison(const Value& object, std::string_view member,
                                                       const std::string& path) {
  const Value& value = object[member];
  if (value.isNull()) return std::nullopt;
  if (value.isInt()) {
    Comparison exact;
    exact.equals = value;
    return exact;
  }
  if (!value.isObject() || value.empty()) {
    fail(at(path, member), "must be a number or a comparison such as {atLeast: 1}");
    return Comparison();
  }
  return readBounds(value, at(path, member), {});
}

void LessonReader::readWhere(const Value& value, const std::string& path, Check& check) {
  if (!isArray(value, path)) return;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const Value& condition = value.item(i);
    const std::string place = at(path, i);
    if (!condition.isObject()) {
      fail(place, "must be a mapping with a path");
      continue;
    }
    Check::Where where;
    where.text = text(condition, "path", place, true);
    JsonPath::Parsed parsed = JsonPath::parse(where.text);
    if (!parsed.error.empty()) fail(at(place, "path"), parsed.error);
    where.path = std::move(parsed.path);
    where.comparison = readBounds(condition, place, {"path"});
    check.where.push_back(std::move(where));
  }
}

Check LessonReader::readLeaf(const Value& value, const std::string& path) {
  Check check;
  if (!isObject(value, path,
                {"resource", "namespace", "name", "selector", "where", "count", "gone", "fresh", "for"})) {
    return check;
  }
  const std::string resource = text(value, "resource", path, true);
  const std::size_t dot = resource.find('.');
  check.plural = resource.substr(0, dot);
  if (dot != std::string::npos) check.group = resource.substr(dot + 1);
  if (api::findResource(check.group, check.plural) == nullptr) {
    fail(at(path, "resource"), "no such resource; write it as in \"pods\" or \"deployments.apps\"");
  }
  if (const Value& ns = value["namespace"]; !ns.isNull()) check.ns = ns == Value("*") ? "" : ns.toString();
  check.name = text(value, "name", path, false);
  check.selectorText = text(value, "selector", path, false);
  ParsedLabelSelector parsed = parseLabelSelector(check.selectorText);
  if (!parsed.error.empty()) fail(at(path, "selector"), parsed.error);
  check.selector = std::move(parsed.selector);
  if (!value["where"].isNull()) readWhere(value["where"], at(path, "where"), check);
  check.count = readComparison(value, "count", path);
  check.gone = readComparison(value, "gone", path);
  check.fresh = readComparison(value, "fresh", path);
  return check;
}

Check LessonReader::readCheck(const Value& value, const std::string& path, int depth) {
  Check check;
  if (depth > kCheckDepthMax) {
    fail(path, "is nested too deeply");
    return check;
  }
  const bool all = !value["all"].isNull();
  const bool any = !value["any"].isNull();
  const bool none = !value["not"].isNull();
  if (!all && !any && !none) {
    check = readLeaf(value, path);
  } else if (isObject(value, path, {all ? "all" : any ? "any" : "not", "for"})) {
    check.kind = all ? Check::Kind::All : any ? Check::Kind::Any : Check::Kind::Not;
    const std::string member = all ? "all" : any ? "any" : "not";
    const Value& parts = value[member];
    if (none) {
      check.parts.push_back(readCheck(parts, at(path, member), depth + 1));
    } else if (isArray(parts, at(path, member))) {
      if (parts.empty()) fail(at(path, member), "must not be empty");
      for (std::size_t i = 0; i < parts.size(); ++i) {
        check.parts.push_back(readCheck(parts.item(i), at(at(path, member), i), depth + 1));
      }
    }
  }
  if (const Value& duration = value["for"]; !duration.isNull()) {
    const auto parsed = parseDuration(duration.asString());
    if (!parsed || depth > 0) {
      fail(at(path, "for"),
           depth > 0 ? "belongs to the whole check, not to a part" : "must be a duration such as 5s");
    } else {
      check.holdsFor = *parsed;
    }
  }
  return check;
}

std::vector<Action> LessonReader::readActions(const Value& value, const std::string& path) {
  static constexpr std::string_view kVerbs[] = {"apply",         "delete",    "scale", "stop",   "start",
                                                "heal",          "partition", "speed", "editor", "highlight",
                                                "killContainer", "request",   "fresh"};
  std::vector<Action> actions;
  if (value.isNull() || !isArray(value, path)) return actions;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const Value& item = value.item(i);
    if (!item.isObject() || item.size() != 1) {
      fail(at(path, i), "must be one verb with its arguments, such as {delete: {resource: pods, name: web}}");
      continue;
    }
    const Key verb = item.memberKeys()[0];
    if (std::find(std::begin(kVerbs), std::end(kVerbs), verb.text()) == std::end(kVerbs)) {
      fail(at(at(path, i), verb.text()), "unknown verb");
      continue;
    }
    const Value& arguments = item.memberValues()[0];
    const bool number = verb.text() == "speed";
    const bool plain = verb.text() == "highlight";
    if (number ? !arguments.isNumber() : plain ? !arguments.isString() : !arguments.isObject()) {
      fail(at(at(path, i), verb.text()), number  ? "must be a number"
                                         : plain ? "must be a text"
                                                 : "must be a mapping");
      continue;
    }
    actions.push_back({verb, arguments});
  }
  return actions;
}

}  // namespace pilothouse::lesson
