#pragma once
// postgres_link: a connection to a server that may go and come back.

#include <weir/stage.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <random>
#include <string>

#include "stages/db/postgres_connection.hpp"
#include "stages/file/io_error.hpp"

namespace weir::stages {

/// One thread at a time.
class postgres_link {
 public:
  /// As postgres_connection's; throws std::invalid_argument when the URL is none.
  postgres_link(std::string url, std::chrono::milliseconds patience);
  /// Before anything else: whose run it is, so that whatever waits ends with it.
  void open(stage_context& context) noexcept { context_ = &context; }

  /// Does the work, over and over on new connections while they break or the server says that it may succeed later. Throws
  /// server_gone when that lasts for longer than the patience, database_error when the run is cancelled, and what else the
  /// work throws.
  template <class Work>
  void with_server(Work work);
  /// The connection; none: it is made by with_server().
  [[nodiscard]] bool connected() const noexcept { return server_.has_value(); }
  [[nodiscard]] postgres_connection& server() { return *server_; }
  /// What was sent over the connection and not committed is taken back.
  void drop() noexcept { server_.reset(); }

  [[nodiscard]] const std::string& address() const noexcept { return address_; }

 private:
  static constexpr std::chrono::milliseconds k_first_pause{50};
  static constexpr std::chrono::milliseconds k_longest_pause{2000};

  void connect();
  void pause(std::chrono::milliseconds about);
  [[noreturn]] void stopped() const;

  std::string url_;
  std::chrono::milliseconds patience_;
  std::string address_;
  stage_context* context_ = nullptr;
  std::optional<postgres_connection> server_;
  std::minstd_rand jitter_{std::random_device()()};
};

template <class Work>
void postgres_link::with_server(Work work) {
  const auto until = std::chrono::steady_clock::now() + patience_;
  std::chrono::milliseconds next = k_first_pause;
  for (;;) {
    try {
      if (!server_) connect();
      return work();
    } catch (const connection_lost& lost) {
      drop();
      if (context_->cancelled()) stopped();
      if (std::chrono::steady_clock::now() >= until) throw server_gone(address_, lost.what());
    } catch (const server_refusal& refusal) {
      drop();
      if (!refusal.words().passing() || std::chrono::steady_clock::now() >= until) throw;
    }
    pause(next);
    next = std::min(2 * next, k_longest_pause);
  }
}

} // namespace weir::stages
