#include "stages/db/postgres_link.hpp"

#include <thread>
#include <utility>

namespace weir::stages {

postgres_link::postgres_link(std::string url, std::chrono::milliseconds patience)
    : url_(std::move(url)), patience_(patience), address_(postgres_connection::address_of(url_)) {}

void postgres_link::connect() {
  server_.emplace(url_, patience_, [this] { return context_->cancelled(); });
}

// Half of it to all of it, so that many clients of a server that comes back do not come at once.
void postgres_link::pause(std::chrono::milliseconds about) {
  constexpr std::chrono::milliseconds k_look_around{10};
  const auto until =
      std::chrono::steady_clock::now() +
      std::chrono::milliseconds(std::uniform_int_distribution<long>(about.count() / 2, about.count())(jitter_));
  while (std::chrono::steady_clock::now() < until && !context_->cancelled()) {
    std::this_thread::sleep_for(k_look_around);
  }
}

void postgres_link::stopped() const { throw database_error(address_ + ": stopped"); }

} // namespace weir::stages
