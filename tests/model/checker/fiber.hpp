#pragma once
// fiber: a function that can stop in the middle and go on later, on the same thread. A fiber that is not resumed any more
// is simply left: what lives on its stack is never destroyed.

#include <ucontext.h>

#include <cstddef>
#include <memory>

namespace weir::model {

class fiber {
 public:
  using entry = void (*)(void*);

  fiber();
  fiber(const fiber&) = delete;
  fiber& operator=(const fiber&) = delete;
  ~fiber();

  /// Forgets what it did; the next resume() begins `run`, which must end with leave() and not return.
  void begin(entry run, void* with);
  /// The caller waits until the fiber leaves.
  void resume();
  /// Called on the fiber: goes on with whoever resumed it.
  void leave();

 private:
  static void trampoline(unsigned low, unsigned high);

  static constexpr std::size_t k_stack = 256 * 1024;
  std::unique_ptr<std::byte[]> stack_;
  ucontext_t mine_{};
  ucontext_t resumer_{};
  entry run_ = nullptr;
  void* with_ = nullptr;
};

} // namespace weir::model
