#include "apps/weir/stress_attendant.hpp"

#include "apps/weir/process_usage.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace weir::command {

namespace {

using namespace std::chrono_literals;

constexpr auto k_first_look = 100ms;
constexpr auto k_last_look = 60s;
constexpr auto k_never = std::chrono::steady_clock::time_point::max();

std::uint64_t items_moved(const report& now) {
  std::uint64_t sum = 0;
  for (const stage_report& stage : now.stages) sum += stage.items_in + stage.items_out;
  return sum;
}

std::string waits_of(const report& now) {
  constexpr std::array k_reasons = {"ready",    "input",   "room",   "memory", "time",
                                    "blocking", "outside", "paused", "done"};
  std::string text;
  for (const stage_report& stage : now.stages)
    text += fmt::format("\n  stage {}: {}, {} in, {} out", stage.name, k_reasons[static_cast<std::size_t>(stage.state)],
                        stage.items_in, stage.items_out);
  for (const edge_report& edge : now.edges)
    text += fmt::format("\n  edge {}: {} of {}", edge.name, edge.items, edge.capacity);
  return text;
}

} // namespace

std::optional<memory_look> warmed_up(const std::vector<memory_look>& looks, double seconds) {
  constexpr double k_minute = 60;
  std::optional<memory_look> found;
  for (const memory_look& look : looks)
    if (look.seconds >= k_minute ? look.seconds < seconds : look.seconds <= seconds / 2) found = look;
  return found;
}

stress_attendant::stress_attendant(run watched, std::chrono::nanoseconds duration, std::chrono::nanoseconds patience)
    : run_(std::move(watched)), patience_(patience), begun_(std::chrono::steady_clock::now()),
      end_(duration.count() > 0 ? begun_ + duration : k_never), next_look_(begun_ + k_first_look),
      next_question_(begun_ + patience), thread_([this] { watch(); }) {}

stress_attendant::~stress_attendant() { (void)leave(); }

stress_attendant::account stress_attendant::leave() {
  {
    const std::lock_guard lock(mutex_);
    leaves_ = true;
  }
  left_.notify_one();
  if (thread_.joinable()) thread_.join();
  return std::move(account_);
}

void stress_attendant::watch() {
  std::unique_lock lock(mutex_);
  while (!left_.wait_until(lock, std::min({end_, next_look_, next_question_}), [this] { return leaves_; })) {
    const time now = std::chrono::steady_clock::now();
    if (now >= next_look_) look_at_memory();
    if (now >= end_) {
      run_.finish();
      end_ = k_never;
    }
    if (now >= next_question_) look_for_progress();
  }
}

// At 0.1, 0.2, 0.4, … seconds and at minute 1.
void stress_attendant::look_at_memory() {
  const auto so_far = std::chrono::steady_clock::now() - begun_;
  account_.looks.push_back({std::chrono::duration<double>(so_far).count(), resident_bytes()});
  const auto planned = next_look_ - begun_;
  next_look_ = planned >= k_last_look ? k_never : begun_ + std::min<std::chrono::nanoseconds>(2 * planned, k_last_look);
}

void stress_attendant::look_for_progress() {
  const report now = run_.snapshot();
  const std::uint64_t moved = items_moved(now);
  if (moved == moved_ && account_.stuck.empty()) {
    account_.stuck =
        fmt::format("no item moved for {} s:{}", std::chrono::duration<double>(patience_).count(), waits_of(now));
    run_.cancel();
  }
  moved_ = moved;
  next_question_ += patience_;
}

} // namespace weir::command
