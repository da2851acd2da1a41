#include "core/client/event_recorder.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/object.hpp"
#include "core/value/slot_table.hpp"

namespace pilothouse::client {
namespace {

// k8s.io/client-go/tools/record/events_cache.go.
constexpr std::size_t kSimilarMax = 10;                           // defaultAggregateMaxEvents
constexpr SimDuration kSimilarWindow = std::chrono::minutes(10);  // defaultAggregateIntervalInSeconds
constexpr std::int64_t kSpamBurst = 25;                           // defaultSpamBurst
constexpr SimDuration kSpamInterval = std::chrono::seconds(300);  // 1 / defaultSpamQPS
constexpr std::size_t kCacheMax = 4096;                           // maxLruCacheEntries
// Not upstream's, which keeps the last 4096 in every process: what the server has forgotten as well goes,
// unless it is little.
constexpr std::size_t kOldKept = 32;
constexpr SimDuration kEventTtl = std::chrono::hours(1);  // kube-apiserver's --event-ttl
constexpr std::string_view kCombined = "(combined from similar events): ";

const Key kCount = Key::intern("count");
const Key kComponent = Key::intern("component");
const Key kEventTime = Key::intern("eventTime");
const Key kFieldPath = Key::intern("fieldPath");
const Key kFirstTimestamp = Key::intern("firstTimestamp");
const Key kHost = Key::intern("host");
const Key kInvolvedObject = Key::intern("involvedObject");
const Key kLastTimestamp = Key::intern("lastTimestamp");
const Key kReportingComponent = Key::intern("reportingComponent");
const Key kReportingInstance = Key::intern("reportingInstance");
const Key kSource = Key::intern("source");

/// fmt.Sprintf("%v.%x", name, t.UnixNano()).
std::string eventName(std::string_view object, SimTime first) {
  static constexpr char kHex[] = "0123456789abcdef";
  char digits[16];
  std::size_t at = sizeof(digits);
  auto nanos = static_cast<std::uint64_t>(first.time_since_epoch().count());
  do {
    digits[--at] = kHex[nanos & 15];
    nanos >>= 4;
  } while (nanos != 0);
  std::string name;
  name.reserve(object.size() + 17);
  name.append(object).append(1, '.').append(digits + at, sizeof(digits) - at);
  return name;
}

/// How often an equal event was sent; its name follows from its first time.
struct Sent {
  SimTime first{};
  SimTime last{};
  std::uint32_t count = 0;
};

/// Events alike but for their message; nearly always there is one.
struct Similar {
  SimTime last{};
  std::uint64_t first = 0;
  std::vector<std::uint64_t> others;

  [[nodiscard]] std::size_t size() const { return first == 0 ? 0 : 1 + others.size(); }
  [[nodiscard]] bool has(std::uint64_t message) const {
    return message == first || std::find(others.begin(), others.end(), message) != others.end();
  }
  void add(std::uint64_t message) {
    if (first == 0) {
      first = message;
    } else {
      others.push_back(message);
    }
  }
};

}  // namespace

struct EventRecorder::State : std::enable_shared_from_this<State> {
  Client& client;
  std::string component;
  std::string host;
  Value source;
  // By hashes of content; never iterated but to forget the old, which no order reaches.
  std::unordered_map<std::uint64_t, Sent> sent;
  std::unordered_map<std::uint64_t, Similar> similar;
  std::unordered_map<std::uint64_t, SimTime> buckets;  ///< when the object's bucket would be full again

  SimTime lastFirst{};
  TimerId tidying{};
  std::size_t untidied = 0;  ///< events since the tables were last looked through

  State(Client& c, std::string name, std::string machine)
      : client(c), component(std::move(name)), host(std::move(machine)) {
    ObjectBuilder builder;
    builder.set(kComponent, Value(component));
    builder.setIfAny(kHost, Value(host));
    source = builder.build();
  }

  bool isSpam(std::uint64_t object, SimTime now) {
    SimTime& full = buckets[object];
    const SimTime next = std::max(full, now) + kSpamInterval;
    if (next - now > kSpamBurst * kSpamInterval) return true;
    full = next;
    return false;
  }

  /// True when so many alike were seen lately that this one is told as one of many.
  bool isCombined(std::uint64_t group, std::uint64_t message, SimTime now) {
    Similar& entry = similar[group];
    if (now - entry.last > kSimilarWindow) entry = {};
    entry.last = now;
    if (!entry.has(message)) {
      if (entry.size() >= kSimilarMax) return true;
      entry.add(message);
    }
    return entry.size() >= kSimilarMax;
  }

  template <typename Map, typename Old>
  static void forget(Map& map, Old old) {
    if (map.size() <= kOldKept) return;
    for (auto at = map.begin(); at != map.end();) at = old(at->second) ? map.erase(at) : std::next(at);
    if (map.size() > kCacheMax * 4) map.clear();
    map.rehash(0);
  }

  void forgetOld(SimTime now) {
    untidied = 0;
    forget(sent, [now](const Sent& entry) { return now - entry.last > kEventTtl; });
    forget(similar, [now](const Similar& entry) { return now - entry.last > kSimilarWindow; });
    forget(buckets, [now](SimTime full) { return full <= now; });
  }

  // Now and then only: to look through the tables at each event would cost more than the events. A recorder
  // that has fallen silent looks through them until little is left.
  void tidy() {
    if (++untidied >= kCacheMax) forgetOld(client.simulator().now());
    if (tidying != TimerId::None || sent.size() + similar.size() + buckets.size() <= 3 * kOldKept) return;
    const CauseScope own(client.simulator(), CauseId::None);
    tidying = client.simulator().after(kSimilarWindow, [weak = weak_from_this()] {
      const auto state = weak.lock();
      if (!state) return;
      state->tidying = TimerId::None;
      state->forgetOld(state->client.simulator().now());
      state->tidy();
    });
  }

  void create(const Value& involved, std::string_view type, std::string_view reason, std::string_view message,
              const Sent& entry) {
    const Value& ns = involved[keys::namespace_];
    const std::string name = eventName(involved[keys::name].asString(), entry.first);
    client.create(api::resources::events,
                  Value::object({{keys::apiVersion, "v1"},
                                 {kCount, static_cast<std::int64_t>(entry.count)},
                                 {kEventTime, Value()},
                                 {kFirstTimestamp, timestamp(entry.first)},
                                 {kInvolvedObject, involved},
                                 {keys::kind, "Event"},
                                 {kLastTimestamp, timestamp(entry.last)},
                                 {keys::message, Value(message)},
                                 {keys::metadata,
                                  Value::object({{keys::name, Value(name)},
                                                 {keys::namespace_, ns.isNull() ? Value("default") : ns}})},
                                 {keys::reason, Value(reason)},
                                 {kReportingComponent, Value(component)},
                                 {kReportingInstance, Value(host)},
                                 {kSource, source},
                                 {keys::type, Value(type)}}),
                  [](const Response&) {});
  }

  void record(const Value& object, std::string_view fieldPath, std::string_view type, std::string_view reason,
              std::string_view text) {
    const SimTime now = client.simulator().now();
    std::uint64_t about = textHash(api::name(object), textHash(api::uid(object)));
    if (isSpam(about, now)) return;
    about = textHash(reason, textHash(type, textHash(fieldPath, about)));
    std::string combinedText;
    std::string_view message = text;
    std::uint64_t exact = textHash(text, about);
    if (isCombined(about, exact, now)) {
      combinedText = std::string(kCombined) + std::string(text);
      message = combinedText;
      exact = textHash(kCombined, about);
    }
    tidy();
    Sent& entry = sent[exact];
    Value involved = api::objectReference(object);
    if (!fieldPath.empty()) involved = involved.with(kFieldPath, Value(fieldPath));
    entry.last = now;
    if (++entry.count == 1) {
      // An event's name is its time: two of one instant differ by a nanosecond, as they do on a real clock.
      entry.first = lastFirst = std::max(now, lastFirst + SimDuration(1));
      return create(involved, type, reason, message, entry);
    }
    repeat(involved, type, reason, message, entry);
  }

  void repeat(const Value& involved, std::string_view type, std::string_view reason, std::string_view message,
              const Sent& entry) {
    const Value& ns = involved[keys::namespace_];
    const Value patch = Value::object({{kCount, static_cast<std::int64_t>(entry.count)},
                                       {kLastTimestamp, timestamp(entry.last)},
                                       {keys::message, Value(message)}});
    client.patch(api::resources::events, ns.isNull() ? Value("default") : ns,
                 Value(eventName(involved[keys::name].asString(), entry.first)),
                 apiserver::PatchType::StrategicMerge, patch,
                 [weak = weak_from_this(), involved, type = std::string(type), reason = std::string(reason),
                  message = std::string(message), entry](const Response& response) {
                   // It has expired meanwhile: tell it anew, with its count.
                   if (response.code != 404) return;
                   if (const auto state = weak.lock()) state->create(involved, type, reason, message, entry);
                 });
  }
};

EventRecorder::EventRecorder(Client& client, std::string component, std::string host)
    : state_(std::make_shared<State>(client, std::move(component), std::move(host))) {}
EventRecorder::~EventRecorder() = default;

void EventRecorder::event(const Value& object, std::string_view type, std::string_view reason,
                          std::string_view message) {
  state_->record(object, {}, type, reason, message);
}

void EventRecorder::event(const Value& object, std::string_view fieldPath, std::string_view type,
                          std::string_view reason, std::string_view message) {
  state_->record(object, fieldPath, type, reason, message);
}

}  // namespace pilothouse::client
