#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/kubelet/images/program.hpp"

namespace pilothouse::kubelet::boutique {

// The services of Online Boutique (hipstershop). Their messages are lines of fields between "|".

void serveFrontend(const WorkPtr& work);
void serveCheckout(const WorkPtr& work);
void serveCart(const WorkPtr& work);
void serveRecommendation(const WorkPtr& work);
void serveProductCatalog(const WorkPtr& work);
void serveCurrency(const WorkPtr& work);
void serveShipping(const WorkPtr& work);
void serveAd(const WorkPtr& work);
void servePayment(const WorkPtr& work);
void serveEmail(const WorkPtr& work);
void serveAssistant(const WorkPtr& work);
/// locust's users: each visits a page, waits one to ten seconds, and visits the next.
SimDuration generateLoad(const WorkPtr& work);

/// What a call to another service came to: its answer, or "rpc error: code = … desc = …".
struct Called {
  bool ok = false;
  std::string text;
};
using Then = std::function<void(Called)>;

/// Calls "hipstershop.<method>" of the service whose address is in a variable of the environment.
void call(const WorkPtr& work, std::string_view addressVariable, std::string_view method, std::string body,
          Then then, std::uint32_t weight = 1);
/// Answers a call; a failure with its gRPC code.
void reply(const WorkPtr& work, std::string text);
void fail(const WorkPtr& work, std::string_view code, std::string_view description);
/// The method that is called, "GetCart"; "" for anything that is no call.
std::string_view method(const Work& work);

/// Fields of a line, lines of a text.
std::vector<std::string> split(std::string_view text, char separator);

struct Product {
  std::string_view id;
  std::string_view name;
  int cents;  ///< in USD
};
/// Null when there is none of that id.
const Product* findProduct(std::string_view id);
/// "19.99" of 1999.
std::string money(std::int64_t cents);

}  // namespace pilothouse::kubelet::boutique
