// Online Boutique's frontend: pages made of what other services say.
#include <memory>
#include <utility>

#include "core/kubelet/images/boutique.hpp"
#include "core/kubelet/shell/commands.hpp"

namespace pilothouse::kubelet::boutique {
namespace {

const Key kCookie = Key::intern("Cookie");
constexpr std::string_view kDefaultCurrency = "USD";

/// A page that is being made.
struct Page {
  std::string user;
  std::string currency{kDefaultCurrency};
  std::string currencies;
  std::vector<std::string> products;  ///< lines
  std::vector<std::string> cart;      ///< lines
  std::string ad;
};
using PagePtr = std::shared_ptr<Page>;
using Next = std::function<void()>;

std::string cookie(const WorkPtr& work, std::string_view name) {
  const std::string_view cookies = work->payload().headers[kCookie].asString();
  const std::size_t at = cookies.find(std::string(name) + "=");
  if (at == std::string_view::npos) return "";
  const std::string_view rest = cookies.substr(at + name.size() + 1);
  return std::string(rest.substr(0, rest.find(';')));
}

void log(const WorkPtr& work, std::string_view severity, const std::string& message) {
  const Payload& payload = work->payload();
  work->say("{\"http.req.method\":\"" + payload.method + "\",\"http.req.path\":\"" +
            std::string(pathWithoutQuery(payload.path)) + "\",\"message\":\"" + message +
            "\",\"severity\":\"" + std::string(severity) + "\"}");
}

std::string html(const std::string& body) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n    <title>Online "
         "Boutique</title>\n</head>\n<body>\n" +
         body + "</body>\n</html>";
}

// The error page of the real program, with the chain of what went wrong.
void failed(const WorkPtr& work, const std::string& what, const std::string& why) {
  log(work, "error", "request error: " + what);
  work->answer({500,
                html("    <h1>Uh, oh!</h1>\n    <p>Something has failed. Below are some details for "
                     "debugging.</p>\n    <p><strong>HTTP Status:</strong> 500 Internal Server Error</p>\n"
                     "    <pre>" +
                     what + ": " + why + "</pre>\n"),
                {}});
}

void shown(const WorkPtr& work, const std::string& body) {
  log(work, "debug", "request complete");
  work->answer({200, html(body), {}});
}

void moved(const WorkPtr& work, const std::string& where) {
  log(work, "debug", "request complete");
  work->answer({302, "<a href=\"" + where + "\">Found</a>.\n", {}});
}

void withCurrencies(const WorkPtr& work, const PagePtr& page, Next next) {
  call(work, "CURRENCY_SERVICE_ADDR", "CurrencyService/GetSupportedCurrencies", "",
       [work, page, next = std::move(next)](const Called& said) {
         if (!said.ok) return failed(work, "could not retrieve currencies", said.text);
         page->currencies = said.text;
         next();
       });
}

void withCart(const WorkPtr& work, const PagePtr& page, Next next) {
  call(work, "CART_SERVICE_ADDR", "CartService/GetCart", page->user,
       [work, page, next = std::move(next)](const Called& said) {
         if (!said.ok) return failed(work, "could not retrieve cart", said.text);
         page->cart = split(said.text, '\n');
         next();
       });
}

// Prices of the page's products in the visitor's currency; one message stands for a call a product.
void withPrices(const WorkPtr& work, const PagePtr& page,
                std::function<void(std::vector<std::string>)> next) {
  std::string amounts = page->currency + "\n";
  for (const std::string& line : page->products) amounts += line.substr(line.rfind('|') + 1) + "\n";
  call(
      work, "CURRENCY_SERVICE_ADDR", "CurrencyService/Convert", amounts,
      [work, page, next = std::move(next)](const Called& said) {
        if (!said.ok) {
          const std::string id =
              page->products.empty() ? "" : page->products[0].substr(0, page->products[0].find('|'));
          return failed(work, "failed to do currency conversion for product " + id, said.text);
        }
        next(split(said.text, '\n'));
      },
      static_cast<std::uint32_t>(std::max<std::size_t>(page->products.size(), 1)));
}

// An ad that fails is left out.
void withAd(const WorkPtr& work, const PagePtr& page, Next next) {
  call(work, "AD_SERVICE_ADDR", "AdService/GetAds", "",
       [work, page, next = std::move(next)](const Called& said) {
         if (said.ok) page->ad = said.text;
         if (!said.ok) log(work, "warning", "failed to retrieve ads");
         next();
       });
}

std::string listOf(const PagePtr& page, const std::vector<std::string>& prices) {
  std::string text;
  for (std::size_t i = 0; i < page->products.size(); ++i) {
    const auto fields = split(page->products[i], '|');
    if (fields.size() < 2) continue;
    const std::string price = i < prices.size() ? money(shell::numberOf(prices[i])) : "";
    text += "    <a href=\"/product/" + fields[0] + "\">" + fields[1] + "</a> " + page->currency + " " +
            price + "\n";
  }
  return text;
}

std::string foot(const PagePtr& page) {
  std::string text;
  if (!page->ad.empty()) text += "    <p>Ad: " + page->ad + "</p>\n";
  return text;
}

void home(const WorkPtr& work, const PagePtr& page) {
  withCurrencies(work, page, [work, page] {
    call(work, "PRODUCT_CATALOG_SERVICE_ADDR", "ProductCatalogService/ListProducts", "",
         [work, page](const Called& said) {
           if (!said.ok) return failed(work, "could not retrieve products", said.text);
           page->products = split(said.text, '\n');
           withCart(work, page, [work, page] {
             withPrices(work, page, [work, page](const std::vector<std::string>& prices) {
               withAd(work, page, [work, page, prices] {
                 shown(work, "    <h3>Hot Products</h3>\n" + listOf(page, prices) + foot(page));
               });
             });
           });
         });
  });
}

void product(const WorkPtr& work, const PagePtr& page, const std::string& id) {
  call(work, "PRODUCT_CATALOG_SERVICE_ADDR", "ProductCatalogService/GetProduct", id,
       [work, page, id](const Called& said) {
         if (!said.ok) return failed(work, "could not retrieve product", said.text);
         page->products = split(said.text, '\n');
         withCurrencies(work, page, [work, page, id] {
           withCart(work, page, [work, page, id] {
             withPrices(work, page, [work, page, id](const std::vector<std::string>& prices) {
               call(work, "RECOMMENDATION_SERVICE_ADDR", "RecommendationService/ListRecommendations", id,
                    [work, page, prices](const Called& also) {
                      if (!also.ok) log(work, "warning", "failed to get product recommendations");
                      const std::string more = also.ok ? "    <h2>You May Also Like</h2>\n" + also.text : "";
                      withAd(work, page, [work, page, prices, more] {
                        shown(work, listOf(page, prices) + more + foot(page));
                      });
                    });
             });
           });
         });
       });
}

void viewCart(const WorkPtr& work, const PagePtr& page) {
  withCurrencies(work, page, [work, page] {
    withCart(work, page, [work, page] {
      call(work, "SHIPPING_SERVICE_ADDR", "ShippingService/GetQuote", page->cart.empty() ? "" : "items",
           [work, page](const Called& quote) {
             if (!quote.ok) return failed(work, "failed to get shipping quote", quote.text);
             if (page->cart.empty()) return shown(work, "    <h3>Your shopping cart is empty!</h3>\n");
             call(work, "PRODUCT_CATALOG_SERVICE_ADDR", "ProductCatalogService/ListProducts", "",
                  [work, page, quote](const Called& all) {
                    const std::string first = page->cart[0].substr(0, page->cart[0].find('|'));
                    if (!all.ok) return failed(work, "could not retrieve product #" + first, all.text);
                    std::string text = "    <h3>Cart (" + std::to_string(page->cart.size()) + ")</h3>\n";
                    for (const std::string& line : page->cart) {
                      const auto item = split(line, '|');
                      const Product* known = item.empty() ? nullptr : findProduct(item[0]);
                      if (known == nullptr || item.size() < 2) continue;
                      text += "    " + std::string(known->name) + " Quantity: " + item[1] + "\n";
                    }
                    shown(work, text + "    Shipping USD " + money(shell::numberOf(quote.text)) + "\n");
                  });
           });
    });
  });
}

void addToCart(const WorkPtr& work, const PagePtr& page) {
  const std::string form = "?" + work->payload().body;
  const std::string id = queryParameter(form, "product_id");
  const std::int64_t quantity = shell::numberOf(queryParameter(form, "quantity"));
  if (id.empty() || quantity < 1) return work->answer({422, "validation error\n", {}});
  call(work, "PRODUCT_CATALOG_SERVICE_ADDR", "ProductCatalogService/GetProduct", id,
       [work, page, id, quantity](const Called& said) {
         if (!said.ok) return failed(work, "could not retrieve product", said.text);
         call(work, "CART_SERVICE_ADDR", "CartService/AddItem",
              page->user + "|" + id + "|" + std::to_string(quantity), [work](const Called& added) {
                if (!added.ok) return failed(work, "failed to add to cart", added.text);
                moved(work, "/cart");
              });
       });
}

void checkout(const WorkPtr& work, const PagePtr& page) {
  const std::string email = queryParameter("?" + work->payload().body, "email");
  call(work, "CHECKOUT_SERVICE_ADDR", "CheckoutService/PlaceOrder",
       page->user + "|" + page->currency + "|" + (email.empty() ? "someone@example.com" : email),
       [work](const Called& placed) {
         if (!placed.ok) return failed(work, "failed to complete the order", placed.text);
         const auto order = split(placed.text, '|');
         log(work, "info", "order placed");
         shown(work, "    <h3>Your order is complete!</h3>\n    Tracking # " +
                         (order.empty() ? "" : order[0]) + "\n    Total Paid " +
                         (order.size() > 2 ? order[2] + " " + money(shell::numberOf(order[1])) : "") + "\n");
       });
}

}  // namespace

void serveFrontend(const WorkPtr& work) {
  const std::string path(pathWithoutQuery(work->payload().path));
  const bool post = work->payload().method == "POST";
  if (path == "/_healthz") return work->answer({200, "ok", {}});
  if (path == "/robots.txt") return work->answer({200, "User-agent: *\nDisallow: /", {}});
  auto page = std::make_shared<Page>();
  page->user = cookie(work, "shop_session-id");
  // Without cookies, a visitor is known by the address.
  if (page->user.empty()) page->user = work->asked().client.empty() ? "visitor" : work->asked().client;
  if (const std::string currency = cookie(work, "shop_currency"); !currency.empty())
    page->currency = currency;
  if (path == "/") return home(work, page);
  if (path.rfind("/product/", 0) == 0) return product(work, page, path.substr(9));
  if (path == "/cart") return post ? addToCart(work, page) : viewCart(work, page);
  if (path == "/cart/checkout" && post) return checkout(work, page);
  if (path == "/cart/empty" && post) {
    return call(work, "CART_SERVICE_ADDR", "CartService/EmptyCart", page->user, [work](const Called& said) {
      if (!said.ok) return failed(work, "failed to empty cart", said.text);
      moved(work, "/");
    });
  }
  if (path == "/setCurrency" || path == "/logout") return moved(work, "/");
  work->answer({404, "404 page not found\n", {}});
}

}  // namespace pilothouse::kubelet::boutique
