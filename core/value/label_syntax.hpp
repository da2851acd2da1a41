#pragma once

#include <string>
#include <string_view>

namespace pilothouse {

/// What is wrong with a text, joined by "; " in the words of k8s.io/apimachinery/pkg/util/validation; empty
/// when nothing is.
std::string qualifiedNameErrors(std::string_view text);
std::string labelValueErrors(std::string_view text);

}  // namespace pilothouse
