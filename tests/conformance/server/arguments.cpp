#include "tests/conformance/server/arguments.hpp"

#include <cstdlib>
#include <limits>
#include <string_view>

#include "core/value/number_text.hpp"

namespace pilothouse::server {
namespace {

constexpr double kFactorMin = 0.01;
constexpr double kFactorMax = 100000;

bool parseSpeed(const std::string& text, Speed& speed) {
  if (text == "max") {
    speed.max = true;
    return true;
  }
  if (text == "realtime") return true;
  char* end = nullptr;
  speed.factor = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' && speed.factor >= kFactorMin && speed.factor <= kFactorMax;
}

template <typename Number>
bool parseNumber(const std::string& text, Number& number) {
  const auto parsed = parseInt64(text);
  if (!parsed || *parsed < 0) return false;
  if (static_cast<std::uint64_t>(*parsed) > std::numeric_limits<Number>::max()) return false;
  number = static_cast<Number>(*parsed);
  return true;
}

// Empty, or what is wrong.
std::string take(Arguments& arguments, std::string_view name, const std::string& value) {
  const auto unless = [](bool good, const char* why) { return good ? std::string() : std::string(why); };
  if (name == "--port") return unless(parseNumber(value, arguments.port), "takes a port number");
  if (name == "--seed") return unless(parseNumber(value, arguments.engine.seed), "takes a number");
  if (name == "--speed") {
    return unless(parseSpeed(value, arguments.engine.speed),
                  "takes realtime, max or a factor from 0.01 to 100000");
  }
  std::string* text = name == "--preset"       ? &arguments.engine.preset
                      : name == "--kubeconfig" ? &arguments.kubeconfig
                      : name == "--state"      ? &arguments.state
                                               : nullptr;
  if (text == nullptr) return "is no option of this program";
  *text = value;
  return unless(!value.empty(), "takes a text");
}

}  // namespace

const char* const kUsage =
    "pilothouse_api [--port 8001] [--speed realtime|max|N] [--preset learning] [--seed 1]\n"
    "               [--kubeconfig FILE] [--state FOLDER]\n"
    "Serves a simulated Kubernetes cluster on https://127.0.0.1:PORT for kubectl and other clients.\n";

Arguments parseArguments(int count, char** texts) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    std::string name = texts[i];
    if (name == "--help" || name == "-h") {
      arguments.help = true;
      return arguments;
    }
    std::string value;
    if (const std::size_t equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (i + 1 < count) {
      value = texts[++i];
    }
    if (const std::string wrong = take(arguments, name, value); !wrong.empty()) {
      arguments.error = name + " " + wrong;
      return arguments;
    }
  }
  return arguments;
}

}  // namespace pilothouse::server
