// Online Boutique's loadgenerator: locust's users at the front end.
#include <algorithm>
#include <utility>

#include "core/kubelet/images/boutique.hpp"
#include "core/kubelet/shell/commands.hpp"

namespace pilothouse::kubelet::boutique {
namespace {

constexpr std::uint32_t kUsersApart = 10;  // more users are weight of these
constexpr SimDuration kTimeout = std::chrono::seconds(30);
constexpr std::string_view kProducts[] = {"0PUK6V6EV0", "1YMWWN1N4O", "2ZYFJ3GM2N",
                                          "66VCHSJNUP", "6E92ZMYYFZ", "9SIQT8TOJO",
                                          "L9ECAV7KIM", "LS4PSXUNUM", "OLJCESPC7Z"};

// What a user does next, by locust's weights of the tasks.
Payload nextTask(const WorkPtr& work) {
  Payload payload;
  const std::string id(kProducts[static_cast<std::size_t>(work->chance() * std::size(kProducts))]);
  const auto draw = static_cast<int>(work->chance() * 19);
  if (draw < 1) return payload;
  if (draw < 3) {
    payload.method = "POST";
    payload.path = "/setCurrency";
    payload.body = "currency_code=EUR";
  } else if (draw < 13) {
    payload.path = "/product/" + id;
  } else if (draw < 15) {
    payload.method = "POST";
    payload.path = "/cart";
    payload.body =
        "product_id=" + id + "&quantity=" + std::to_string(1 + static_cast<int>(work->chance() * 10));
  } else if (draw < 18) {
    payload.path = "/cart";
  } else {
    payload.method = "POST";
    payload.path = "/cart/checkout";
    payload.body = "email=someone%40example.com";
  }
  return payload;
}

void visit(const WorkPtr& work, std::uint32_t user, std::uint32_t weight) {
  Payload payload = nextTask(work);
  payload.weight = weight;
  payload.headers = Value::object({{Key::intern("Cookie"), "shop_session-id=user-" + std::to_string(user)}});
  const std::string what = payload.method + " " + payload.path;
  work->call(
      work->env("FRONTEND_ADDR"), std::move(payload), kTimeout,
      [work, user, weight, what](const Work::Reply& reply) {
        ProgramMemory& memory = work->memory();
        const bool ok = reply.outcome == Work::Reply::Outcome::Answered && reply.status < 400;
        const std::string_view counter = ok ? "requests" : "failures";
        memory.set(counter, std::to_string(shell::numberOf(memory.get(counter)) + weight));
        if (!ok)
          work->say(what + " failed: " + (reply.status > 0 ? std::to_string(reply.status) : "no connection"));
        const auto pause = std::chrono::milliseconds(1000 + static_cast<int>(work->chance() * 9000));
        work->wait(pause, [work, user, weight] { visit(work, user, weight); });
      });
}

}  // namespace

SimDuration generateLoad(const WorkPtr& work) {
  if (work->env("FRONTEND_ADDR").empty()) {
    work->say("FRONTEND_ADDR environment variable must be set");
    work->end(1);
    return SimDuration::zero();
  }
  const std::int64_t asked = shell::numberOf(work->env("USERS"));
  const auto users = static_cast<std::uint32_t>(std::clamp<std::int64_t>(asked > 0 ? asked : 10, 1, 100'000));
  const std::int64_t rate = std::max<std::int64_t>(shell::numberOf(work->env("RATE")), 1);
  work->say("Starting Locust 2.32.5");
  work->say("Ramping to " + std::to_string(users) + " users at a rate of " + std::to_string(rate) +
            ".00 per second");
  const std::uint32_t apart = std::min(users, kUsersApart);
  for (std::uint32_t user = 0; user < apart; ++user) {
    const std::uint32_t weight = users / apart + (user < users % apart ? 1 : 0);
    work->wait(std::chrono::milliseconds(1000 * static_cast<std::int64_t>(user) / rate),
               [work, user, weight] { visit(work, user, weight); });
  }
  return SimDuration::zero();
}

}  // namespace pilothouse::kubelet::boutique
