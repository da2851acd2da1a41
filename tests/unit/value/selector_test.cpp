#include "core/value/selector.hpp"

#include <doctest/doctest.h>

#include <utility>

using namespace pilothouse;

namespace {

Value labels(std::initializer_list<std::pair<const char*, const char*>> all) {
  ObjectBuilder builder;
  for (const auto& [key, value] : all) builder.set(Key::intern(key), value);
  return builder.build();
}

bool matches(const char* text, const Value& set) {
  const ParsedLabelSelector parsed = parseLabelSelector(text);
  CHECK_MESSAGE(parsed.error.empty(), parsed.error);
  return parsed.selector.matches(set);
}

}  // namespace

TEST_CASE("a label selector matches what its requirements say") {
  const Value web = labels({{"app", "web"}, {"tier", "front"}, {"weight", "10"}});
  for (const char* text :
       {"", "app", "app=web", "app==web", "app!=db", "app in (web,db)", "tier notin (back)", "!old",
        "app=web,tier=front", "weight>9", "weight<11", "missing!=x", "missing notin (a)", " app = web "}) {
    CAPTURE(text);
    CHECK(matches(text, web));
  }
  for (const char* text : {"!app", "app=db", "app!=web", "app in (db)", "app notin (web)", "old",
                           "app=web,tier=back", "weight>10", "weight<10", "app>3", "missing>1", "app="}) {
    CAPTURE(text);
    CHECK(!matches(text, web));
  }
  CHECK(matches("app in (,x)", labels({{"app", ""}})));
}

TEST_CASE("a label selector prints itself in the order of its keys") {
  CHECK(parseLabelSelector("tier in (b,a),app=web,!old,x>3,y==1,z!=2,e").selector.toString() ==
        "app=web,e,!old,tier in (a,b),x>3,y==1,z!=2");
  CHECK(LabelSelector::everything().toString().empty());
}

TEST_CASE("malformed label selectors are refused in labels.Parse's words") {
  const std::pair<const char*, const char*> cases[] = {
      {"app=web=x", "found '=', expected: ',' or 'end of string'"},
      {"app in web", "unable to parse requirement: found 'web' expected: '('"},
      {"app in (web", "unable to parse requirement: found '', expected: ',' or ')'"},
      {"app web", "unable to parse requirement: found 'web', expected: in, notin, =, ==, !=, gt, lt"},
      {"app=web,", "found '', expected: identifier after ','"},
      {",", "found ',', expected: !, identifier, or 'end of string'"},
      {"!", "unable to parse requirement: found '', expected: identifier"},
      {"x>a",
       "unable to parse requirement: values[0]: Invalid value: \"a\": for 'Gt', 'Lt' operators, the value "
       "must "
       "be an integer"},
      {"app in (a=b)", "unable to parse requirement: found '=', expected: ',' or ')'"}};
  for (const auto& [text, error] : cases) {
    CAPTURE(text);
    CHECK(parseLabelSelector(text).error == error);
    CHECK(parseLabelSelector(text).selector.matchesNothing());
  }
  CHECK(parseLabelSelector("app=-x-").error.starts_with(
      "unable to parse requirement: values[0][app]: Invalid value: \"-x-\": a valid label must be an empty "
      "string"));
  CHECK(parseLabelSelector("a/b/c").error.starts_with(
      "unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a qualified name must consist of"));
  CHECK(parseLabelSelector(std::string(64, 'a')).error.find("name part must be no more than 63 characters") !=
        std::string::npos);
}

TEST_CASE("selectors of objects") {
  const Value web = labels({{"app", "web"}});
  CHECK(!LabelSelector::fromObject(Value()).matches(web));
  CHECK(LabelSelector::fromObject(Value::emptyObject()).matches(web));
  CHECK(LabelSelector::fromMap(labels({{"app", "web"}})).matches(web));
  CHECK(!LabelSelector::fromMap(labels({{"app", "web"}, {"tier", "x"}})).matches(web));
  const Value expressions = Value::object(
      {{Key::intern("matchLabels"), labels({{"app", "web"}})},
       {Key::intern("matchExpressions"),
        Value::array({Value::object({{Key::intern("key"), "tier"},
                                     {Key::intern("operator"), "NotIn"},
                                     {Key::intern("values"), Value::array({"back", "db"})}})})}});
  CHECK(LabelSelector::fromObject(expressions).matches(web));
  CHECK(!LabelSelector::fromObject(expressions).matches(labels({{"app", "web"}, {"tier", "db"}})));
  CHECK(LabelSelector::fromObject(expressions).toString() == "app=web,tier notin (back,db)");
  const Value unknown = Value::object(
      {{Key::intern("matchExpressions"),
        Value::array({Value::object({{Key::intern("key"), "a"}, {Key::intern("operator"), "Like"}})})}});
  CHECK(LabelSelector::fromObject(unknown).matchesNothing());
}

TEST_CASE("field selectors") {
  const ParsedFieldSelector parsed =
      parseFieldSelector("status.phase!=Running,spec.nodeName==n1,metadata.name=a\\,b");
  REQUIRE(parsed.error.empty());
  REQUIRE(parsed.requirements.size() == 3);
  CHECK(parsed.requirements[0].field == "metadata.name");
  CHECK(parsed.requirements[0].value == "a,b");
  CHECK(parsed.requirements[1].equal);
  CHECK(!parsed.requirements[2].equal);
  CHECK(parsed.requirements[2].value == "Running");
  CHECK(parseFieldSelector("").requirements.empty());
  CHECK(parseFieldSelector("nonsense").error == "invalid selector: 'nonsense'; can't understand 'nonsense'");
  CHECK(parseFieldSelector("a=b=c").error == "invalid field selector: unescaped character in value: 61");
  CHECK(parseFieldSelector("a=\\x").error == "invalid field selector: invalid escape sequence: \\x");
  CHECK(parseFieldSelector("a=b\\").error == "invalid field selector: invalid escape sequence: \\");
}
