// What several sinks have, and where their run begins.

#include "tests/journal/journal_support.hpp"

namespace weir::test {
namespace {

using positions = std::vector<stages::saved_position>;

class Sinks : public testing::Test {
 protected:
  Sinks() { write_file(log, random_lines(3, 9'000)); }
  /// What a sink that took so much would store.
  positions at(std::uint64_t position) {
    const auto journal = stages::make_journal({});
    const auto sink = journal->add_sink("sink");
    journal->found(sink, {});
    hand_source source(*journal, log);
    source.read_to(position);
    journal->took(sink, source.number(), position, position / 10);
    return journal->positions(sink);
  }
  scratch_dir dir;
  const std::string log = dir / "log";
};

TEST_F(Sinks, TheLowestPositionIsWhereReadingBeginsAndTheOthersAreCuts) {
  const auto journal = stages::make_journal({});
  const auto a = journal->add_sink("a");
  const auto b = journal->add_sink("b");
  const auto c = journal->add_sink("c");
  journal->found(a, at(5'000));
  journal->found(b, at(2'000));
  journal->found(c, at(5'000));
  const hand_source source(*journal, log);
  EXPECT_EQ(source.from(), 2'000u);
  EXPECT_EQ(journal->cuts(source.number()), std::vector<std::uint64_t>{5'000});
  EXPECT_TRUE(journal->has(a, source.number(), 5'000));
  EXPECT_FALSE(journal->has(a, source.number(), 5'001));
  EXPECT_FALSE(journal->has(b, source.number(), 2'001));
  EXPECT_FALSE(journal->has(a, source.number() + 1, 1));
  EXPECT_FALSE(journal->has(a, 0, 0));
}

TEST_F(Sinks, ASinkWithNothingBeginsAtTheFront) {
  const auto journal = stages::make_journal({});
  const auto a = journal->add_sink("a");
  const auto b = journal->add_sink("b");
  journal->found(a, at(5'000));
  journal->found(b, {});
  const hand_source source(*journal, log);
  EXPECT_EQ(source.from(), 0u);
  EXPECT_EQ(journal->cuts(source.number()), std::vector<std::uint64_t>{5'000});
}

TEST_F(Sinks, ASinkThatBeginsAnewNeedsAllOfTheInput) {
  const auto journal = stages::make_journal({});
  const auto a = journal->add_sink("a");
  journal->found(a, at(5'000));
  journal->begins_anew(journal->add_sink("file"));
  EXPECT_EQ(hand_source(*journal, log).from(), 0u);
}

TEST_F(Sinks, PositionsAreThoseThatMovedAndOnlyWhatWasGivenOutBecomesDurable) {
  const auto journal = stages::make_journal({});
  const auto sink = journal->add_sink("sink");
  journal->found(sink, {});
  hand_source source(*journal, log);
  EXPECT_TRUE(journal->positions(sink).empty());
  source.read_to(3'000);
  journal->took(sink, source.number(), 1'000, 10);
  positions first = journal->positions(sink);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].position, 1'000u);
  EXPECT_EQ(first[0].records, 10u);
  EXPECT_EQ(first[0].tail_end, 3'000u);
  EXPECT_FALSE(first[0].finished);
  EXPECT_EQ(first[0].source.path, log);
  EXPECT_EQ(journal->positions(sink).size(), 1u) << "a transaction that failed is made again";
  journal->took(sink, source.number(), 2'000, 10);
  journal->durable(sink);
  EXPECT_EQ(journal->progress()[0].durable, 1'000u);
  positions second = journal->positions(sink);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].position, 2'000u);
  EXPECT_EQ(second[0].records, 20u);
  journal->durable(sink);
  EXPECT_TRUE(journal->positions(sink).empty());
  EXPECT_EQ(journal->progress()[0].durable, 2'000u);
  EXPECT_EQ(journal->progress()[0].read, 3'000u);
}

TEST_F(Sinks, RecordsGoOnFromWhatWasStored) {
  const auto journal = stages::make_journal({});
  const auto sink = journal->add_sink("sink");
  journal->found(sink, at(5'000));
  hand_source source(*journal, log);
  journal->took(sink, source.number(), 6'000, 7);
  EXPECT_EQ(journal->positions(sink).at(0).records, 507u);
}

TEST_F(Sinks, WhenTheInputHasEndedWholeLeftOutRecordsAreDealtWithToo) {
  const auto journal = stages::make_journal({});
  const auto sink = journal->add_sink("sink");
  journal->found(sink, {});
  hand_source source(*journal, log);
  source.end();
  journal->took(sink, source.number(), 1'000, 1);
  positions at = journal->positions(sink);
  EXPECT_FALSE(at.at(0).finished);
  journal->took_all(sink);
  at = journal->positions(sink);
  ASSERT_EQ(at.size(), 1u);
  EXPECT_TRUE(at[0].finished);
  EXPECT_EQ(at[0].position, 9'000u);
}

TEST_F(Sinks, TheSourceMayBeGoneWhenItsPositionsAreAskedFor) {
  const auto journal = stages::make_journal({});
  const auto sink = journal->add_sink("sink");
  journal->found(sink, {});
  std::uint32_t number = 0;
  {
    hand_source source(*journal, log);
    number = source.number();
    source.read_to(4'000);
  }
  journal->took(sink, number, 4'000, 1);
  EXPECT_EQ(journal->positions(sink).at(0).tail_end, 4'000u);
}

TEST_F(Sinks, OneThatKnowsNothingOfJournalsHasItAllWhenTheRunEndsWell) {
  for (const bool well : {false, true}) {
    const auto journal = stages::make_journal({.job = "j", .checkpoint = dir / "checkpoint"});
    (void)journal->add_sink("tcp");
    hand_source source(*journal, log);
    EXPECT_EQ(source.from(), 0u);
    source.end();
    if (well)
      journal->finish();
    else
      journal->flush();
  }
  const auto journal = stages::make_journal({.job = "j", .checkpoint = dir / "checkpoint"});
  (void)journal->add_sink("tcp");
  const hand_source source(*journal, log);
  EXPECT_EQ(source.from(), 9'000u);
  EXPECT_TRUE(journal->done_before(source.number()));
}

TEST_F(Sinks, DeadLettersAreWrittenBeforePositionsAreGivenOut) {
  int written = 0;
  const auto journal = stages::make_journal({.before_positions = [&written] { ++written; }});
  const auto sink = journal->add_sink("sink");
  (void)journal->positions(sink);
  EXPECT_EQ(written, 1);
}

TEST_F(Sinks, DataOfUnknownPlacesAreToldOnce) {
  std::vector<std::string> told;
  const auto journal = stages::make_journal({.tell = [&told](const std::string& text) { told.push_back(text); }});
  const auto sink = journal->add_sink("sqlite");
  journal->found(sink, {});
  journal->took(sink, 0, 10, 1);
  journal->took(sink, 0, 20, 1);
  EXPECT_TRUE(journal->positions(sink).empty());
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("sqlite: "), std::string::npos);
}

TEST_F(Sinks, AStreamsPositionsAreNeverTakenForThoseOfTheFileOfThatNumber) {
  std::vector<std::string> told;
  const auto journal = stages::make_journal({.tell = [&told](const std::string& text) { told.push_back(text); }});
  const auto sink = journal->add_sink("sqlite");
  journal->found(sink, at(5'000));
  hand_source source(*journal, log);
  const std::uint32_t stream = journal->add_stream("10.0.0.1:9");
  EXPECT_TRUE(stages::is_stream(stream));
  EXPECT_FALSE(journal->has(sink, stream, 10));
  source.read_to(6'000);
  journal->took(sink, source.number(), 6'000, 600);
  journal->took(sink, stream, 9'000, 900);
  const auto kept = journal->positions(sink);
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].position, 6'000u);
  EXPECT_EQ(told,
            std::vector<std::string>{"connections cannot be resumed: what has come over them does not come again"});
}

TEST_F(Sinks, StreamsOfAllSourcesHaveNumbersOfTheirOwnAndTheLatestAreKnownByName) {
  const auto journal = stages::make_journal({});
  const std::uint32_t first = journal->add_stream("first");
  EXPECT_EQ(journal->path_of(first), "first");
  EXPECT_EQ(journal->path_of(first + 1), "");
  const std::uint32_t second = journal->add_stream("second");
  EXPECT_NE(first, second);
  EXPECT_EQ(journal->path_of(second), "second");
  for (int i = 0; i < 4'095; ++i) (void)journal->add_stream("later");
  EXPECT_EQ(journal->path_of(first), "");
  EXPECT_EQ(journal->path_of(second), "second");
  EXPECT_EQ(journal->path_of(second + 1), "later");
}

TEST_F(Sinks, NumbersAreGivenAndPathsKnownWithoutAnySink) {
  const auto journal = stages::make_journal({});
  EXPECT_EQ(journal->add_source("tcp 10.0.0.1:9", -1), 1u);
  const hand_source source(*journal, log);
  EXPECT_EQ(source.number(), 2u);
  EXPECT_EQ(journal->path_of(1), "tcp 10.0.0.1:9");
  EXPECT_EQ(journal->path_of(2), log);
  EXPECT_EQ(journal->path_of(0), "");
  EXPECT_TRUE(journal->notices().empty());
}

} // namespace
} // namespace weir::test
