#include "stages/synthetic/record_fragments.hpp"

#include <string>

namespace weir::stages {
namespace {

constexpr std::string_view k_paths[] = {
    "/",
    "/api/v1/users/",
    "/static/js/app.4f3c2a.js",
    "/api/v1/orders/",
    "/static/css/site.css",
    "/products/",
    "/favicon.ico",
    "/api/v2/events/",
    "/login",
    "/images/item/",
    "/search?q=river&page=2",
    "/blog/2024/",
    "/api/v1/session",
    "/assets/img/photo/",
    "/cart/checkout",
    "/users/profile/",
};
constexpr std::string_view k_referers[] = {
    "-",
    "https://www.example.com/",
    "https://www.example.com/search?q=river+bed",
    "-",
    "https://shop.example.org/products",
    "https://www.example.com/blog/2024/05",
    "-",
    "https://news.example.net/item?id=3141592",
};
constexpr std::string_view k_agents[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 "
    "Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_4) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 "
    "Safari/605.1",
    "curl/7.88.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile "
    "Safari",
    "python-requests/2.31.0",
};
constexpr std::string_view k_methods[] = {"GET", "GET",  "GET", "POST", "GET", "GET", "PUT", "GET",
                                          "GET", "HEAD", "GET", "POST", "GET", "GET", "GET", "DELETE"};

/// Of 64 equally likely slots three are 500: 4.7 % of the records.
std::string_view status_of_slot(std::size_t slot) {
  if (slot < 3) return "500";
  if (slot < 8) return "404";
  if (slot < 12) return "304";
  if (slot < 15) return "301";
  if (slot < 17) return "403";
  if (slot < 19) return "201";
  return "200";
}

constexpr char k_two_digits[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                                "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                                "8081828384858687888990919293949596979899";

} // namespace

record_vocabulary::record_vocabulary() {
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    std::uint32_t mixed = static_cast<std::uint32_t>(i + 1) * 2654435761U;
    addresses[i] = fragment<16>(std::to_string(10 + (mixed >> 24) % 200) + '.' + std::to_string(mixed >> 16 & 255) +
                                '.' + std::to_string(mixed >> 8 & 255) + '.' + std::to_string(i % 254 + 1));
  }
  for (std::size_t i = 0; i < methods.size(); ++i) methods[i] = fragment<8>(k_methods[i]);
  for (std::size_t i = 0; i < paths.size(); ++i) paths[i] = fragment<64>(k_paths[i % std::size(k_paths)]);
  for (std::size_t i = 0; i < statuses.size(); ++i) statuses[i] = fragment<4>(status_of_slot(i));
  for (std::size_t i = 0; i < referers.size(); ++i) referers[i] = fragment<64>(k_referers[i % std::size(k_referers)]);
  for (std::size_t i = 0; i < agents.size(); ++i) agents[i] = fragment<128>(k_agents[i % std::size(k_agents)]);
}

const record_vocabulary& record_vocabulary::instance() {
  static const record_vocabulary words;
  return words;
}

char* put_digits(char* out, std::uint32_t value, int digits) {
  int at = digits;
  for (; at >= 2; at -= 2) {
    std::memcpy(out + at - 2, k_two_digits + std::size_t{value % 100} * 2, 2);
    value /= 100;
  }
  if (at == 1) out[0] = static_cast<char>('0' + value % 10);
  return out + digits;
}

char* put_number(char* out, std::uint32_t value) {
  int digits = 1;
  for (std::uint32_t rest = value; rest >= 10; rest /= 10) ++digits;
  return put_digits(out, value, digits);
}

char* put_hex(char* out, std::uint64_t value) {
  for (int i = 15; i >= 0; --i, value >>= 4) out[i] = "0123456789abcdef"[value & 15];
  return out + 16;
}

} // namespace weir::stages
