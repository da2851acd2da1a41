#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/apiserver/auth/attributes.hpp"
#include "core/sim/network.hpp"

namespace pilothouse::apiserver {

/// What a request passed on its way in, each stage with its verdict, for the trace: authentication,
/// impersonation, authorization, mutating and validating admission.
///
/// A Note of kube-apiserver, whose cause is the request and which is the cause of what the request does in
/// etcd. Its object: {metadata: {name, namespace}, user, verb, message, stages: [{stage, verdict, …}]};
/// its verb is "admitted" or "refused". Only requests that are followed are noted: those of users, and all
/// that are refused on the way in.
class Stages {
 public:
  using Record = std::function<CauseId(Envelope)>;

  void follow(bool yes) { followed_ = yes; }
  [[nodiscard]] bool followed() const { return followed_ && !noted_; }

  /// verdict: "allow", "forbid", "changed". Costs nothing when the request is not followed.
  void add(std::string_view stage, std::string_view verdict, std::string_view what,
           std::string_view detail = {});
  /// Records the note (once) and returns its id; CauseId::None when there is none to record.
  CauseId note(const Record& record, const Request& request, const api::Status& refusal);

 private:
  std::vector<Value> list_;
  std::string message_;
  bool followed_ = false;
  bool noted_ = false;
};

}  // namespace pilothouse::apiserver
