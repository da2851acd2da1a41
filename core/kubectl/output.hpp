#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/api/status.hpp"
#include "core/value/document.hpp"

namespace pilothouse::kubectl {

/// A line that a command prints, and the place in the manifest that it is about.
struct Message {
  bool error = false;  ///< to stderr
  std::string text;
  SourcePosition at;  ///< line 0: about no place
  std::string field;  ///< "spec.replicas", or ""
};

/// Where a command prints to. A command runs by itself as simulated time passes; `finished` is its last call.
struct Output {
  std::function<void(Message)> say;
  std::function<void()> finished;
};

/// An error of a command: the API server's Status, or a text of kubectl's own.
struct Failure {
  api::Status status;  ///< code 0: `text` is the error
  std::string text;
  SourcePosition at;
  std::string field;
  std::vector<SourcePosition> causes;  ///< places of status.details.causes, where they are known
};

/// Prints what went wrong as k8s.io/kubectl/pkg/cmd/util.CheckErr does at the end of a command.
void report(const std::vector<Failure>& failures, const Output& output);

/// AddSourceToErr: `error when creating "STDIN": …`.
api::Status withSource(api::Status status, std::string_view verb, std::string_view source);

}  // namespace pilothouse::kubectl
