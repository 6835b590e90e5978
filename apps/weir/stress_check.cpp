#include "apps/weir/stress_check.hpp"

#include <fmt/format.h>

namespace weir::command {

namespace {

std::uint64_t place_in_lane(std::uint64_t number) { return number & k_most_numbers; }

} // namespace

// The number belongs to another lane, or to none that could be, or its own lane has a gap or a repetition.
std::uint64_t order_check::turn_to(std::uint64_t came) noexcept {
  const std::size_t lane = came >> k_lane_shift;
  const bool known = lane < next_.size();
  const std::uint64_t expected = known ? next_[lane] : next_[lane_];
  if (known) lane_ = lane;
  if (came == expected) return expected;
  if (!first_) first_ = surprise{lane, expected, came};
  ++wrong_;
  return known ? came : expected - 1;
}

std::string order_check::first_wrong() const {
  if (!first_) return {};
  return fmt::format("source {}: item {} was expected and {} came", first_->lane, place_in_lane(first_->expected),
                     place_in_lane(first_->came));
}

std::string verdict_on(const stream_check& check, const stream_account& made) {
  std::string text = check.order.first_wrong();
  if (!text.empty()) text += fmt::format(" ({} out of order in all)", check.order.wrong());
  if (check.seen != made) {
    if (!text.empty()) text += "; ";
    text += fmt::format("{} items made and {} seen, sum {} and {}, sum of squares {} and {}", made.count,
                        check.seen.count, made.sum, check.seen.sum, made.squares, check.seen.squares);
  }
  return text;
}

} // namespace weir::command
