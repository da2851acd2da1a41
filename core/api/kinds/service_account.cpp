#include "core/api/defaulting.hpp"
#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"sa"};
constexpr std::string_view kSubresources[] = {"token"};
constexpr std::string_view kEnforceMountable = "kubernetes.io/enforce-mountable-secrets";

const Key kSecrets = Key::intern("secrets");

const Resource kResource{
    "", "v1",         Key::intern("serviceaccounts"), "serviceaccount", "ServiceAccount", true, kShort,
    {}, kSubresources};

// Of a reference to a Secret only the name counts.
Value prepareCreate(const Value& account) {
  Value prepared = account;
  changeItems(prepared, kSecrets, [](const Value& secret) {
    const Value& name = secret[keys::name];
    if (secret.size() == 1 && !name.isNull()) return secret;
    return name.isNull() ? Value::emptyObject() : Value::object({{keys::name, name}});
  });
  return prepared;
}

Value prepareUpdate(const Value& account, const Value&) { return prepareCreate(account); }

void warnings(std::vector<std::string>& warnings, const Value& account, const Value& stored) {
  if (annotations(account)[kEnforceMountable].isNull() || !annotations(stored)[kEnforceMountable].isNull()) {
    return;
  }
  warnings.emplace_back(
      "metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate "
      "namespaces to isolate access to mounted secrets");
}

constexpr Column kColumns[] = {
    printing::kNameColumn,
    {"Secrets", "string", "",
     "Secrets is a list of the secrets in the same namespace that pods running using this ServiceAccount are "
     "allowed to use."},
    printing::kAgeColumn};

void cells(std::vector<Value>& cells, const Value& account, SimTime now) {
  cells.insert(cells.end(),
               {meta(account)[keys::name], account[kSecrets].size(), printing::age(account, now)});
}

}  // namespace

namespace kinds {

extern const Kind service_account;
const Kind service_account{
    .resource = &kResource,
    .prepareForCreate = &prepareCreate,
    .prepareForUpdate = &prepareUpdate,
    .warnings = &warnings,
    .columns = kColumns,
    .cells = &cells,
};

}  // namespace kinds

}  // namespace pilothouse::api
