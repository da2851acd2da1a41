#include "core/api/rbac_v1/print_binding.hpp"

#include <string>

#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

const Key kRoleRef = Key::intern("roleRef");
const Key kSubjects = Key::intern("subjects");

// Names of the subjects of one kind.
Value subjects(const Value& binding, std::string_view kind) {
  std::string text;
  for (const Value& subject : binding[kSubjects].items()) {
    if (subject[keys::kind].asString() != kind) continue;
    if (!text.empty()) text += ", ";
    if (kind == "ServiceAccount") text.append(subject[keys::namespace_].asString()).append("/");
    text += subject[keys::name].asString();
  }
  return text;
}

}  // namespace

void roleBindingCells(std::vector<Value>& cells, const Value& binding, SimTime now) {
  const Value& role = binding[kRoleRef];
  cells.insert(cells.end(),
               {meta(binding)[keys::name], role[keys::kind].toString() + "/" + role[keys::name].toString(),
                printing::age(binding, now), subjects(binding, "User"), subjects(binding, "Group"),
                subjects(binding, "ServiceAccount")});
}

}  // namespace pilothouse::api
