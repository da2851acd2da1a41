// Online Boutique's checkoutservice: an order takes six other services.
#include <memory>
#include <utility>

#include "core/kubelet/images/boutique.hpp"
#include "core/kubelet/shell/commands.hpp"

namespace pilothouse::kubelet::boutique {
namespace {

/// An order on its way: "user|currency|email" was asked.
struct Order {
  std::string user;
  std::string currency;
  std::string email;
  std::vector<std::string> lines;  ///< of the cart
  std::size_t priced = 0;
  std::string amounts;  ///< cents, a line each
  std::int64_t total = 0;
  std::string tracking;
};
using OrderPtr = std::shared_ptr<Order>;

void log(const WorkPtr& work, std::string_view severity, const std::string& message) {
  work->say("{\"message\":\"" + message + "\",\"severity\":\"" + std::string(severity) + "\"}");
}

void confirm(const WorkPtr& work, const OrderPtr& order) {
  call(work, "CART_SERVICE_ADDR", "CartService/EmptyCart", order->user, [](const Called&) {});
  call(work, "EMAIL_SERVICE_ADDR", "EmailService/SendOrderConfirmation", order->email,
       [work, order](const Called& sent) {
         // The order stands all the same.
         if (sent.ok) {
           log(work, "info", "order confirmation email sent to '" + order->email + "'");
         } else {
           log(work, "warning", "failed to send order confirmation to '" + order->email + "': " + sent.text);
         }
         reply(work, order->tracking + "|" + std::to_string(order->total) + "|" + order->currency);
       });
}

void ship(const WorkPtr& work, const OrderPtr& order) {
  call(work, "SHIPPING_SERVICE_ADDR", "ShippingService/ShipOrder", "items",
       [work, order](const Called& shipped) {
         if (!shipped.ok)
           return fail(work, "Unavailable", "shipping error: shipment failed: " + shipped.text);
         order->tracking = shipped.text;
         confirm(work, order);
       });
}

void charge(const WorkPtr& work, const OrderPtr& order) {
  call(work, "PAYMENT_SERVICE_ADDR", "PaymentService/Charge", std::to_string(order->total),
       [work, order](const Called& charged) {
         if (!charged.ok) {
           return fail(work, "Internal", "failed to charge card: could not charge the card: " + charged.text);
         }
         log(work, "info", "payment went through (transaction_id: " + charged.text + ")");
         ship(work, order);
       });
}

void convert(const WorkPtr& work, const OrderPtr& order) {
  const auto count = static_cast<std::uint32_t>(order->lines.size() + 1);
  call(
      work, "CURRENCY_SERVICE_ADDR", "CurrencyService/Convert", order->currency + "\n" + order->amounts,
      [work, order](const Called& converted) {
        if (!converted.ok) {
          return fail(work, "Internal",
                      "failed to convert price of items to " + order->currency +
                          ": failed to convert "
                          "currency: " +
                          converted.text);
        }
        for (const std::string& line : split(converted.text, '\n')) order->total += shell::numberOf(line);
        charge(work, order);
      },
      count);
}

void quote(const WorkPtr& work, const OrderPtr& order) {
  call(work, "SHIPPING_SERVICE_ADDR", "ShippingService/GetQuote", "items",
       [work, order](const Called& quoted) {
         if (!quoted.ok) {
           return fail(work, "Internal",
                       "shipping quote failure: failed to get shipping quote: " + quoted.text);
         }
         order->amounts += quoted.text + "\n";
         convert(work, order);
       });
}

// The products of the cart, one after the other.
void price(const WorkPtr& work, const OrderPtr& order) {
  if (order->priced == order->lines.size()) return quote(work, order);
  const auto item = split(order->lines[order->priced++], '|');
  call(work, "PRODUCT_CATALOG_SERVICE_ADDR", "ProductCatalogService/GetProduct", item.empty() ? "" : item[0],
       [work, order, item](const Called& product) {
         if (!product.ok) {
           return fail(work, "Internal",
                       "failed to prepare order: failed to get product #\"" + item[0] + "\"");
         }
         const auto fields = split(product.text.substr(0, product.text.find('\n')), '|');
         const std::int64_t quantity = item.size() > 1 ? shell::numberOf(item[1]) : 1;
         const std::int64_t cents = fields.size() > 2 ? shell::numberOf(fields[2]) : 0;
         order->amounts += std::to_string(cents * quantity) + "\n";
         price(work, order);
       });
}

}  // namespace

void serveCheckout(const WorkPtr& work) {
  if (method(*work) != "PlaceOrder") return work->answer({0, "", {}});
  const auto fields = split(work->payload().body, '|');
  auto order = std::make_shared<Order>();
  if (!fields.empty()) order->user = fields[0];
  order->currency = fields.size() > 1 ? fields[1] : "USD";
  order->email = fields.size() > 2 ? fields[2] : "";
  log(work, "info", "[PlaceOrder] user_id='" + order->user + "' user_currency='" + order->currency + "'");
  call(work, "CART_SERVICE_ADDR", "CartService/GetCart", order->user, [work, order](const Called& cart) {
    if (!cart.ok) {
      return fail(work, "Internal", "cart failure: failed to get user cart during checkout: " + cart.text);
    }
    order->lines = split(cart.text, '\n');
    price(work, order);
  });
}

}  // namespace pilothouse::kubelet::boutique
