#pragma once

#include <string>

#include "core/api/status.hpp"
#include "core/apiserver/request.hpp"
#include "core/http/message.hpp"

namespace pilothouse::http {

/// How a request's answers are written.
struct Style {
  bool yaml = false;
  bool pretty = false;  ///< JSON in lines: for ?pretty=true, and for people's tools
  apiserver::Representation as{};
  std::string metaVersion = "v1";  ///< the version of meta.k8s.io that Tables and partial metadata are in
};

/// Whether JSON is printed for people: the parameter `pretty`, or a browser, curl or Wget.
bool wantsPretty(const HttpRequest& request, bool hasParameter, std::string_view parameter);

/// An answer of the API server, with its Warning and Retry-After headers.
HttpResponse encode(const apiserver::Response& response, const Style& style);
HttpResponse encode(const api::Status& status, const Style& style = {});
/// One line of a watch: {"type":"ADDED","object":{…}}.
std::string encodeEvent(const apiserver::WatchEvent& event, const Style& style);

/// `299 - "text"`, as k8s.io/apimachinery/pkg/util/net.NewWarningHeader makes it.
std::string warningHeader(std::string_view text);

HttpResponse plainText(int code, std::string body);
HttpResponse jsonText(int code, const Value& body, const Style& style);
/// What go-restful says of a path that is not there under a group that is, and of a method that a path does
/// not have.
api::Status pathNotFound();
api::Status methodNotAllowed();

}  // namespace pilothouse::http
