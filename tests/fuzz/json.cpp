// Any text as JSON: what is read is written and read again as the same value.
#include "core/value/document.hpp"
#include "tests/fuzz/check.hpp"

using namespace pilothouse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Documents read = readJson(fuzz::textOf(data, size), {1u << 16, 200, 1u << 14});
  if (read.error) fuzz::check(!read.error->message.empty(), "an error has words");
  for (const Document& document : read.documents) {
    for (const int indent : {-1, 4}) {
      const std::string written = writeJson(document.value, indent);
      const Documents again = readJson(written);
      fuzz::check(!again.error && again.documents.size() == 1, "what was written can be read", written);
      fuzz::check(again.documents[0].value == document.value, "it is the same value", written);
    }
  }
  return 0;
}
