#include "tests/model/checker/fiber.hpp"

#include <cstdint>

namespace weir::model {

fiber::fiber() : stack_(std::make_unique<std::byte[]>(k_stack)) {}
fiber::~fiber() = default;

void fiber::trampoline(unsigned low, unsigned high) {
  auto* const self =
      reinterpret_cast<fiber*>(static_cast<std::uintptr_t>(low) | (static_cast<std::uintptr_t>(high) << 32));
  self->run_(self->with_);
}

void fiber::begin(entry run, void* with) {
  run_ = run;
  with_ = with;
  getcontext(&mine_);
  mine_.uc_stack.ss_sp = stack_.get();
  mine_.uc_stack.ss_size = k_stack;
  mine_.uc_link = nullptr;
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  // makecontext() passes ints only: the pointer goes in two halves.
  makecontext(&mine_, reinterpret_cast<void (*)()>(&fiber::trampoline), 2, static_cast<unsigned>(self),
              static_cast<unsigned>(self >> 32));
}

void fiber::resume() { swapcontext(&resumer_, &mine_); }
void fiber::leave() { swapcontext(&mine_, &resumer_); }

} // namespace weir::model
