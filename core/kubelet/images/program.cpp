#include "core/kubelet/images/program.hpp"

#include "core/kubelet/shell/commands.hpp"

namespace pilothouse::kubelet {

const std::string& ProgramMemory::get(std::string_view name) const {
  static const std::string kNone;
  const auto at = texts_.find(name);
  return at == texts_.end() ? kNone : at->second;
}

bool ProgramMemory::set(std::string_view name, std::string text) {
  const auto at = texts_.find(name);
  const std::size_t before = at == texts_.end() ? 0 : name.size() + at->second.size();
  if (bytes_ - before + name.size() + text.size() > kBytesMax) return false;
  bytes_ += name.size() + text.size() - before;
  if (at != texts_.end()) {
    at->second = std::move(text);
  } else {
    texts_.emplace(std::string(name), std::move(text));
  }
  return true;
}

void ProgramMemory::remove(std::string_view name) {
  const auto at = texts_.find(name);
  if (at == texts_.end()) return;
  bytes_ -= at->first.size() + at->second.size();
  texts_.erase(at);
}

HostPort hostPort(std::string_view address, std::int64_t fallback) {
  if (const std::size_t scheme = address.find("://"); scheme != std::string_view::npos) {
    if (address.substr(0, scheme) == "https") fallback = 443;
    address.remove_prefix(scheme + 3);
  }
  address = address.substr(0, address.find('/'));
  const std::size_t colon = address.rfind(':');
  HostPort to{std::string(address.substr(0, colon)), fallback};
  if (colon == std::string_view::npos) return to;
  const std::int64_t port = shell::numberOf(address.substr(colon + 1));
  if (port > 0 && port < 65536) to.port = port;
  return to;
}

std::string_view pathWithoutQuery(std::string_view path) { return path.substr(0, path.find('?')); }

namespace {

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hexDigit(text[i + 1]) >= 0 && hexDigit(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hexDigit(text[i + 1]) * 16 + hexDigit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

std::string queryParameter(std::string_view path, std::string_view name) {
  const std::size_t mark = path.find('?');
  if (mark == std::string_view::npos) return "";
  std::string_view rest = path.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) == name) {
      return equals == std::string_view::npos ? "" : decoded(pair.substr(equals + 1));
    }
  }
  return "";
}

}  // namespace pilothouse::kubelet
