#pragma once

#include <string_view>

#include "core/api/kind.hpp"
#include "core/sim/time.hpp"
#include "core/value/value.hpp"

/// What the columns of `kubectl get` share among kinds (k8s.io/kubernetes/pkg/printers/internalversion). A
/// Kind's `cells` appends one Value a column: a text, or a number where the column's type is "integer".
namespace pilothouse::api::printing {

inline constexpr std::string_view kNone = "<none>";
inline constexpr std::string_view kUnset = "<unset>";
inline constexpr std::string_view kUnknown = "<unknown>";

/// The published documentation of metadata.name and metadata.creationTimestamp.
inline constexpr std::string_view kNameDescription =
    "Name must be unique within a namespace. Is required when creating resources, although some resources "
    "may "
    "allow a client to request the generation of an appropriate name automatically. Name is primarily "
    "intended "
    "for creation idempotence and configuration definition. Cannot be updated. More info: "
    "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";
inline constexpr std::string_view kAgeDescription =
    "CreationTimestamp is a timestamp representing the server time when this object was created. It is not "
    "guaranteed to be set in happens-before order across separate operations. Clients may not set this "
    "value. "
    "It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. "
    "More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/// The first and, in most kinds, the last of the default columns.
inline constexpr Column kNameColumn{"Name", "string", "name", kNameDescription, 0};
inline constexpr Column kAgeColumn{"Age", "string", "", kAgeDescription, 0};
/// Of a pod template, with -o wide.
inline constexpr Column kContainersColumn{"Containers", "string", "",
                                          "Names of each container in the template.", 1};
inline constexpr Column kImagesColumn{"Images", "string", "",
                                      "Images referenced by each container in the template.", 1};

/// How long ago or ahead a Time or MicroTime is, as "5m30s"; "<unknown>" for an absent one.
Value since(const Value& timestamp, SimTime now);
Value until(const Value& timestamp, SimTime now);
/// The Age cell of an object: since its metadata.creationTimestamp.
Value age(const Value& object, SimTime now);

/// labels.FormatLabels: "app=web,tier=front" in order of keys; "<none>" for none.
Value labels(const Value& labels);
/// metav1.FormatLabelSelector of a LabelSelector: "app=web,!old"; "<none>", or "<error>" for a wrong one.
Value selector(const Value& labelSelector);

/// Names and images of a pod template's containers, with commas between them.
struct ContainerCells {
  Value names;
  Value images;
};
ContainerCells containers(const Value& containers);

/// An array of texts with `separator` between them; "" for none.
Value joined(const Value& texts, std::string_view separator = ",");
/// The text, or `fallback` where it is absent or empty.
Value orElse(const Value& text, std::string_view fallback = kNone);
/// A number that is 0 where it is absent.
inline Value number(const Value& value) { return value.asInt(0); }

}  // namespace pilothouse::api::printing
