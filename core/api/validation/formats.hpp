#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::api {

/// What is wrong with a text, in the words of k8s.io/apimachinery/pkg/util/validation; empty: nothing.
using Messages = std::vector<std::string>;

Messages isQualifiedName(std::string_view text);
Messages isLabelValue(std::string_view text);
Messages isDns1123Label(std::string_view text);
Messages isDns1123Subdomain(std::string_view text);
Messages isDns1123SubdomainWithUnderscore(std::string_view text);
Messages isDns1035Label(std::string_view text);
Messages isPortNumber(std::int64_t port);
Messages isPortName(std::string_view text);
Messages isUserOrGroupId(std::int64_t id);
Messages isPercent(std::string_view text);
Messages isHttpHeaderName(std::string_view text);
Messages isRelaxedEnvVarName(std::string_view text);
Messages isConfigMapKey(std::string_view text);
/// path.ValidatePathSegmentName.
Messages isPathSegmentName(std::string_view text);

std::string inclusiveRange(std::int64_t low, std::int64_t high);

/// A name or, with `prefix`, the start of a generated one, whose last dash is allowed.
using NameRule = Messages (*)(std::string_view name, bool prefix);
Messages nameIsDnsSubdomain(std::string_view name, bool prefix);
Messages nameIsDnsLabel(std::string_view name, bool prefix);
Messages nameIsDns1035Label(std::string_view name, bool prefix);
Messages nameIsPathSegment(std::string_view name, bool prefix);

/// ASCII lower case (strings.ToLower of keys).
std::string lowered(std::string_view text);
std::string joined(const Messages& messages, std::string_view separator);
bool startsWith(std::string_view text, std::string_view prefix);
bool endsWith(std::string_view text, std::string_view suffix);
bool contains(std::string_view text, std::string_view part);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trimmed(std::string_view text);

}  // namespace pilothouse::api
