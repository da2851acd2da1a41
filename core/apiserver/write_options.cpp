#include "core/apiserver/write_options.hpp"

namespace pilothouse::apiserver {
namespace {

constexpr std::size_t kFieldManagerMaxLength = 128;

bool isPrintable(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) return false;
  }
  return true;
}

const api::Resource& optionsKind(Verb verb) {
  static const api::Resource create{"meta.k8s.io", "v1", {}, "", "CreateOptions", false, {}, {}, {}};
  static const api::Resource update{"meta.k8s.io", "v1", {}, "", "UpdateOptions", false, {}, {}, {}};
  static const api::Resource patch{"meta.k8s.io", "v1", {}, "", "PatchOptions", false, {}, {}, {}};
  if (verb == Verb::Create) return create;
  return verb == Verb::Update ? update : patch;
}

}  // namespace

api::Status validateWriteOptions(const Request& request) {
  static const RequestOptions none;
  const RequestOptions& options = request.options == nullptr ? none : *request.options;
  const bool apply = request.verb == Verb::Patch && request.patchType == PatchType::Apply;
  api::FieldErrors errors;
  const std::string& manager = options.fieldManager;
  if (apply && manager.empty()) {
    errors.push_back({api::FieldError::Type::Required, "fieldManager", "is required for apply patch", {}});
  }
  if (request.verb == Verb::Patch && !apply && options.force) {
    errors.push_back(
        {api::FieldError::Type::Forbidden, "force", "may not be specified for non-apply patch", {}});
  }
  if (manager.size() > kFieldManagerMaxLength) {
    errors.push_back({api::FieldError::Type::TooLong, "fieldManager",
                      "may not be more than " + std::to_string(kFieldManagerMaxLength) + " bytes",
                      Value(manager)});
  }
  if (!isPrintable(manager)) {
    errors.push_back({api::FieldError::Type::Invalid, "fieldManager",
                      "should only contain printable characters", Value(manager)});
  }
  if (errors.empty()) return {};
  return api::Status::invalid(optionsKind(request.verb), "", errors);
}

}  // namespace pilothouse::apiserver
