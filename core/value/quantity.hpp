#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/value/value.hpp"

namespace pilothouse {

/// resource.Quantity (k8s.io/apimachinery/pkg/api/resource): a decimal number with up to nano precision and
/// the suffix style it is printed in. Binary quantities beyond 2^63-1 are capped as Kubernetes caps them,
/// decimal ones beyond 10^28 by us; value() and milliValue() saturate.
class Quantity {
 public:
  enum class Format : std::uint8_t { DecimalSI, BinarySI, DecimalExponent };

  Quantity() = default;
  static Quantity fromValue(std::int64_t value, Format format = Format::DecimalSI);
  static Quantity fromMilli(std::int64_t milli, Format format = Format::DecimalSI);
  /// "100m", "1.5Gi", "2e3"; nothing when malformed.
  static std::optional<Quantity> parse(std::string_view text);
  /// Why parse() refuses `text`, in the words of ParseQuantity; empty when it does not.
  static std::string_view parseError(std::string_view text);
  /// The text in which the API server stores and prints a quantity that it has read; mostly toString(), but
  /// some texts are kept as they are ("1.250"). Nothing when malformed.
  static std::optional<std::string> storedText(std::string_view text);
  /// A string or number of a manifest; nothing when it is neither or malformed.
  static std::optional<Quantity> from(const Value& value);

  /// Rounded up to whole units, or to thousandths.
  [[nodiscard]] std::int64_t value() const;
  [[nodiscard]] std::int64_t milliValue() const;
  /// Canonical form: "1500m" and not "1.5", "1Gi" and not "1024Mi".
  [[nodiscard]] std::string toString() const;
  [[nodiscard]] int sign() const;
  [[nodiscard]] int compare(const Quantity& other) const;
  friend Quantity operator+(const Quantity& a, const Quantity& b);
  friend Quantity operator-(const Quantity& a, const Quantity& b);

 private:
  __extension__ typedef __int128 Wide;
  struct Reading;
  static Reading read(std::string_view text);
  Wide nano_ = 0;
  Format format_ = Format::DecimalSI;
};

/// value() or milliValue() of a field that was validated; 0 when absent or malformed. No allocation for the
/// usual forms ("100m", "128Mi", "2"): called in the scheduler for every pod.
std::int64_t quantityValue(const Value& value);
std::int64_t quantityMilli(const Value& value);

}  // namespace pilothouse
