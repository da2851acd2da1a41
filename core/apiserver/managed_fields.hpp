#pragma once

#include <string>
#include <string_view>

#include "core/api/resource.hpp"
#include "core/api/schema/schema.hpp"
#include "core/apiserver/outcome.hpp"
#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse::apiserver {

/// Who writes, where and when.
struct FieldWriter {
  Value manager;
  Key subresource;  ///< empty for the object itself
  SimTime now{};
};

/// managerOrUserAgent: the request's fieldManager, else the user agent up to its first "/".
Value fieldManager(std::string_view fieldManager, std::string_view userAgent);

/// What stays the same for a resource, worked out once.
struct FieldRules {
  Value apiVersion;
  api::schema::Type type;
  Value resetFields;        ///< what a write of the object itself cannot set: {"f:status":{}}
  Value resetStatusFields;  ///< what a write of the status cannot set
};
const FieldRules& fieldRules(const api::Resource& resource);

/// FieldManager.Update: metadata.managedFields after a POST, PUT or PATCH made `fresh` (decoded and
/// defaulted, before admission and strategy) of `live`, which is null on creation. Null: none.
///
/// The writer takes what it changes from everybody. What a client sends as managedFields counts, except on
/// subresources; an object whose managedFields were emptied is not tracked until it is applied.
Value trackedFields(const api::Resource& resource, const FieldWriter& writer, const Value& live,
                    const Value& fresh);

/// The same for a write of the scale subresource: the writer takes spec.replicas when it changes.
Value trackedScale(const api::Resource& resource, const FieldWriter& writer, const Value& live,
                   const Value& fresh);

/// FieldManager.Apply: `live` (null: it is created) with the configuration `config` laid over it and what the
/// manager no longer applies removed, and its managedFields. Not decoded or defaulted. 409 with
/// FieldManagerConflict causes when others own what it would change and `force` is false.
Outcome appliedFields(const api::Resource& resource, const FieldWriter& writer, const Value& live,
                      const Value& config, bool force);

/// The same for an autoscaling/v1 Scale as configuration: `live` with its replicas.
Outcome appliedScale(const api::Resource& resource, const FieldWriter& writer, const Value& live,
                     const Value& scale, bool force);

}  // namespace pilothouse::apiserver
