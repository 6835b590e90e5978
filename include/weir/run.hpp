#pragma once
// engine and run: where plans run, and the handle of a run that is under way.

#include <weir/report.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace weir {

namespace detail {
class engine_core;
class run_core;
class run_handle;
} // namespace detail

/// How a run is carried out.
struct run_options {
  std::uint64_t memory = 256ull << 20; ///< bytes for everything: blocks, edges, windows, codec contexts
  std::size_t block_size = 256 * 1024;
  std::stop_token stop{};  ///< cancels the run; when stop is asked for before the start, nothing is processed
  bool check_joins = true; ///< refuse splits and joins that may lock themselves up; false: they run, and may stall
};

/// Who is to be told of a body that keeps a compute worker for long, as a blocking call does: it should return
/// step::blocking first. `call` runs on a thread of the engine, at most once a turn, while the body still runs.
struct slow_turn_watch {
  clock::duration after = std::chrono::seconds(1);
  std::function<void(const std::string& stage, clock::duration so_far)> call;
};

/// The pool that runs any number of plans, P compute threads of oneTBB.
///
/// From its first drainer on oneTBB's global limit of threads is higher by the P of all such engines; other oneTBB code in the process
/// sees that limit. Each of the P threads works in an arena of its own, for one: a body that calls parallel_for has one thread for it, and
/// as many as it likes in a task_arena of its own. oneTBB ends the process (std::terminate) when the system gives it no thread; a thread
/// that the engine itself asks for and does not get is the error of the stage that needed it.
/// Thread-safe. The destructor cancels what still runs and waits for it.
class engine {
 public:
  /// `threads` = 0: as many as the process may use.
  explicit engine(std::size_t threads = 0, slow_turn_watch watch = {});
  /// The process's own engine, made when first asked for.
  static engine& shared();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  ~engine();

  [[nodiscard]] std::size_t threads() const noexcept;
  [[nodiscard]] detail::engine_core& core() const noexcept { return *core_; }

 private:
  std::unique_ptr<detail::engine_core> core_;
};

/// A seed for the deterministic backend: one thread (the caller's), a virtual clock, every choice made by the seed.
struct deterministic {
  std::uint64_t seed = 1;
};

/// A run under way, or over. Copies are handles of the same run. Every function may be called from any thread, and at
/// the same time as any other; only wait() and the last handle's destructor wait.
class run {
 public:
  /// Stops taking items at every stage until resume(). Backpressure is something else: a drain never undoes a pause.
  void pause() noexcept;
  void resume() noexcept;
  /// Sources stop as if they had ended; what is in flow is let out. Idempotent; undoes a pause.
  void finish() noexcept;
  /// As finish(), and sinks are told that the input was not whole: nothing may look complete.
  void interrupt() noexcept;
  /// Drops what is in flow. Idempotent, does not wait for user code.
  void cancel() noexcept;

  /// Waits for the end, working for this run meanwhile. Returns the report or throws the first error as run_error,
  /// cancelled_error, or stall_error. May be asked again, with the same answer, also when the engine has gone. Not from
  /// inside a stage of any run: std::logic_error.
  report wait();
  /// Every stage has closed. wait() returns at once then.
  [[nodiscard]] bool over() const noexcept;
  /// The account so far. Lock-free on the stages' side: figures of different stages are of slightly different moments.
  [[nodiscard]] report snapshot() const;
  /// Lets the run go on without a handle. Nobody can ask for its result any more: an error is printed on stderr.
  void detach() noexcept;

  /// The last handle cancels a run that is under way and waits for its end (inside a stage it only cancels). An error that
  /// nobody has asked for is printed on stderr: no error is silent.
  ~run() = default;
  run(const run&) = default;
  run(run&&) = default;
  run& operator=(const run&) = default;
  run& operator=(run&&) = default;

  explicit run(std::shared_ptr<detail::run_core> core);

 private:
  std::shared_ptr<detail::run_handle> handle_;
};

} // namespace weir
