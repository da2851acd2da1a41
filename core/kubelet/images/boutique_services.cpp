// Online Boutique's services behind the front end.
#include <algorithm>
#include <utility>

#include "core/kubelet/images/boutique.hpp"
#include "core/kubelet/images/redis.hpp"
#include "core/kubelet/shell/commands.hpp"

namespace pilothouse::kubelet::boutique {
namespace {

using Outcome = Work::Reply::Outcome;

constexpr SimDuration kConnectTimeout = std::chrono::seconds(20);  // gRPC's least
constexpr std::string_view kService = "hipstershop.";

constexpr Product kProducts[] = {
    {"OLJCESPC7Z", "Sunglasses", 1999},
    {"66VCHSJNUP", "Tank Top", 1899},
    {"1YMWWN1N4O", "Watch", 10999},
    {"L9ECAV7KIM", "Loafers", 8999},
    {"2ZYFJ3GM2N", "Hairdryer", 2499},
    {"0PUK6V6EV0", "Candle Holder", 1899},
    {"LS4PSXUNUM", "Salt & Pepper Shakers", 1849},
    {"9SIQT8TOJO", "Bamboo Glass Jar", 549},
    {"6E92ZMYYFZ", "Mug", 899},
};

struct Rate {
  std::string_view currency;
  std::int64_t perEuro;  ///< in ten-thousandths
};
constexpr Rate kRates[] = {{"EUR", 10000}, {"USD", 11305}, {"JPY", 1264000},
                           {"GBP", 8597},  {"TRY", 61247}, {"CAD", 15128}};

std::int64_t rateOf(std::string_view currency) {
  for (const Rate& rate : kRates) {
    if (rate.currency == currency) return rate.perEuro;
  }
  return 0;
}

std::string lineOf(const Product& product) {
  return std::string(product.id) + "|" + std::string(product.name) + "|" + std::to_string(product.cents) +
         "\n";
}

std::string jsonLog(std::string_view severity, const std::string& message) {
  return "{\"message\":\"" + message + "\",\"severity\":\"" + std::string(severity) + "\"}";
}

// The cart of a user in redis, or in the service's own memory without one.
void withCart(const WorkPtr& work, std::vector<std::string> command,
              std::function<void(const std::string& reply)> then) {
  const std::string address = work->env("REDIS_ADDR");
  if (address.empty()) {
    ProgramMemory& memory = work->memory();
    std::string said = "+OK";
    if (command[0] == "GET") said = "$" + memory.get("cart:" + command[1]);
    if (command[0] == "SET") memory.set("cart:" + command[1], command[2]);
    return then(said);
  }
  work->call(
      address, redisCommand(command), std::chrono::seconds(5),
      [work, then = std::move(then)](const Work::Reply& reply) {
        if (reply.outcome == Outcome::Answered && (reply.body.empty() || reply.body[0] != '-')) {
          return then(reply.body);
        }
        work->say(
            "fail: cartservice: Can't access cart storage. It was not possible to connect to the "
            "redis server(s).");
        fail(work, "FailedPrecondition",
             "Can't access cart storage. StackExchange.Redis.RedisConnectionException: It was not possible "
             "to connect to the redis server(s).");
      });
}

std::string addItem(const std::string& cart, const std::string& id, std::int64_t quantity) {
  std::string out;
  bool found = false;
  for (const std::string& line : split(cart, '\n')) {
    const auto fields = split(line, '|');
    if (fields.size() < 2) continue;
    std::int64_t count = shell::numberOf(fields[1]);
    if (fields[0] == id) {
      found = true;
      count += quantity;
    }
    out += fields[0] + "|" + std::to_string(count) + "\n";
  }
  if (!found) out += id + "|" + std::to_string(quantity) + "\n";
  return out;
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    parts.emplace_back(part);
  }
  return parts;
}

const Product* findProduct(std::string_view id) {
  for (const Product& product : kProducts) {
    if (product.id == id) return &product;
  }
  return nullptr;
}

std::string money(std::int64_t cents) {
  const std::string part = std::to_string(cents % 100);
  return std::to_string(cents / 100) + "." + (part.size() < 2 ? "0" : "") + part;
}

void call(const WorkPtr& work, std::string_view addressVariable, std::string_view name, std::string body,
          Then then, std::uint32_t weight) {
  const std::string address = work->env(addressVariable);
  Payload payload;
  payload.method = std::string(kService) + std::string(name);
  payload.path = "/" + payload.method;
  payload.body = std::move(body);
  payload.weight = std::max<std::uint32_t>(work->payload().weight, 1) * weight;
  work->call(
      address, std::move(payload), kConnectTimeout, [address, then = std::move(then)](const Work::Reply& r) {
        const HostPort to = hostPort(address, 80);
        const std::string place = (r.address.empty() ? to.host : r.address) + ":" + std::to_string(to.port);
        switch (r.outcome) {
          case Outcome::UnknownHost:
            return then({false, "rpc error: code = Unavailable desc = dns: A record lookup error: lookup " +
                                    to.host + " on 10.96.0.10:53: no such host"});
          case Outcome::Refused:
            return then({false,
                         "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error "
                         "while dialing: dial tcp " +
                             place + ": connect: connection refused\""});
          case Outcome::TimedOut:
            return then({false,
                         "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error "
                         "while dialing: dial tcp " +
                             place + ": i/o timeout\""});
          case Outcome::Answered:
            break;
        }
        if (r.status == 200) return then({true, r.body});
        then({false,
              "rpc error: " + (r.body.compare(0, 5, "code ") == 0
                                   ? r.body
                                   : "code = Unavailable desc = connection closed before server preface "
                                     "received")});
      });
}

void reply(const WorkPtr& work, std::string text) { work->answer({200, std::move(text), {}}); }

void fail(const WorkPtr& work, std::string_view code, std::string_view description) {
  work->answer({500, "code = " + std::string(code) + " desc = " + std::string(description), {}});
}

std::string_view method(const Work& work) {
  const std::string_view name = work.payload().method;
  if (name.substr(0, kService.size()) != kService) return {};
  return name.substr(name.find('/') + 1);
}

void serveProductCatalog(const WorkPtr& work) {
  const std::string_view name = method(*work);
  const std::string& body = work->payload().body;
  if (name == "GetProduct") {
    const Product* product = findProduct(body);
    if (product == nullptr) return fail(work, "NotFound", "no product with ID " + body);
    return reply(work, lineOf(*product));
  }
  if (name.empty()) return work->answer({0, "", {}});
  std::string lines;
  for (const Product& product : kProducts) {
    if (name == "ListProducts" || product.name.find(body) != std::string_view::npos) lines += lineOf(product);
  }
  reply(work, lines);
}

// Convert: a currency, then lines of cents in USD; their worth in it.
void serveCurrency(const WorkPtr& work) {
  const std::string_view name = method(*work);
  if (name.empty()) return work->answer({0, "", {}});
  if (name == "GetSupportedCurrencies") return reply(work, "EUR\nUSD\nJPY\nGBP\nTRY\nCAD\n");
  const auto lines = split(work->payload().body, '\n');
  const std::int64_t rate = lines.empty() ? 0 : rateOf(lines.front());
  if (rate == 0) return fail(work, "Internal", "unknown currency");
  std::string out;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::int64_t cents = std::min<std::int64_t>(shell::numberOf(lines[i]), 1'000'000'000);
    out += std::to_string(cents * rate / rateOf("USD")) + "\n";
  }
  work->say(jsonLog("info", "conversion request successful"));
  reply(work, out);
}

void serveCart(const WorkPtr& work) {
  const std::string_view name = method(*work);
  const auto fields = split(work->payload().body, '|');
  if (name.empty() || fields.empty()) return work->answer({0, "", {}});
  const std::string user = fields[0];
  if (name == "EmptyCart") {
    work->say("EmptyCartAsync called with userId=" + user);
    return withCart(work, {"SET", user, ""}, [work](const std::string&) { reply(work, ""); });
  }
  if (name == "GetCart") work->say("GetCartAsync called with userId=" + user);
  withCart(work, {"GET", user}, [work, user, fields, name = std::string(name)](const std::string& stored) {
    const std::string cart = redisText(stored);
    if (name != "AddItem" || fields.size() < 3) return reply(work, cart);
    const std::int64_t quantity = shell::numberOf(fields[2]);
    work->say("AddItemAsync called with userId=" + user + ", productId=" + fields[1] +
              ", quantity=" + std::to_string(quantity));
    withCart(work, {"SET", user, addItem(cart, fields[1], quantity)},
             [work](const std::string&) { reply(work, ""); });
  });
}

// Products that the asker does not name, up to five.
void serveRecommendation(const WorkPtr& work) {
  if (method(*work).empty()) return work->answer({0, "", {}});
  call(work, "PRODUCT_CATALOG_SERVICE_ADDR", "ProductCatalogService/ListProducts", "",
       [work](const Called& all) {
         if (!all.ok) return fail(work, "Unknown", "Exception calling application: " + all.text);
         std::string out;
         int count = 0;
         for (const std::string& line : split(all.text, '\n')) {
           const std::string id = line.substr(0, line.find('|'));
           if (work->payload().body.find(id) != std::string::npos || count == 5) continue;
           ++count;
           out += id + "\n";
         }
         work->say(jsonLog("INFO", "[Recv ListRecommendations] product_ids=" + out.substr(0, 10)));
         reply(work, out);
       });
}

// GetQuote: 8.99 for anything; ShipOrder: a tracking number.
void serveShipping(const WorkPtr& work) {
  const std::string_view name = method(*work);
  if (name.empty()) return work->answer({0, "", {}});
  work->say(jsonLog("info", "[" + std::string(name) + "] received request"));
  if (name == "GetQuote") return reply(work, work->payload().body.empty() ? "0" : "899");
  const auto number = static_cast<std::uint64_t>(work->chance() * 1e9);
  reply(work, "BW-" + std::to_string(number));
}

void serveAd(const WorkPtr& work) {
  if (method(*work).empty()) return work->answer({0, "", {}});
  work->say(jsonLog("info", "received ad request (context_words=[])"));
  constexpr std::string_view kAds[] = {"Hairdryer for sale. 50% off.", "Tank top for sale. 20% off.",
                                       "Watch for sale. Buy one, get second kit for free",
                                       "Mug for sale. Buy two, get third one for free"};
  reply(work, std::string(kAds[static_cast<std::size_t>(work->chance() * 4)]));
}

void servePayment(const WorkPtr& work) {
  if (method(*work).empty()) return work->answer({0, "", {}});
  work->say(jsonLog("info", "PaymentService#Charge invoked"));
  const auto number = static_cast<std::uint64_t>(work->chance() * 1e12);
  reply(work, "transaction-" + std::to_string(number));
}

void serveEmail(const WorkPtr& work) {
  if (method(*work).empty()) return work->answer({0, "", {}});
  work->say(jsonLog("INFO", "A request to send order confirmation email to " + work->payload().body +
                                " has been received."));
  reply(work, "");
}

void serveAssistant(const WorkPtr& work) {
  work->answer({200, "{\"content\": \"A candle holder would look well there.\"}", {}});
}

}  // namespace pilothouse::kubelet::boutique
