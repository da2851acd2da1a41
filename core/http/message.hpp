#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pilothouse::http {

/// Header fields in order; names are found without regard to case.
class Headers {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  /// The first field of that name, or "".
  [[nodiscard]] std::string_view find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

bool equalsIgnoringCase(std::string_view a, std::string_view b);

/// Who is at the other end of the connection, as TLS has it.
struct Peer {
  std::string commonName;                  ///< subject of a client certificate that our CA has signed
  std::vector<std::string> organizations;  ///< of the same subject
  bool badCertificate = false;             ///< there is one, and it is not to be trusted
};

struct HttpRequest {
  std::string method;  ///< "GET"
  std::string target;  ///< "/api/v1/pods?limit=500"
  Headers headers;
  std::string body;
  Peer peer;
};

struct HttpResponse {
  int code = 200;
  std::string contentType;
  Headers headers;
  std::string body;
};

}  // namespace pilothouse::http
