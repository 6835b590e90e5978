// The command line of `weir stress`.

#include "apps/weir/stress_options.hpp"

#include "apps/weir/arguments.hpp"
#include "refusal.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace weir::command {
namespace {

using namespace std::chrono_literals;

stress_options read(std::vector<const char*> words) {
  words.insert(words.begin(), "stress");
  const std::vector<word> line = line_of(std::move(words));
  return parse_stress_options(line[0], std::span(line).subspan(1));
}

std::string refused(std::vector<const char*> words) {
  return refusal<usage_error>([&] { (void)read(words); });
}

TEST(StressOptions, RunEveryShapeForTenSecondsWithANewSeedEachTime) {
  const stress_options got = read({});
  EXPECT_EQ(got.shapes, all_stress_shapes());
  EXPECT_EQ(got.threads, (std::vector{1u, 2u, 8u}));
  EXPECT_EQ(got.capacities, (std::vector<std::optional<std::size_t>>{std::nullopt}));
  EXPECT_EQ(got.items, 0u);
  EXPECT_EQ(got.duration, 10s);
  EXPECT_FALSE(got.delays);
  EXPECT_EQ(got.json, "");
  EXPECT_TRUE(got.seed != read({}).seed || got.seed != read({}).seed); // one chance in 2^64
}

TEST(StressOptions, ReadAllThatIsOffered) {
  const stress_options got = read({"--shape", "farm-unordered", "--items", "1000000000", "--seed=7", "--threads", "2,8",
                                   "--capacity", "1,random,4096", "--delays", "--json", "-"});
  EXPECT_EQ(got.shapes, std::vector{stress_shape::farm_unordered});
  EXPECT_EQ(got.items, 1'000'000'000u);
  EXPECT_EQ(got.duration, 0s);
  EXPECT_EQ(got.seed, 7u);
  EXPECT_EQ(got.threads, (std::vector{2u, 8u}));
  EXPECT_EQ(got.capacities, (std::vector<std::optional<std::size_t>>{1, std::nullopt, 4096}));
  EXPECT_TRUE(got.delays);
  EXPECT_EQ(got.json, "-");
  EXPECT_EQ(read({"--shape", "all"}).shapes, all_stress_shapes());
}

TEST(StressOptions, MakeACellOfEachShapeThreadsAndCapacityAndShareTheTime) {
  const std::vector<stress_cell> cells = read({"--for", "60s", "--threads", "1,2", "--capacity", "1,64,4096"}).cells();
  ASSERT_EQ(cells.size(), 5u * 2 * 3);
  for (const stress_cell& each : cells) EXPECT_EQ(each.duration, 2s);
  EXPECT_EQ(cells[3].shape, stress_shape::chain);
  EXPECT_EQ(cells[3].threads, 2u);
  EXPECT_EQ(cells[3].capacity, 1u);
  EXPECT_EQ(cells.back().shape, stress_shape::merge);
}

// What a failing cell tells the user to type is that cell and no other.
TEST(StressOptions, RepeatACellByItsOwnCommand) {
  for (const std::vector<const char*>& words :
       {std::vector<const char*>{"--for", "45s", "--seed", "5", "--delays", "--threads", "2,3"},
        {"--items", "12345", "--seed", "18446744073709551615", "--capacity", "1,random"}}) {
    for (const stress_cell& cell : read(words).cells()) {
      const std::string command = to_repeat(cell);
      ASSERT_TRUE(command.starts_with("weir stress "));
      std::vector<std::string> texts;
      std::istringstream in(command.substr(12));
      for (std::string text; in >> text;) texts.push_back(text);
      std::vector<const char*> again;
      for (const std::string& text : texts) again.push_back(text.c_str());
      const std::vector<stress_cell> same = read(again).cells();
      ASSERT_EQ(same.size(), 1u);
      EXPECT_EQ(to_repeat(same[0]), command);
      EXPECT_EQ(same[0].shape, cell.shape);
      EXPECT_EQ(same[0].threads, cell.threads);
      EXPECT_EQ(same[0].capacity, cell.capacity);
      EXPECT_EQ(same[0].delays, cell.delays);
      EXPECT_EQ(same[0].seed, cell.seed);
      EXPECT_EQ(same[0].items, cell.items);
      EXPECT_EQ(same[0].duration, cell.duration);
    }
  }
}

TEST(StressOptions, RefuseWhatMakesNoSense) {
  EXPECT_EQ(refused({"--thraeds", "2"}), "stress: unknown option '--thraeds'; did you mean '--threads'?\n"
                                         "    weir stress --thraeds 2\n"
                                         "                ^~~~~~~~~");
  EXPECT_EQ(refused({"--threads", "1,0"}), "stress: --threads: '0' is not between 1 and 1024\n"
                                           "    weir stress --threads 1,0\n"
                                           "                          ^~~");
  EXPECT_EQ(refused({"--capacity", "64,"}), "stress: --capacity: '' is not a whole number\n"
                                            "    weir stress --capacity 64,\n"
                                            "                           ^~~");
  EXPECT_EQ(refused({"--items", "0"}), "stress: --items: '0' is not between 1 and 72057594037927935\n"
                                       "    weir stress --items 0\n"
                                       "                        ^");
  EXPECT_EQ(refused({"--for", "0s"}), "stress: --for: '0s' leaves no time\n"
                                      "    weir stress --for 0s\n"
                                      "                      ^~");
  EXPECT_EQ(refused({"--shape", "chian"}),
            "stress: --shape: 'chian' is none of all, chain, farm, farm-unordered, tee, merge; did you mean 'chain'?\n"
            "    weir stress --shape chian\n"
            "                        ^~~~~");
  EXPECT_EQ(refused({"--items", "3", "--for", "1s"}), "stress: --items and --for do not go together\n"
                                                      "    weir stress --items 3 --for 1s\n"
                                                      "         ^~~~~~");
  EXPECT_EQ(refused({"read a | count"}), "stress: unexpected 'read a | count'; it takes no word without a dash\n"
                                         "    weir stress 'read a | count'\n"
                                         "                ^~~~~~~~~~~~~~~~");
}

TEST(StressOptions, ShowTheirHelp) {
  const std::string help = refusal<help_request>([] { (void)read({"--help"}); });
  EXPECT_EQ(help.find("Runs pipelines under load and verifies that no item is lost, doubled or out of order.\n"
                      "\n"
                      "Usage: weir stress [OPTIONS]\n"),
            0u)
      << help;
  for (const char* option : {"--shape all|chain|farm|farm-unordered|tee|merge", "--items N", "--for DURATION",
                             "--seed N", "--threads LIST", "--capacity LIST", "--delays", "--json FILE", "ru_nvcsw"})
    EXPECT_NE(help.find(option), std::string::npos) << option;
}

} // namespace
} // namespace weir::command
