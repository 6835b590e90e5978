#pragma once
// Pipelines of `n` items whose steady state is looked at: what do ten times the items cost beside time?

#include <weir/weir.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir::test {

struct pass {
  step process(inlet<std::uint64_t>& in, outlet<std::uint64_t>& out) {
    std::size_t done = 0;
    for (const std::uint64_t x : in.peek()) {
      if (!out.try_push(x)) { break; }
      ++done;
    }
    in.release(done);
    return step::more;
  }
};

inline task co_pass(inlet<std::uint64_t> in, outlet<std::uint64_t> out) {
  while (auto x = co_await in.pop()) {
    if (!co_await out.push(*x)) { co_return; }
  }
}

struct block_source {
  std::uint64_t left;
  stage_context* context = nullptr;
  void start(stage_context& c) { context = &c; }
  [[nodiscard]] stage_needs needs() const { return {.blocks = 8}; }
  step process(outlet<block>& out) {
    if (left == 0) { return step::done; }
    block b = context->blocks().try_take();
    if (!b) { return step::memory; }
    (void)out.try_push(std::move(b));
    --left;
    return step::more;
  }
};

/// An object, a coroutine and an operator between queues.
inline plan every_form(std::uint64_t n) {
  return iota(std::uint64_t{0}, n) | edge(64) | stage("pass", pass{}) | edge(16) | stage("task", co_pass) | edge(32) |
         map([](std::uint64_t x) { return x + 1; }) | for_each([](std::uint64_t) {});
}

inline plan a_farm(std::uint64_t n) {
  return iota(std::uint64_t{0}, n) | parallel(2, stage("pass", pass{})) | for_each([](std::uint64_t) {});
}

inline plan blocks_again(std::uint64_t n) {
  return stage("blocks", block_source{n}) | for_each([](const block&) {});
}

/// Every push fills its edge: each item costs a drain.
inline plan full_edges(std::uint64_t n) {
  return iota(std::uint64_t{0}, n) | edge(1) | stage("pass", pass{}) | edge(1) | for_each([](std::uint64_t) {});
}

inline plan tee_and_merge(std::uint64_t n) {
  return iota(std::uint64_t{0}, n) | tee(stage("left", pass{}), stage("right", pass{})) | merge() |
         for_each([](std::uint64_t) {});
}

} // namespace weir::test
