#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/geometry.hpp"

namespace pilothouse::web {

/// What is on screen in words: the list of visible elements that assistive technology and tests see.
///
/// Widgets add themselves while a frame is drawn; `take` gives the frame's JSON when it differs from the
/// last.
class Mirror {
 public:
  struct Element {
    std::string id;
    std::string_view role;  ///< ARIA: "button", "tab", "radio", "textbox", "heading", "text"…
    std::string label;
    Rect rect;
    std::optional<std::string> value;
    std::optional<bool> checked;
    bool disabled = false;
  };

  void begin() { elements_.clear(); }
  /// Adds the element, cut to what is visible of it inside `clip`; nothing when it is hidden.
  void add(Element element, const Rect& clip);
  [[nodiscard]] const std::vector<Element>& elements() const { return elements_; }
  /// The JSON of this frame, or nothing when the page has it already.
  std::optional<std::string> take();

 private:
  std::vector<Element> elements_;
  std::string last_;
};

/// `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
void appendJsonString(std::string& out, std::string_view text);

}  // namespace pilothouse::web
