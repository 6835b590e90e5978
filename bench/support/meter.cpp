#include "bench/support/meter.hpp"

#include <dlfcn.h>
#include <linux/futex.h>
#include <linux/perf_event.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdarg>
#include <cstdlib>
#include <fstream>
#include <string>

namespace {

// One counter a thread, as nearly as it goes without a list of threads: a shared one would itself cost what it counts.
struct alignas(64) stripe {
  std::atomic<std::uint64_t> calls{0};
};
std::array<stripe, 64> g_stripes;
thread_local char t_where = 0;

void count_allocation() noexcept {
  const auto at = reinterpret_cast<std::uintptr_t>(&t_where) >> 12;
  g_stripes[(at ^ at >> 6) % g_stripes.size()].calls.fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t allocations_so_far() noexcept {
  std::uint64_t sum = 0;
  for (const stripe& s : g_stripes) { sum += s.calls.load(std::memory_order_relaxed); }
  return sum;
}

std::atomic<std::uint64_t> g_wakes{0};

} // namespace

// The program's own malloc, which glibc lets a program have: it counts and passes on.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t n) {
  count_allocation();
  return __libc_malloc(n);
}
void* calloc(std::size_t n, std::size_t each) {
  count_allocation();
  return __libc_calloc(n, each);
}
void* realloc(void* old, std::size_t n) {
  count_allocation();
  return __libc_realloc(old, n);
}
void* aligned_alloc(std::size_t to, std::size_t n) {
  count_allocation();
  return __libc_memalign(to, n);
}
void* memalign(std::size_t to, std::size_t n) {
  count_allocation();
  return __libc_memalign(to, n);
}
int posix_memalign(void** into, std::size_t to, std::size_t n) {
  count_allocation();
  *into = __libc_memalign(to, n);
  return *into == nullptr ? ENOMEM : 0;
}

// Likewise: it counts the threads that a futex call woke.
long syscall(long number, ...) {
  using call = long (*)(long, ...);
  static const call real = reinterpret_cast<call>(dlsym(RTLD_NEXT, "syscall"));
  std::va_list rest;
  va_start(rest, number);
  long a[6];
  for (long& each : a) { each = va_arg(rest, long); }
  va_end(rest);
  const long result = real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  const bool wake = number == SYS_futex && (a[1] & FUTEX_CMD_MASK) == FUTEX_WAKE;
  if (wake && result > 0) { g_wakes.fetch_add(static_cast<std::uint64_t>(result), std::memory_order_relaxed); }
  return result;
}
}

namespace bench {

namespace {

int g_instructions = -1;

std::optional<std::uint64_t> instructions_so_far() {
  std::uint64_t n = 0;
  if (g_instructions < 0 || read(g_instructions, &n, sizeof n) != sizeof n) { return std::nullopt; }
  return n;
}

rusage usage_of(int whom) {
  rusage u{};
  getrusage(whom, &u);
  return u;
}

double cpu_seconds(const rusage& u) {
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(u.ru_utime) + seconds(u.ru_stime);
}

// The kernel keeps the highest resident size; "5" lets it begin anew.
void forget_peak_rss() { std::ofstream("/proc/self/clear_refs") << "5"; }

std::uint64_t peak_rss_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (std::uint64_t kib = 0; word == "VmHWM:" && status >> kib) { return kib; }
  }
  return 0;
}

} // namespace

void open_instruction_counter() {
  perf_event_attr what{};
  what.size = sizeof what;
  what.type = PERF_TYPE_HARDWARE;
  what.config = PERF_COUNT_HW_INSTRUCTIONS;
  what.exclude_kernel = 1;
  what.inherit = 1;
  g_instructions = static_cast<int>(syscall(SYS_perf_event_open, &what, 0, -1, -1, 0));
}

std::uint64_t heap_bytes() {
  const auto now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

std::uint64_t preemptions_of_this_thread() { return static_cast<std::uint64_t>(usage_of(RUSAGE_THREAD).ru_nivcsw); }

cost metered(const std::function<void()>& work) {
  forget_peak_rss();
  const auto instructions = instructions_so_far();
  const std::uint64_t allocations = allocations_so_far();
  const std::uint64_t wakes = g_wakes.load(std::memory_order_relaxed);
  const rusage before = usage_of(RUSAGE_SELF);
  const auto begun = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const rusage after = usage_of(RUSAGE_SELF);
  cost c;
  c.seconds = took.count();
  c.cpu_seconds = cpu_seconds(after) - cpu_seconds(before);
  c.allocations = allocations_so_far() - allocations;
  c.sleeps = static_cast<std::uint64_t>(after.ru_nvcsw - before.ru_nvcsw);
  c.wakes = g_wakes.load(std::memory_order_relaxed) - wakes;
  c.preempted = static_cast<std::uint64_t>(after.ru_nivcsw - before.ru_nivcsw);
  if (instructions) { c.instructions = *instructions_so_far() - *instructions; }
  c.peak_rss_kib = peak_rss_kib();
  return c;
}

} // namespace bench
