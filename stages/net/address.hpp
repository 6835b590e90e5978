#pragma once

#include <string>
#include <string_view>

namespace weir::stages {

/// Where a stage of the network connects to or listens: a host and a port, or the path of a Unix socket.
struct net_address {
  std::string host; ///< a name or a number; empty: every interface of this machine
  std::string port; ///< a number or the name of a service; 0 when listening: any free one
  std::string path; ///< not empty: a Unix socket

  bool local() const { return !path.empty(); }
  /// As a user would write it.
  std::string shown() const;
};

/// HOST:PORT, [IPV6]:PORT, or to listen also :PORT. Throws std::invalid_argument, which quotes the text.
net_address tcp_address(std::string_view text, bool to_listen);

/// Throws std::invalid_argument when the system has no room for a path that long, or it is empty.
net_address unix_address(std::string path);

} // namespace weir::stages
