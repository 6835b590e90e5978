// bare_net receive PORT_FILE | bare_net send PORT FILE: two ends of a TCP connection on this machine, by plain read and
// write of as much as weir takes at once. `receive` puts its port into the file, and prints how many bytes and lines came.

#include "bench/bytes/bare.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace {

sockaddr_in here(int port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<std::uint16_t>(port));
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

void receive(const char* port_file) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at = here(0);
  socklen_t size = sizeof at;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(listener, 1) != 0) {
    bare::die("listen");
  }
  if (::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size) != 0) { bare::die("getsockname"); }
  const std::string part = std::string(port_file) + ".part";
  std::FILE* const file = std::fopen(part.c_str(), "w");
  if (file == nullptr) { bare::die(port_file); }
  std::fprintf(file, "%d\n", ntohs(at.sin_port));
  std::fclose(file);
  if (std::rename(part.c_str(), port_file) != 0) { bare::die(port_file); }
  const int peer = ::accept(listener, nullptr, nullptr);
  std::vector<char> room(bare::k_block);
  unsigned long long bytes = 0;
  unsigned long long lines = 0;
  for (ssize_t got = 0; (got = ::read(peer, room.data(), room.size())) > 0;) {
    bytes += static_cast<unsigned long long>(got);
    lines += static_cast<unsigned long long>(std::count(room.data(), room.data() + got, '\n'));
  }
  std::printf("%llu %llu\n", lines, bytes);
}

void send_file(int port, const char* path) {
  const int peer = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in at = here(port);
  if (::connect(peer, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) { bare::die("connect"); }
  const int file = bare::open_or_die(path, O_RDONLY);
  std::vector<char> room(bare::k_block);
  for (ssize_t got = 0; (got = ::read(file, room.data(), room.size())) > 0;) {
    for (ssize_t sent = 0; sent < got;) {
      const ssize_t taken = ::write(peer, room.data() + sent, static_cast<std::size_t>(got - sent));
      if (taken < 0) { bare::die("write"); }
      sent += taken;
    }
  }
  ::shutdown(peer, SHUT_WR);
  if (::read(peer, room.data(), 1) != 0) { bare::die("the other side"); }
}

} // namespace

int main(int count, char** words) {
  if (count == 3 && std::strcmp(words[1], "receive") == 0) {
    receive(words[2]);
  } else if (count == 4 && std::strcmp(words[1], "send") == 0) {
    send_file(std::atoi(words[2]), words[3]);
  } else {
    return 2;
  }
}
