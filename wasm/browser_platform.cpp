#include "wasm/browser_platform.hpp"

#include <emscripten.h>

#include <cstdlib>

// Texts cross with their length: they may hold any byte.
EM_JS(char*, hostLoad, (const char* key, std::size_t size), {
  const text = Module['host'].load(UTF8ToString(key, size));
  const bytes = lengthBytesUTF8(text) + 1;
  const at = _malloc(bytes);
  stringToUTF8(text, at, bytes);
  return at;
});
EM_JS(void, hostStore, (const char* key, std::size_t keySize, const char* value, std::size_t size),
      { Module['host'].store(UTF8ToString(key, keySize), UTF8ToString(value, size)); });
EM_JS(void, hostOpenLink, (const char* url, std::size_t size),
      { Module['host'].openLink(UTF8ToString(url, size)); });
EM_JS(void, hostCopyText, (const char* text, std::size_t size),
      { Module['host'].copyText(UTF8ToString(text, size)); });
EM_JS(void, hostSaveFile, (const char* name, std::size_t nameSize, const char* text, std::size_t size),
      { Module['host'].saveFile(UTF8ToString(name, nameSize), UTF8ToString(text, size)); });
EM_JS(void, hostPickFile, (), { Module['host'].pickFile(); });
EM_JS(void, hostSetLanguage, (const char* language, std::size_t size),
      { Module['host'].setLanguage(UTF8ToString(language, size)); });
EM_JS(void, hostMirror, (const char* json, std::size_t size),
      { Module['host'].mirror(UTF8ToString(json, size)); });
EM_JS(void, hostSetTextInput, (int wanted, float x, float y, float height),
      { Module['host'].setTextInput(Boolean(wanted), x, y, height); });

namespace pilothouse::wasm {

std::string BrowserPlatform::load(std::string_view key) {
  char* text = hostLoad(key.data(), key.size());
  std::string copy(text);
  std::free(text);
  return copy;
}

void BrowserPlatform::store(std::string_view key, std::string_view value) {
  hostStore(key.data(), key.size(), value.data(), value.size());
}

void BrowserPlatform::openLink(std::string_view url) { hostOpenLink(url.data(), url.size()); }
void BrowserPlatform::copyText(std::string_view text) { hostCopyText(text.data(), text.size()); }

void BrowserPlatform::saveFile(std::string_view name, std::string_view text) {
  hostSaveFile(name.data(), name.size(), text.data(), text.size());
}

void BrowserPlatform::pickFile() { hostPickFile(); }
void BrowserPlatform::setLanguage(std::string_view language) {
  hostSetLanguage(language.data(), language.size());
}
void BrowserPlatform::mirror(const std::string& json) { hostMirror(json.data(), json.size()); }

void BrowserPlatform::setTextInput(bool wanted, float x, float y, float height) {
  hostSetTextInput(wanted ? 1 : 0, x, y, height);
}

}  // namespace pilothouse::wasm
