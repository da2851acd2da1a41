#pragma once

#include <memory>
#include <string_view>

#include "core/api/status.hpp"
#include "core/apiserver/request.hpp"
#include "core/http/url.hpp"

namespace pilothouse::http {

/// What query parameters say, with the answer to those that cannot be read (code 0: none). Booleans are false
/// only as "", "false" and "0", as k8s.io/apimachinery's conversion has it.

/// ListOptions of lists, watches and deletions of collections, and the others' fieldManager, dryRun, force
/// and fieldValidation.
struct ParsedOptions {
  apiserver::RequestOptions options;
  apiserver::FieldValidation fieldValidation = apiserver::FieldValidation::Warn;
  api::Status error;
};
ParsedOptions parseOptions(const Query& query, apiserver::Verb verb, apiserver::PatchType patchType);

/// A body made of parameters: DeleteOptions, PodLogOptions, PodExecOptions and PodAttachOptions.
struct ParsedBody {
  Value body;
  api::Status error;
};
ParsedBody deleteOptions(const Query& query);
ParsedBody logOptions(const Query& query);
ParsedBody execOptions(const Query& query);

}  // namespace pilothouse::http
