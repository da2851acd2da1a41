#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/sim/time.hpp"
#include "core/value/value.hpp"

namespace pilothouse {

/// One outside input: what a person, a lesson or a link did, and when (virtual time since the start).
struct SessionInput {
  SimDuration when{};
  Key verb;         ///< "apply", "delete", "scale", "fault", "addNode", "traffic"…
  Value arguments;  ///< what the verb needs, as an object
};

/// The session's input log: seed, preset, the date of its start and inputs. Everything else is derived from
/// it by running it again.
class Session {
 public:
  Session(std::uint64_t seed, std::string preset);
  void add(SessionInput input);  ///< inputs come in order of time (asserted)
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] const std::string& preset() const { return preset_; }
  [[nodiscard]] const std::vector<SessionInput>& inputs() const { return inputs_; }
  /// What the clock shows at the start: kSimulationStart, unless clients with clocks of their own look on.
  [[nodiscard]] SimTime start() const { return start_; }
  void setStart(SimTime start) { start_ = start; }  ///< whole seconds, not before 1970

  /// JSON text {"seed","preset","start"?,"inputs":[{"when":"1.5s","verb","arguments"}]} and back; malformed
  /// text gives an error in words and no session.
  [[nodiscard]] Value toValue() const;
  struct Loaded;
  static Loaded fromValue(const Value& value);

 private:
  std::uint64_t seed_;
  std::string preset_;
  SimTime start_ = kSimulationStart;
  std::vector<SessionInput> inputs_;
};

struct Session::Loaded {
  std::vector<Session> session;  ///< one, or none when `error` says why
  std::string error;
};

}  // namespace pilothouse
