// Whole requests through ApiServer::handle: each line of the input is one, against one small cluster. Every
// answer is a Status in its full form, or an object of a served kind that reads as one.
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/keys.hpp"
#include "core/api/schema/decode.hpp"
#include "core/apiserver/api_server.hpp"
#include "core/etcd/client.hpp"
#include "core/value/document.hpp"
#include "tests/fuzz/check.hpp"

using namespace pilothouse;
using namespace pilothouse::apiserver;
using namespace std::chrono_literals;

namespace {

struct ControlPlane {
  Simulator simulator{1};
  Trace trace{1024};
  Network network{simulator, trace};
  etcd::Member member{network, network.join("etcd", "control-plane")};
  ComponentId self = network.join("kube-apiserver", "control-plane");
  etcd::Client etcd{network, self, {&member}};
  ApiServer server{network, self, etcd, {}};

  ControlPlane() {
    server.start();
    simulator.runFor(500ms);
  }
};

std::shared_ptr<const Credentials> admin() {
  static const auto made = [] {
    auto credentials = std::make_shared<Credentials>();
    credentials->commonName = "fuzzer";
    credentials->organizations = {"system:masters"};
    return credentials;
  }();
  return made;
}

std::string_view word(std::string_view& line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string_view first = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return first;
}

constexpr std::string_view kVerbs[] = {
    "get",        "list",        "create",          "update", "delete", "deletecollection",
    "json-patch", "merge-patch", "strategic-patch", "apply"};

/// `verb group plural subresource namespace name options-as-JSON body-as-JSON`, "-" for none. False when the
/// line names no verb or no resource.
bool parse(std::string_view line, Request& request) {
  const auto* verb = std::find(std::begin(kVerbs), std::end(kVerbs), word(line));
  if (verb == std::end(kVerbs)) return false;
  const auto index = static_cast<std::size_t>(verb - std::begin(kVerbs));
  constexpr Verb kMeaning[] = {
      Verb::Get,   Verb::List,  Verb::Create, Verb::Update, Verb::Delete, Verb::DeleteCollection,
      Verb::Patch, Verb::Patch, Verb::Patch,  Verb::Patch};
  constexpr PatchType kPatch[] = {PatchType::Json, PatchType::Merge, PatchType::StrategicMerge,
                                  PatchType::Apply};
  request.verb = kMeaning[index];
  if (index >= 6) request.patchType = kPatch[index - 6];
  const auto part = [&line] {
    const std::string_view text = word(line);
    return text == "-" ? std::string_view() : text;
  };
  const std::string_view group = part();
  request.resource = api::findResource(group, part());
  if (request.resource == nullptr) return false;
  if (const std::string_view subresource = part(); !subresource.empty()) {
    request.subresource = Key::intern(subresource.substr(0, 20));
  }
  if (const std::string_view ns = part(); !ns.empty()) request.namespace_ = Value(ns);
  if (const std::string_view name = part(); !name.empty()) request.name = Value(name);
  request.fieldValidation = FieldValidation::Strict;
  request.credentials = admin();
  request.userAgent = "fuzzer";
  const Documents rest = readJson(line, {1u << 14, 200, 1u << 12});
  auto options = std::make_shared<RequestOptions>();
  options->fieldManager = "fuzzer";
  if (!rest.documents.empty()) {
    const Value& asked = rest.documents[0].value;
    options->labelSelector = asked["labels"].toString();
    options->fieldSelector = asked["fields"].toString();
    options->continueToken = asked["continue"].toString();
    options->limit = asked["limit"].asInt(0);
    options->resourceVersion = asked["version"].toString();
    options->dryRun = asked["dryRun"].asBool();
    options->force = asked["force"].asBool();
    options->as = asked["table"].asBool() ? Representation::Table : Representation::Object;
  }
  if (rest.documents.size() > 1) request.body = rest.documents[1].value;
  request.options = std::move(options);
  return true;
}

void checkStatus(int code, const Value& status) {
  const std::string text = writeJson(status);
  fuzz::check(status[keys::status].asString() == "Failure" || code < 400, "a failure says so", text);
  if (code < 400) return;
  fuzz::check(status["code"].asInt() == code, "the code is that of the answer", text);
  fuzz::check(!status[keys::message].asString().empty(), "a failure has a message", text);
}

void checkAnswer(std::string_view line, const Response& response) {
  const Value& body = response.body;
  fuzz::check(body.isObject(), "an answer is an object", line);
  fuzz::check(body.depth() <= 220, "an answer is not too deep", line);
  const std::string_view kind = body[keys::kind].asString();
  fuzz::check(!kind.empty() && !body[keys::apiVersion].asString().empty(), "an answer has a kind", line);
  if (kind == "Status") return checkStatus(response.code, body);
  fuzz::check(response.code < 400, "a failure is a Status", line);
  const api::schema::Type type = api::schema::findType(body[keys::apiVersion].asString(), kind);
  if (!type) return;  // lists, tables
  const api::schema::Decoded read = api::schema::decode(type, body);
  if (!read.problems.empty())
    fuzz::check(false, "an object reads as its type", writeJson(body) + "\n" + read.problems[0].message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::textOf(data, std::min<std::size_t>(size, 1u << 15));
  std::vector<std::pair<std::string_view, Request>> requests;
  while (!text.empty() && requests.size() < 16) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    Request request;
    if (parse(text.substr(0, end), request)) requests.emplace_back(text.substr(0, end), std::move(request));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (requests.empty()) return 0;
  ControlPlane cluster;
  for (auto& [line, request] : requests) {
    int answers = 0;
    cluster.server.handle(std::move(request), [&answers, at = line](Response response) {
      ++answers;
      checkAnswer(at, response);
    });
    for (int tries = 0; tries < 100 && answers == 0; ++tries) cluster.simulator.runFor(100ms);
    fuzz::check(answers == 1, "a request is answered once", line);
  }
  return 0;
}
