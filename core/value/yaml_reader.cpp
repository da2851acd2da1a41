#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <cmath>
#include <istream>
#include <streambuf>
#include <unordered_map>

#include "core/value/document.hpp"
#include "core/value/go_print.hpp"
#include "core/value/go_quote.hpp"
#include "core/value/number_text.hpp"
#include "core/value/text_positions.hpp"
#include "core/value/tree_builder.hpp"
#include "core/value/yaml_scalar.hpp"
#include "core/value/yaml_text.hpp"

namespace pilothouse {
namespace {

constexpr std::string_view kPrefix = "error converting YAML to JSON: ";
constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";
constexpr std::size_t kDuplicatesMax = 10;  // told of one document

class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* start = const_cast<char*>(text.data());  // only read
    setg(start, start, start + text.size());
  }
};

/// Leaves yaml-cpp from inside of an event; the error is kept in the handler.
struct Stopped {};

/// Turns yaml-cpp's events into a document as Kubernetes would read it.
class YamlHandler : public YAML::EventHandler {
 public:
  YamlHandler(std::string_view text, const ReadLimits& limits)
      : text_(text), limits_(limits), positions_(text), builder_(limits) {}

  std::optional<ReadError> error;
  std::vector<Document> documents;

  [[nodiscard]] ReadError errorAt(std::size_t offset, const std::string& problem) {
    const SourcePosition at = positions_.at(offset);
    return {std::string(kPrefix) + "yaml: line " + std::to_string(at.line) + ": " + problem, at};
  }
  ReadError parserError(const YAML::Exception& thrown);

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override;
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { end(); }
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override;

 private:
  struct Open {
    YAML::anchor_t anchor;
    bool flow;
  };

  [[noreturn]] void stop(ReadError why) {
    error = std::move(why);
    throw Stopped();
  }
  [[noreturn]] void stop(std::size_t offset, const std::string& problem) { stop(errorAt(offset, problem)); }
  /// For problems that go-yaml tells without a line.
  [[noreturn]] void stopWithoutLine(std::size_t offset, const std::string& problem) {
    stop(ReadError{std::string(kPrefix) + problem, positions_.at(offset)});
  }

  std::size_t seen(const YAML::Mark& mark);
  void refuseTab(std::size_t offset);
  void check(TreeBuilder::Problem problem, std::size_t offset);
  void begin(bool object, const YAML::Mark& mark, YAML::anchor_t anchor, YAML::EmitterStyle::value style);
  void end();
  void keep(YAML::anchor_t anchor);
  void addKey(std::size_t offset, const yaml::Scalar& scalar);
  void addValue(std::size_t offset, Value value, YAML::anchor_t anchor);
  yaml::Scalar resolve(std::size_t offset, const std::string& tag, const std::string& text);

  std::string_view text_;
  const ReadLimits& limits_;
  TextPositions positions_;
  TreeBuilder builder_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, TreeBuilder::Subtree> anchors_;
  std::unordered_map<YAML::anchor_t, std::string> anchorNames_;
  std::string anchorName_;
  std::size_t last_ = 0;           ///< offset of the last event
  std::size_t documentStart_ = 0;  ///< offset of the last document, plus one
  std::size_t tabChecked_ = 0;     ///< start of the last line that was checked, plus one
  bool keptLast_ = false;          ///< the last document is the last of `documents`
  std::string duplicates_;
  std::size_t duplicateCount_ = 0;
  SourcePosition firstDuplicate_;
};

std::size_t YamlHandler::seen(const YAML::Mark& mark) {
  const std::size_t offset = std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text_.size());
  last_ = offset;
  if (open_.empty() || !open_.back().flow) refuseTab(offset);
  return offset;
}

/// yaml-cpp skips tabs in front of a token; for go-yaml they are no indentation.
void YamlHandler::refuseTab(std::size_t offset) {
  const std::size_t start = positions_.lineStart(positions_.at(offset).line);
  if (tabChecked_ == start + 1) return;
  tabChecked_ = start + 1;
  const std::size_t first = std::min(text_.find_first_not_of(' ', start), text_.size());
  if (first < offset && text_[first] == '\t') stop(first, "found character that cannot start any token");
}

void YamlHandler::check(TreeBuilder::Problem problem, std::size_t offset) {
  switch (problem) {
    case TreeBuilder::Problem::None:
    case TreeBuilder::Problem::DuplicateKey:
      return;
    case TreeBuilder::Problem::TooDeep:
      stop(offset, "exceeded max depth of " + std::to_string(limits_.depth));
    case TreeBuilder::Problem::TooMany:
      if (!anchors_.empty()) stopWithoutLine(offset, "yaml: document contains excessive aliasing");
      stopWithoutLine(offset, "yaml: document has more than " + std::to_string(limits_.nodes) + " values");
    case TreeBuilder::Problem::BadMerge:
      stopWithoutLine(offset, "yaml: map merge requires map or sequence of maps as the value");
  }
}

void YamlHandler::OnDocumentStart(const YAML::Mark& mark) {
  const std::size_t offset = std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text_.size());
  // yaml-cpp makes empty documents without end of a token that begins none.
  if (documentStart_ == offset + 1) stop(offset, "did not find expected node content");
  documentStart_ = offset + 1;
  // A second root without "---" before it.
  if (offset > last_ && last_ > 0) {
    const std::string_view between = text_.substr(last_, offset - last_);
    const bool separated = text_.substr(offset).starts_with("---") ||
                           between.find("\n---") != std::string_view::npos ||
                           between.find("\n...") != std::string_view::npos;
    if (!separated && offset < text_.size()) {
      const bool list = keptLast_ && documents.back().value.isArray();
      if (keptLast_) documents.pop_back();  // go-yaml refuses it with what follows
      stop(offset, list ? "did not find expected '-' indicator" : "did not find expected <document start>");
    }
  }
  anchors_.clear();
  anchorNames_.clear();
  open_.clear();
}

void YamlHandler::OnDocumentEnd() {
  if (duplicateCount_ > 0) {
    stop(ReadError{std::string(kPrefix) + "yaml: unmarshal errors:" + duplicates_, firstDuplicate_});
  }
  Document document = builder_.take();
  keptLast_ = !document.value.isNull();
  if (keptLast_) documents.push_back(std::move(document));
}

void YamlHandler::OnAnchor(const YAML::Mark& /*mark*/, const std::string& name) { anchorName_ = name; }

void YamlHandler::keep(YAML::anchor_t anchor) {
  if (anchor != 0) anchors_[anchor] = builder_.last();
}

void YamlHandler::addValue(std::size_t offset, Value value, YAML::anchor_t anchor) {
  check(builder_.scalar(std::move(value), positions_.at(offset)), offset);
  keep(anchor);
}

void YamlHandler::addKey(std::size_t offset, const yaml::Scalar& scalar) {
  const SourcePosition at = positions_.at(offset);
  std::string text;
  switch (scalar.tag) {
    case yaml::Tag::Merge:
      builder_.mergeKey(at);
      return;
    case yaml::Tag::Null:
      stopWithoutLine(offset, "unsupported map key of type: %!s(<nil>), key: <nil>");
    case yaml::Tag::Bool:
      text = scalar.value.asBool() ? "true" : "false";
      break;
    case yaml::Tag::Int:
    case yaml::Tag::Float:
      text = scalar.value.isInt() ? std::to_string(scalar.value.asInt())
                                  : doubleTextShort(scalar.value.asDouble());
      break;
    case yaml::Tag::String:
    case yaml::Tag::Timestamp:
      text = scalar.value.toString();
  }
  const Key key = Key::intern(text);
  if (builder_.key(key, at) == TreeBuilder::Problem::None) return;
  if (duplicateCount_ == 0) firstDuplicate_ = at;
  if (++duplicateCount_ <= kDuplicatesMax) {
    duplicates_ += "\n  line " + std::to_string(at.line) + ": key " + goQuote(text) + " already set in map";
  }
  if (duplicateCount_ > kDuplicatesMax) OnDocumentEnd();
  builder_.skipDuplicate(at);
}

yaml::Scalar YamlHandler::resolve(std::size_t offset, const std::string& tag, const std::string& text) {
  using yaml::Tag;
  if (tag == "?") return yaml::resolvePlain(text);
  if (!tag.starts_with(kTagPrefix)) return {Tag::String, Value(text)};
  const std::string_view name = std::string_view(tag).substr(kTagPrefix.size());
  if (name == "binary") {
    auto bytes = yaml::decodeBase64(text);
    if (!bytes) stopWithoutLine(offset, "yaml: !!binary value contains invalid base64 data");
    return {Tag::String, Value(*bytes)};
  }
  constexpr std::pair<std::string_view, Tag> kKnown[] = {
      {"bool", Tag::Bool}, {"int", Tag::Int},     {"float", Tag::Float},
      {"null", Tag::Null}, {"merge", Tag::Merge}, {"timestamp", Tag::Timestamp}};
  for (const auto& [known, wanted] : kKnown) {
    if (known != name) continue;
    yaml::Scalar scalar = yaml::resolvePlain(text);
    if (scalar.tag == Tag::Int && wanted == Tag::Float) scalar.tag = Tag::Float;
    if (scalar.tag == wanted) return scalar;
    stopWithoutLine(offset, "yaml: cannot decode " + std::string(yaml::tagName(scalar.tag)) + " `" + text +
                                "` as a !!" + std::string(name));
  }
  return {Tag::String, Value(text)};
}

void YamlHandler::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto offset = seen(mark);
  if (builder_.expectsKey()) return addKey(offset, {yaml::Tag::Null, Value()});
  const bool written =
      offset < text_.size() && (text_[offset] == '~' || text_[offset] == 'n' || text_[offset] == 'N');
  if (written || !builder_.inObject()) return addValue(offset, Value(), anchor);
  // Nothing stands behind the key: the value is where the key is.
  check(builder_.scalar(Value(), builder_.keyPosition()), offset);
  keep(anchor);
}

void YamlHandler::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  const auto offset = seen(mark);
  if (tag != "?") {
    // yaml-cpp takes the end of the text for the end of a quoted scalar when it follows a line break.
    const std::size_t open = yaml::unclosedScalar(text_, offset);
    if (open < text_.size()) stop(open, "found unexpected end of stream");
  } else if (builder_.expectsKey() && !open_.back().flow && yaml::isKeyWithoutColon(text_, offset, value)) {
    stop(offset, "could not find expected ':'");
  }
  yaml::Scalar scalar = resolve(offset, tag, value);
  if (builder_.expectsKey()) {
    if (anchor != 0) anchors_[anchor] = {scalar.value, 1, 1, SourceMap::kNone};
    return addKey(offset, scalar);
  }
  if (scalar.value.isDouble() && !std::isfinite(scalar.value.asDouble())) {
    const double number = scalar.value.asDouble();
    const char* name = std::isnan(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
    stopWithoutLine(offset, std::string("json: unsupported value: ") + name);
  }
  addValue(offset, std::move(scalar.value), anchor);
}

void YamlHandler::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto offset = seen(mark);
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    stopWithoutLine(offset, "yaml: anchor '" + anchorNames_[anchor] + "' value contains itself");
  }
  const TreeBuilder::Subtree& target = found->second;
  if (!builder_.expectsKey()) return check(builder_.alias(target, positions_.at(offset)), offset);
  if (target.value.isObject() || target.value.isArray()) {
    stopWithoutLine(offset, "yaml: invalid map key: " + goPrint(target.value));
  }
  const yaml::Tag tag = target.value.isString() ? yaml::Tag::String
                        : target.value.isNull() ? yaml::Tag::Null
                        : target.value.isBool() ? yaml::Tag::Bool
                                                : yaml::Tag::Float;
  addKey(offset, {tag, target.value});
}

void YamlHandler::begin(bool object, const YAML::Mark& mark, YAML::anchor_t anchor,
                        YAML::EmitterStyle::value style) {
  const auto offset = seen(mark);
  if (builder_.expectsKey()) {
    stopWithoutLine(offset, std::string("yaml: invalid map key: ") +
                                (object ? "map[interface {}]interface {}{...}" : "[]interface {}{...}"));
  }
  if (anchor != 0) anchorNames_[anchor] = anchorName_;
  const bool flow = style == YAML::EmitterStyle::Flow || (!open_.empty() && open_.back().flow);
  check(builder_.begin(object, positions_.at(offset)), offset);
  open_.push_back({anchor, flow});
}

void YamlHandler::OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value style) {
  begin(false, mark, anchor, style);
}

void YamlHandler::OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value style) {
  begin(true, mark, anchor, style);
}

void YamlHandler::end() {
  const YAML::anchor_t anchor = open_.back().anchor;
  open_.pop_back();
  check(builder_.end(), last_);
  keep(anchor);
}

ReadError YamlHandler::parserError(const YAML::Exception& thrown) {
  std::size_t offset = std::min(static_cast<std::size_t>(std::max(thrown.mark.pos, 0)), text_.size());
  if (thrown.msg == "bad file")
    return errorAt(offset, "exceeded max depth of " + std::to_string(limits_.depth));
  if (constexpr std::string_view kUnknown = "the referenced anchor is not defined: ";
      thrown.msg.starts_with(kUnknown)) {
    return {
        std::string(kPrefix) + "yaml: unknown anchor '" + thrown.msg.substr(kUnknown.size()) + "' referenced",
        positions_.at(offset)};
  }
  const std::string problem = yaml::translate(thrown.msg, text_, offset);
  const std::size_t start = positions_.lineStart(positions_.at(offset).line);
  const std::size_t first = std::min(text_.find_first_not_of(' ', start), text_.size());
  const bool inFlow = !open_.empty() && open_.back().flow;
  if (!inFlow && first < offset && text_[first] == '\t') {
    return errorAt(first, "found character that cannot start any token");
  }
  if (problem == "mapping values are not allowed in this context") {
    if (const auto line = yaml::keylessLineBefore(text_, start)) {
      return errorAt(*line, "could not find expected ':'");
    }
  }
  // yaml-cpp has read on to the next line where an escape is cut off.
  if (problem.find("hexdecimal") != std::string::npos && offset > 0 && text_[offset - 1] == '\n') --offset;
  if (problem == "found unknown escape character")
    offset -= std::min<std::size_t>(offset, 2);  // to its backslash
  const bool atEnd = text_.find_first_not_of(" \t\r\n", offset) == std::string_view::npos;
  if (problem == "found unexpected end of stream") {
    offset = std::min(yaml::unclosedQuote(text_, last_), offset);
  } else if (atEnd && inFlow && builder_.depth() > 0) {
    return {
        std::string(kPrefix) + "yaml: line " + std::to_string(builder_.openPosition().line) + ": " + problem,
        builder_.openPosition()};
  }
  return errorAt(offset, problem);
}

Documents readChecked(std::string_view text, const ReadLimits& limits) {
  YamlHandler handler(text, limits);
  if (const auto problem = yaml::checkText(text)) {
    ReadError error = handler.errorAt(problem->offset, problem->message);
    if (problem->separator) error.message = problem->message;
    return {{}, std::move(error)};
  }
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(handler)) {
    }
  } catch (const Stopped&) {
    // The handler holds the error.
  } catch (const YAML::Exception& thrown) {
    handler.error = handler.parserError(thrown);
  } catch (const std::exception& thrown) {
    handler.error = ReadError{std::string(kPrefix) + "yaml: " + thrown.what(), {1, 1}};
  }
  return {std::move(handler.documents), std::move(handler.error)};
}

}  // namespace

Documents readYaml(std::string_view text, const ReadLimits& limits) {
  if (text.size() > limits.bytes) {
    return {{}, ReadError{"input is larger than " + std::to_string(limits.bytes) + " bytes", {1, 1}}};
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  // A carriage return alone ends a line too; yaml-cpp takes it for a character.
  const auto alone = [text](std::size_t at) { return at + 1 >= text.size() || text[at + 1] != '\n'; };
  std::string repaired;
  for (std::size_t at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at + 1)) {
    if (!alone(at)) continue;
    if (repaired.empty()) repaired = text;
    repaired[at] = '\n';
  }
  return readChecked(repaired.empty() ? text : std::string_view(repaired), limits);
}

}  // namespace pilothouse
