#include "apps/weir/balance.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr std::string_view k_text_maker = "to"; // without an account it is a line a record
/// Whatever these make of text, all of it is still there. Others drop lines, or nobody knows.
constexpr std::array<std::string_view, 6> k_keep_text = {"lines", "throttle", "gzip", "gunzip", "zstd", "unzstd"};

/// A way that records go, as far as one has come along it.
struct way {
  branch_balance sum;
  std::uint64_t under_way = 0; // what the last stages gave
  std::vector<std::string> last;
  bool in_bytes = false; // a stage that counts no records stands behind them

  [[nodiscard]] bool empty() const { return sum.stages.empty(); }
};

/// Goes along the stages in the order in which they are written, which is that of their numbers.
class accountant {
 public:
  accountant(std::span<const record_count> counts, run_end how) : counts_(counts), how_(how) {}

  /// `so_far` becomes what is under way at the open end, if there is one.
  void along(std::span<const prepared_stage> stages, way& so_far) {
    for (const prepared_stage& each : stages) {
      if (each.entry == nullptr) continue; // put in between: keeps records as they are
      if (!each.branches.empty()) {
        each.entry->branching->branches == branch_rules::end::sink ? split(each, so_far) : join(each, so_far);
      } else if (const record_count* count = next_count(each)) {
        pass(*count, so_far);
      } else if (each.entry->name != k_text_maker && each.shape.kind() != stage_kind::sink) {
        so_far.in_bytes = true;
        if (std::ranges::find(k_keep_text, each.entry->name) == k_keep_text.end()) so_far.sum.as_text = true;
      }
    }
  }

  void end(const way& at) {
    if (at.empty()) return;
    branch_balance done = at.sum;
    done.delivered = at.under_way;
    const std::uint64_t known = done.delivered + done.filtered + done.rejected + done.dropped;
    if (done.mismatch.empty() && done.read != known)
      done.mismatch = fmt::format("{} records were read, and {} of them are accounted for", done.read, known);
    branches_.push_back(std::move(done));
  }

  std::vector<branch_balance> result() && { return std::move(branches_); }

 private:
  std::span<const record_count> counts_;
  run_end how_;
  std::map<std::string, std::size_t> seen_;
  std::vector<branch_balance> branches_;

  const record_count* next_count(const prepared_stage& stage) {
    const std::size_t number = ++seen_[stage.name.text];
    const std::string name = number == 1 ? stage.name.text : fmt::format("{}#{}", stage.name.text, number);
    const auto found = std::ranges::find(counts_, name, &record_count::stage);
    return found == counts_.end() ? nullptr : &*found;
  }

  void pass(const record_count& count, way& so_far) {
    if (so_far.in_bytes) { // stages that count no records stood between: these may be others
      end(so_far);
      so_far = {};
    }
    branch_balance& sum = so_far.sum;
    if (so_far.empty()) {
      sum.read = count.in;
    } else if (count.in > so_far.under_way || (count.in < so_far.under_way && how_ == run_end::whole)) {
      note(sum, fmt::format("{} gave {} records, {} got {}", fmt::join(so_far.last, " and "), so_far.under_way,
                            count.stage, count.in));
    } else {
      sum.dropped += so_far.under_way - count.in;
    }
    const std::uint64_t known = count.out + count.filtered + count.rejected;
    if (how_ == run_end::failed && count.in > known)
      sum.dropped += count.in - known;
    else if (count.in != known)
      note(sum, fmt::format("{} got {} records: {} went on, {} were left out, {} rejected", count.stage, count.in,
                            count.out, count.filtered, count.rejected));
    sum.filtered += count.filtered;
    sum.rejected += count.rejected;
    sum.stages.push_back(count.stage);
    so_far.under_way = count.out;
    so_far.last = {count.stage};
  }

  static void note(branch_balance& sum, const std::string& what) {
    if (!sum.mismatch.empty()) sum.mismatch += "; ";
    sum.mismatch += what;
  }

  void split(const prepared_stage& tee, const way& so_far) {
    for (const auto& branch : tee.branches) {
      way own = so_far;
      along(branch, own);
      end(own);
    }
  }

  void join(const prepared_stage& merge, way& so_far) {
    std::vector<way> ways(merge.branches.size());
    for (std::size_t i = 0; i < ways.size(); ++i) along(merge.branches[i], ways[i]);
    const bool all_count = std::ranges::none_of(ways, [](const way& w) { return w.empty() || w.in_bytes; });
    for (const way& each : ways) {
      if (all_count)
        add(each, so_far);
      else
        end(each);
    }
  }

  static void add(const way& from, way& to) {
    to.sum.stages.insert(to.sum.stages.end(), from.sum.stages.begin(), from.sum.stages.end());
    to.last.insert(to.last.end(), from.last.begin(), from.last.end());
    to.sum.read += from.sum.read;
    to.sum.filtered += from.sum.filtered;
    to.sum.rejected += from.sum.rejected;
    to.sum.dropped += from.sum.dropped;
    to.sum.as_text = to.sum.as_text || from.sum.as_text;
    to.under_way += from.under_way;
    if (!from.sum.mismatch.empty()) note(to.sum, from.sum.mismatch);
  }
};

bool ends_in_tee(std::span<const prepared_stage> stages) { return !stages.empty() && !stages.back().branches.empty(); }

} // namespace

std::vector<branch_balance> balance_of(std::span<const prepared_stage> pipeline, std::span<const record_count> counts,
                                       run_end how) {
  accountant books(counts, how);
  way whole;
  books.along(pipeline, whole);
  if (!ends_in_tee(pipeline)) books.end(whole);
  return std::move(books).result();
}

} // namespace weir::command
