#include "web/describe.hpp"

#include <algorithm>

#include "core/api/object.hpp"

namespace pilothouse::web {

namespace {

constexpr std::size_t kPartMax = 120;

/// "pods default/web-1", as far as the record tells.
std::string subject(const TraceRecord& record) {
  std::string out(record.resource.text());
  const std::string name(api::name(record.object).substr(0, kPartMax));
  if (name.empty()) return out;
  const std::string ns(api::namespaceOf(record.object).substr(0, kPartMax));
  if (!out.empty()) out += ' ';
  if (!ns.empty() && ns != "default") out += ns + '/';
  return out + name;
}

T sentence(MessageKind kind) {
  switch (kind) {
    case MessageKind::Request:
      return T::sayRequest;
    case MessageKind::Response:
      return T::sayResponse;
    case MessageKind::WatchEvent:
      return T::sayWatch;
    case MessageKind::EtcdRequest:
      return T::sayEtcdRequest;
    case MessageKind::EtcdResponse:
      return T::sayEtcdResponse;
    case MessageKind::EtcdWatch:
      return T::sayEtcdWatch;
    case MessageKind::Cri:
      return T::sayCri;
    case MessageKind::CriResponse:
      return T::sayCriResponse;
    case MessageKind::Traffic:
      return T::sayTraffic;
    case MessageKind::Input:
      return T::sayInput;
    case MessageKind::Note:
      return T::sayNote;
    case MessageKind::Raft:
      return T::sayRaft;
  }
  return T::sayNote;
}

}  // namespace

std::string_view componentKind(std::string_view component) {
  return component.substr(0, component.find('/'));
}

std::string describe(const TraceRecord& record, const Network& network, Language language) {
  std::string what = subject(record);
  const std::string code = record.code != 0 ? std::to_string(record.code) : std::string();
  if (record.kind == MessageKind::Note) {
    const std::string_view said = record.object[keys::message].asString();
    if (!said.empty()) what += (what.empty() ? "" : " – ") + std::string(said.substr(0, 300));
  }
  std::string out =
      text(language, sentence(record.kind),
           {network.name(record.from), network.name(record.to), what, record.verb.text(), code});
  if (record.delivered == SimTime::max()) {
    out += " (";
    out += text(language, T::sayDropped);
    out += ')';
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string describeShort(MessageKind kind, Key verb, Key resource, std::uint16_t code, std::uint32_t count) {
  std::string out;
  if (kind == MessageKind::Response && code != 0) {
    out = std::to_string(code);
  } else {
    out = verb.text();
  }
  if (!resource.text().empty()) {
    if (!out.empty()) out += ' ';
    out += resource.text();
  }
  if (count > 1) out += " ×" + std::to_string(count);
  return out;
}

std::string clockText(SimDuration elapsed, bool tenths) {
  const auto ms =
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count());
  const std::int64_t s = ms / 1000;
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  std::string out = s >= 3600 ? std::to_string(s / 3600) + ':' + two(s / 60 % 60) : std::to_string(s / 60);
  out += ':' + two(s % 60);
  if (tenths) out += '.' + std::to_string(ms / 100 % 10);
  return out;
}

std::string ageText(SimDuration age) {
  const std::int64_t s =
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(age).count());
  const auto pair = [](std::int64_t big, const char* bigUnit, std::int64_t small, const char* smallUnit) {
    std::string out = std::to_string(big) + bigUnit;
    if (small > 0) out += std::to_string(small) + smallUnit;
    return out;
  };
  const std::int64_t m = s / 60;
  const std::int64_t h = m / 60;
  if (s < 120) return std::to_string(s) + 's';
  if (m < 10) return pair(m, "m", s % 60, "s");
  if (m < 180) return std::to_string(m) + 'm';
  if (h < 8) return pair(h, "h", m % 60, "m");
  if (h < 48) return std::to_string(h) + 'h';
  if (h < 192) return pair(h / 24, "d", h % 24, "h");
  return std::to_string(h / 24) + 'd';
}

std::string ageSince(const Value& timestamp, SimTime now) {
  const auto time = parseTimestamp(timestamp.asString());
  return time ? ageText(now - *time) : std::string();
}

}  // namespace pilothouse::web
