#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/resource.hpp"
#include "core/api/status.hpp"
#include "core/sim/function.hpp"
#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::apiserver {

enum class Verb : std::uint8_t { Get, List, Watch, Create, Update, Patch, Delete, DeleteCollection };
std::string_view verbName(Verb verb);  ///< "get", "deletecollection"
Key verbKey(Verb verb);

enum class PatchType : std::uint8_t { Json, Merge, StrategicMerge, Apply };
enum class FieldValidation : std::uint8_t { Ignore, Warn, Strict };
enum class ResourceVersionMatch : std::uint8_t { Unset, NotOlderThan, Exact };

/// Options that few requests carry, boxed to keep Request small.
struct RequestOptions {
  std::string labelSelector;
  std::string fieldSelector;
  std::string continueToken;
  std::int64_t limit = 0;
  std::string resourceVersion;  ///< list and watch: "", "0" or a version
  ResourceVersionMatch resourceVersionMatch{};
  bool allowWatchBookmarks = false;
  bool sendInitialEvents = false;
  SimDuration watchTimeout{};  ///< 0: the server's choice (30 to 60 minutes)
  bool dryRun = false;
  bool force = false;  ///< server-side apply
  std::string fieldManager;
};

/// A request as it reaches kube-apiserver: HTTP's meaning without its text. Bodies are value trees.
struct Request {
  Verb verb{};
  PatchType patchType{};
  FieldValidation fieldValidation = FieldValidation::Warn;  ///< components' own writes skip it with Ignore
  const api::Resource* resource = nullptr;
  Key subresource;   ///< "status", "binding", "scale"; empty for the object itself
  Value namespace_;  ///< text; null for cluster scope or all namespaces
  Value name;        ///< text; null for collections
  Value body;        ///< object, patch or DeleteOptions; null for none
  std::shared_ptr<const RequestOptions> options;  ///< null for the defaults
  std::string_view userAgent;                     ///< "kube-scheduler", static text or outliving the request
};

struct Response {
  int code = 200;
  Value body;  ///< the object or list; metav1.Status when the request failed
  std::vector<std::string> warnings;
  [[nodiscard]] bool ok() const { return code < 400; }
  /// The failure's Status (meaningful when !ok()).
  [[nodiscard]] api::Status status() const;
};

struct WatchEvent {
  enum class Type : std::uint8_t { Added, Modified, Deleted, Bookmark, Error };
  Type type{};
  Value object;  ///< the object; a metav1.Status for Error
};
Key watchEventKey(WatchEvent::Type type);  ///< "ADDED"…

using Responder = Function<void(Response)>;

/// The server's end of one watch; calling it after the watcher has gone does nothing.
struct WatchSink {
  Function<void(WatchEvent)> send;
  Function<void()> close;
};
using WatchId = std::uint64_t;

}  // namespace pilothouse::apiserver
