// Memory: what the bound counts, and that the least memory which is granted is enough to make progress.

#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace {

// What an item owns beyond its slot is not seen by the engine, unless it is a block: the docs say so.
TEST(Memory, R95_TheBoundCountsTheSlotsAndTheirAccountAndNotTheItemsAlone) {
  const auto edge_bytes = [](auto source, std::size_t capacity) {
    std::vector<typename decltype(source)::out_type> got;
    return (std::move(source) | weir::edge(capacity) | weir::into(got)).check().edge_bytes;
  };
  const auto texts = [] { return weir::from(std::vector<std::string>{}); };
  const auto one = edge_bytes(texts(), 1);
  EXPECT_GE(one, sizeof(weir::typed_edge<std::string>) + sizeof(std::string) + sizeof(std::uint64_t));
  EXPECT_GE(edge_bytes(texts(), 4096) - one, 4095 * (sizeof(std::string) + sizeof(std::uint64_t)));
  const auto bytes = edge_bytes(weir::from(std::vector<char>{}), 1024);
  EXPECT_GE(bytes, sizeof(weir::typed_edge<char>) + 1024);
}

struct block_source {
  int left;
  weir::stage_context* context = nullptr;
  void start(weir::stage_context& c) { context = &c; }
  [[nodiscard]] weir::stage_needs needs() const { return {.blocks = 1, .takes_rest = true}; }
  weir::step process(weir::outlet<weir::block>& out) {
    if (left == 0) { return weir::step::done; }
    weir::block b = context->blocks().try_take();
    if (!b) { return weir::step::memory; }
    --left;
    (void)out.try_push(std::move(b));
    return weir::step::more;
  }
};

/// Makes a block of its own for each it takes.
struct block_copy {
  weir::stage_context* context = nullptr;
  void start(weir::stage_context& c) { context = &c; }
  [[nodiscard]] weir::stage_needs needs() const { return {.blocks = 1}; }
  weir::step process(weir::inlet<weir::block>& in, weir::outlet<weir::block>& out) {
    weir::block b = context->blocks().try_take();
    if (!b) { return weir::step::memory; }
    (void)out.try_push(std::move(b));
    in.release(1);
    return weir::step::more;
  }
};

// One limit for the whole plan; each stage that makes blocks gets a part of it that nobody else can take, so a source
// that takes all the rest starves no one (docs/decisions/002-a-pool-for-each-stage.md).
TEST(Memory, R119_TheLeastMemoryThatIsGrantedIsEnough) {
  int got = 0;
  const weir::plan p = weir::stage("source", block_source{500}) | weir::edge(8) | weir::stage("one", block_copy{}) |
                       weir::edge(8) | weir::stage("two", block_copy{}) | weir::edge(8) |
                       weir::for_each([&](const weir::block&) { ++got; });
  const auto granted = [&](std::uint64_t memory) {
    try {
      p.check({.memory = memory, .block_size = 4096});
      return true;
    } catch (const weir::plan_error&) { return false; }
  };
  std::uint64_t refused = 0;
  std::uint64_t least = 1 << 20;
  ASSERT_TRUE(granted(least));
  while (least - refused > 1) {
    const std::uint64_t middle = (least + refused) / 2;
    (granted(middle) ? least : refused) = middle;
  }
  EXPECT_THROW((void)p.start({.memory = refused, .block_size = 4096}), weir::plan_error);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    got = 0;
    const weir::report r = p.run(weir::deterministic{seed}, {.memory = least, .block_size = 4096});
    ASSERT_EQ(got, 500) << "seed " << seed;
    ASSERT_LE(r.memory_bound_bytes, least);
    ASSERT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
  }
  got = 0;
  weir::run run = p.start({.memory = least, .block_size = 4096});
  const weir::test::watchdog dog("least memory", run);
  const weir::report r = run.wait();
  EXPECT_EQ(got, 500);
  EXPECT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
}

} // namespace
