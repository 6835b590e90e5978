#include "apps/weir/summary_table.hpp"

#include <gtest/gtest.h>

namespace weir::command {
namespace {

run_summary one_run() {
  run_summary run;
  run.seconds = 3.41;
  run.cpu_seconds = 6.58;
  run.memory_bound_bytes = 256 << 20;
  run.memory_peak_bytes = 34 << 20;
  run.rss_peak_bytes = 61 << 20;
  run.bottleneck = "gzip";
  run.stages = {
      {"read", 0, 2048, 0, 536870912, 0.42, 2.5, 0, 0.25, false, true},
      {"lines", 2048, 1789569, 536870912, 536870912, 0.2, 0, 3.2, 0},
      {"grep", 1789569, 89478, 536870912, 26843545, 0.31, 0, 3.1, 0},
      {"gzip", 89478, 108, 26843545, 3145728, 3.38, 0, 0.03, 0},
      {"write", 108, 0, 3145728, 0, 0.01, 0, 3.4, 0, true, false},
  };
  return run;
}

TEST(SummaryTable, AlignsEveryColumnAndMarksTheBottleneck) {
  EXPECT_EQ(summary_table(one_run()),
            "  stage   items in  items out  bytes in  bytes out    busy  blocked  starved  waiting\n"
            "  read           -      2,048         -    512 MiB  0.42 s   2.50 s   0.00 s   0.25 s\n"
            "  lines      2,048  1,789,569   512 MiB    512 MiB  0.20 s   0.00 s   3.20 s   0.00 s\n"
            "  grep   1,789,569     89,478   512 MiB   25.6 MiB  0.31 s   0.00 s   3.10 s   0.00 s\n"
            "* gzip      89,478        108  25.6 MiB   3.00 MiB  3.38 s   0.00 s   0.03 s   0.00 s\n"
            "  write        108          -  3.00 MiB          -  0.01 s   0.00 s   3.40 s   0.00 s\n"
            "3.41 s wall, 6.58 s cpu (1.93 cores), bottleneck gzip\n"
            "memory 34.0 MiB of 256 MiB, process 61.0 MiB\n");
}

TEST(SummaryTable, HasADashWhereverAStageHasNoInputOrNoOutput) {
  report branched;
  branched.edges = {{"", 0, 4, "read", "tee"},
                    {"", 0, 4, "tee", "write"},
                    {"", 0, 4, "tee", "gzip"},
                    {"", 0, 4, "gzip", "gzip"},
                    {"", 0, 4, "gzip", "write#2"}};
  for (const char* name : {"read", "tee", "write", "gzip", "write#2"}) {
    stage_report& stage = branched.stages.emplace_back();
    stage.name = name;
    stage.items_in = 11;
    stage.items_out = 22;
  }
  const std::string table = summary_table(summary_of(branched));
  const auto row = [&table](const std::string& name) {
    const std::size_t at = table.find("  " + name + " ");
    return at == std::string::npos ? std::string() : table.substr(at, 31);
  };
  EXPECT_EQ(row("read"), "  read            -         22 ");
  EXPECT_EQ(row("tee"), "  tee            11         22 ");
  EXPECT_EQ(row("write"), "  write          11          - ");
  EXPECT_EQ(row("gzip"), "  gzip           11         22 ");
  EXPECT_EQ(row("write#2"), "  write#2        11          - ");
}

TEST(SummaryTable, WithoutABottleneckMarksNone) {
  run_summary run = one_run();
  run.bottleneck.clear();
  const std::string table = summary_table(run);
  EXPECT_EQ(table.find('*'), std::string::npos);
  EXPECT_EQ(table.find("bottleneck"), std::string::npos);
}

TEST(SummaryTable, OfARunOfNoTimeHasNoCores) {
  run_summary run = one_run();
  run.seconds = 0;
  EXPECT_NE(summary_table(run).find("0.00 s wall, 6.58 s cpu (0.00 cores)"), std::string::npos);
}

TEST(SummaryTable, LinesUpNamesOfSeveralBytesACharacter) {
  run_summary run = one_run();
  run.stages.resize(2);
  run.stages[0].name = "l\xC3\xA4sen";
  const std::string table = summary_table(run);
  EXPECT_NE(table.find("  l\xC3\xA4sen         -      2,048"), std::string::npos) << table;
}

} // namespace
} // namespace weir::command
