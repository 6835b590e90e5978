#pragma once
// blocking_threads: threads that may block, so that no compute worker does. Grown on demand, kept for reuse.
//
// Hand-over goes through a lock: each one ends in a thread switch anyway, which costs a hundred times as much, and
// exchanges whole blocks. It is not part of the data path. A stage that is ready again when its turn ends stays at its thread.
//
//   function  who                       waits
//   submit    a worker, or who wakes    a short lock
//   goes_on   a stage's turn, at its end no

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

namespace weir::detail {

class stage_task;

class blocking_threads {
 public:
  blocking_threads() = default;
  blocking_threads(const blocking_threads&) = delete;
  blocking_threads& operator=(const blocking_threads&) = delete;
  /// Waits for what runs; the engine has no run left by then.
  ~blocking_threads();

  /// Runs the stage's turn on a thread that may block. `claimed`: the stage is running already.
  /// Throws std::system_error when a thread is needed and cannot be made.
  void submit(stage_task& stage, bool claimed);
  /// From the end of a turn of the stage, which is to have another: true where the turn was on a thread of these, which then goes on
  /// with it. Nobody is woken.
  [[nodiscard]] bool goes_on(const stage_task& stage) noexcept;

 private:
  struct job {
    stage_task* stage;
    bool claimed;
  };
  void work();
  // What a thread of these is at.
  struct place {
    blocking_threads* whose = nullptr;
    const stage_task* stage = nullptr; // in a turn
    bool again = false;                // and will have another
  };
  static constinit thread_local place t_place;

  std::mutex mutex_; // a stage that is about to block can wait for it
  std::condition_variable more_;
  std::vector<job> jobs_; // not a deque, which allocates anew for every 32 jobs that pass
  std::size_t idle_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

} // namespace weir::detail
