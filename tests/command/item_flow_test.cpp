// Bytes and records: who gets what, what is put in between, what is refused.

#include "refusal.hpp"
#include "test_stages.hpp"

#include <gtest/gtest.h>

namespace weir::command {
namespace {

template <class In, class Out>
pipe<In, Out> dummy(std::string name) {
  class nothing final : public detail::typed_part<Out> {
   public:
    using detail::typed_part<Out>::typed_part;
    void build(graph_builder&, edge_base*, edge_base*) const override {}
  };
  return pipe<In, Out>(std::make_shared<nothing>(std::move(name)));
}

template <class In, class Out>
auto maker(const char* name) {
  return [name](arguments&) { return [name] { return dummy<In, Out>(name); }; };
}

std::string in_words(const std::vector<made_branch>& branches) {
  std::string text = branches.front().items == item_kind::rows ? "rows" : "bytes";
  for (const made_branch& each : branches) {
    text += " {";
    for (const auto& part : each.parts.entries()) text += " " + part.what->name();
    text += " }";
  }
  return text;
}

class ItemFlow : public testing::Test {
 protected:
  ItemFlow() {
    using stages::rows;
    known_.add("json", "", maker<block, rows>("json"), record_flow::made, input_need::whole_records);
    known_.add("csv", "", maker<block, rows>("csv"), record_flow::made);
    known_.add("where", "", maker<rows, rows>("where"), record_flow::kept);
    known_.add("to", "", maker<rows, block>("to"), record_flow::made);
    known_.add("sqlite", "", maker<rows, void>("sqlite"));
    using end = branch_rules::end;
    known_.add_branching("tee", "", {end::sink, false, "tee", "", [](const auto& all) -> made_stage {
                                       if (all.front().items == item_kind::rows)
                                         return dummy<rows, void>("tee of " + in_words(all));
                                       return dummy<block, void>("tee of " + in_words(all));
                                     }});
    known_.add_branching("merge", "",
                         {end::open, true, "merge", "",
                          [](const auto& all) -> made_stage {
                            if (all.front().items == item_kind::rows)
                              return dummy<void, rows>("merge of " + in_words(all));
                            return dummy<void, block>("merge of " + in_words(all));
                          },
                          [] { return dummy<block, block>("end"); }});
  }

  /// The stages as they stand when all is put together.
  std::string fitted(const char* text) {
    const auto stages = prepare(parse_pipeline(text), known_);
    const plan made = assemble(stages);
    std::string names;
    for (const auto& each : made.parts().entries()) names += (names.empty() ? "" : " | ") + each.what->name();
    return names;
  }
  std::string refused(const char* text) {
    return refusal<usage_error>([&] { (void)prepare(parse_pipeline(text), known_); });
  }

  stage_registry known_ = test_stages();
};

TEST_F(ItemFlow, RecordsBecomeTextWhereTheyMeetBytes) {
  EXPECT_EQ(fitted("read a | lines | json | where | write x"), "read a | lines | json | where | to | write x");
  EXPECT_EQ(fitted("read a | csv | gzip | null"), "read a | csv | to | gzip 6 | n");
  EXPECT_EQ(fitted("read a | lines | json | to | null"), "read a | lines | json | to | n");
  EXPECT_EQ(fitted("read a | lines | json | sqlite"), "read a | lines | json | sqlite");
}

TEST_F(ItemFlow, WhatNeedsRecordsSaysWhatMakesThem) {
  EXPECT_EQ(refused("read a | lines | where | null"),
            "pipeline:1:18: where needs records: put 'json' or 'csv' before it\n"
            "    read a | lines | where | null\n"
            "                     ^~~~~");
  EXPECT_EQ(refused("read a | lines | sqlite"), "pipeline:1:18: sqlite needs records: put 'json' or 'csv' before it\n"
                                                "    read a | lines | sqlite\n"
                                                "                     ^~~~~~");
}

TEST_F(ItemFlow, JsonNeedsWholeLines) {
  EXPECT_EQ(refused("read a | json | null"), "pipeline:1:10: json needs whole lines: put 'lines' before it\n"
                                             "    read a | json | null\n"
                                             "             ^~~~");
  EXPECT_NE(refused("read a | lines | gzip | json | null"), "(nothing was thrown)");
}

TEST_F(ItemFlow, ATeeHandsOnRecordsWhenABranchWantsThem) {
  EXPECT_EQ(fitted("read a | lines | json | tee { where | sqlite } { write x } | sqlite"),
            "read a | lines | json | tee of rows { where sqlite } { to write x } { sqlite }");
  EXPECT_EQ(fitted("read a | lines | json | tee { write x } | tee { gzip | write y } | null"),
            "read a | lines | json | to | tee of bytes { write x } { tee of bytes { gzip 6 write y } { n } }");
  EXPECT_EQ(refused("read a | lines | tee { where | null } | null"),
            "pipeline:1:24: where needs records: put 'json' or 'csv' before it\n"
            "    read a | lines | tee { where | null } | null\n"
            "                           ^~~~~");
}

TEST_F(ItemFlow, AMergeGivesRecordsWhenAllItsBranchesDo) {
  EXPECT_EQ(fitted("merge { read a | lines | json } { read b | lines | json | where } | sqlite"),
            "merge of rows { read a lines end json } { read b lines end json where } | sqlite");
  EXPECT_EQ(fitted("merge { read a | lines | json } { read b | lines } | lines | json | sqlite"),
            "merge of bytes { read a lines json to } { read b lines } | lines | json | sqlite");
  EXPECT_EQ(fitted("merge { merge { read a | csv } { read b | lines | json } } { read c | csv } | write x"),
            "merge of rows { merge of rows { read a csv } { read b lines end json } } { read c csv } | to | write x");
}

// The test's own stage is called l; lines is the true one, which was told that a json follows.
TEST_F(ItemFlow, LinesKnowOfEveryJsonThatReadsThem) {
  EXPECT_EQ(fitted("read a | lines | json | null"), "read a | lines | json | to | n");
  EXPECT_EQ(fitted("read a | lines | gzip | null"), "read a | l | gzip 6 | n");
  EXPECT_EQ(fitted("read a | lines | tee { json | sqlite } { null }"),
            "read a | lines | tee of bytes { json sqlite } { n }");
  EXPECT_EQ(fitted("read a | lines | tee { gzip | null } { null }"), "read a | l | tee of bytes { gzip 6 n } { n }");
  EXPECT_EQ(fitted("merge { read a | lines } { read b | lines } | json | sqlite"),
            "merge of bytes { read a lines } { read b lines } | json | sqlite");
}

} // namespace
} // namespace weir::command
