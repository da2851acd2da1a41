#include "core/api/kind.hpp"
#include "core/api/object.hpp"
#include "core/api/printing.hpp"

namespace pilothouse::api {
namespace {

constexpr std::string_view kShort[] = {"cs"};
constexpr std::string_view kVerbs[] = {"get", "list"};

const Key kError = Key::intern("error");

const Resource kResource{
    "", "v1", Key::intern("componentstatuses"), "componentstatus", "ComponentStatus", false, kShort, {}, {}};

constexpr Column kColumns[] = {printing::kNameColumn,
                               {"Status", "string", "", "Status of the component conditions"},
                               {"Message", "string", "", "Message of the component conditions"},
                               {"Error", "string", "", "Error of the component conditions"}};

void cells(std::vector<Value>& cells, const Value& component, SimTime) {
  Value status("Unknown");
  Value message("");
  Value error("");
  for (const Value& condition : component[keys::conditions].items()) {
    if (condition[keys::type].asString() != "Healthy") continue;
    status = condition[keys::status].asString() == "True" ? "Healthy" : "Unhealthy";
    message = printing::orElse(condition[keys::message], "");
    error = printing::orElse(condition[kError], "");
    break;
  }
  cells.insert(cells.end(), {meta(component)[keys::name], status, message, error});
}

}  // namespace

namespace kinds {

extern const Kind component_status;
const Kind component_status{
    .resource = &kResource,
    .columns = kColumns,
    .cells = &cells,
    .stored = false,
    .verbs = kVerbs,
};

}  // namespace kinds

}  // namespace pilothouse::api
