#include "core/http/credentials.hpp"

#include <algorithm>
#include <utility>

#include "core/http/url.hpp"

namespace pilothouse::http {
namespace {

using Impersonation = apiserver::Credentials::Impersonation;

constexpr std::string_view kExtra = "Impersonate-Extra-";

bool startsWith(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equalsIgnoringCase(text.substr(0, prefix.size()), prefix);
}

std::string bearerToken(const HttpRequest& request) {
  const std::string_view header = request.headers.find("Authorization");
  if (!startsWith(header, "Bearer ")) return {};
  const std::string_view token = header.substr(7);
  const std::size_t from = token.find_first_not_of(' ');
  if (from == std::string_view::npos) return {};
  return std::string(token.substr(from, token.find(' ', from) - from));
}

// Keys of extra come percent-encoded, and in lower case, since headers have none.
void addExtra(Impersonation& wanted, std::string_view name, const std::string& value) {
  std::string key = percentDecoded(name.substr(kExtra.size()), false).value_or(std::string(name));
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  auto at =
      std::lower_bound(wanted.extra.begin(), wanted.extra.end(), key,
                       [](const auto& entry, const std::string& sought) { return entry.first < sought; });
  if (at == wanted.extra.end() || at->first != key) at = wanted.extra.insert(at, {std::move(key), {}});
  at->second.push_back(value);
}

api::Status unauthorized() { return {401, "Unauthorized", "Unauthorized", {}}; }

}  // namespace

ParsedCredentials credentialsOf(const HttpRequest& request) {
  auto made = std::make_shared<apiserver::Credentials>();
  made->bearerToken = bearerToken(request);
  if (request.peer.badCertificate && made->bearerToken.empty()) return {nullptr, unauthorized()};
  made->commonName = request.peer.commonName;
  made->organizations = request.peer.organizations;

  Impersonation wanted;
  wanted.user = request.headers.find("Impersonate-User");
  wanted.uid = request.headers.find("Impersonate-Uid");
  for (const std::string_view group : request.headers.all("Impersonate-Group"))
    wanted.groups.emplace_back(group);
  for (const auto& [name, value] : request.headers.fields()) {
    if (startsWith(name, kExtra) && name.size() > kExtra.size()) addExtra(wanted, name, value);
  }
  const bool any = !wanted.uid.empty() || !wanted.groups.empty() || !wanted.extra.empty();
  if (!wanted.user.empty()) {
    made->impersonate = std::move(wanted);
  } else if (any) {
    return {nullptr, api::Status::internalError("requested to impersonate groups, uid or extra without "
                                                "impersonating a user")};
  }
  return {std::move(made), {}};
}

}  // namespace pilothouse::http
