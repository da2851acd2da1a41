#include "core/apiserver/service_allocator.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace pilothouse;
using namespace pilothouse::apiserver;

TEST_CASE("cluster addresses are random, above the static band, and never given twice") {
  Random random(1);
  ServiceIpAllocator ips("10.96.0.0/16");
  CHECK(ips.first() == "10.96.0.1");
  std::set<std::string> given;
  for (int i = 0; i < 5000; ++i) {
    const std::string ip = ips.allocateNext(random);
    CHECK(given.insert(ip).second);
    CHECK(*parseIpv4(ip) > *parseIpv4("10.96.1.0"));
  }
  CHECK(*given.begin() != *given.rbegin());
}

TEST_CASE("a requested address is checked with Kubernetes' words, and free again after release") {
  ServiceIpAllocator ips("10.96.0.0/16");
  CHECK(ips.allocate("10.96.0.10").empty());
  CHECK(ips.allocate("10.96.0.10") == "provided IP is already allocated");
  CHECK(ips.allocate("10.97.0.1") == "the provided network does not match the current range");
  CHECK_FALSE(ips.allocate("10.96.0.0").empty());
  CHECK_FALSE(ips.allocate("10.96.255.255").empty());
  CHECK(ips.allocate("10.96.255.254").empty());
  ips.release("10.96.0.10");
  CHECK(ips.allocate("10.96.0.10").empty());
}

TEST_CASE("a small range is used up to the last address, then full") {
  Random random(3);
  ServiceIpAllocator ips("10.0.0.0/28");
  std::set<std::string> given;
  for (int i = 0; i < 14; ++i) given.insert(ips.allocateNext(random));
  CHECK(given.size() == 14);
  CHECK(given.count("") == 0);
  CHECK(ips.allocateNext(random).empty());
}

TEST_CASE("node ports come from their range; others are refused in words") {
  Random random(5);
  NodePortAllocator ports("30000-32767");
  CHECK(ports.allocate(30080).empty());
  CHECK(ports.allocate(30080) == "provided port is already allocated");
  CHECK(ports.allocate(80) ==
        "provided port is not in the valid range. The range of valid ports is 30000-32767");
  CHECK_FALSE(ports.allocate(32768).empty());
  for (int i = 0; i < 2767; ++i) {
    const auto port = ports.allocateNext(random);
    REQUIRE(port.has_value());
    CHECK((*port >= 30000 && *port <= 32767 && *port != 30080));
  }
  CHECK_FALSE(ports.allocateNext(random).has_value());
  ports.release(31000);
  CHECK(ports.allocateNext(random) == 31000);
}

TEST_CASE("addresses are read strictly") {
  CHECK(parseIpv4("10.96.0.1") == 0x0a600001U);
  for (const char* bad :
       {"", "10", "10.96.0", "10.96.0.256", "10.96.0.1 ", "10..0.1", "a.b.c.d", "1.2.3.4.5"}) {
    CHECK_FALSE(parseIpv4(bad).has_value());
  }
}
