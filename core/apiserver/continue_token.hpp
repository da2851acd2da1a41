#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pilothouse::apiserver {

/// Where a list in pages goes on: the version of the first page, and the key "namespace/name" (from the
/// resource's root) of the last object given.
struct ContinueToken {
  std::int64_t revision = 0;  ///< -1: from the newest state (an inconsistent continuation)
  std::string after;
};

/// apiserver's storage.EncodeContinue: {"v":"meta.k8s.io/v1","rv":…,"start":"default/x\u0000"} in URL-safe
/// base64 without padding, so that tokens look as kubectl -v=8 shows them.
std::string encodeContinue(const ContinueToken& token);
/// Nothing when the text is no such token.
std::optional<ContinueToken> decodeContinue(std::string_view text);

}  // namespace pilothouse::apiserver
