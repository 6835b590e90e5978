#include "apps/weir/signals.hpp"

#include "apps/weir/exit_code.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace weir::command {

namespace {

// What the handler reaches. All of it is set before the handlers are installed and stays until they are
// removed; a handler may run on any thread, two of them at once, hence the atomic.
std::atomic<int> first_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may only touch lock-free atomics");
signal_watch::last_act on_second_signal = nullptr;
int signal_event = -1;
bool watched = false;

constexpr std::array<int, 4> k_signals = {SIGINT, SIGTERM, SIGPIPE, SIGXFSZ};

// The call that they come for fails, and its error says more.
bool becomes_an_error(int signal) { return signal == SIGPIPE || signal == SIGXFSZ; }

std::array<struct sigaction, k_signals.size()> before{};

void raise_event(int descriptor) noexcept {
  const std::uint64_t one = 1;
  // An eventfd takes 2^64 - 2 of these before it refuses one, and is readable then too.
  [[maybe_unused]] const ssize_t written = write(descriptor, &one, sizeof one);
}

extern "C" void weir_on_signal(int signal) {
  const int saved_errno = errno;
  int none = 0;
  if (first_signal.compare_exchange_strong(none, signal)) {
    raise_event(signal_event);
  } else {
    if (on_second_signal != nullptr) on_second_signal();
    _exit(k_exit_signal_base + signal);
  }
  errno = saved_errno;
}

void install_handlers() {
  struct sigaction ours {};
  ours.sa_handler = weir_on_signal;
  ours.sa_flags = SA_RESTART;
  sigemptyset(&ours.sa_mask);
  sigaddset(&ours.sa_mask, SIGINT);
  sigaddset(&ours.sa_mask, SIGTERM);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  for (std::size_t i = 0; i < k_signals.size(); ++i) {
    sigaction(k_signals[i], nullptr, &before[i]);
    const bool was_ignored = before[i].sa_handler == SIG_IGN;
    if (!was_ignored) sigaction(k_signals[i], becomes_an_error(k_signals[i]) ? &ignore : &ours, nullptr);
  }
}

void remove_handlers() {
  for (std::size_t i = 0; i < k_signals.size(); ++i) sigaction(k_signals[i], &before[i], nullptr);
}

// SIGINT and SIGTERM for this thread and those it will start.
void let_through(int how) noexcept {
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGINT);
  sigaddset(&both, SIGTERM);
  pthread_sigmask(how, &both, nullptr);
}

int new_event() {
  const int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor < 0) throw std::runtime_error(std::string("signals: eventfd: ") + std::strerror(errno));
  return descriptor;
}

} // namespace

signal_watch::signal_watch(std::function<void(int)> on_first, last_act on_second)
    : on_first_(std::move(on_first)), quit_(-1) {
  if (watched) throw std::logic_error("signal_watch: another one is in force");
  quit_ = new_event();
  try {
    signal_event = new_event();
    thread_ = std::thread([this] { watch(); });
  } catch (...) {
    close(quit_);
    if (signal_event >= 0) close(std::exchange(signal_event, -1));
    throw;
  }
  watched = true;
  first_signal.store(0);
  on_second_signal = on_second;
  install_handlers();
  let_through(SIG_BLOCK); // The watching thread takes them, whatever the others are blocked in.
}

signal_watch::~signal_watch() {
  remove_handlers();
  let_through(SIG_UNBLOCK);
  raise_event(quit_);
  thread_.join();
  close(quit_);
  close(std::exchange(signal_event, -1));
  watched = false;
}

int signal_watch::received() const noexcept { return first_signal.load(); }

int signal_watch::descriptor() const noexcept { return signal_event; }

void signal_watch::watch() noexcept {
  let_through(SIG_UNBLOCK);
  std::array<pollfd, 2> events = {{{signal_event, POLLIN, 0}, {quit_, POLLIN, 0}}};
  while (poll(events.data(), events.size(), -1) < 0 && errno == EINTR) {}
  if ((events[0].revents & POLLIN) != 0 && on_first_) { on_first_(received()); }
  // Stays for the second signal, which only this thread takes.
  pollfd quit = {quit_, POLLIN, 0};
  while (poll(&quit, 1, -1) < 0 && errno == EINTR) {}
}

} // namespace weir::command
