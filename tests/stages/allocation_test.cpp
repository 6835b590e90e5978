// Steady state allocates nothing per block: malloc is counted through operator new, in a program of its own.

#include <atomic>
#include <cstdlib>
#include <new>

#include "stages/stages.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace {
std::atomic<std::uint64_t> allocations{0};
} // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace weir::test {
namespace {

/// Takes blocks, and notes how many allocations there were when the warm-up was over and at the end.
struct observing_sink {
  std::uint64_t* begin;
  std::uint64_t* end;
  std::uint64_t blocks = 0;
  step process(inlet<block>& in) {
    in.release(1);
    if (++blocks == 300) *begin = allocations.load();
    *end = allocations.load();
    return step::more;
  }
};

template <class Stages>
double allocations_per_block(Stages stages, std::optional<std::uint64_t> seed) {
  constexpr std::uint64_t k_blocks = 2300;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  stages::generate_options what;
  what.bytes = k_blocks * 4096;
  const plan p = stages::generate(what) | stages | stage("observe", observing_sink{&begin, &end});
  if (seed) {
    p.run(deterministic{*seed}, blocks_of(8192));
  } else {
    p.run(blocks_of(8192));
  }
  EXPECT_GT(begin, 0u);
  return static_cast<double>(end - begin) / 2000;
}

template <class Stages>
void expect_none(const char* name, Stages stages) {
  // One that allocated for each block would show 1; what drainers that come and go cost stays far below.
  EXPECT_LT(allocations_per_block(stages, 5), 0.02) << name << ", one thread";
  EXPECT_LT(allocations_per_block(stages, std::nullopt), 0.02) << name;
}

TEST(Allocations, NoStageAllocatesPerBlock) {
  expect_none("lines", stages::lines());
  expect_none("grep -F", stages::grep({.pattern = "GET", .fixed = true}));
  expect_none("grep", stages::grep({.pattern = "G.T"}));
  expect_none("sample", stages::sample(0.5));
  expect_none("head", stages::head(1'000'000'000));
  expect_none("throttle", stages::throttle({1e12, stages::pace_options::unit::bytes}));
  expect_none("gzip", stages::gzip(1));
  expect_none("gzip -6", stages::gzip(6));
  expect_none("zstd", stages::zstd(1));
  expect_none("gunzip", stages::gzip(1) | stages::gunzip());
  expect_none("unzstd", stages::zstd(1) | stages::unzstd());
}

TEST(Allocations, NeitherReadNorWriteAllocatesPerBlock) {
  scratch_dir dir;
  write_file(dir / "in", random_lines(1, 12'000'000));
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  (stages::read({.paths = {dir / "in"}}) | stages::lines() | stage("observe", observing_sink{&begin, &end}))
      .run(blocks_of(8192));
  EXPECT_GT(begin, 0u);
  EXPECT_LT(static_cast<double>(end - begin), 40);
  // The sink sees no end of its own: two runs of different lengths cost the same.
  const auto cost = [&](std::uint64_t records) {
    const std::uint64_t before = allocations.load();
    stages::generate_options what;
    what.records = records;
    (stages::generate(what) | stages::write({.path = dir / "out"})).run(blocks_of(8192));
    return static_cast<double>(allocations.load() - before);
  };
  cost(1000);
  EXPECT_NEAR(cost(30'000), cost(3000), 40); // some 2,000 blocks more
}

} // namespace
} // namespace weir::test
