#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/client/client.hpp"

namespace pilothouse::client {

/// client-go's EventRecorder with its correlator: an equal event patches count and lastTimestamp; after 10
/// similar ones in 10 minutes they are combined ("(combined from similar events): …"); a source and object
/// has a bucket of 25 events refilled at one in 300 s. Fire and forget.
class EventRecorder {
 public:
  /// `component` as in source.component ("replicaset-controller"), `host` as in source.host ("" for none).
  EventRecorder(Client& client, std::string component, std::string host = {});
  ~EventRecorder();

  /// `type` is "Normal" or "Warning". Events about cluster-scoped objects go to namespace default.
  void event(const Value& object, std::string_view type, std::string_view reason, std::string_view message);
  /// About a part: fieldPath "spec.containers{php-redis}".
  void event(const Value& object, std::string_view fieldPath, std::string_view type, std::string_view reason,
             std::string_view message);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pilothouse::client
