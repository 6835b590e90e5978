#include "bench/engine/workload.hpp"

#include <weir/weir.hpp>

#include "stages/synthetic/generate_source.hpp"
#include "stages/text/text_stages.hpp"

#include <stdexcept>
#include <tuple>

namespace bench::engine {

std::uint64_t weir_tee_and_zip(std::uint64_t items) {
  std::uint64_t sum = 0;
  const auto work = weir::map([](std::uint64_t x) { return step(x); });
  (weir::iota<std::uint64_t>(0, items) | weir::edge(1024) | weir::tee(work, work) | weir::zip() |
   weir::for_each([&](const auto& both) {
     if (std::get<0>(both) != std::get<1>(both)) { throw std::runtime_error("weir: branches differ"); }
     sum += std::get<0>(both);
   })).run();
  return sum;
}

void weir_blocks(std::uint64_t blocks) {
  weir::stages::generate_options what;
  what.bytes = blocks * (weir::k_block_size - weir::k_block_headroom);
  std::uint64_t bytes = 0;
  weir::run_options few; // so few blocks that every run comes to need all of them
  few.memory = 8 << 20;
  (weir::stages::generate(what) | weir::stages::lines() | weir::stages::count([&](weir::stages::counts found) {
     bytes = found.bytes;
   })).run();
  if (bytes < *what.bytes) { throw std::runtime_error("weir: blocks are missing"); }
}

} // namespace bench::engine
