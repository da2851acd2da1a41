#include "core/apiserver/watch_cache.hpp"

#include <algorithm>
#include <utility>

#include "core/api/keys.hpp"

namespace pilothouse::apiserver {
namespace {

const Value kNone;

Value revisionText(std::uint64_t revision) { return Value(std::to_string(revision)); }

}  // namespace

Value withResourceVersion(const Value& object, std::uint64_t revision) {
  return object.withPath({keys::metadata, keys::resourceVersion}, revisionText(revision));
}

WatchCache::WatchCache(Simulator& simulator, const api::Resource& resource, Trigger trigger)
    : simulator_(simulator), resource_(resource), trigger_(trigger) {}

WatchCache::~WatchCache() {
  simulator_.cancel(tickTimer_);
  for (const auto& [id, watcher] : watchers_) simulator_.cancel(watcher->timeout);
}

void WatchCache::reset(const std::vector<Value>& objects, std::uint64_t revision) {
  ++dispatching_;
  for (const auto& [id, watcher] : watchers_) close(*watcher);
  --dispatching_;
  bury();
  objects_.clear();
  byTrigger_.clear();
  window_.clear();
  for (const Value& object : objects) {
    objects_.put(object);
    indexTrigger(object, kNone);
  }
  revision_ = revision;
  windowStart_ = revision;
}

void WatchCache::apply(const Value& after, const Value& before, std::uint64_t revision) {
  assert(revision > windowStart_);
  Value previous;
  if (after.isNull()) {
    previous = objects_.erase(api::namespaceOf(before), api::name(before));
    if (previous.isNull()) return;
  } else {
    previous = objects_.put(after);
  }
  indexTrigger(after, previous);
  revision_ = std::max(revision_, revision);
  Event& event = window_.emplace_back(
      Event{revision, ++lastNumber_, simulator_.now(), after, std::move(previous), Value()});
  const Value& any = after.isNull() ? event.before : after;

  ++dispatching_;
  deliverAll(everything_, event);
  deliverTo(byNamespace_, api::namespaceOf(any), event);
  deliverTo(byName_, api::name(any), event);
  if (trigger_ != nullptr) {
    const std::string_view now = after.isNull() ? std::string_view() : trigger_(after).asString();
    const std::string_view was =
        event.before.isNull() ? std::string_view() : trigger_(event.before).asString();
    deliverTo(onTrigger_, was, event);
    if (now != was) deliverTo(onTrigger_, now, event);
  }
  --dispatching_;
  bury();
  trim();
  armTick();
}

void WatchCache::progress(std::uint64_t revision) {
  if (revision <= revision_) return;
  revision_ = revision;
}

const Value& WatchCache::find(std::string_view ns, std::string_view name) const {
  return objects_.find(ns, name);
}

std::vector<Value> WatchCache::byTrigger(std::string_view value) const {
  std::vector<Value> found;
  if (const auto at = byTrigger_.find(value); at != byTrigger_.end()) found = at->second;
  std::sort(found.begin(), found.end(), [](const Value& a, const Value& b) {
    return compareKeys(api::namespaceOf(a), api::name(a), api::namespaceOf(b), api::name(b)) < 0;
  });
  return found;
}

void WatchCache::indexTrigger(const Value& after, const Value& before) {
  if (trigger_ == nullptr) return;
  const std::string_view was = before.isNull() ? std::string_view() : trigger_(before).asString();
  const std::string_view now = after.isNull() ? std::string_view() : trigger_(after).asString();
  // Objects without the field are not indexed: a selector for "" walks the resource.
  const auto sameObject = [&before](const Value& v) { return v.sameAs(before); };
  if (!was.empty()) {
    const auto at = byTrigger_.find(was);
    assert(at != byTrigger_.end());
    std::vector<Value>& list = at->second;
    const auto entry = std::find_if(list.begin(), list.end(), sameObject);
    assert(entry != list.end());
    if (was == now) {
      *entry = after;
      return;
    }
    *entry = std::move(list.back());
    list.pop_back();
    if (list.empty()) byTrigger_.erase(at);
  }
  if (now.empty()) return;
  auto at = byTrigger_.find(now);
  if (at == byTrigger_.end()) at = byTrigger_.emplace(std::string(now), std::vector<Value>()).first;
  at->second.push_back(after);
}

bool WatchCache::inScope(const WatchTarget& target, const Value& object) {
  if (!target.namespace_.isNull() && api::namespaceOf(object) != target.namespace_.asString()) return false;
  return target.name.isNull() || api::name(object) == target.name.asString();
}

bool WatchCache::passes(const WatchTarget& target, const Value& object) const {
  if (!inScope(target, object)) return false;
  if (!target.trigger.isNull() && trigger_(object).asString() != target.trigger.asString()) return false;
  return !target.matches || target.matches(object);
}

void WatchCache::deliver(Watcher& watcher, Event& event) {
  if (watcher.dead || event.number <= watcher.lastNumber || event.revision <= watcher.after) return;
  const bool is = !event.after.isNull() && passes(watcher.target, event.after);
  const bool was = !event.before.isNull() && passes(watcher.target, event.before);
  if (!is && !was) return;
  watcher.lastSent = event.revision;
  watcher.lastNumber = event.number;
  if (is) {
    watcher.sink.send({was ? WatchEvent::Type::Modified : WatchEvent::Type::Added, event.after});
    return;
  }
  if (event.gone.isNull()) event.gone = withResourceVersion(event.before, event.revision);
  watcher.sink.send({WatchEvent::Type::Deleted, event.gone});
}

void WatchCache::deliverAll(Watchers& watchers, Event& event) {
  // By index: a sink may add a watcher.
  for (std::size_t i = 0; i < watchers.size(); ++i) deliver(*watchers[i], event);
}

void WatchCache::deliverTo(ByText<Watchers>& index, std::string_view text, Event& event) {
  if (text.empty() || index.empty()) return;
  if (const auto at = index.find(text); at != index.end()) deliverAll(at->second, event);
}

WatchCache::Watchers& WatchCache::listOf(const WatchTarget& target) {
  if (!target.name.isNull()) return byName_[target.name.toString()];
  if (!target.trigger.isNull() && !target.trigger.asString().empty()) {
    return onTrigger_[target.trigger.toString()];
  }
  if (!target.namespace_.isNull()) return byNamespace_[target.namespace_.toString()];
  return everything_;
}

void WatchCache::watch(WatchId id, WatchTarget target, const WatchStart& start, WatchSink sink) {
  if (!start.fromNow && start.after < windowStart_) {
    const std::uint64_t oldest = window_.empty() ? windowStart_ + 1 : window_.front().revision;
    const auto status = api::Status::gone("too old resource version: " + std::to_string(start.after) + " (" +
                                          std::to_string(oldest - 1) + ")");
    sink.send({WatchEvent::Type::Error, status.toValue()});
    sink.close();
    return;
  }
  auto owned = std::make_unique<Watcher>();
  Watcher& watcher = *owned;
  watcher.id = id;
  watcher.target = std::move(target);
  watcher.sink = std::move(sink);
  watchers_.emplace(id, std::move(owned));
  listOf(watcher.target).push_back(&watcher);
  watcher.timeout = simulator_.after(start.timeout, [this, id] {
    const auto at = watchers_.find(id);
    if (at != watchers_.end()) close(*at->second);
    bury();
  });

  ++dispatching_;
  if (start.fromNow) {
    watcher.lastSent = revision_;
    watcher.lastNumber = lastNumber_;
    const auto send = [&](const Value& object) {
      if (passes(watcher.target, object)) watcher.sink.send({WatchEvent::Type::Added, object});
      return !watcher.dead;
    };
    if (!watcher.target.name.isNull() && (!watcher.target.namespace_.isNull() || !resource_.namespaced)) {
      const Value& one = find(watcher.target.namespace_.asString(), watcher.target.name.asString());
      if (!one.isNull()) send(one);
    } else if (!watcher.target.trigger.isNull() && !watcher.target.trigger.asString().empty()) {
      for (const Value& object : byTrigger(watcher.target.trigger.asString())) send(object);
    } else {
      objects_.forEach(watcher.target.namespace_.asString(), send);
    }
    if (start.initialEventsEnd && !watcher.dead) {
      watcher.sink.send({WatchEvent::Type::Bookmark, bookmark(true)});
    }
  } else {
    watcher.after = start.after;
    watcher.lastSent = start.after;
    const auto first = std::partition_point(window_.begin(), window_.end(),
                                            [&](const Event& e) { return e.revision <= start.after; });
    for (auto event = first; event != window_.end(); ++event) deliver(watcher, *event);
    watcher.lastSent = std::max(watcher.lastSent, start.after);
  }
  --dispatching_;
  bury();
  armTick();
}

bool WatchCache::stop(WatchId id) {
  const auto at = watchers_.find(id);
  if (at == watchers_.end()) return false;
  Watcher& watcher = *at->second;
  if (!watcher.dead) {
    watcher.dead = true;
    simulator_.cancel(watcher.timeout);
    dead_.push_back(id);
  }
  bury();
  return true;
}

void WatchCache::close(Watcher& watcher) {
  if (watcher.dead) return;
  watcher.dead = true;
  simulator_.cancel(watcher.timeout);
  dead_.push_back(watcher.id);
  watcher.sink.close();
}

void WatchCache::bury() {
  if (dispatching_ > 0) return;
  for (std::size_t i = 0; i < dead_.size(); ++i) {
    const auto at = watchers_.find(dead_[i]);
    if (at == watchers_.end()) continue;
    std::erase(listOf(at->second->target), at->second.get());
    watchers_.erase(at);
  }
  dead_.clear();
}

void WatchCache::trim() {
  const SimTime stale = simulator_.now() - kEventFresh;
  while (window_.size() > kWindowMin && (window_.size() > kWindowMax || window_.front().when < stale)) {
    windowStart_ = window_.front().revision;
    window_.pop_front();
  }
}

void WatchCache::armTick() {
  if (tickTimer_ != TimerId::None) return;
  const CauseScope ownCause(simulator_, CauseId::None);
  tickTimer_ = simulator_.after(kBookmarkInterval, [this] { tick(); });
}

// One timer for the resource; it rests when nothing has changed since the last bookmarks.
void WatchCache::tick() {
  tickTimer_ = TimerId::None;
  trim();
  Value shared;
  ++dispatching_;
  for (const auto& [id, watcher] : watchers_) {
    if (!watcher->target.bookmarks || watcher->dead || watcher->lastSent >= revision_) continue;
    if (shared.isNull()) shared = bookmark(false);
    watcher->lastSent = revision_;
    watcher->sink.send({WatchEvent::Type::Bookmark, shared});
  }
  --dispatching_;
  bury();
  if (window_.size() > kWindowMin) armTick();
}

Value WatchCache::bookmark(bool initialEventsEnd) const {
  static const Key kInitialEventsEnd = Key::intern("k8s.io/initial-events-end");
  ObjectBuilder metadata;
  metadata.set(keys::resourceVersion, revisionText(revision_));
  if (initialEventsEnd) metadata.set(keys::annotations, Value::object({{kInitialEventsEnd, "true"}}));
  return Value::object({{keys::apiVersion, resource_.apiVersion()},
                        {keys::kind, Value(resource_.kind)},
                        {keys::metadata, metadata.build()}});
}

}  // namespace pilothouse::apiserver
