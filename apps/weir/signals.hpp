// SIGINT and SIGTERM: the first asks for an orderly end, the second ends the process. SIGPIPE becomes EPIPE, SIGXFSZ EFBIG.
#pragma once

#include <functional>
#include <thread>

namespace weir::command {

/// While one lives, it owns the handling of these signals; its destructor gives back what was there
/// before. A signal that the parent process had set to be ignored (as `nohup` and `&` in scripts do) stays
/// ignored.
class signal_watch {
 public:
  /// Runs in the signal handler, so only async-signal-safe calls are allowed in it.
  using last_act = void (*)() noexcept;

  /// On the first signal `on_first(signal)` runs once on the watch's own thread, where anything is allowed
  /// that does not throw. On the second `on_second` (may be null) runs in the handler and the process exits
  /// with 128 + signal. Throws std::logic_error if another watch lives, std::runtime_error if the kernel
  /// gives no event descriptor.
  explicit signal_watch(std::function<void(int)> on_first, last_act on_second = nullptr);

  /// Waits for an on_first that is running.
  ~signal_watch();
  signal_watch(const signal_watch&) = delete;
  signal_watch& operator=(const signal_watch&) = delete;

  /// The first signal that came, or 0. Any thread.
  [[nodiscard]] int received() const noexcept;

  /// Becomes readable, for good, when the first signal comes; to be polled, not read.
  [[nodiscard]] int descriptor() const noexcept;

 private:
  std::function<void(int)> on_first_;
  int quit_;
  std::thread thread_;

  void watch() noexcept;
};

} // namespace weir::command
