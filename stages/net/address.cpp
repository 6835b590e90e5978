#include "stages/net/address.hpp"

#include <sys/un.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace weir::stages {
namespace {

constexpr unsigned k_last_port = 65'535;

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw std::invalid_argument(std::string("'").append(text).append("': ").append(why));
}

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

void check_port(std::string_view text, const std::string& port, bool to_listen) {
  if (port.empty()) refuse(text, "no port; write HOST:PORT");
  if (!all_digits(port)) return;
  if (port.size() > 5 || std::stoul(port) > k_last_port) refuse(text, "ports end at 65535");
  if (std::stoul(port) == 0 && !to_listen) refuse(text, "port 0 is only for --listen, where it means any free one");
}

} // namespace

std::string net_address::shown() const {
  if (local()) return path;
  const bool numeric_v6 = host.find(':') != std::string::npos;
  return (numeric_v6 ? "[" + host + "]" : host) + ":" + port;
}

net_address tcp_address(std::string_view text, bool to_listen) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) refuse(text, "no port; write HOST:PORT");
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    refuse(text, "write an IPv6 address in brackets: [ADDRESS]:PORT");
  }
  if (host.empty() && !to_listen) refuse(text, "no host; write HOST:PORT");
  net_address found{.host = std::string(host), .port = std::string(text.substr(colon + 1)), .path = {}};
  check_port(text, found.port, to_listen);
  return found;
}

net_address unix_address(std::string path) {
  if (path.empty()) refuse(path, "no path");
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    refuse(path,
           "the path of a Unix socket has at most " + std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes");
  }
  return {.host = {}, .port = {}, .path = std::move(path)};
}

} // namespace weir::stages
