#include "bench/engine/workload.hpp"

#include <weir/weir.hpp>

#include <atomic>
#include <optional>
#include <stdexcept>

namespace bench::engine {

namespace {

constexpr std::size_t k_capacity = 1024;

weir::plan chain(std::uint64_t items, std::size_t stages, std::uint64_t& sum) {
  weir::pipe<void, std::uint64_t> made = weir::iota<std::uint64_t>(0, items) | weir::edge(k_capacity);
  for (; stages > 0; --stages) {
    made = made | weir::map([](std::uint64_t x) { return step(x); }) | weir::edge(k_capacity);
  }
  return made | weir::for_each([&sum](std::uint64_t x) { sum += x; });
}

// On lines of its own: a sink adds to it with every item, and pipelines run side by side.
struct alignas(128) own_sum {
  std::uint64_t sum = 0;
};

// While it lives, the only thread of its engine is held inside a body: what is started there is open and waits.
class held_engine {
 public:
  held_engine() {
    hold_ = weir::generate([this]() -> std::optional<int> {
              held_.store(true, std::memory_order_release);
              held_.notify_all();
              release_.wait(false, std::memory_order_acquire);
              return std::nullopt;
            }) |
            weir::for_each([](int) {});
    run_ = hold_->start({}, engine_);
    held_.wait(false, std::memory_order_acquire);
  }
  held_engine(const held_engine&) = delete;
  held_engine& operator=(const held_engine&) = delete;
  ~held_engine() { go(); }

  [[nodiscard]] weir::engine& get() { return engine_; }
  void go() {
    release_.store(true, std::memory_order_release);
    release_.notify_all();
    run_->wait();
  }

 private:
  std::atomic<bool> held_{false};
  std::atomic<bool> release_{false};
  weir::engine engine_{1};
  std::optional<weir::plan> hold_;
  std::optional<weir::run> run_;
};

} // namespace

std::uint64_t weir_many(std::size_t pipelines, std::uint64_t items, std::size_t stages, weir::engine& where) {
  std::vector<own_sum> sums(pipelines);
  std::vector<weir::run> runs;
  runs.reserve(pipelines);
  for (own_sum& each : sums) { runs.push_back(chain(items, stages, each.sum).start({}, where)); }
  std::uint64_t all = 0;
  for (std::size_t p = 0; p < pipelines; ++p) {
    runs[p].wait();
    all += sums[p].sum;
  }
  return all;
}

std::uint64_t weir_many(std::size_t pipelines, std::uint64_t items) {
  return weir_many(pipelines, items, 1, weir::engine::shared());
}

double weir_bytes_a_pipeline(std::size_t pipelines) {
  constexpr std::uint64_t k_items = 10;
  constexpr std::size_t k_rings = 2 * k_capacity * sizeof(std::uint64_t);
  held_engine engine;
  std::vector<std::uint64_t> sums(pipelines, 0);
  std::vector<weir::run> runs;
  runs.reserve(pipelines);
  const std::uint64_t before = heap_bytes();
  for (std::uint64_t& sum : sums) { runs.push_back(chain(k_items, 1, sum).start({}, engine.get())); }
  const double each = static_cast<double>(heap_bytes() - before) / static_cast<double>(pipelines);
  engine.go();
  for (weir::run& run : runs) { run.wait(); }
  for (const std::uint64_t sum : sums) { must_equal(sum, plain_light(k_items, 1), "weir, open pipelines"); }
  return each - static_cast<double>(k_rings);
}

void weir_start() {
  std::uint64_t sum = 0;
  chain(1, 1, sum).run();
  if (sum != step(0)) { throw std::runtime_error("weir: wrong answer"); }
}

} // namespace bench::engine
