// What a stress run knows of its numbers: which ones passed a point, and whether they came in order.
//
// A number carries its lane, the source it comes from, in its top byte; each source counts upwards from its lane's
// first number. So a sink knows for every lane which number comes next, and names the first that does not.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace weir::command {

constexpr unsigned k_lane_shift = 56;
constexpr std::size_t k_most_lanes = 8;
constexpr std::uint64_t k_most_numbers = (std::uint64_t{1} << k_lane_shift) - 1;

constexpr std::uint64_t first_number(std::size_t lane) { return std::uint64_t{lane} << k_lane_shift; }

/// Which numbers passed, in any order. Sources and sinks keep one each: what was lost, doubled or changed between them
/// makes the two differ; the squares see a loss and a doubling that cancel out in the sum.
struct stream_account {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
  std::uint64_t squares = 0;

  void add(std::span<const std::uint64_t> numbers) noexcept {
    std::uint64_t s = 0;
    std::uint64_t q = 0;
    for (const std::uint64_t x : numbers) {
      s += x;
      q += x * x;
    }
    count += numbers.size();
    sum += s;
    squares += q;
  }
  stream_account& operator+=(const stream_account& other) noexcept {
    count += other.count;
    sum += other.sum;
    squares += other.squares;
    return *this;
  }
  bool operator==(const stream_account&) const = default;
};

/// Whether the numbers of each lane come one after the other, from the lane's first on, without a gap.
class order_check {
 public:
  order_check() noexcept {
    for (std::size_t lane = 0; lane < next_.size(); ++lane) next_[lane] = first_number(lane);
  }

  void see(std::span<const std::uint64_t> numbers) noexcept {
    std::uint64_t expected = next_[lane_];
    for (const std::uint64_t x : numbers) {
      if (x != expected) [[unlikely]] {
        next_[lane_] = expected;
        expected = turn_to(x);
      }
      ++expected;
    }
    next_[lane_] = expected;
  }

  /// Numbers that came out of order; after each the lane is expected to go on behind it.
  [[nodiscard]] std::uint64_t wrong() const noexcept { return wrong_; }
  /// The first of them, in words; empty when there is none.
  [[nodiscard]] std::string first_wrong() const;

 private:
  struct surprise {
    std::size_t lane;
    std::uint64_t expected;
    std::uint64_t came;
  };

  std::uint64_t turn_to(std::uint64_t came) noexcept;

  std::array<std::uint64_t, k_most_lanes> next_{};
  std::size_t lane_ = 0; // of the number that came last
  std::uint64_t wrong_ = 0;
  std::optional<surprise> first_;
};

/// What a sink keeps. On cache lines of its own: several sinks of a run write at the same time.
struct alignas(128) stream_check {
  bool ordered = true;
  order_check order{};
  stream_account seen{};

  void see(std::span<const std::uint64_t> numbers) noexcept {
    if (ordered) order.see(numbers);
    seen.add(numbers);
  }
};

/// What is wrong with a stream that should be all that `made` says; empty when nothing is.
[[nodiscard]] std::string verdict_on(const stream_check& check, const stream_account& made);

} // namespace weir::command
