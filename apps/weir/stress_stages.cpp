#include "apps/weir/stress_stages.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <thread>

namespace weir::command {

// The neighbours are shifted by nothing, by a few cycles, by a switch of threads, or by a park until a timer comes.
std::size_t held_up_at_random::portion_after_delay(std::size_t most) {
  constexpr std::uint64_t k_longest_wait = 200; // microseconds
  constexpr std::uint64_t k_longest_spin = 500; // rounds
  constexpr std::size_t k_largest_portion = 16;
  const std::uint64_t dice = random_();
  const std::uint64_t much = dice >> 32;
  if (dice % 2048 == 1) {
    context_->wake_at(context_->now() + std::chrono::microseconds(much % k_longest_wait));
    return 0;
  }
  if (dice % 256 == 2) {
    std::this_thread::yield();
  } else if (dice % 4 == 3) {
    for (std::uint64_t i = much % k_longest_spin; i > 0; --i) { __asm__ volatile(""); }
  }
  return std::min<std::size_t>(most, 1 + (dice >> 16) % k_largest_portion);
}

step counting::process(outlet<std::uint64_t>& out) {
  constexpr std::uint64_t k_batch = 1024;
  if (next_ == end_) return step::done;
  const std::size_t wanted = portion(static_cast<std::size_t>(std::min(end_ - next_, k_batch)));
  if (wanted == 0) return step::time;
  const std::span<std::uint64_t> room = out.reserve(wanted);
  for (std::size_t i = 0; i < room.size(); ++i) room[i] = next_ + i;
  made_->add(room);
  next_ += room.size();
  out.commit(room.size());
  return next_ == end_ ? step::done : step::more;
}

step passing::process(inlet<std::uint64_t>& in, outlet<std::uint64_t>& out) {
  const std::span<std::uint64_t> items = in.peek();
  const std::size_t wanted = portion(items.size());
  if (wanted == 0) return step::time;
  const std::span<std::uint64_t> room = out.reserve(wanted);
  std::copy_n(items.begin(), room.size(), room.begin());
  out.commit(room.size());
  in.release(room.size());
  return step::more;
}

task pass_each(inlet<std::uint64_t> in, outlet<std::uint64_t> out) {
  while (const auto x = co_await in.pop()) {
    if (!co_await out.push(*x)) co_return;
  }
}

step checking::process(inlet<std::uint64_t>& in) {
  const std::span<std::uint64_t> items = in.peek();
  const std::size_t wanted = portion(items.size());
  if (wanted == 0) return step::time;
  check_->see(items.first(wanted));
  in.release(wanted);
  return step::more;
}

} // namespace weir::command
