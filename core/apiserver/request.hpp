#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

/// How the answer is wanted (Accept: application/json;as=Table;v=v1;g=meta.k8s.io).
enum class Representation : std::uint8_t { Object, Table, PartialObjectMetadata };
enum class IncludeObject : std::uint8_t { Metadata, None, Object };  ///< of a Table's rows

/// Who a client says it is, as the transport brings it. The API server authenticates it.
struct Credentials {
  /// Subject of the client's certificate, which the transport has verified: "" for none.
  std::string commonName;                  ///< the user: "kubernetes-admin"
  std::vector<std::string> organizations;  ///< its groups: "kubeadm:cluster-admins"
  std::string bearerToken;                 ///< of a ServiceAccount
  struct Impersonation {
    std::string user;
    std::string uid;
    std::vector<std::string> groups;
    std::vector<std::pair<std::string, std::vector<std::string>>> extra;  ///< sorted by key
  };
  std::optional<Impersonation> impersonate;
};

struct UserInfo;  // core/apiserver/auth/user_info.hpp

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
  Representation as{};
  IncludeObject includeObject{};
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
  Value body;        ///< object, patch, DeleteOptions, PodLogOptions, PodExecOptions…; null for none
  std::shared_ptr<const RequestOptions> options;   ///< null for the defaults
  std::shared_ptr<const Credentials> credentials;  ///< null: anonymous
  std::shared_ptr<const UserInfo> user;            ///< set by the API server, whatever a client puts here
  std::string_view userAgent;                      ///< "kube-scheduler", static text or outliving the request
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

/// The client's end of a stream to a container: log, exec or attach. Channels are those of
/// v5.channel.k8s.io: 1 stdout (and the log), 2 stderr.
struct StreamSink {
  Function<void(std::uint8_t channel, std::string data)> send;
  /// The stream is over: a metav1.Status, Success or the reason (NonZeroExitCode with its causes).
  Function<void(Value status)> close;
};
using StreamId = std::uint64_t;

/// The server's end of one watch; calling it after the watcher has gone does nothing.
struct WatchSink {
  Function<void(WatchEvent)> send;
  Function<void()> close;
};
using WatchId = std::uint64_t;

}  // namespace pilothouse::apiserver
