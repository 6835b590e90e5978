// Whether branches that got the same items can lock each other up: one holds its results back, the join waits for it, the
// others run full, the tee stops.

#include <weir/fan_part.hpp>

namespace weir::detail {

namespace {

std::string way_out(const branch_shape& held_up) {
  return "; make them equal, join with merge(), or, if you know better, say so: `| weir::lag(n)` behind the stage, "
         "`edge(n) |` in front of the branch of '" +
         held_up.queue + "', or run_options::check_joins = false";
}

void check_pair(std::string_view join, const branch_shape& late, const branch_shape& early) {
  if (early.capacity > late.lag) { return; }
  if (late.lag == k_any_lag) {
    throw plan_error("weir: " + std::string(join) + "() may wait for ever: the branch behind '" + late.queue +
                     "' may take any number of items before it makes one, and the other, behind '" + early.queue +
                     "', can hold " + std::to_string(early.capacity) + way_out(early));
  }
  throw plan_error("weir: " + std::string(join) + "() may wait for ever: the branch behind '" + late.queue +
                   "' takes " + std::to_string(late.lag) + " items before it makes one, and the other, behind '" +
                   early.queue + "', can hold " + std::to_string(early.capacity) + "; an edge of " +
                   std::to_string(late.lag + 1) + " for '" + early.queue + "' would do");
}

} // namespace

void check_join(std::string_view join, const std::vector<branch_shape>& branches) {
  if (join == "concat" && branches.size() > 1) {
    throw plan_error("weir: concat() takes from the branch behind '" + branches[1].queue +
                     "' only when the first has ended, and by then it would have to hold the whole stream" +
                     way_out(branches[1]));
  }
  for (std::size_t i = 0; i < branches.size(); ++i) {
    for (std::size_t j = 0; j < branches.size(); ++j) {
      if (i != j) { check_pair(join, branches[i], branches[j]); }
    }
  }
}

} // namespace weir::detail
