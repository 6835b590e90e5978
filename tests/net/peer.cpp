#include "tests/net/peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace weir::test {
namespace {

void must(bool well, const char* call) {
  if (!well) throw std::system_error(errno, std::generic_category(), call);
}

sockaddr_in here(int port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<std::uint16_t>(port));
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

sockaddr_in6 here_v6(int port) {
  sockaddr_in6 at{};
  at.sin6_family = AF_INET6;
  at.sin6_port = htons(static_cast<std::uint16_t>(port));
  at.sin6_addr = in6addr_loopback;
  return at;
}

sockaddr_un there(const std::string& path) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  std::memcpy(at.sun_path, path.c_str(), path.size() + 1);
  return at;
}

template <class Address>
const sockaddr* as_address(const Address& at) {
  return reinterpret_cast<const sockaddr*>(&at);
}

int open_socket(int family) {
  const int number = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(number >= 0, "socket");
  return number;
}

} // namespace

peer peer::connect_to(const std::string& unix_path) {
  peer made(open_socket(AF_UNIX));
  const sockaddr_un at = there(unix_path);
  must(::connect(made.number_, as_address(at), sizeof at) == 0, "connect");
  return made;
}

peer peer::connect_to(int port) {
  peer made(open_socket(AF_INET));
  const sockaddr_in at = here(port);
  must(::connect(made.number_, as_address(at), sizeof at) == 0, "connect");
  return made;
}

peer peer::connect_to_v6(int port) {
  peer made(open_socket(AF_INET6));
  const sockaddr_in6 at = here_v6(port);
  must(::connect(made.number_, as_address(at), sizeof at) == 0, "connect");
  return made;
}

peer peer::listen_silently_v6(int port) {
  peer made(open_socket(AF_INET6));
  const sockaddr_in6 at = here_v6(port);
  must(::bind(made.number_, as_address(at), sizeof at) == 0, "bind");
  must(::listen(made.number_, 0) == 0, "listen");
  return made;
}

bool peer::has_v6() {
  const int number = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (number < 0) return false;
  const sockaddr_in6 at = here_v6(0);
  const bool well = ::bind(number, as_address(at), sizeof at) == 0;
  ::close(number);
  return well;
}

peer peer::hold_port() {
  peer made(open_socket(AF_INET));
  const sockaddr_in at = here(0);
  must(::bind(made.number_, as_address(at), sizeof at) == 0, "bind");
  return made;
}

peer peer::listen() {
  peer made = hold_port();
  must(::listen(made.number_, 16) == 0, "listen");
  return made;
}

peer peer::listen_at(const std::string& unix_path) {
  peer made(open_socket(AF_UNIX));
  const sockaddr_un at = there(unix_path);
  must(::bind(made.number_, as_address(at), sizeof at) == 0, "bind");
  must(::listen(made.number_, 16) == 0, "listen");
  return made;
}

int peer::port() const {
  sockaddr_in at{};
  socklen_t size = sizeof at;
  must(::getsockname(number_, reinterpret_cast<sockaddr*>(&at), &size) == 0, "getsockname");
  return ntohs(at.sin_port);
}

peer peer::accept() const {
  const int number = ::accept4(number_, nullptr, nullptr, SOCK_CLOEXEC);
  must(number >= 0, "accept");
  return peer(number);
}

bool peer::send(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t taken = ::send(number_, text.data(), text.size(), MSG_NOSIGNAL);
    if (taken < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(taken));
  }
  return true;
}

std::size_t peer::send_what_fits(std::string_view text) const {
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t taken = ::send(number_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken < 0) break;
    sent += static_cast<std::size_t>(taken);
  }
  return sent;
}

std::string peer::read_all() const {
  std::string all;
  std::array<char, 65'536> piece;
  for (ssize_t got = 0; (got = ::recv(number_, piece.data(), piece.size(), 0)) > 0;)
    all.append(piece.data(), static_cast<std::size_t>(got));
  return all;
}

std::string peer::read(std::size_t bytes) const {
  std::string all(bytes, '\0');
  const ssize_t got = ::recv(number_, all.data(), bytes, MSG_WAITALL);
  all.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return all;
}

char peer::peek() const {
  char first = '\0';
  (void)::recv(number_, &first, 1, MSG_PEEK);
  return first;
}

bool peer::ends_well() const {
  std::array<char, 65'536> piece;
  ssize_t got = 0;
  do got = ::recv(number_, piece.data(), piece.size(), 0);
  while (got > 0);
  return got == 0;
}

void peer::end_output() const { ::shutdown(number_, SHUT_WR); }

void peer::holds_little() const {
  const int least = 1;
  must(::setsockopt(number_, SOL_SOCKET, SO_RCVBUF, &least, sizeof least) == 0, "setsockopt");
}

void peer::reset() {
  const linger at_once{1, 0};
  ::setsockopt(number_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void peer::close() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

} // namespace weir::test
