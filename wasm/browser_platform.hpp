#pragma once

#include <string>
#include <string_view>

#include "web/platform.hpp"

namespace pilothouse::wasm {

/// Platform over the page's script: every call goes to an object that the page gives the module as `host`
/// (see page/host.mjs).
class BrowserPlatform : public web::Platform {
 public:
  std::string load(std::string_view key) override;
  void store(std::string_view key, std::string_view value) override;
  void openLink(std::string_view url) override;
  void copyText(std::string_view text) override;
  void saveFile(std::string_view name, std::string_view text) override;
  void pickFile() override;
  void setLanguage(std::string_view language) override;
  void mirror(const std::string& json) override;
  void setTextInput(bool wanted, float x, float y, float height) override;
};

}  // namespace pilothouse::wasm
