#include "core/http/remote_command.hpp"

#include <doctest/doctest.h>

using namespace pilothouse;
using namespace pilothouse::http;

TEST_CASE("the newest subprotocol that both know is chosen") {
  CHECK(chooseSubprotocol({"v5.channel.k8s.io"}) == "v5.channel.k8s.io");
  CHECK(chooseSubprotocol({"v4.channel.k8s.io, v5.channel.k8s.io"}) == "v5.channel.k8s.io");
  CHECK(chooseSubprotocol({"v4.channel.k8s.io", "channel.k8s.io"}) == "v4.channel.k8s.io");
  CHECK(chooseSubprotocol({"SPDY/3.1+portforward.k8s.io"}).empty());
}

TEST_CASE("a message begins with its channel") {
  const std::string_view v5 = "v5.channel.k8s.io";
  const std::string message("\0ls\n", 4);
  const auto typed = parseChannelMessage(message, v5);
  REQUIRE(typed);
  CHECK(typed->channel == channels::kStdin);
  CHECK(typed->data == "ls\n");
  const auto end = parseChannelMessage(std::string("\xff\0", 2), v5);
  REQUIRE(end);
  CHECK(end->closes);
  CHECK(end->channel == channels::kStdin);
  CHECK(!parseChannelMessage(std::string("\xff\0", 2), "v4.channel.k8s.io"));
  CHECK(!parseChannelMessage("", v5));
  CHECK(!parseChannelMessage("\1what the client may not say", v5));
  CHECK(channelMessage(channels::kStdout, "hi") == std::string("\1hi"));
  CHECK(statusMessage(Value::object({{Key::intern("status"), "Success"}})) == "\3{\"status\":\"Success\"}");
}
