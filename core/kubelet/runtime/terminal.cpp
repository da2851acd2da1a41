#include "core/kubelet/runtime/terminal.hpp"

#include <algorithm>

namespace pilothouse::kubelet {
namespace {

constexpr std::size_t kLineMax = 4096;
constexpr std::size_t kHistoryMax = 100;
constexpr char kEscape = 0x1b;
constexpr char kDelete = 0x7f;

constexpr char control(char letter) { return static_cast<char>(letter - '@'); }

// Of UTF-8, one place on the screen takes the bytes from a leading one to the next.
std::size_t lastCharacter(const std::string& line) {
  std::size_t at = line.size();
  while (at > 0 && (static_cast<unsigned char>(line[at - 1]) & 0xc0U) == 0x80U) --at;
  return at == 0 ? 0 : at - 1;
}

std::size_t places(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

}  // namespace

std::string terminalText(std::string_view text) {
  std::string out;
  char before = 0;
  for (const char c : text) {
    if (c == '\n' && before != '\r') out += '\r';
    out += c;
    before = c;
  }
  return out;
}

void Terminal::erase(std::string& echo, std::size_t characters) const {
  for (std::size_t i = 0; i < characters; ++i) echo += "\b \b";
}

void Terminal::recall(std::string& echo, bool older) {
  if (older ? shown_ == 0 : shown_ >= history_.size()) return;
  shown_ += older ? std::size_t(0) - 1 : std::size_t(1);
  erase(echo, places(line_));
  line_ = shown_ < history_.size() ? history_[shown_] : "";
  echo += line_;
}

void Terminal::escape(char c, std::string& echo) {
  if (escape_ == 1) {
    escape_ = c == '[' || c == 'O' ? 2 : 0;
    return;
  }
  if ((c >= '0' && c <= '9') || c == ';') return;
  escape_ = 0;
  if (c == 'A' || c == 'B') recall(echo, c == 'A');
}

void Terminal::enter(Typed& typed) {
  typed.echo += "\r\n";
  if (!line_.empty() && (history_.empty() || history_.back() != line_)) history_.push_back(line_);
  if (history_.size() > kHistoryMax) history_.erase(history_.begin());
  shown_ = history_.size();
  typed.lines.push_back(line_ + "\n");
  line_.clear();
}

Terminal::Typed Terminal::type(std::string_view data, std::string_view prompt) {
  Typed typed;
  for (const char c : data) {
    const bool secondOfPair = c == '\n' && wasReturn_;
    wasReturn_ = c == '\r';
    if (secondOfPair) continue;
    if (escape_ > 0) {
      escape(c, typed.echo);
    } else if (c == kEscape) {
      escape_ = 1;
    } else if (c == '\r' || c == '\n') {
      enter(typed);
    } else if (c == kDelete || c == '\b') {
      if (line_.empty()) continue;
      line_.resize(lastCharacter(line_));
      erase(typed.echo, 1);
    } else if (c == control('C')) {
      typed.echo += "^C\r\n";
      typed.interrupted = true;
      line_.clear();
    } else if (c == control('D')) {
      typed.ended = typed.ended || line_.empty();
    } else if (c == control('U')) {
      erase(typed.echo, places(line_));
      line_.clear();
    } else if (c == control('L')) {
      typed.echo += "\x1b[H\x1b[J" + std::string(prompt) + line_;
    } else if (static_cast<unsigned char>(c) >= ' ' && line_.size() < kLineMax) {
      line_ += c;
      typed.echo += c;
    }
  }
  return typed;
}

}  // namespace pilothouse::kubelet
