#pragma once

#include <string>

#include "core/controller_manager/controller.hpp"

namespace pilothouse::controller_manager {

/// Sees to it that each namespace has an object of a fixed name, and makes it again when it goes.
class NamespaceObjectController : public Controller {
 public:
  void start() override;

 protected:
  NamespaceObjectController(const ControllerContext& context, const api::Resource& resource,
                            std::string_view name);
  /// The object in a namespace, without its namespace.
  [[nodiscard]] virtual Value wanted() const = 0;
  /// The stored object as it should be; the same handle when it is.
  [[nodiscard]] virtual Value corrected(const Value& stored) const { return stored; }

 private:
  void sync(const std::string& ns, client::WorkQueue::Finish finish);

  const ControllerContext& context_;
  const api::Resource& resource_;
  const std::string name_;
  client::Informer& namespaces_;
  client::Informer& objects_;
  client::WorkQueue queue_;
};

/// ServiceAccount "default" (pkg/controller/serviceaccount/serviceaccounts_controller.go).
class ServiceAccountsController : public NamespaceObjectController {
 public:
  ServiceAccountsController(const ControllerContext& context, const api::Resource& serviceAccounts);

 private:
  [[nodiscard]] Value wanted() const override;
};

/// ConfigMap "kube-root-ca.crt" (pkg/controller/certificates/rootcacertpublisher).
class RootCaPublisher : public NamespaceObjectController {
 public:
  RootCaPublisher(const ControllerContext& context, std::string_view certificate);

 private:
  [[nodiscard]] Value wanted() const override;
  [[nodiscard]] Value corrected(const Value& stored) const override;
  Value data_;
};

}  // namespace pilothouse::controller_manager
