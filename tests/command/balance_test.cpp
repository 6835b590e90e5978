#include "apps/weir/balance.hpp"

#include "test_stages.hpp"

#include <gtest/gtest.h>

namespace weir::command {
namespace {

/// What the stages of a pipeline's text would be, as far as the balance looks at them.
class Balance : public testing::Test {
 protected:
  Balance() {
    add("json", {item_kind::blocks, item_kind::rows});
    add("where", {item_kind::rows, item_kind::rows});
    add("to", {item_kind::rows, item_kind::blocks});
    add("gzip", {item_kind::blocks, item_kind::blocks});
    add("grep", {item_kind::blocks, item_kind::blocks});
    add("sqlite", {item_kind::rows, item_kind::none});
    add("write", {item_kind::blocks, item_kind::none});
    add("read", {item_kind::none, item_kind::blocks});
    add("tee", {item_kind::rows, item_kind::none}, branch_rules::end::sink);
    add("merge", {item_kind::none, item_kind::rows}, branch_rules::end::open);
  }

  prepared_stage stage(const char* name, std::vector<std::vector<prepared_stage>> branches = {}) {
    for (const auto& each : entries_)
      if (each->name == name)
        return {each.get(), {name, name, false, {}}, {}, record_flow::made, each->shape, std::move(branches)};
    throw std::logic_error(name);
  }
  std::vector<prepared_stage> row(std::vector<const char*> names) {
    std::vector<prepared_stage> stages;
    for (const char* each : names) stages.push_back(stage(each));
    return stages;
  }

 private:
  std::vector<std::unique_ptr<stage_entry>> entries_;

  void add(const char* name, stage_shape shape, std::optional<branch_rules::end> end = {}) {
    auto made = std::make_unique<stage_entry>();
    made->name = name;
    made->shape = shape;
    if (end) made->branching = branch_rules{*end, false, "", "", {}, {}};
    entries_.push_back(std::move(made));
  }
};

std::string text_of(const branch_balance& b) {
  std::string text;
  for (const std::string& each : b.stages) text += (text.empty() ? "" : ">") + each;
  for (const std::uint64_t each : {b.read, b.delivered, b.filtered, b.rejected, b.dropped})
    text.append(" ").append(std::to_string(each));
  return b.mismatch.empty() ? text : text.append(" ").append(b.mismatch);
}

std::vector<std::string> texts_of(const std::vector<branch_balance>& all) {
  std::vector<std::string> texts;
  for (const branch_balance& each : all) texts.push_back(text_of(each));
  return texts;
}

using texts = std::vector<std::string>;

TEST_F(Balance, OfAChainIsWhatItsStagesCounted) {
  const std::vector<record_count> counts = {
      {"json", 100, 99, 0, 1}, {"where", 99, 40, 58, 1}, {"sqlite", 40, 38, 0, 2}};
  EXPECT_EQ(texts_of(balance_of(row({"read", "json", "where", "sqlite"}), counts, run_end::whole)),
            (texts{"json>where>sqlite 100 38 58 4 0"}));
}

TEST_F(Balance, TextKeepsItsRecordsUntilAStageThatCountsNone) {
  const std::vector<record_count> counts = {{"json", 10, 9, 0, 1}, {"where", 9, 5, 4, 0}, {"json#2", 3, 2, 0, 1}};
  EXPECT_EQ(texts_of(balance_of(row({"read", "json", "where", "to", "gzip", "write"}), counts, run_end::whole)),
            (texts{"json>where 10 5 4 1 0"}));
  EXPECT_EQ(texts_of(balance_of(row({"read", "json", "where", "to", "gzip", "json", "write"}), counts, run_end::whole)),
            (texts{"json>where 10 5 4 1 0", "json#2 3 2 0 1 0"}));
}

TEST_F(Balance, EachBranchOfATeeBeginsWithWhatStandsBeforeIt) {
  const std::vector<record_count> counts = {
      {"json", 10, 10, 0, 0}, {"where", 10, 3, 7, 0}, {"sqlite", 3, 3, 0, 0}, {"sqlite#2", 10, 9, 0, 1}};
  std::vector<prepared_stage> stages = row({"read", "json"});
  stages.push_back(stage("tee", {row({"where", "sqlite"}), row({"sqlite"}), row({"to", "write"})}));
  EXPECT_EQ(texts_of(balance_of(stages, counts, run_end::whole)),
            (texts{"json>where>sqlite 10 3 7 0 0", "json>sqlite#2 10 9 0 1 0", "json 10 10 0 0 0"}));
}

TEST_F(Balance, AMergeAddsUp) {
  const std::vector<record_count> counts = {
      {"json", 10, 9, 0, 1}, {"json#2", 5, 5, 0, 0}, {"where", 14, 4, 10, 0}, {"sqlite", 4, 4, 0, 0}};
  std::vector<prepared_stage> stages;
  stages.push_back(stage("merge", {row({"read", "json"}), row({"read", "json"})}));
  stages.push_back(stage("where"));
  stages.push_back(stage("sqlite"));
  EXPECT_EQ(texts_of(balance_of(stages, counts, run_end::whole)), (texts{"json>json#2>where>sqlite 15 4 10 1 0"}));
}

TEST_F(Balance, ARecordThatIsGoneIsAMismatchUnlessTheRunWasCutOff) {
  const std::vector<record_count> counts = {{"json", 100, 100, 0, 0}, {"sqlite", 90, 90, 0, 0}};
  EXPECT_EQ(texts_of(balance_of(row({"read", "json", "sqlite"}), counts, run_end::whole)),
            (texts{"json>sqlite 100 90 0 0 0 json gave 100 records, sqlite got 90"}));
  EXPECT_EQ(texts_of(balance_of(row({"read", "json", "sqlite"}), counts, run_end::early)),
            (texts{"json>sqlite 100 90 0 0 10"}));
}

TEST_F(Balance, AStageThatLosesRecordsOrMakesThemIsNamed) {
  const std::vector<record_count> loses = {{"json", 100, 98, 0, 1}};
  EXPECT_EQ(texts_of(balance_of(row({"read", "json", "to", "write"}), loses, run_end::early)),
            (texts{"json 100 98 0 1 0 json got 100 records: 98 went on, 0 were left out, 1 rejected"}));
  const std::vector<record_count> makes = {{"json", 10, 10, 0, 0}, {"sqlite", 11, 11, 0, 0}};
  EXPECT_EQ(texts_of(balance_of(row({"read", "json", "sqlite"}), makes, run_end::early)),
            (texts{"json>sqlite 10 11 0 0 0 json gave 10 records, sqlite got 11"}));
}

TEST_F(Balance, OfAFailedRunWhatAStageHadInHandIsDropped) {
  const std::vector<record_count> counts = {{"json", 100, 98, 0, 1}, {"sqlite", 90, 40, 0, 2}};
  EXPECT_EQ(texts_of(balance_of(row({"read", "json", "sqlite"}), counts, run_end::failed)),
            (texts{"json>sqlite 100 40 0 3 57"}));
}

TEST_F(Balance, WhatATextStageMayDropIsNotCalledDelivered) {
  const std::vector<record_count> counts = {{"json", 10, 10, 0, 0}};
  const auto as_text = [&](std::vector<const char*> names) {
    return balance_of(row(std::move(names)), counts, run_end::whole).at(0).as_text;
  };
  EXPECT_TRUE(as_text({"read", "json", "to", "grep", "write"}));
  EXPECT_TRUE(as_text({"read", "json", "to", "grep", "gzip", "write"}));
  EXPECT_FALSE(as_text({"read", "json", "to", "gzip", "write"}));
  EXPECT_FALSE(as_text({"read", "json", "to", "write"}));
  EXPECT_FALSE(as_text({"read", "grep", "json", "to", "write"}));
}

TEST_F(Balance, WithoutRecordStagesThereIsNone) {
  EXPECT_TRUE(balance_of(row({"read", "gzip", "write"}), {}, run_end::whole).empty());
}

} // namespace
} // namespace weir::command
