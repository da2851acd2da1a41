#pragma once

#include <string>
#include <string_view>

#include "core/api/resource.hpp"
#include "core/sim/trace.hpp"
#include "core/value/value.hpp"

namespace pilothouse::web {

/// What a person chose, anywhere on the page.
struct Selection {
  enum class Kind : unsigned char { Nothing, Object, Component };
  Kind kind = Kind::Nothing;
  const api::Resource* resource = nullptr;  ///< of an Object
  std::string ns;
  std::string name;  ///< the object's or the component's ("kubelet/node-1")
  /// A message whose causes are asked for; None for the object's latest.
  CauseId message = CauseId::None;

  static Selection object(const api::Resource& resource, std::string_view ns, std::string_view name);
  static Selection component(std::string_view name);
  /// The object that a value (with apiVersion, kind and metadata, or an ObjectReference) tells of; nothing
  /// when its kind is unknown.
  static Selection of(const Value& object);
  [[nodiscard]] bool isObject(const api::Resource& r, std::string_view inNamespace,
                              std::string_view n) const {
    return kind == Kind::Object && resource == &r && ns == inNamespace && name == n;
  }
  /// Same object or component; the message is not compared.
  [[nodiscard]] bool sameTarget(const Selection& other) const {
    return kind == other.kind && resource == other.resource && ns == other.ns && name == other.name;
  }
  /// "pod:default/web-1", "component:kube-scheduler", "": as highlight targets are written.
  [[nodiscard]] std::string target() const;
  /// The inverse of target(); "field:…" and unknown words give nothing.
  static Selection fromTarget(std::string_view target);
};

}  // namespace pilothouse::web
