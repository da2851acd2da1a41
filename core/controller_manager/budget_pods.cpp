#include "core/controller_manager/budget_pods.hpp"

#include <utility>

#include "core/api/object.hpp"
#include "core/controller_manager/controller.hpp"

namespace pilothouse::controller_manager {
namespace {

// What a budget counts of a pod.
bool countsAlike(const Value& before, const Value& after) {
  return api::isBeingDeleted(before) == api::isBeingDeleted(after) &&
         api::isPodReady(before) == api::isPodReady(after) &&
         api::meta(before)[keys::ownerReferences] == api::meta(after)[keys::ownerReferences];
}

}  // namespace

BudgetPods::BudgetPods(client::Informer& budgets, client::Informer& pods, Listener listener)
    : pods_(pods), listener_(std::move(listener)) {
  budgets.onChange([this](const client::Change& change) { budgetChanged(change); });
  pods.onChange([this](const client::Change& change) { podChanged(change); });
}

const BudgetPods::Selected* BudgetPods::selected(std::string_view budgetKey) const {
  const auto ns = namespaces_.find(splitKey(budgetKey).ns);
  if (ns == namespaces_.end()) return nullptr;
  const auto at = ns->second.find(budgetKey);
  return at == ns->second.end() ? nullptr : &at->second;
}

void BudgetPods::forEach(std::string_view budgetKey, const std::function<void(const Value&)>& visit) const {
  if (const Selected* found = selected(budgetKey)) found->pods.forEach(visit);
}

const Value& BudgetPods::find(std::string_view budgetKey, std::string_view pod) const {
  static const Value none;
  const Selected* found = selected(budgetKey);
  return found == nullptr ? none : found->pods.find(splitKey(budgetKey).ns, pod);
}

std::size_t BudgetPods::count(std::string_view budgetKey) const {
  const Selected* found = selected(budgetKey);
  return found == nullptr ? 0 : found->pods.size();
}

void BudgetPods::budgetChanged(const client::Change& change) {
  const Value& budget = change.after.isNull() ? change.before : change.after;
  const std::string key = api::namespacedName(budget);
  const std::string ns(api::namespaceOf(budget));
  if (change.after.isNull()) {
    const auto at = namespaces_.find(ns);
    if (at == namespaces_.end()) return;
    at->second.erase(key);
    if (at->second.empty()) namespaces_.erase(at);
    return;
  }
  const Value& selectorObject = change.after.get(keys::spec, keys::selector);
  const bool isNew = change.before.isNull();
  Selected& selected = namespaces_[ns][key];
  if (isNew || !(selected.selectorObject == selectorObject)) {
    selected.selectorObject = selectorObject;
    selected.selector = LabelSelector::fromObject(selectorObject);
    selected.pods.clear();
    pods_.store().forEach([&](const Value& pod) {
      if (api::namespaceOf(pod) == ns && selected.selector.matches(api::labels(pod))) selected.pods.put(pod);
    });
  }
  listener_(key);
}

void BudgetPods::podChanged(const client::Change& change) {
  const Value& pod = change.after.isNull() ? change.before : change.after;
  const auto ns = namespaces_.find(api::namespaceOf(pod));
  if (ns == namespaces_.end()) return;
  for (auto& [key, selected] : ns->second) {
    const bool matches = !change.after.isNull() && selected.selector.matches(api::labels(change.after));
    const Value before = matches ? selected.pods.put(change.after) : selected.pods.erase(pod);
    if (!matches && before.isNull()) continue;
    if (!matches || before.isNull() || !countsAlike(before, change.after)) listener_(key);
  }
}

}  // namespace pilothouse::controller_manager
