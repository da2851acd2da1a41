#pragma once

#include <cstdint>
#include <string>

#include "core/apiserver/outcome.hpp"
#include "core/sim/time.hpp"

namespace pilothouse::apiserver {

inline constexpr std::string_view kFinalizerOrphanDependents = "orphan";
inline constexpr std::string_view kFinalizerDeleteDependents = "foregroundDeletion";

/// What a DELETE does to an object as it is stored (genericregistry.Store.Delete, rest.BeforeDelete).
struct DeletePlan {
  enum class Step : std::uint8_t {
    Nothing,           ///< deletion is under way already: answer with the object
    Update,            ///< write `object`, which keeps existing until its finalizers or its grace end
    UpdateThenRemove,  ///< write `object` (watchers see the grace period become 0), then remove it
    Remove
  };
  Step step{};
  Value object;
  api::Status error;  ///< code 0: none
};

/// `options` is a metav1.DeleteOptions or null. Preconditions are checked.
DeletePlan planDeletion(const api::Resource& resource, const Value& stored, const Value& options,
                        SimTime now);

/// "" when the options are well-formed, else metav1.validation.ValidateDeleteOptions' errors as a Status.
api::Status validateDeleteOptions(const Value& options);

/// What a client is to know of a DELETE that names no policy where the kind orphans its dependents; "" for
/// nothing.
std::string deletionWarning(const api::Resource& resource, const Value& options);

/// An update that empties the finalizers of an object being deleted removes it
/// (genericregistry.ShouldDeleteDuringUpdate; a namespace also needs an empty spec.finalizers).
bool removedByUpdate(const api::Resource& resource, const Value& stored, const Value& updated);

/// True for kinds whose DELETE answers with the object and not with a Status.
bool returnsDeletedObject(const api::Resource& resource);
/// metav1.Status Success with details of what was deleted.
Value deletedStatus(const api::Resource& resource, const Value& object);

}  // namespace pilothouse::apiserver
