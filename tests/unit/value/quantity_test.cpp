#include "core/value/quantity.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <utility>

using namespace pilothouse;

namespace {

std::string canonical(std::string_view text) {
  const auto quantity = Quantity::parse(text);
  return quantity ? quantity->toString() : "malformed";
}

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("a quantity is printed in its canonical form") {
  const std::pair<const char*, const char*> cases[] = {{"0", "0"},
                                                       {"0Mi", "0"},
                                                       {"100m", "100m"},
                                                       {"0.1", "100m"},
                                                       {"1.5", "1500m"},
                                                       {"1000m", "1"},
                                                       {"1024Mi", "1Gi"},
                                                       {"1.5Gi", "1536Mi"},
                                                       {"512Mi", "512Mi"},
                                                       {"1000Ki", "1000Ki"},
                                                       {"1000k", "1M"},
                                                       {"1500M", "1500M"},
                                                       {"1.1e3", "1100"},
                                                       {"2e3", "2e3"},
                                                       {"2000e0", "2e3"},
                                                       {"1E3", "1e3"},
                                                       {"12e4", "120e3"},
                                                       {"1e-3", "1e-3"},
                                                       {"500Ki", "500Ki"},
                                                       {"0.5Ki", "512"},
                                                       {"1Ki", "1Ki"},
                                                       {"1023", "1023"},
                                                       {"0.0001Ki", "102400u"},
                                                       {"0.1Ki", "102400m"},
                                                       {"1n", "1n"},
                                                       {"0.1n", "1n"},
                                                       {"100u", "100u"},
                                                       {"-1.5Gi", "-1536Mi"},
                                                       {"-100m", "-100m"},
                                                       {"+5", "5"},
                                                       {"007", "7"},
                                                       {"1E", "1E"},
                                                       {"10P", "10P"},
                                                       {"1Ei", "1Ei"},
                                                       {"16Ei", "9223372036854775807"},
                                                       {"9223372036854775808", "9223372036854775808"},
                                                       {"1e20", "100e18"},
                                                       {".5", "500m"},
                                                       {"5.", "5"},
                                                       {"1.000000001", "1000000001n"}};
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(canonical(text) == expected);
  }
}

TEST_CASE("what is no quantity is refused in ParseQuantity's words") {
  const char* wrong =
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  for (const char* text : {"", "1.1.M", "1+1.0M", "0.1mi", "0.1am", "aoeu", "100x", "1 Gi", "--1", "100mb"}) {
    CAPTURE(text);
    CHECK(!Quantity::parse(text));
  }
  CHECK(Quantity::parseError("100x") == wrong);
  CHECK(Quantity::parseError("") == wrong);
  CHECK(Quantity::parseError("1i") == "unable to parse quantity's suffix");
  CHECK(Quantity::parseError("1mm") == "unable to parse quantity's suffix");
  CHECK(Quantity::parseError("1e") == "unable to parse quantity's suffix");
  CHECK(Quantity::parseError("Ei") == "unable to parse numeric part of quantity");
  CHECK(Quantity::parseError("1Gi").empty());
}

TEST_CASE("values are rounded up, away from zero") {
  CHECK(Quantity::parse("100m")->value() == 1);
  CHECK(Quantity::parse("100m")->milliValue() == 100);
  CHECK(Quantity::parse("1n")->milliValue() == 1);
  CHECK(Quantity::parse("-1.5")->value() == -2);
  CHECK(Quantity::parse("1.5Gi")->value() == 1610612736);
  CHECK(Quantity::parse("8Ei")->value() == kMax);
  CHECK(Quantity::parse("8Ei")->milliValue() == kMax);
  CHECK(Quantity::parse("1e100")->value() == kMax);
  CHECK(Quantity::parse("-1e100")->value() == std::numeric_limits<std::int64_t>::min());
  CHECK(Quantity::parse("1e-100")->milliValue() == 1);
}

TEST_CASE("what the API server stores keeps some texts as they were written") {
  CHECK(Quantity::storedText("0.5") == "500m");
  CHECK(Quantity::storedText("1024Mi") == "1Gi");
  CHECK(Quantity::storedText("1.250") == "1.250");
  CHECK(Quantity::storedText("100Mi") == "100Mi");
  CHECK(Quantity::storedText("0") == "0");
  CHECK(!Quantity::storedText("many"));
}

TEST_CASE("sums keep the format of the first that is not zero") {
  const Quantity sum = Quantity() + *Quantity::parse("512Mi") + *Quantity::parse("512Mi");
  CHECK(sum.toString() == "1Gi");
  CHECK((*Quantity::parse("1") - *Quantity::parse("100m")).toString() == "900m");
  CHECK((*Quantity::parse("1") - *Quantity::parse("1")).sign() == 0);
  CHECK(Quantity::parse("1Gi")->compare(*Quantity::parse("1024Mi")) == 0);
  CHECK(Quantity::parse("1G")->compare(*Quantity::parse("1Gi")) < 0);
  CHECK(Quantity::fromMilli(1500).toString() == "1500m");
  CHECK(Quantity::fromValue(2048, Quantity::Format::BinarySI).toString() == "2Ki");
}

TEST_CASE("fields of objects are read without making a quantity") {
  CHECK(quantityMilli(Value("100m")) == 100);
  CHECK(quantityMilli(Value("2")) == 2000);
  CHECK(quantityMilli(Value(2)) == 2000);
  CHECK(quantityMilli(Value(0.5)) == 500);
  CHECK(quantityMilli(Value("0.25")) == 250);
  CHECK(quantityMilli(Value("100u")) == 1);
  CHECK(quantityValue(Value("128Mi")) == 134217728);
  CHECK(quantityValue(Value("1.5Gi")) == 1610612736);
  CHECK(quantityValue(Value("100m")) == 1);
  CHECK(quantityValue(Value("999999999Ti")) == kMax);
  CHECK(quantityValue(Value("-3")) == -3);
  CHECK(quantityValue(Value()) == 0);
  CHECK(quantityValue(Value("much")) == 0);
  CHECK(quantityMilli(Value(kMax)) == kMax);
}

TEST_CASE("numbers of any length do no harm") {
  const std::string digits(100'000, '9');
  CHECK(Quantity::parse(digits)->value() == kMax);
  CHECK(Quantity::parse("0." + digits)->value() == 1);
  CHECK(Quantity::parse("0." + digits + "Gi")->value() == (std::int64_t{1} << 30));
  CHECK(Quantity::parse(digits + "Ki")->value() == kMax);
  CHECK(!Quantity::parse("1e" + digits));
  CHECK(Quantity::parse("1e99999999999")->value() == kMax);
}
