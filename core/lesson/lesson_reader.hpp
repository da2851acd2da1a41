#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/lesson.hpp"
#include "core/value/document.hpp"

namespace pilothouse::lesson {

/// Walks a lesson.yaml and tells what is wrong with it, by line, column and field.
class LessonReader {
 public:
  LessonReader(const Document& document, std::string file, std::vector<LessonError>& errors)
      : document_(document), file_(std::move(file)), errors_(errors) {}

  void fail(const std::string& path, std::string message);
  /// Refuses members that are not among `known`.
  bool isObject(const Value& value, const std::string& path, std::initializer_list<std::string_view> known);
  bool isArray(const Value& value, const std::string& path);
  /// The text at `path`; "" and an error when it is missing or no text.
  std::string text(const Value& object, std::string_view member, const std::string& path, bool required);

  Check readCheck(const Value& value, const std::string& path, int depth = 0);
  std::vector<Action> readActions(const Value& value, const std::string& path);

 private:
  Check readLeaf(const Value& value, const std::string& path);
  std::optional<Comparison> readComparison(const Value& object, std::string_view member,
                                           const std::string& path);
  Comparison readBounds(const Value& value, const std::string& path,
                        std::initializer_list<std::string_view> alsoKnown);
  void readWhere(const Value& value, const std::string& path, Check& check);

  const Document& document_;
  std::string file_;
  std::vector<LessonError>& errors_;
};

/// The words of a lesson in one language out of its Markdown; see lessons/README.md.
Words readWords(const std::string& text, const std::string& file, const Lesson& lesson,
                std::vector<LessonError>& errors);

}  // namespace pilothouse::lesson
