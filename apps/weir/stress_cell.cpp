#include "apps/weir/stress_cell.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr std::size_t k_ways = 3; // replicas, branches, sources
constexpr unsigned k_most_capacity_log2 = 12;

using number = std::uint64_t;

/// From 1 to 4096, each power of two as likely as any other.
std::size_t drawn_capacity(stress_random random) {
  const std::uint64_t least = std::uint64_t{1} << random() % (k_most_capacity_log2 + 1);
  return static_cast<std::size_t>(least == std::uint64_t{1} << k_most_capacity_log2 ? least : least + random() % least);
}

} // namespace

std::string to_string(stress_shape shape) {
  switch (shape) {
  case stress_shape::chain:
    return "chain";
  case stress_shape::farm:
    return "farm";
  case stress_shape::farm_unordered:
    return "farm-unordered";
  case stress_shape::tee:
    return "tee";
  case stress_shape::merge:
    break;
  }
  return "merge";
}

const std::vector<stress_shape>& all_stress_shapes() {
  static const std::vector<stress_shape> all = {stress_shape::chain, stress_shape::farm, stress_shape::farm_unordered,
                                                stress_shape::tee, stress_shape::merge};
  return all;
}

std::string to_repeat(const stress_cell& cell) {
  std::string text = fmt::format("weir stress --shape {} --threads {} --capacity {}", to_string(cell.shape),
                                 cell.threads, cell.capacity ? std::to_string(*cell.capacity) : "random");
  if (cell.items > 0) text += fmt::format(" --items {}", cell.items);
  if (cell.duration.count() > 0)
    text += fmt::format(" --for {}ms", std::chrono::ceil<std::chrono::milliseconds>(cell.duration).count());
  return text + fmt::format("{} --seed {}", cell.delays ? " --delays" : "", cell.seed);
}

/// Puts the stages of one pipeline together.
class stress_pipeline::maker {
 public:
  maker(const stress_cell& cell, stress_pipeline& to) : cell_(cell), to_(to) {
    to.made.resize(cell.shape == stress_shape::merge ? k_ways : 1);
    to.seen.resize(cell.shape == stress_shape::tee ? k_ways : 1);
    if (cell.delays) delay_seed_ = cell.seed;
  }

  plan make() {
    switch (cell_.shape) {
    case stress_shape::chain:
      return source() | edge(0) | map([](number x) { return x; }) | edge(1) | pass() | edge(2) |
             stage("pass each", pass_each) | edge(3) | sink();
    case stress_shape::farm:
      return source() | edge(0) | parallel(k_ways, pass()) | edge(1) | sink();
    case stress_shape::farm_unordered:
      to_.seen.front().ordered = false;
      return source() | edge(0) | parallel(k_ways, edge(1) | pass() | edge(2), unordered) | edge(3) | sink();
    case stress_shape::tee:
      return source() | edge(0) | tee(edge(1) | sink(0), edge(2) | pass() | edge(3) | sink(1), edge(4) | sink(2));
    case stress_shape::merge:
      break;
    }
    return merge(source(0) | edge(0), source(1) | edge(1), source(2) | edge(2)) | edge(3) | sink();
  }

 private:
  [[nodiscard]] edge_options edge(std::size_t which) const {
    const std::string name = fmt::format("{} {}", to_string(cell_.shape), which);
    return weir::edge(cell_.capacity ? *cell_.capacity : drawn_capacity(stress_random(cell_.seed, name)));
  }
  [[nodiscard]] pipe<void, number> source(std::size_t lane = 0) const {
    const std::uint64_t share = (cell_.items + lane) / to_.made.size(); // the shares add up to all
    const std::uint64_t begin = first_number(lane);
    return stage(fmt::format("count {}", lane),
                 counting(begin, begin + (cell_.items > 0 ? share : k_most_numbers), to_.made[lane], delay_seed_));
  }
  [[nodiscard]] pipe<number, number> pass() const { return stage("pass", passing(delay_seed_)); }
  [[nodiscard]] pipe<number, void> sink(std::size_t which = 0) const {
    return stage(fmt::format("check {}", which), checking(to_.seen[which], delay_seed_));
  }

  const stress_cell& cell_;
  stress_pipeline& to_;
  std::optional<std::uint64_t> delay_seed_;
};

stress_pipeline::stress_pipeline(const stress_cell& cell) : what(maker(cell, *this).make()) {}

stream_account stress_pipeline::all_made() const {
  stream_account all;
  for (const stream_account& each : made) all += each;
  return all;
}

std::vector<std::string> stress_pipeline::findings() const {
  std::vector<std::string> found;
  const stream_account all = all_made();
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const std::string text = verdict_on(seen[i], all);
    if (!text.empty()) found.push_back(seen.size() == 1 ? text : fmt::format("branch {}: {}", i, text));
  }
  return found;
}

} // namespace weir::command
