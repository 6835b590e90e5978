#include "bench/support/duo.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <thread>

namespace bench {

namespace {

constexpr int k_tries = 6;
constexpr int k_trips = 64; // a probe's measurement
constexpr int k_probes = 5; // a probe is the median of as many
constexpr std::uint64_t k_all_trips = std::uint64_t{k_trips} * k_probes;

// The first two cores that the process may use; one where there is no second.
std::array<int, 2> two_cores() {
  cpu_set_t may;
  sched_getaffinity(0, sizeof may, &may);
  std::array<int, 2> cores{0, 0};
  int found = 0;
  for (int c = 0; c < CPU_SETSIZE && found < 2; ++c) {
    if (CPU_ISSET(c, &may)) { cores[static_cast<std::size_t>(found++)] = c; }
  }
  return cores;
}

void pin(int core) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(core, &one);
  pthread_setaffinity_np(pthread_self(), sizeof one, &one);
}

struct alignas(128) line {
  std::atomic<std::uint64_t> turn{0};
};

// Odd turns are the helper's, even ones the caller's.
double probe_here(line& ball) {
  std::vector<double> each;
  std::uint64_t turn = ball.turn.load(std::memory_order_relaxed);
  for (int p = 0; p < k_probes; ++p) {
    const auto begun = std::chrono::steady_clock::now();
    for (int t = 0; t < k_trips; ++t) {
      ball.turn.store(turn + 1, std::memory_order_release);
      while (ball.turn.load(std::memory_order_acquire) != turn + 2) {}
      turn += 2;
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begun;
    each.push_back(took.count() / (2 * k_trips));
  }
  return quantile(each, 0.5);
}

void probe_there(line& ball, std::uint64_t turn) {
  for (std::uint64_t t = 0; t < k_all_trips; ++t, turn += 2) {
    while (ball.turn.load(std::memory_order_acquire) != turn + 1) {}
    ball.turn.store(turn + 2, std::memory_order_release);
  }
}

// Keeps the caller's own placement: what runs after a duo is not to be pinned.
class kept_affinity {
 public:
  kept_affinity() { sched_getaffinity(0, sizeof set_, &set_); }
  ~kept_affinity() { sched_setaffinity(0, sizeof set_, &set_); }
  kept_affinity(const kept_affinity&) = delete;
  kept_affinity& operator=(const kept_affinity&) = delete;

 private:
  cpu_set_t set_;
};

struct attempt {
  double before = 0, after = 0;
  std::uint64_t preempted = 0;
  cost spent;
};

attempt try_once(const std::function<void()>& here, const std::function<void()>& there) {
  const kept_affinity keep;
  const std::array<int, 2> cores = two_cores();
  attempt a;
  line ball;
  std::exception_ptr failed;
  std::uint64_t preempted_there = 0;
  std::atomic<bool> done{false};
  pin(cores[1]);
  std::thread helper([&] { // is made on its core
    probe_there(ball, 0);
    const std::uint64_t before = preemptions_of_this_thread();
    try {
      there();
    } catch (...) { failed = std::current_exception(); }
    preempted_there = preemptions_of_this_thread() - before;
    done.store(true, std::memory_order_release);
    probe_there(ball, 2 * k_all_trips);
  });
  pin(cores[0]);
  a.before = probe_here(ball);
  const std::uint64_t before = preemptions_of_this_thread();
  a.spent = metered([&] {
    here();
    while (!done.load(std::memory_order_acquire)) {}
  });
  a.preempted = preemptions_of_this_thread() - before + preempted_there;
  a.after = probe_here(ball);
  helper.join();
  if (failed) { std::rethrow_exception(failed); }
  return a;
}

} // namespace

double hop_ns() {
  const attempt a = try_once([] {}, [] {});
  return a.after;
}

sample duo_sample(double units, const std::function<void()>& here, const std::function<void()>& there) {
  sample s{units, {}, ""};
  for (int i = 0; i < k_tries; ++i) {
    const attempt a = try_once(here, there);
    s.spent = a.spent;
    const bool near = a.before < k_near_hop_ns;
    if (a.preempted == 0 && near == (a.after < k_near_hop_ns)) {
      s.bin = near ? "near" : "far";
      break;
    }
  }
  return s;
}

} // namespace bench
