#pragma once
// Sockets for stages: connected streams and what listens for them, TCP and Unix alike. Nothing here waits, except for the
// answer to a name; a socket is used by one thread at a time.

#include "stages/net/address.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

namespace weir::stages {

/// One end of a connection. Destroying it closes it, which the other side sees as the end of the stream.
class stream_socket {
 public:
  enum class outcome { bytes, end, would_block };
  struct result {
    outcome what;
    std::size_t bytes;
  };
  struct parts;

  explicit stream_socket(std::unique_ptr<parts> made);
  stream_socket(stream_socket&&) noexcept;
  stream_socket& operator=(stream_socket&&) noexcept;
  ~stream_socket();

  int number() const;
  /// The other side, as it is shown.
  const std::string& peer() const;

  /// Throws server_gone when the connection has broken.
  result try_read(std::span<std::byte> room);
  /// How many bytes the system took; 0: none now. Throws server_gone.
  std::size_t try_write(std::span<const std::byte> bytes);
  /// Says that no more is written; reading goes on. Throws server_gone.
  void end_output();
  /// How much of what was written, the end included, the other side's system (of a Unix socket: the other side) has not taken.
  std::size_t untaken() const;
  /// Throws server_gone when the connection has broken: try_read does not tell that once it has seen the end.
  void check();
  /// Closes so that the other side sees a broken connection, not an end. Nothing may be called after it.
  void reset() noexcept;

 private:
  std::unique_ptr<parts> parts_;
};

/// What became of one try to connect.
struct connected {
  std::optional<stream_socket> socket; ///< empty: not reached, or told to stop
  std::string why;                     ///< it was not reached; empty when told to stop
  bool hopeless = false;               ///< trying again would not help: there is no such host or service
};

enum class answer { came, none, stopped };
/// Waits until a descriptor can be written: for how long, it decides. `others`: there are addresses that were not tried yet.
using answer_wait = std::function<answer(int descriptor, bool others)>;

/// Asks for the host's addresses and tries each. It blocks while the system looks the name up.
connected try_connect(const net_address& to, const answer_wait& wait);

/// "accept: [::]:9000: Too many open files".
class no_room : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where others connect to. A Unix socket's file is removed with it.
class listening_socket {
 public:
  /// Throws std::runtime_error naming the address and the reason. A Unix socket that nobody listens at is replaced.
  explicit listening_socket(const net_address& at);
  listening_socket(listening_socket&&) noexcept;
  listening_socket& operator=(listening_socket&&) noexcept;
  ~listening_socket();

  int number() const;
  /// With the port that it got.
  const std::string& shown() const;
  /// Empty: nobody waits to be let in. Throws no_room when the system has no descriptor or memory for another: whoever waits
  /// goes on waiting, so the socket stays readable.
  std::optional<stream_socket> try_accept();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace weir::stages
