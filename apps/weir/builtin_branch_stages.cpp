#include "apps/weir/builtin_stages.hpp"

#include "stages/stages.hpp"

#include <weir/branches.hpp>

#include <utility>

namespace weir::command {

namespace {

constexpr const char* k_tee_help =
    "Every branch gets the same bytes and ends in a sink; the slowest sets the pace. What follows behind a | is one\n"
    "branch more. A branch that wants no more is left out; one that fails ends the run, and every file that is not\n"
    "complete by then stays away.\n"
    "\n"
    "Example:\n"
    "  read access.log | tee { lines | grep ' 500 ' | write errors.log } | gzip | write all.gz";

constexpr const char* k_merge_help =
    "Each branch begins with a source and gives whole records: its last stage is lines, or one that keeps what lines\n"
    "made. They are joined as they come; the order in each branch is kept. A last line without an end gets one.\n"
    "\n"
    "Example:\n"
    "  merge { read a.log | lines } { read b.log | lines } | gzip | write ab.gz";

constexpr const char* k_concat_help =
    "Each branch begins with a source. All of the first comes out, then all of the second, and so on. Bytes are\n"
    "joined as they are, as by cat; of branches that give whole records, a last line without an end gets one.\n"
    "\n"
    "Example:\n"
    "  concat { read head.txt } { read body.gz | lines | grep -v '^#' } | write all.txt";

template <class Item>
made_stage tee_to(const std::vector<made_branch>& branches) {
  std::vector<pipe<Item, void>> sinks;
  for (const made_branch& each : branches) sinks.emplace_back(each.parts);
  return tee(sinks);
}

made_stage tee_of(const std::vector<made_branch>& branches) {
  return branches.front().items == item_kind::rows ? tee_to<stages::rows>(branches) : tee_to<block>(branches);
}

/// A source whose last line does not run into the first one of another.
pipe<void, block> with_last_line_ended(const made_branch& branch) {
  return pipe<void, block>(branch.parts) | stages::end_last_line();
}

std::vector<pipe<void, stages::rows>> sources_of_rows(const std::vector<made_branch>& branches) {
  std::vector<pipe<void, stages::rows>> sources;
  for (const made_branch& each : branches) sources.emplace_back(each.parts);
  return sources;
}

made_stage merge_of(const std::vector<made_branch>& branches) {
  if (branches.front().items == item_kind::rows) return merge(sources_of_rows(branches));
  std::vector<pipe<void, block>> sources;
  for (const made_branch& each : branches) sources.push_back(with_last_line_ended(each));
  return merge(sources);
}

made_stage concat_of(const std::vector<made_branch>& branches) {
  if (branches.front().items == item_kind::rows) return concat(sources_of_rows(branches));
  std::vector<pipe<void, block>> sources;
  for (const made_branch& each : branches) {
    const bool another_follows = &each != &branches.back();
    const bool end_it = each.whole_records && another_follows;
    sources.push_back(end_it ? with_last_line_ended(each) : pipe<void, block>(each.parts));
  }
  return concat(sources);
}

made_stage made_end_last_line() { return stages::end_last_line(); }

} // namespace

void add_branch_stages(stage_registry& to) {
  using end = branch_rules::end;
  to.add_branching("tee", "gives every branch the same bytes",
                   {end::sink, false, "tee { ... | SINK }...", k_tee_help, tee_of});
  to.add_branching("merge", "joins the records of its branches as they come",
                   {end::open, true, "merge { SOURCE | ... }...", k_merge_help, merge_of, made_end_last_line});
  to.add_branching("concat", "joins its branches, one after the other",
                   {end::open, false, "concat { SOURCE | ... }...", k_concat_help, concat_of, made_end_last_line});
}

} // namespace weir::command
