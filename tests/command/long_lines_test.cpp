// Lines that are longer than the memory that there is, or take more of it to be read, in the real program.

#include "program.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

namespace weir::command {
namespace {

constexpr std::string_view k_before = "{\"n\":60}\n{\"n\":61}\n";
constexpr std::string_view k_after = "{\"n\":62}\n";

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// Small records, and a long one among them.
std::string with_one_of(std::size_t bytes) {
  return std::string(k_before) + "{\"n\":3,\"s\":\"" + std::string(bytes, 'x') + "\"}\n" + std::string(k_after);
}

/// A record of nothing but tokens.
std::string numbers(std::size_t bytes) {
  std::string text = "{\"n\":63,\"s\":[";
  for (std::size_t i = 0; i < bytes / 2; ++i) text += "1,";
  return text + "1]}\n";
}

std::uint64_t number_in(const std::string& report, const std::string& name) {
  const std::size_t at = report.find('"' + name + "\": ");
  EXPECT_NE(at, std::string::npos) << name << " is missing in\n" << report;
  return std::stoull(report.substr(at + name.size() + 4));
}

TEST(LongLines, GoToThePolicyOfTheJsonBehindStagesThatLetThemThrough) {
  const test_folder folder;
  folder.write("in", with_one_of(30u << 20));
  const std::string all = std::string(k_before) + std::string(k_after);
  for (const char* pipeline : {
           "read in | lines | grep 6 | json | write -",
           "read in | lines | sample 1 | head 9 | throttle 1GB/s | json | write -",
           "read in | lines | tee { json | write - } { grep 6 | json | null }",
           "merge { read in | lines | grep 6 } | json | write -",
           "read in | lines | json | tee { where 'n > 9' | write - } { select n | null }",
       }) {
    const ending got = weir_in(folder, {"--memory", "24M", "--on-error", "skip", pipeline});
    EXPECT_EQ(got.code, 0) << pipeline << got.err;
    EXPECT_EQ(got.out, all) << pipeline;
    EXPECT_TRUE(holds(got.err, ": too long\n")) << pipeline << got.err;
    EXPECT_TRUE(holds(got.err, "first in:3 (byte 18): json")) << pipeline << got.err;
  }
}

TEST(LongLines, AHeadCountsThemToo) {
  const test_folder folder;
  folder.write("in", with_one_of(30u << 20));
  const ending got =
      weir_in(folder, {"--memory", "24M", "--on-error", "skip", "read in | lines | head 3 | json | write -"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.out, k_before);
  EXPECT_TRUE(holds(got.err, "records  3 read = 2 delivered + 0 filtered + 1 rejected\n")) << got.err;
}

TEST(LongLines, EndTheRunWithTheirPlaceWhereSomethingElseWouldTakeTheirBeginningForALine) {
  const test_folder folder;
  folder.write("in", with_one_of(30u << 20));
  for (const char* pipeline : {
           "read in | lines | grep 6 | write out",
           "read in | lines | tee { json | null } { grep 6 | write out }",
           "read in | lines | gzip | gunzip | lines | json | write out",
       }) {
    const ending got = weir_in(folder, {"-q", "--memory", "24M", "--on-error", "skip", pipeline});
    EXPECT_EQ(got.code, 1) << pipeline;
    EXPECT_TRUE(holds(got.err, "weir: lines: in: record at byte 18 is 31 MiB long and does not fit; ")) << got.err;
    EXPECT_FALSE(folder.has("out")) << pipeline;
  }
}

// The parser's tokens take four times the record. They come out of the limit, however many such records there are.
TEST(LongLines, AreReadWithinTheMemoryThatWasNamedBeforeTheRun) {
  const test_folder folder;
  std::size_t size = 0;
  {
    std::string text(k_before);
    for (int i = 0; i < 8; ++i) text += numbers(8u << 20);
    folder.write("in", text);
    size = text.size();
  } // to the kernel, what we hold now is the program's
  const ending got = weir_in(
      folder, {"-q", "--memory", "64M", "--report", "run.json", "read in | lines | json | where 'n > 60' | write out"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(folder.read("out").size(), size - k_before.size() / 2);
  const std::string report = folder.read("run.json");
  EXPECT_LE(number_in(report, "memory_peak_bytes"), number_in(report, "memory_bound_bytes"));
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__) // what these hold is not the program's
  constexpr std::uint64_t k_program = 12u << 20;                    // its code, its threads' stacks
  EXPECT_LE(number_in(report, "rss_peak_bytes"), number_in(report, "memory_bound_bytes") + k_program);
#endif
}

TEST(LongLines, AreBadRecordsWhereTheyFitButReadingThemDoesNot) {
  const test_folder folder;
  const std::string line = numbers(24u << 20);
  folder.write("in", std::string(k_before) + line + std::string(k_after));
  const ending got = weir_in(folder, {"--memory", "64M", "--on-error", "skip", "read in | lines | json | write -"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.out, std::string(k_before) + std::string(k_after));
  EXPECT_TRUE(holds(got.err, "more than the memory that there is with what reading it takes; --memory 589M would do"))
      << got.err;
  const ending enough =
      weir_in(folder, {"--memory", "589M", "--on-error", "skip", "read in | lines | json | where 'n == 63' | write -"});
  EXPECT_TRUE(enough.out == line) << enough.out.substr(0, 1000) << enough.err;
}

} // namespace
} // namespace weir::command
