#include <memory>
#include <span>
#include <utility>

#include "core/api/keys.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/quote.hpp"
#include "core/apiserver/kind_rules.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::apiserver {
namespace {

const Key kComponent = Key::intern("component");
const Key kReportingComponent = Key::intern("reportingComponent");
const Key kSource = Key::intern("source");

constexpr api::SelectableField kMetadataFields[] = {{"metadata.name", ""}, {"metadata.namespace", ""}};

/// A requirement with its path taken apart.
struct FieldTest {
  std::vector<Key> path;
  std::string_view absent;
  bool equal = true;
  std::string value;
  bool eventSource = false;
};

std::string fieldText(const FieldTest& test, const Value& object) {
  if (test.eventSource) {
    const Value& component = object[kSource][kComponent];
    return (component.asString().empty() ? object[kReportingComponent] : component).toString();
  }
  const Value* at = &object;
  for (const Key key : test.path) at = &(*at)[key];
  if (at->isString()) return at->toString();
  if (at->isBool()) return at->asBool() ? "true" : "false";
  if (at->isInt()) return std::to_string(at->asInt());
  return std::string(test.absent);
}

std::vector<Key> pathOf(std::string_view label) {
  std::vector<Key> path;
  while (!label.empty()) {
    const std::size_t dot = label.find('.');
    path.push_back(Key::intern(label.substr(0, dot)));
    label.remove_prefix(dot == std::string_view::npos ? label.size() : dot + 1);
  }
  return path;
}

std::string unsupported(const std::string& label, bool own) {
  if (own) return "field label not supported: " + label;
  return api::quoted(label) +
         " is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
}

// What the watch cache has an index for becomes a member of the predicate; false when it is no such thing.
bool takenByIndex(const api::Resource& resource, const FieldRequirement& requirement, Predicate& predicate) {
  Value* slot = nullptr;
  if (requirement.field == "metadata.name") slot = &predicate.name;
  if (requirement.field == "metadata.namespace") slot = &predicate.namespace_;
  if (requirement.field == "spec.nodeName" && &resource == &api::resources::pods) slot = &predicate.nodeName;
  if (slot == nullptr || !requirement.equal || !slot->isNull()) return false;
  *slot = Value(requirement.value);
  return true;
}

// Fills what is indexed; the rest is left as tests.
std::vector<FieldTest> takeApart(const api::Resource& resource, std::string_view text, Predicate& predicate) {
  std::vector<FieldTest> tests;
  ParsedFieldSelector parsed = parseFieldSelector(text);
  if (!parsed.error.empty()) {
    predicate.error = api::Status::badRequest(std::move(parsed.error));
    return tests;
  }
  const bool own = !api::kindOf(resource).selectableFields.empty();
  const std::span<const api::SelectableField> fields =
      own ? api::kindOf(resource).selectableFields : std::span<const api::SelectableField>(kMetadataFields);
  for (FieldRequirement& requirement : parsed.requirements) {
    if (&resource == &api::resources::pods && requirement.field == "spec.host") {
      requirement.field = "spec.nodeName";
    }
    const api::SelectableField* known = nullptr;
    for (const api::SelectableField& field : fields) {
      if (field.label == requirement.field) known = &field;
    }
    if (known == nullptr) {
      predicate.error = api::Status::badRequest(unsupported(requirement.field, own));
      return tests;
    }
    if (takenByIndex(resource, requirement, predicate)) continue;
    tests.push_back({pathOf(known->path.empty() ? known->label : known->path), known->absent,
                     requirement.equal, requirement.value, requirement.field == "source"});
  }
  return tests;
}

struct Tests {
  LabelSelector labels;
  std::vector<FieldTest> fields;

  [[nodiscard]] bool pass(const Value& object) const {
    if (!labels.matches(api::labels(object))) return false;
    for (const FieldTest& test : fields) {
      if ((fieldText(test, object) == test.value) != test.equal) return false;
    }
    return true;
  }
};

}  // namespace

Predicate parseSelectors(const api::Resource& resource, std::string_view labelSelector,
                         std::string_view fieldSelector) {
  Predicate predicate;
  ParsedLabelSelector labels = parseLabelSelector(labelSelector);
  if (!labels.error.empty()) {
    predicate.error = api::Status::badRequest(std::move(labels.error));
    return predicate;
  }
  std::vector<FieldTest> fields = takeApart(resource, fieldSelector, predicate);
  if (predicate.error.code != 0 || (labels.selector.empty() && fields.empty())) return predicate;
  auto tests = std::make_shared<const Tests>(Tests{std::move(labels.selector), std::move(fields)});
  predicate.matches = [tests](const Value& object) { return tests->pass(object); };
  return predicate;
}

}  // namespace pilothouse::apiserver
