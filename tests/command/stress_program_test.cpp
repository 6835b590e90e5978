// `weir stress` from end to end.

#include "program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <regex>
#include <string>

namespace weir::command {
namespace {

/// Without what is measured: seconds, rates, wakes and memory.
std::string configuration_of(const std::string& json) {
  return std::regex_replace(
      json, std::regex("\"(seconds|items_per_second|wakes[a-z_]*|warm[a-z_]*|rss_bytes)\": [^\n]*"), "");
}

TEST(Stress, PrintsALineForEachCellAndExitsWithNought) {
  const test_folder folder;
  const ending got = weir_in(folder, {"stress", "--items", "1000", "--threads", "1,2", "--seed", "7"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.err, "");
  EXPECT_EQ(got.out.find("seed 7\nshape "), 0u);
  std::size_t verified = 0;
  for (std::size_t at = 0; (at = got.out.find("verified\n", at)) != std::string::npos; ++at) ++verified;
  EXPECT_EQ(verified, 10u) << got.out;
}

TEST(Stress, ASeedRepeatsTheSameConfigurationInJson) {
  const test_folder folder;
  const auto figures = [&](const char* seed) {
    const ending got = weir_in(folder, {"stress", "--items", "500", "--threads", "2", "--capacity", "random,3",
                                        "--delays", "--seed", seed, "--json", "-"});
    EXPECT_EQ(got.code, 0) << got.err;
    EXPECT_EQ(got.err.find(std::string("seed ") + seed + "\n"), 0u) << "the table makes way for the figures";
    return configuration_of(got.out);
  };
  const std::string first = figures("7");
  EXPECT_NE(first.find("\"edge_capacities\": ["), std::string::npos) << first;
  EXPECT_NE(first.find("\"items\": 500"), std::string::npos) << first;
  EXPECT_NE(first.find("\"verified\": true"), std::string::npos) << first;
  EXPECT_EQ(figures("7"), first);
  EXPECT_NE(figures("8"), first);
}

TEST(Stress, WritesItsFiguresToAFileAndRefusesOneBeforeTheRun) {
  const test_folder folder;
  const ending got = weir_in(folder, {"stress", "--shape", "tee", "--items", "500", "--json", "tee.json"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_NE(folder.read("tee.json").find("\"shape\": \"tee\""), std::string::npos);
  const ending refused = weir_in(folder, {"stress", "--for", "1h", "--json", "nowhere/tee.json"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.out, "");
  EXPECT_EQ(refused.err.find("weir: json: open: nowhere/tee.json: "), 0u) << refused.err;
}

TEST(Stress, AnInterruptEndsItWithWhatWasVerifiedSoFar) {
  const test_folder folder;
  running_program::settings with;
  with.pipe_output = true;
  running_program program(folder, {"stress", "--for", "1h", "--seed", "7", "--json", "cut.json"}, with);
  EXPECT_EQ(program.read_output(7), "seed 7\n");
  program.send(SIGINT);
  const ending got = program.wait();
  EXPECT_EQ(got.code, 130) << got.err;
  EXPECT_EQ(got.err, "");
  EXPECT_EQ(got.out.find("WRONG"), std::string::npos) << got.out;
  EXPECT_LE(std::ranges::count(got.out, '\n'), 2) << "the head and at most the first run: " << got.out;
  EXPECT_NE(folder.read("cut.json").find("\"interrupted\": true"), std::string::npos);
}

TEST(Stress, RefusesNonsense) {
  const test_folder folder;
  const ending got = weir_in(folder, {"stress", "--items", "many"});
  EXPECT_EQ(got.code, 2);
  EXPECT_EQ(got.err, "weir: stress: --items: 'many' is not a whole number\n"
                     "    weir stress --items many\n"
                     "                        ^~~~\n");
}

} // namespace
} // namespace weir::command
