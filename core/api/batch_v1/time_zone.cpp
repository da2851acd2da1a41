#include "core/api/batch_v1/time_zone.hpp"

#include <algorithm>

#include "core/api/validation/formats.hpp"

namespace pilothouse::api {
namespace {

constexpr std::size_t kPartMax = 14;

constexpr std::string_view kAreas[] = {"Africa",    "America", "Antarctica", "Arctic", "Asia", "Atlantic",
                                       "Australia", "Brazil",  "Canada",     "Chile",  "Etc",  "Europe",
                                       "Indian",    "Mexico",  "Pacific",    "US"};
constexpr std::string_view kAlone[] = {
    "CET",     "CST6CDT",   "Cuba",    "EET",     "EST",   "EST5EDT",   "Egypt",     "Eire",     "Factory",
    "GB",      "GB-Eire",   "GMT",     "GMT+0",   "GMT-0", "GMT0",      "Greenwich", "HST",      "Hongkong",
    "Iceland", "Iran",      "Israel",  "Jamaica", "Japan", "Kwajalein", "Libya",     "MET",      "MST",
    "MST7MDT", "NZ",        "NZ-CHAT", "Navajo",  "PRC",   "PST8PDT",   "Poland",    "Portugal", "ROC",
    "ROK",     "Singapore", "Turkey",  "UCT",     "UTC",   "Universal", "W-SU",      "WET",      "Zulu"};

bool allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_' || c == '+';
}

bool isPart(std::string_view part) {
  return !part.empty() && part.size() <= kPartMax && part != "." && part != ".." && part[0] != '-' &&
         std::all_of(part.begin(), part.end(), allowed);
}

template <typename List>
bool has(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

}  // namespace

bool isTimeZoneName(std::string_view name) {
  const auto parts = split(name, '/');
  return std::all_of(parts.begin(), parts.end(), isPart);
}

bool isTimeZone(std::string_view name) {
  if (!isTimeZoneName(name)) return false;
  const std::size_t slash = name.find('/');
  return slash == std::string_view::npos ? has(kAlone, name) : has(kAreas, name.substr(0, slash));
}

}  // namespace pilothouse::api
