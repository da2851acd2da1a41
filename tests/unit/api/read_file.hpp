#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <string>

/// A fixture, by its path from the repository's root, where tests run.
inline std::string readFile(const char* path) {
  std::FILE* file = std::fopen(path, "rb");
  REQUIRE_MESSAGE(file != nullptr, path);
  std::string text;
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) text.append(buffer, n);
  std::fclose(file);
  return text;
}
