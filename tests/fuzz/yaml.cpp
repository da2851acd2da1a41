// Any text as YAML: what is read is written and read again as the same value.
#include "core/value/document.hpp"
#include "tests/fuzz/check.hpp"

using namespace pilothouse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Documents read = readYaml(fuzz::textOf(data, size), {1u << 16, 200, 1u << 14});
  if (read.error) fuzz::check(!read.error->message.empty(), "an error has words");
  for (const Document& document : read.documents) {
    const std::string written = writeYaml(document.value);
    const Documents again = readYaml(written);
    fuzz::check(!again.error, "what was written can be read", written);
    const bool same = again.documents.empty()
                          ? document.value.isNull()
                          : again.documents.size() == 1 && again.documents[0].value == document.value;
    fuzz::check(same, "what was written is read as the same value", written);
  }
  return 0;
}
