#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/apiserver/auth/attributes.hpp"
#include "core/apiserver/auth/node_authorizer.hpp"
#include "core/apiserver/auth/rbac_index.hpp"
#include "core/value/slot_table.hpp"

namespace pilothouse::apiserver {

/// --authorization-mode=Node,RBAC, with system:masters before both.
class Authorizer {
 public:
  explicit Authorizer(const CachedObjects& objects) : rbac_(objects), node_(objects) {}

  struct Decision {
    bool allowed = false;
    std::string reason;  ///< `RBAC: allowed by ClusterRoleBinding …`, or why not
  };
  [[nodiscard]] Decision authorize(const Attributes& attributes) const;

  /// The same without a reason, for requests by the hundred thousand: what a user may do everywhere is
  /// remembered, by one number of the user and of what is asked.
  bool allows(const UserInfo& user, const Request& request);

  /// A change of a Role, ClusterRole or binding: forgets the decisions.
  void roleChanged() { decisions_ = {}; }
  void bindingChanged(const Value& before, const Value& after);
  void clear();

  [[nodiscard]] const RbacIndex& rbac() const { return rbac_; }

 private:
  struct Asked {
    const api::Resource* resource = nullptr;
    std::uint32_t user = 0;
    std::uint32_t subresource = 0;
    Verb verb{};
    bool everywhere = false;  ///< allowed whatever the namespace and name; else it depends on them
  };
  struct Decisions {
    std::vector<Asked> asked;
    SlotTable table;
  };

  RbacIndex rbac_;
  NodeAuthorizer node_;
  Decisions decisions_;
};

}  // namespace pilothouse::apiserver
