// lines, grep, head, sample, count, in pipelines.

#include "stages/stages.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace weir::test {
namespace {

using stages::lines;

/// Texts with everything that goes wrong at the ends of lines, files and blocks.
std::vector<std::string> awkward_texts() {
  std::vector<std::string> texts = {"",
                                    "\n",
                                    "a",
                                    "\n\n\n",
                                    "a\nb",
                                    "a\r\nb\r\n",
                                    "\r",
                                    std::string("\0\n\0", 3),
                                    std::string(4095, 'x') + "\n",
                                    std::string(4096, 'x') + "\ny",
                                    std::string(4097, 'x') + "\n\n",
                                    std::string(100'000, 'x'),
                                    "\n" + std::string(20'000, 'y') + "\nz\n"};
  for (std::uint64_t seed = 1; seed <= 4; ++seed) texts.push_back(random_lines(seed, 60'000 * seed));
  texts.push_back(random_bytes(5, 300'000));
  return texts;
}

TEST(Lines, EveryBlockHoldsWholeLinesAndNoByteChanges) {
  std::uint64_t seed = 0;
  for (const std::string& text : awkward_texts()) {
    for (const std::size_t size : {std::size_t{8192}, std::size_t{16'384}, k_block_size}) {
      for (const std::size_t longest : {std::size_t{3}, std::size_t{5000}, std::size_t{1} << 20}) {
        if (longest == 3 && text.size() > 70'000) continue;
        const collected got = pass(text, lines(), blocks_of(size), ++seed, longest);
        ASSERT_TRUE(got.text == text) << "seed " << seed;
        ASSERT_TRUE(got.whole_records) << "seed " << seed;
      }
    }
    ASSERT_TRUE(pass(text, lines()).text == text);
  }
}

struct block_ends {
  std::size_t* bad;
  std::string* last;
  step process(inlet<block>& in) {
    if (!last->empty() && last->back() != '\n') ++*bad;
    *last = std::string(in.front().text());
    in.release(1);
    return step::more;
  }
};

TEST(Lines, OnlyTheVeryLastBlockMayLackItsNewline) {
  std::size_t bad = 0;
  std::string last;
  (text_in_pieces(random_lines(9, 1'000'000) + "end", 3, 9000) | lines() | stage("ends", block_ends{&bad, &last}))
      .run(blocks_of(8192));
  EXPECT_EQ(bad, 0u);
  EXPECT_TRUE(last.ends_with("end"));
}

/// Every block is what stands in the text from its position to its end position, and follows the one before it.
struct placed_sink {
  const std::string* text;
  std::uint64_t* end;
  step process(inlet<block>& in) {
    const block& item = in.front();
    EXPECT_EQ(item.position(), *end);
    EXPECT_TRUE(item.gapless());
    *end = item.end_position();
    EXPECT_EQ(item.text(), std::string_view(*text).substr(item.position(), item.size()));
    in.release(1);
    return step::more;
  }
};

TEST(Lines, EveryBlockSaysWhereItStood) {
  for (const std::string& text : awkward_texts()) {
    std::uint64_t end = 0;
    (text_in_pieces(text, 5, 7000) | lines() | stage("placed", placed_sink{&text, &end})).run(blocks_of(8192));
    EXPECT_EQ(end, text.size());
  }
}

TEST(Lines, FilesDoNotFlowTogether) {
  scratch_dir dir;
  write_file(dir / "a", "one\ntwo");
  write_file(dir / "b", "");
  write_file(dir / "c", "three\n");
  write_file(dir / "d", std::string(9000, 'x'));
  write_file(dir / "e", "end");
  collected got;
  (stages::read({.paths = {dir / "a", dir / "b", dir / "c", dir / "d", dir / "e"}}) | lines() | collect(got))
      .run(blocks_of(8192));
  EXPECT_EQ(got.text, "one\ntwo\nthree\n" + std::string(9000, 'x') + "\nend");
  EXPECT_TRUE(got.whole_records);
}

TEST(Lines, AFortyMebibyteLineGoesThroughUnchanged) {
  scratch_dir dir;
  const std::string text = "first\n" + std::string(40u << 20, 'x') + "\nlast";
  const collected got = pass(text, lines());
  EXPECT_TRUE(got.text == text);
  EXPECT_TRUE(pass(text, lines() | stages::gzip() | stages::gunzip()).text == text);
  EXPECT_TRUE(pass(text, lines() | stages::grep({.pattern = "xxx", .fixed = true})).text ==
              text.substr(6, (40u << 20) + 1));
}

TEST(Lines, ALineThatDoesNotFitIsAnErrorWhoseAdviceWorks) {
  const std::string text = "first\n" + std::string(70u << 20, 'x') + "\nlast";
  const std::string error = error_of([&] { pass(text, lines() | stages::gzip(), {.memory = 64u << 20}); });
  EXPECT_EQ(error, "lines: record at byte 6 is 71 MiB long and does not fit; --memory 277M would do");
  EXPECT_TRUE(pass(text, lines() | stages::gzip() | stages::gunzip(), {.memory = 277u << 20}).text == text);
  const std::string open_end(70u << 20, 'x');
  EXPECT_EQ(error_of([&] { pass(open_end, lines(), {.memory = 64u << 20}); }),
            "lines: record at byte 0 is 71 MiB long and does not fit; --memory 277M would do");
}

TEST(Lines, ManyLongLinesShareASmallLimit) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += std::string(3u << 20, static_cast<char>('a' + i % 26)) + "\n";
  EXPECT_TRUE(pass(text, lines(), {.memory = 32u << 20}).text == text);
}

TEST(Lines, ASecondTimeChangesNothing) {
  const std::string text = random_lines(11, 500'000);
  EXPECT_TRUE(pass(text, lines() | lines(), blocks_of(8192), 3).text == text);
}

TEST(EndLastLine, GivesTheLastLineItsNewlineAndChangesNoOtherByte) {
  std::uint64_t seed = 100;
  for (const std::string& text : awkward_texts()) {
    const std::string expected = text.empty() || text.back() == '\n' ? text : text + "\n";
    for (const std::size_t size : {std::size_t{8192}, k_block_size}) {
      const collected got = pass(text, lines() | stages::end_last_line(), blocks_of(size), ++seed, 5000);
      ASSERT_TRUE(got.text == expected) << "seed " << seed;
      ASSERT_TRUE(got.whole_records) << "seed " << seed;
    }
    ASSERT_TRUE(pass(text, lines() | stages::end_last_line()).text == expected);
  }
}

/// One block that is full to its last byte, so that a newline does not fit.
struct full_block_source {
  std::string text;
  stage_context* context = nullptr;
  bool made = false;
  void start(stage_context& c) { context = &c; }
  static stage_needs needs() { return {.blocks = 1}; }
  step process(outlet<block>& out) {
    if (made) return step::done;
    block full = context->blocks().try_take();
    if (!full) return step::memory;
    text.resize(full.capacity(), 'x');
    std::copy(text.begin(), text.end(), reinterpret_cast<char*>(full.data()));
    full.resize(text.size());
    full.whole_records(true);
    made = true;
    return out.try_push(std::move(full)) ? step::more : step::room;
  }
};

struct block_texts {
  std::vector<std::string>* to;
  step process(inlet<block>& in) {
    to->emplace_back(in.front().text());
    in.release(1);
    return step::more;
  }
};

TEST(EndLastLine, FindsRoomForTheNewlineOfAFullBlock) {
  const std::size_t payload = 8192 - k_block_headroom;
  for (const std::size_t whole : {std::size_t{1}, std::size_t{2}, payload / 2, payload - 1}) {
    const std::string begin = std::string(whole - 1, 'w') + "\n";
    std::vector<std::string> blocks;
    (stage("full", full_block_source{begin}) | stages::end_last_line() | stage("blocks", block_texts{&blocks}))
        .run(blocks_of(8192));
    ASSERT_EQ(blocks.size(), 2u) << whole;
    EXPECT_EQ(blocks[0], begin);
    EXPECT_EQ(blocks[1], std::string(payload - whole, 'x') + "\n") << "the newline lies in the block of its line";
  }
}

TEST(EndLastLine, ALineThatFillsItsBlockIsAnErrorRatherThanMixed) {
  EXPECT_EQ(
      error_of(
          [] { (stage("full", full_block_source{}) | stages::end_last_line() | stages::null()).run(blocks_of(8192)); }),
      "end_last_line: the last line, at byte 0, has 4096 bytes and no end, and its block no room for one; a larger "
      "--block-size would do");
}

TEST(EndLastLine, ChangesNoBlockThatSomebodyElseReads) {
  collected ended;
  collected same;
  (text_in_pieces("one\ntwo") | lines() | tee(stages::end_last_line() | collect(ended), collect(same))).run();
  EXPECT_EQ(ended.text, "one\ntwo\n");
  EXPECT_EQ(same.text, "one\ntwo");
}

TEST(EndLastLine, RefusesWhatIsNoRecords) {
  EXPECT_EQ(error_of([] { pass("a\nb", stages::end_last_line()); }),
            "end_last_line: this branch does not give whole records: put 'lines' at its end");
}

struct grep_case {
  std::string tool; ///< what grep is called with
  stages::grep_options options;
};

TEST(GrepStage, FindsWhatGrepFinds) {
  const std::vector<grep_case> cases = {
      {"-F 500", {.pattern = "500", .fixed = true}},
      {"-F -v 500", {.pattern = "500", .fixed = true, .invert = true}},
      {"-F -i ERROR", {.pattern = "ERROR", .fixed = true, .ignore_case = true}},
      {"-F -i -v ERROR", {.pattern = "ERROR", .fixed = true, .ignore_case = true, .invert = true}},
      {"-F x.y", {.pattern = "x.y", .fixed = true}},
      {"-E x.y", {.pattern = "x.y"}},
      {"-E '\"status\":5[0-9]+'", {.pattern = "\"status\":5[0-9]+"}},
      {"-E '^a|lock $'", {.pattern = "^a|lock $"}},
      {"-E -v '^$'", {.pattern = "^$", .invert = true}},
      {"-E -i 'WEIR.*river'", {.pattern = "WEIR.*river", .ignore_case = true}},
      {"-F ''", {.pattern = "", .fixed = true}},
      {"-F nowhere", {.pattern = "nowhere", .fixed = true}},
  };
  std::string text = random_lines(21, 400'000) + "GET lock 500";
  for (const grep_case& c : cases) {
    int status = 0;
    // grep gives a last line the newline that it lacks; weir changes no byte.
    std::string expected = run_tool("LC_ALL=C grep -a " + c.tool, text, &status);
    const collected got = pass(text, lines() | stages::grep(c.options));
    std::string compared = got.text;
    if (!compared.empty() && compared.back() != '\n') compared += '\n';
    EXPECT_TRUE(compared == expected) << c.tool;
    EXPECT_TRUE(got.whole_records);
    EXPECT_TRUE(pass(text, lines() | stages::grep(c.options), blocks_of(8192), 5).text == got.text) << c.tool;
  }
}

TEST(GrepStage, TakesBytesAsTheyAre) {
  std::string text = random_bytes(22, 300'000);
  int status = 0;
  std::string expected = run_tool("LC_ALL=C grep -a -F ab", text, &status);
  std::string got = pass(text, lines() | stages::grep({.pattern = "ab", .fixed = true}), blocks_of(8192), 6).text;
  if (!got.empty() && got.back() != '\n') got += '\n';
  EXPECT_TRUE(got == expected);
}

TEST(GrepStage, RefusesBlocksThatAreNoLines) {
  EXPECT_EQ(error_of([] { pass("a\nb\n", stages::grep({.pattern = "a"})); }).substr(0, 4), "grep");
  EXPECT_TRUE(error_of([] {
                pass("a\nb\n", stages::grep({.pattern = "a"}));
              }).ends_with(": grep needs records: put 'lines' before it"));
}

TEST(GrepStage, RefusesABadPatternBeforeTheRun) {
  EXPECT_EQ(error_of([] { (void)stages::grep({.pattern = "a(b"}); }), "grep: a(b: missing ): a(b");
}

TEST(Head, GivesWhatHeadGives) {
  const std::string text = random_lines(31, 200'000) + "no end";
  const auto all = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{10}, all - 1, all, all + 1, all + 100}) {
    const std::string expected = run_tool("head -n " + std::to_string(n), text);
    EXPECT_TRUE(pass(text, stages::head(n)).text == expected) << n;
    EXPECT_TRUE(pass(text, lines() | stages::head(n), blocks_of(8192), n + 1).text == expected) << n;
    EXPECT_TRUE(pass(text, stages::head(n), blocks_of(8192), n + 1, 7).text == expected) << n;
  }
}

TEST(Head, EndsASourceThatHasNoEnd) {
  collected got;
  (stages::generate({}) | stages::head(1000) | collect(got)).run();
  EXPECT_EQ(std::count(got.text.begin(), got.text.end(), '\n'), 1000);
}

TEST(Sample, ChoosesLinesByTheirNumberAlone) {
  const std::string text = random_lines(41, 1'000'000);
  const std::string once = pass(text, lines() | stages::sample(0.25, 7)).text;
  EXPECT_TRUE(pass(text, lines() | stages::sample(0.25, 7), blocks_of(8192), 3).text == once);
  EXPECT_FALSE(pass(text, lines() | stages::sample(0.25, 8)).text == once);
  const auto all = std::count(text.begin(), text.end(), '\n');
  const auto kept = std::count(once.begin(), once.end(), '\n');
  EXPECT_NEAR(static_cast<double>(kept) / static_cast<double>(all), 0.25, 0.02);
  EXPECT_TRUE(pass(text, lines() | stages::sample(1)).text == text);
  EXPECT_TRUE(pass(text, lines() | stages::sample(0)).text.empty());
}

TEST(Sample, KeepsTheOrderAndTheBytesOfItsLines) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += std::to_string(i) + "\n";
  const std::string kept = pass(text, lines() | stages::sample(0.1)).text;
  EXPECT_EQ(run_tool("sort -n -u", kept), kept);
}

TEST(Sample, RefusesSharesThatAreNoneAndBlocksThatAreNoLines) {
  EXPECT_THROW((void)stages::sample(1.5), std::invalid_argument);
  EXPECT_THROW((void)stages::sample(-0.1), std::invalid_argument);
  EXPECT_EQ(error_of([] { pass("a\n", stages::sample(0.5)); }), "sample: sample needs records: put 'lines' before it");
}

TEST(Count, CountsAsWcDoesAndALastLineWithoutNewlineToo) {
  for (const std::string& text : awkward_texts()) {
    std::optional<stages::counts> got;
    (text_in_pieces(text, 5, 9000) | stages::count([&](stages::counts c) {
       got = c;
     })).run(deterministic{text.size()}, blocks_of(8192));
    ASSERT_TRUE(got.has_value());
    std::uint64_t expected = std::stoull(run_tool("wc -l", text));
    if (!text.empty() && text.back() != '\n') ++expected;
    EXPECT_EQ(got->records, expected);
    EXPECT_EQ(got->bytes, text.size());
  }
}

} // namespace
} // namespace weir::test
