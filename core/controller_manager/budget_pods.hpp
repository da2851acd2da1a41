#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/client/informer.hpp"
#include "core/client/store.hpp"
#include "core/value/selector.hpp"

namespace pilothouse::controller_manager {

/// Which pods each PodDisruptionBudget selects, kept up with every change. A pod's change costs the matching
/// of its labels against the budgets of its namespace, and nothing in a namespace without any.
class BudgetPods {
 public:
  /// Told of budgets that may count otherwise now.
  using Listener = std::function<void(const std::string& budgetKey)>;
  BudgetPods(client::Informer& budgets, client::Informer& pods, Listener listener);

  void forEach(std::string_view budgetKey, const std::function<void(const Value&)>& visit) const;
  [[nodiscard]] const Value& find(std::string_view budgetKey, std::string_view pod) const;
  [[nodiscard]] std::size_t count(std::string_view budgetKey) const;

 private:
  struct Selected {
    Value selectorObject;
    LabelSelector selector;
    client::Store pods;
  };
  using Namespace = std::map<std::string, Selected, std::less<>>;  ///< by key of the budget
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  void budgetChanged(const client::Change& change);
  void podChanged(const client::Change& change);
  [[nodiscard]] const Selected* selected(std::string_view budgetKey) const;

  client::Informer& pods_;
  Listener listener_;
  std::unordered_map<std::string, Namespace, TextHash, std::equal_to<>> namespaces_;  // never iterated
};

}  // namespace pilothouse::controller_manager
