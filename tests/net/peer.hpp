#pragma once
// The other side of a connection, by plain system calls, so that nothing of what is tested takes part.

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::test {

/// A connected socket or one that listens; closed at the end.
class peer {
 public:
  static peer connect_to(const std::string& unix_path);
  static peer connect_to(int port);
  static peer connect_to_v6(int port);
  /// At [::1], where connections beyond the first ones get no answer, for nobody accepts them.
  static peer listen_silently_v6(int port);
  static bool has_v6();
  /// On any free port of this machine.
  static peer listen();
  /// A port of this machine that refuses connections, and that nobody else gets meanwhile.
  static peer hold_port();
  static peer listen_at(const std::string& unix_path);

  explicit peer(int number) : number_(number) {}
  peer(peer&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  peer& operator=(peer&&) = delete;
  ~peer() { close(); }

  [[nodiscard]] int port() const;
  [[nodiscard]] peer accept() const;

  /// Waits until all is sent; false: the other side has gone.
  bool send(std::string_view text) const;
  /// Sends until the system takes nothing more, or all; returns how much it took. `full`: it took less than all.
  std::size_t send_what_fits(std::string_view text) const;
  /// All until the end, or until the connection breaks.
  [[nodiscard]] std::string read_all() const;
  /// Exactly so much, less at the end.
  [[nodiscard]] std::string read(std::size_t bytes) const;
  /// The first byte that comes, which is still to be read.
  [[nodiscard]] char peek() const;
  /// Waits for the end: true when the other side ended well, false when the connection broke.
  [[nodiscard]] bool ends_well() const;
  void end_output() const;
  /// Before anyone connects: no more than some 2 KiB wait to be read by whoever is accepted.
  void holds_little() const;
  /// Breaks a TCP connection.
  void reset();
  void close();

 private:
  int number_;
};

} // namespace weir::test
