#include "tests/conformance/server/wire.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>

#include "tests/conformance/server/net.hpp"

namespace pilothouse::server {
namespace {

std::string date() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

std::string head(const http::HttpResponse& response) {
  const auto status = beast::http::int_to_status(static_cast<unsigned>(response.code));
  std::string text = "HTTP/1.1 " + std::to_string(response.code) + " ";
  text.append(std::string(beast::http::obsolete_reason(status))).append("\r\n");
  text += "Cache-Control: no-cache, private\r\n";
  if (!response.contentType.empty())
    text.append("Content-Type: ").append(response.contentType).append("\r\n");
  for (const auto& [name, value] : response.headers.fields()) {
    text.append(name).append(": ").append(value).append("\r\n");
  }
  return text.append("Date: ").append(date()).append("\r\n");
}

}  // namespace

std::string wholeResponse(const http::HttpResponse& response, bool keepAlive, bool body) {
  std::string text = head(response);
  if (!keepAlive) text += "Connection: close\r\n";
  const bool never = response.code == 304 || response.code == 204;
  if (!never) text.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  text += "\r\n";
  if (body && !never) text += response.body;
  return text;
}

std::string chunkedHead(const http::HttpResponse& response) {
  return head(response) + "Transfer-Encoding: chunked\r\n\r\n";
}

std::string chunk(std::string_view data) {
  if (data.empty()) return {};  // an empty chunk would be the last
  std::array<char, 20> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), data.size(), 16).ptr;
  std::string text(size.data(), end);
  return text.append("\r\n").append(data).append("\r\n");
}

}  // namespace pilothouse::server
