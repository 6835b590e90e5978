#include "apps/weir/arguments.hpp"

#include "apps/weir/pipeline_text.hpp"
#include "refusal.hpp"

#include <gtest/gtest.h>

namespace weir::command {
namespace {

enum class shape { log, csv };

/// A stage's line with one of everything.
struct everything {
  bool fixed = false;
  bool fold = false;
  std::string pattern;
  std::vector<word> paths;
  int level = 6;
  std::uint64_t size = 0;
  std::int64_t number = 0;
  std::uint8_t small = 0;
  double share = 0;
  std::optional<rate> speed;
  std::chrono::nanoseconds time{};
  shape format = shape::log;
  arguments line{"grep", "Keeps the records that match."};

  everything() {
    line.flag("-F,--fixed-strings", fixed, "the pattern is plain text");
    line.flag("-i,--ignore-case", fold, "upper and lower case are the same");
    line.level(level, 1, 9, "how hard to try (6)");
    line.size("--size", size, "how much");
    line.option("-n,--number", number, "N", "how many");
    line.option("--small", small, "N", "how few");
    line.option("--share", share, "P", "which part");
    line.option("--speed", speed, "RATE", "how fast");
    line.option("--for", time, "TIME", "how long");
    line.choice<shape>("--format", format, {{"log", shape::log}, {"csv", shape::csv}}, "what form");
    line.positional("PATTERN", pattern, "what to look for");
    line.positionals("PATH", paths, "where", arguments::need::optional);
  }

  everything& read(std::vector<const char*> words) {
    line.parse({"grep", "grep", false, {}}, line_of(std::move(words)));
    return *this;
  }
};

std::string refused(std::vector<const char*> words) {
  return refusal<usage_error>([&] { everything().read(words); });
}

TEST(Arguments, ReadsFlagsOptionsAndPositionals) {
  everything got;
  got.read({"-F", "a", "--size", "64M", "-n", "7", "b", "c"});
  EXPECT_TRUE(got.fixed);
  EXPECT_FALSE(got.fold);
  EXPECT_EQ(got.pattern, "a");
  EXPECT_EQ(got.size, 64u << 20);
  EXPECT_EQ(got.number, 7);
  ASSERT_EQ(got.paths.size(), 2u);
  EXPECT_EQ(got.paths[1].text, "c");
}

TEST(Arguments, ReadsCombinedShortFlags) {
  everything got;
  got.read({"-Fi", "x"});
  EXPECT_TRUE(got.fixed && got.fold);
}

TEST(Arguments, ReadsAFlagGivenTwiceAsOnce) { EXPECT_TRUE(everything().read({"-F", "-F", "x"}).fixed); }

TEST(Arguments, ReadsAValueBehindAnEqualsSignAndBehindAShortName) {
  EXPECT_EQ(everything().read({"--size=1K", "x"}).size, 1024u);
  EXPECT_EQ(everything().read({"--number=3", "x"}).number, 3);
  EXPECT_EQ(everything().read({"-n10", "x"}).number, 10);
  EXPECT_EQ(everything().read({"-Fn10", "x"}).number, 10);
}

TEST(Arguments, LetsTheLastOfSeveralCount) { EXPECT_EQ(everything().read({"-n1", "x", "-n2"}).number, 2); }

TEST(Arguments, ReadsEveryKindOfValue) {
  everything got;
  got.read({"--small", "255", "--share=0.25", "--speed", "10/s", "--for", "1m30s", "--format", "csv", "x"});
  EXPECT_EQ(got.small, 255);
  EXPECT_EQ(got.share, 0.25);
  EXPECT_EQ(got.speed, (rate{10, rate::unit::records}));
  EXPECT_EQ(got.time, std::chrono::seconds(90));
  EXPECT_EQ(got.format, shape::csv);
}

TEST(Arguments, LeavesTheDefaultsOfWhatIsNotGiven) {
  everything got;
  got.read({"x"});
  EXPECT_EQ(got.level, 6);
  EXPECT_FALSE(got.speed.has_value());
}

TEST(Arguments, ReadsLevelsAsGzipDoes) {
  EXPECT_EQ(everything().read({"-1", "x"}).level, 1);
  EXPECT_EQ(everything().read({"-9", "x"}).level, 9);
  EXPECT_EQ(everything().read({"--level", "4", "x"}).level, 4);
  int level = 3;
  arguments zstd("zstd");
  zstd.level(level, 1, 19, "");
  zstd.parse({"zstd", "zstd", false, {}}, line_of({"-19"}));
  EXPECT_EQ(level, 19);
}

TEST(Arguments, TakesAnyWordBehindTwoDashes) {
  everything got;
  got.read({"--", "-F", "--", "-1"});
  EXPECT_EQ(got.pattern, "-F");
  EXPECT_FALSE(got.fixed);
  ASSERT_EQ(got.paths.size(), 2u);
  EXPECT_EQ(got.paths[0].text, "--");
  EXPECT_EQ(got.level, 6);
}

TEST(Arguments, TakesASingleDashForAWord) { EXPECT_EQ(everything().read({"-"}).pattern, "-"); }

TEST(Arguments, TakesANegativeNumberForAValue) { EXPECT_EQ(everything().read({"-n", "-5", "x"}).number, -5); }

TEST(Arguments, PassesWordsThroughThatTheParserBelowHasAMeaningFor) {
  everything got;
  got.read({"[a,b]", "{x}", "++", "", "a=b", "[0-9]*", "%%"});
  EXPECT_EQ(got.pattern, "[a,b]");
  std::vector<std::string> texts;
  for (const word& path : got.paths) texts.push_back(path.text);
  EXPECT_EQ(texts, (std::vector<std::string>{"{x}", "++", "", "a=b", "[0-9]*", "%%"}));
}

TEST(Arguments, GivesAWordWithItsQuotingToWhoAsksForIt) {
  std::vector<word> paths;
  arguments line("read");
  line.positionals("PATH", paths, "");
  const stage_text stage = parse_pipeline("read '*'.gz")[0];
  line.parse(stage.name, stage.arguments);
  EXPECT_EQ(paths.at(0).pattern, "\\*.gz");
  EXPECT_TRUE(paths.at(0).quoted);
}

TEST(Arguments, RefusesAnUnknownOptionWithASuggestion) {
  EXPECT_EQ(refused({"--nubmer", "3", "x"}), "grep: unknown option '--nubmer'; did you mean '--number'?\n"
                                             "    weir --nubmer 3 x\n"
                                             "         ^~~~~~~~");
  EXPECT_EQ(refused({"x", "--nubmer=3"}), "grep: unknown option '--nubmer'; did you mean '--number'?\n"
                                          "    weir x --nubmer=3\n"
                                          "           ^~~~~~~~~~");
}

TEST(Arguments, RefusesAnUnknownOptionThatIsNearNone) {
  EXPECT_EQ(refused({"-Q", "x"}),
            "grep: unknown option '-Q'; --help shows what grep takes (a word that begins with '-' "
            "but is no option goes after '--')\n"
            "    weir -Q x\n"
            "         ^~");
}

TEST(Arguments, RefusesAnUnknownLetterAmongCombinedOnes) {
  EXPECT_EQ(refused({"x", "-FQ"}),
            "grep: unknown option '-Q'; --help shows what grep takes (a word that begins with '-' "
            "but is no option goes after '--')\n"
            "    weir x -FQ\n"
            "           ^~~");
}

TEST(Arguments, RefusesALevelWhereThereAreNone) {
  arguments line("lines");
  const std::vector<word> given = line_of({"-9"});
  EXPECT_EQ(refusal<usage_error>([&] {
              line.parse({"lines", "lines", false, {}}, given);
            }),
            "lines: unknown option '-9'; --help shows what lines takes\n"
            "    weir -9\n"
            "         ^~");
}

TEST(Arguments, RefusesALevelOutOfRange) {
  EXPECT_EQ(refused({"-10", "x"}), "grep: --level: '10' is no level; they go from -1 to -9\n"
                                   "    weir -10 x\n"
                                   "         ^~~");
  EXPECT_EQ(refused({"-0", "x"}), "grep: --level: '0' is no level; they go from -1 to -9\n"
                                  "    weir -0 x\n"
                                  "         ^~");
}

TEST(Arguments, RefusesAMissingValue) {
  EXPECT_EQ(refused({"x", "-n"}), "grep: '-n' needs a value after it\n"
                                  "    weir x -n\n"
                                  "           ^~");
  EXPECT_EQ(refused({"x", "--size", "--"}), "grep: '--size' needs a value after it\n"
                                            "    weir x --size --\n"
                                            "           ^~~~~~");
  EXPECT_EQ(refused({"x", "-Fn"}), "grep: '-Fn' needs a value after it\n"
                                   "    weir x -Fn\n"
                                   "           ^~~");
}

TEST(Arguments, RefusesAnOptionAsTheValueOfANumber) {
  EXPECT_EQ(refused({"-n", "--size=3", "x"}), "grep: --number: '--size=3' is not a whole number\n"
                                              "    weir -n --size=3 x\n"
                                              "            ^~~~~~~~");
}

TEST(Arguments, RefusesAValueForAFlag) {
  EXPECT_EQ(refused({"--fixed-strings=yes", "x"}), "grep: --fixed-strings takes no value\n"
                                                   "    weir --fixed-strings=yes x\n"
                                                   "         ^~~~~~~~~~~~~~~~~~~");
}

TEST(Arguments, RefusesAMissingPositional) {
  EXPECT_EQ(refused({}), "grep needs PATTERN: grep [OPTIONS] PATTERN [PATH...]");
  const stage_text stage = parse_pipeline("read a | grep -F")[1];
  EXPECT_EQ(refusal<usage_error>([&] { everything().line.parse(stage.name, stage.arguments); }),
            "pipeline:1:10: grep needs PATTERN: grep [OPTIONS] PATTERN [PATH...]\n"
            "    read a | grep -F\n"
            "             ^~~~");
}

TEST(Arguments, RefusesAnExtraWord) {
  std::uint64_t count = 0;
  const std::vector<word> given = line_of({"5", "6"});
  arguments head("head");
  head.positional("N", count, "");
  EXPECT_EQ(refusal<usage_error>([&] {
              head.parse({"head", "head", false, {}}, given);
            }),
            "head: unexpected '6'; it takes no further word after N\n"
            "    weir 5 6\n"
            "           ^");
  arguments lines("lines");
  EXPECT_EQ(refusal<usage_error>([&] {
              lines.parse({"lines", "lines", false, {}}, given);
            }),
            "lines: unexpected '5'; it takes no word without a dash\n"
            "    weir 5 6\n"
            "         ^");
}

TEST(Arguments, PointsAtTheRightOneOfTwoEqualWords) {
  std::string first;
  const std::vector<word> given = line_of({"x", "x"});
  arguments line("write");
  line.positional("PATH", first, "");
  EXPECT_EQ(refusal<usage_error>([&] {
              line.parse({"write", "write", false, {}}, given);
            }),
            "write: unexpected 'x'; it takes no further word after PATH\n"
            "    weir x x\n"
            "           ^");
}

TEST(Arguments, RefusesValuesThatAreNoneAndPointsAtThem) {
  EXPECT_EQ(refused({"x", "-n", "abc"}), "grep: --number: 'abc' is not a whole number\n"
                                         "    weir x -n abc\n"
                                         "              ^~~");
  EXPECT_EQ(refused({"-n99999999999999999999", "x"}),
            "grep: --number: '99999999999999999999' is not between -9223372036854775808 and 9223372036854775807\n"
            "    weir -n99999999999999999999 x\n"
            "         ^~~~~~~~~~~~~~~~~~~~~~");
  EXPECT_EQ(refused({"x", "--small=256"}), "grep: --small: '256' is not between 0 and 255\n"
                                           "    weir x --small=256\n"
                                           "           ^~~~~~~~~~~");
  EXPECT_EQ(refused({"x", "--small", "-1"}), "grep: --small: '-1' is below 0\n"
                                             "    weir x --small -1\n"
                                             "                   ^~");
  EXPECT_EQ(refused({"x", "--share", "1.5x"}), "grep: --share: '1.5x' is not a number\n"
                                               "    weir x --share 1.5x\n"
                                               "                   ^~~~");
  EXPECT_EQ(refused({"x", "--size="}), "grep: --size: '' is not a size; write for example 4096, 256K, 64M or 1.5G\n"
                                       "    weir x --size=\n"
                                       "           ^~~~~~~");
}

TEST(Arguments, RefusesAWordThatIsNoChoice) {
  EXPECT_EQ(refused({"--format", "cvs", "x"}), "grep: --format: 'cvs' is none of log, csv; did you mean 'csv'?\n"
                                               "    weir --format cvs x\n"
                                               "                  ^~~");
}

TEST(Arguments, ShowsItsHelp) {
  const std::string expected = "Keeps the records that match.\n"
                               "\n"
                               "Usage: grep [OPTIONS] PATTERN [PATH...]\n"
                               "\n"
                               "Positionals:\n"
                               "  PATTERN                     what to look for\n"
                               "  PATH                        where\n"
                               "\n"
                               "Options:\n"
                               "  -h,--help                   show this text\n"
                               "  -F,--fixed-strings          the pattern is plain text\n"
                               "  -i,--ignore-case            upper and lower case are the same\n"
                               "  --level N                   or -1 to -9: how hard to try (6)\n"
                               "  --size SIZE                 how much\n"
                               "  -n,--number N               how many\n"
                               "  --small N                   how few\n"
                               "  --share P                   which part\n"
                               "  --speed RATE                how fast\n"
                               "  --for TIME                  how long\n"
                               "  --format log|csv            what form\n";
  EXPECT_EQ(refusal<help_request>([] { everything().read({"--help"}); }), expected);
}

TEST(Arguments, ShowsItsHelpWhateverElseIsWrong) {
  EXPECT_NE(refusal<help_request>([] {
              everything().read({"-n", "abc", "--nonsense", "-h"});
            }).find("Usage: grep"),
            std::string::npos);
}

} // namespace
} // namespace weir::command
