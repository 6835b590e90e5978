// read goes on where a journal says, in plain and in compressed files.

#include "stages/stages.hpp"
#include "tests/journal/journal_support.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace weir::test {
namespace {

using positions = std::vector<stages::saved_position>;

/// Takes all and tells a journal; its positions at the end are left in `stored`.
struct journaled_sink {
  std::shared_ptr<stages::journal> journal;
  positions* stored;
  std::string* text;
  std::vector<std::uint64_t>* ends;
  std::uint64_t stop_behind; ///< says that it is done when it has so much
  stages::journal::sink_id sink = 0;

  void start(stage_context&) {
    sink = journal->add_sink("sink");
    journal->found(sink, *stored);
  }
  step process(inlet<block>& in) {
    block& item = in.front();
    EXPECT_TRUE(item.gapless());
    ends->push_back(item.end_position());
    if (!journal->has(sink, item.source(), item.end_position())) text->append(item.text());
    journal->took(sink, item.source(), item.end_position(), 1);
    const bool enough = item.end_position() >= stop_behind;
    in.release(1);
    return enough ? finish() : step::more;
  }
  step finish() {
    *stored = journal->positions(sink);
    journal->durable(sink);
    return step::done;
  }
};

/// Reads the files until `stop_behind`, going on from `stored`.
std::string read_on(std::vector<std::string> paths, positions& stored, std::uint64_t stop_behind = ~0ull,
                    positions other = {}, std::vector<std::uint64_t>* ends_seen = nullptr, bool raw = false) {
  std::string text;
  std::vector<std::uint64_t> ends;
  std::shared_ptr<stages::journal> journal = stages::make_journal({});
  if (!other.empty()) journal->found(journal->add_sink("other"), other);
  const plan p = stages::read({.paths = std::move(paths), .raw = raw, .resume = journal}) |
                 stage("sink", journaled_sink{journal, &stored, &text, &ends, stop_behind});
  p.run(blocks_of(16'384));
  if (ends_seen != nullptr) *ends_seen = ends;
  return text;
}

class ReadResume : public testing::TestWithParam<const char*> {
 protected:
  ReadResume() {
    write_file(dir / "plain", text);
    write_file(dir / "in", run_tool(std::string(GetParam()) + " < " + (dir / "plain")));
  }
  scratch_dir dir;
  const std::string text = random_lines(11, 300'000);
};

TEST_P(ReadResume, AnyPlaceIsGoneOnWithToTheByte) {
  for (const std::uint64_t stop : {1u, 3u, 16'000u, 100'000u, 200'001u, 299'999u}) {
    positions stored;
    const std::string first = read_on({dir / "in"}, stored, stop);
    ASSERT_EQ(stored.size(), 1u);
    ASSERT_EQ(stored[0].position, first.size());
    EXPECT_GE(first.size(), stop);
    EXPECT_TRUE(first + read_on({dir / "in"}, stored) == text) << stop;
  }
}

TEST_P(ReadResume, ABlockEndsWhereAnotherSinkStands) {
  positions further;
  const std::string first = read_on({dir / "in"}, further, 50'000);
  for (const std::uint64_t place : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, further[0].position - 1}) {
    positions at = further;
    at[0].position = place;
    positions stored;
    std::vector<std::uint64_t> ends;
    EXPECT_TRUE(read_on({dir / "in"}, stored, ~0ull, at, &ends) == text);
    EXPECT_NE(std::find(ends.begin(), ends.end(), place), ends.end()) << place;
    stored = further;
    EXPECT_TRUE(first + read_on({dir / "in"}, stored, ~0ull, at, &ends) == text);
    EXPECT_NE(std::find(ends.begin(), ends.end(), further[0].position), ends.end());
  }
}

TEST_P(ReadResume, WhatWasReadWholeIsNotReadAgainUntilItGrows) {
  positions stored;
  EXPECT_TRUE(read_on({dir / "in"}, stored) == text);
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_TRUE(stored[0].finished);
  positions later = stored;
  std::vector<std::uint64_t> ends;
  EXPECT_EQ(read_on({dir / "in"}, later, ~0ull, {}, &ends), "");
  EXPECT_TRUE(ends.empty());
  run_tool("echo more | " + std::string(GetParam()) + " >> " + (dir / "in"));
  EXPECT_EQ(read_on({dir / "in"}, stored), "more\n");
}

TEST_P(ReadResume, SeveralFilesEachHaveTheirPlace) {
  write_file(dir / "empty", "");
  write_file(dir / "tiny", "x\n");
  const std::vector<std::string> all = {dir / "tiny", dir / "empty", dir / "in", dir / "last"};
  write_file(dir / "last", "the last\n");
  positions stored;
  const std::string first = read_on(all, stored, 100'000);
  EXPECT_TRUE(first + read_on(all, stored) == "x\n" + text + "the last\n");
}

INSTANTIATE_TEST_SUITE_P(Files, ReadResume, testing::Values("cat", "gzip", "zstd -q"), [](const auto& of) {
  return std::string(of.param).substr(0, 4) == "zstd" ? "zstd" : of.param;
});

TEST(Read, NumbersItsFilesFromOneAndSaysWhereBlocksEndWithoutAJournal) {
  scratch_dir dir;
  write_file(dir / "a", "one\n");
  write_file(dir / "b", "three\n");
  struct seen_sink {
    std::vector<std::pair<std::uint32_t, std::uint64_t>>* seen;
    step process(inlet<block>& in) {
      seen->emplace_back(in.front().source(), in.front().end_position());
      in.release(1);
      return step::more;
    }
  };
  std::vector<std::pair<std::uint32_t, std::uint64_t>> seen;
  const plan p = stages::read({.paths = {dir / "a", dir / "b"}}) | stage("seen", seen_sink{&seen});
  p.run();
  EXPECT_EQ(seen, (std::vector<std::pair<std::uint32_t, std::uint64_t>>{{1, 4}, {2, 6}}));
}

/// Where each block that comes out of `transform` says that it ends.
template <class Transform>
std::vector<std::uint64_t> ends_behind(const std::string& path, Transform transform) {
  struct seen_sink {
    std::vector<std::uint64_t>* ends;
    step process(inlet<block>& in) {
      EXPECT_EQ(in.front().source(), in.front().end_position() == 0 ? 0u : 1u);
      ends->push_back(in.front().end_position());
      in.release(1);
      return step::more;
    }
  };
  std::vector<std::uint64_t> ends;
  const plan p = stages::read({.paths = {path}}) | stages::lines() | transform | stage("seen", seen_sink{&ends});
  p.run(blocks_of(16'384));
  return ends;
}

TEST(EndPositions, StayRightBehindTheStagesThatKeepThem) {
  scratch_dir dir;
  std::string text;
  while (text.size() < 100'000) text += "line " + std::to_string(text.size()) + "\n";
  write_file(dir / "in", text);
  for (const std::uint64_t end : ends_behind(dir / "in", stages::throttle({.per_second = 10'000'000})))
    EXPECT_EQ(text.at(end - 1), '\n');
  EXPECT_EQ(ends_behind(dir / "in", stages::grep({.pattern = "5"})).back(), text.size());
  EXPECT_EQ(ends_behind(dir / "in", stages::sample(0.5, 1)).back(), text.size());
  EXPECT_EQ(ends_behind(dir / "in", stages::head(2)),
            (std::vector<std::uint64_t>{text.find('\n', text.find('\n') + 1) + 1}));
  EXPECT_EQ(ends_behind(dir / "in", stages::end_last_line()).back(), text.size());
}

TEST(EndPositions, ArePlainlyUnknownWhereTheBytesAreOthers) {
  scratch_dir dir;
  write_file(dir / "in", random_lines(2, 50'000));
  for (const std::uint64_t end : ends_behind(dir / "in", stages::gzip())) EXPECT_EQ(end, 0u);
  write_file(dir / "in", run_tool("gzip", random_lines(2, 50'000)));
  struct seen_sink {
    step process(inlet<block>& in) {
      EXPECT_EQ(in.front().source(), 0u);
      in.release(1);
      return step::more;
    }
  };
  const plan p = stages::read({.paths = {dir / "in"}, .raw = true}) | stages::gunzip() | stage("seen", seen_sink{});
  p.run();
}

TEST(ReadFirstLine, AFileThatIsGoneOnWithShowsItAgain) {
  scratch_dir dir;
  write_file(dir / "plain", "a,b\n" + random_lines(4, 90'000));
  for (const char* const how : {"cat", "gzip"}) {
    run_tool(std::string(how) + " < " + (dir / "plain") + " > " + (dir / "in"));
    for (const std::uint64_t stop : {5u, 40'000u}) {
      positions stored;
      const std::string first = read_on({dir / "in"}, stored, stop);
      std::string text;
      std::vector<std::uint64_t> ends;
      const std::shared_ptr<stages::journal> journal = stages::make_journal({});
      const plan p = stages::read({.paths = {dir / "in"}, .resume = journal, .first_line = true}) |
                     stage("sink", journaled_sink{journal, &stored, &text, &ends, ~0ull});
      p.run(blocks_of(16'384));
      EXPECT_TRUE(first + text == read_file(dir / "plain")) << how << ' ' << stop;
      EXPECT_EQ(ends.front(), 4u) << "the first line, which the sink left out";
    }
  }
}

TEST(ReadFirstLine, OneThatTakesMoreThanABlockIsToldAndNotLost) {
  scratch_dir dir;
  write_file(dir / "plain", "a" + std::string(20'000, 'b') + "\n" + random_lines(4, 90'000));
  for (const char* const how : {"cat", "gzip"}) {
    run_tool(std::string(how) + " < " + (dir / "plain") + " > " + (dir / "in"));
    positions stored;
    (void)read_on({dir / "in"}, stored, 40'000);
    std::string text;
    std::vector<std::uint64_t> ends;
    const std::shared_ptr<stages::journal> journal = stages::make_journal({});
    const plan p = stages::read({.paths = {dir / "in"}, .resume = journal, .first_line = true}) |
                   stage("sink", journaled_sink{journal, &stored, &text, &ends, ~0ull});
    const std::string said = error_of([&] { p.run(blocks_of(16'384)); });
    EXPECT_NE(said.find("in: the header takes more than a block; give --columns"), std::string::npos) << said;
  }
}

} // namespace
} // namespace weir::test
