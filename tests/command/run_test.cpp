// Runs that go well.

#include "program.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace weir::command {
namespace {

/// `count` lines of which every twentieth holds " 500 ".
std::string log_lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += "request " + std::to_string(i) + (i % 20 == 7 ? " 500 " : " 200 ") + "after\n";
  return text;
}

std::string with_status_500(const std::string& lines) {
  std::string text;
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = lines.find('\n', begin) + 1;
    const std::string line = lines.substr(begin, end - begin);
    if (line.find(" 500 ") != std::string::npos) text += line;
    begin = end;
  }
  return text;
}

TEST(Run, TheMainJobGivesWhatGrepAndGzipGive) {
  const test_folder folder;
  const std::string text = log_lines(100'000);
  folder.write("in", text);
  ASSERT_EQ(program_in(folder, "gzip", {"in"}).code, 0);
  const ending got = weir_in(folder, {"read in.gz | lines | grep -F ' 500 ' | gzip | write out.gz"});
  ASSERT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.out, "");
  EXPECT_EQ(program_in(folder, "gzip", {"-dc", "out.gz"}).out, with_status_500(text));
  EXPECT_EQ(folder.names(), "in.gz out.gz ");
}

TEST(Run, WithoutATerminalOnlyTheSummaryIsShown) {
  const test_folder folder;
  folder.write("in", log_lines(1000));
  const ending got = weir_in(folder, {"read in | lines | write out"});
  EXPECT_EQ(got.code, 0);
  EXPECT_TRUE(got.err.find("stage") != std::string::npos && got.err.find("bytes out") != std::string::npos) << got.err;
  EXPECT_EQ(got.err.find('\r'), std::string::npos) << got.err;
}

TEST(Run, QuietIsQuiet) {
  const test_folder folder;
  folder.write("in", log_lines(1000));
  const ending got = weir_in(folder, {"--quiet", "--progress", "always", "read in | lines | write out"});
  EXPECT_EQ(got.code, 0);
  EXPECT_EQ(got.err, "");
}

TEST(Run, ProgressIsShownWhereItIsAskedForAndWipedAtTheEnd) {
  const test_folder folder;
  folder.write("in", log_lines(1000));
  const ending got = weir_in(folder, {"--progress", "always", "--memory", "64M", "read in | lines | null"});
  EXPECT_EQ(got.code, 0);
  for (const char* part : {"% ", "in ", "out ", "mem ", "/64M"})
    EXPECT_NE(got.err.find(part), std::string::npos) << part << " is missing in\n" << got.err;
  const std::size_t wiped = got.err.rfind("\r\x1b[K");
  ASSERT_NE(wiped, std::string::npos);
  EXPECT_TRUE(got.err.substr(wiped + 4).starts_with("  stage ")) << got.err;
}

TEST(Run, CountPrintsRecordsAndBytes) {
  const test_folder folder;
  folder.write("in", "one\ntwo\nthree, without an end");
  const ending got = weir_in(folder, {"-q", "read in | lines | count"});
  EXPECT_EQ(got.code, 0);
  EXPECT_EQ(got.out, "3 29\n");
}

TEST(Run, StandardInputAndOutput) {
  const ending got = weir_in(test_folder(), {"-q", "read - | lines | grep -v b | write -"}, "a\nb\nc");
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.out, "a\nc");
}

TEST(Run, GlobsAreExpandedUnlessTheyAreQuoted) {
  const test_folder folder;
  folder.write("b.log", "2\n");
  folder.write("a.log", "1\n");
  folder.write("c[d].log", "3\n");
  EXPECT_EQ(weir_in(folder, {"-q", "read [ab].log | write -"}).out, "1\n2\n");
  EXPECT_EQ(weir_in(folder, {"-q", "read 'c[d].log' | write -"}).out, "3\n");
}

TEST(Run, APipelineFromAFileWithCommentsAndLines) {
  const test_folder folder;
  folder.write("in", log_lines(100));
  folder.write("job.weir", "# errors only\nread in |\n  lines |    # records\n  grep -F \" 500 \" |\n  write out\n");
  EXPECT_EQ(weir_in(folder, {"-q", "-f", "job.weir"}).code, 0);
  EXPECT_EQ(folder.read("out"), with_status_500(log_lines(100)));
}

TEST(Run, BytesOfEveryValueGoThroughUnchanged) {
  const test_folder folder;
  const std::string bytes = random_bytes(3'000'000, 7);
  folder.write("in", bytes);
  ASSERT_EQ(weir_in(folder, {"-q", "read in | lines | grep -F '' | write out"}).code, 0);
  EXPECT_TRUE(folder.read("out") == bytes);
  for (const char* codec : {"gzip", "gzip -6", "zstd", "zstd -1"}) {
    const std::string back = std::string(codec).starts_with("gzip") ? "gunzip" : "unzstd";
    ASSERT_EQ(weir_in(folder, {"-q", std::string("read in | ") + codec + " | " + back + " | write out"}).code, 0);
    EXPECT_TRUE(folder.read("out") == bytes) << codec;
  }
}

TEST(Run, AnEmptyFileStaysEmpty) {
  const test_folder folder;
  folder.write("in", "");
  ASSERT_EQ(weir_in(folder, {"-q", "read in | lines | grep x | write out"}).code, 0);
  EXPECT_TRUE(folder.has("out"));
  EXPECT_EQ(folder.read("out"), "");
  ASSERT_EQ(weir_in(folder, {"-q", "read in | gzip | write out.gz"}).code, 0);
  const ending back = program_in(folder, "gzip", {"-dc", "out.gz"});
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_EQ(back.out, "");
}

TEST(Run, GenerateMakesAsMuchAsItIsAskedFor) {
  const test_folder folder;
  const ending records = weir_in(folder, {"-q", "generate --records 1000 --size 200 --format log | lines | count"});
  EXPECT_EQ(records.code, 0) << records.err;
  EXPECT_TRUE(records.out.starts_with("1000 ")) << records.out;
  EXPECT_EQ(weir_in(folder, {"-q", "generate --bytes 1M --format random | write out"}).code, 0);
  EXPECT_EQ(folder.read("out").size(), std::size_t{1} << 20);
}

TEST(Run, SampleKeepsTheSameShareForTheSameSeed) {
  const test_folder folder;
  folder.write("in", log_lines(20'000));
  const auto kept = [&](const std::string& seed) {
    return weir_in(folder, {"-q", "read in | lines | sample 0.25 --seed " + seed + " | write -"}).out;
  };
  const std::string first = kept("1");
  EXPECT_NEAR(static_cast<double>(std::ranges::count(first, '\n')), 5000, 300);
  EXPECT_EQ(kept("1"), first);
  EXPECT_NE(kept("2"), first);
}

TEST(Run, ThrottleSlowsDown) {
  const test_folder folder;
  folder.write("in", log_lines(100));
  ASSERT_EQ(weir_in(folder, {"-q", "--report", "run.json", "read in | lines | throttle 200/s | write out"}).code, 0);
  EXPECT_EQ(folder.read("out"), log_lines(100));
  const std::string report = folder.read("run.json");
  const double seconds = std::stod(report.substr(report.find("\"seconds\": ") + 11));
  EXPECT_GT(seconds, 0.35) << report;
}

TEST(Run, HeadEndsEarly) {
  const test_folder folder;
  folder.write("in", log_lines(200'000));
  const ending got = weir_in(folder, {"-q", "read in | lines | head 3 | write -"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.out, log_lines(3));
}

TEST(Run, TheReportHasAllItsFields) {
  const test_folder folder;
  folder.write("in", log_lines(5000));
  ASSERT_EQ(weir_in(folder, {"-q", "--report", "run.json", "read in | lines | null"}).code, 0);
  const std::string report = folder.read("run.json");
  for (const char* name : {"seconds", "cpu_seconds", "memory_bound_bytes", "memory_peak_bytes", "rss_peak_bytes",
                           "bottleneck", "stages", "name", "items_in", "items_out", "bytes_in", "bytes_out",
                           "busy_seconds", "blocked_seconds", "starved_seconds", "waiting_seconds"})
    EXPECT_NE(report.find('"' + std::string(name) + "\":"), std::string::npos) << name << " is missing in\n" << report;
  const std::string bytes = std::to_string(log_lines(5000).size());
  EXPECT_NE(report.find("\"bytes_out\": " + bytes), std::string::npos) << report;
  EXPECT_NE(report.find("\"interrupted\": false"), std::string::npos) << report;
  EXPECT_EQ(folder.names(), "in run.json ");
}

TEST(Run, AReportThatCannotBeWrittenIsFoundBeforeTheRun) {
  const test_folder folder;
  folder.write("in", "text\n");
  const ending got = weir_in(folder, {"--report", "no/such/folder.json", "read in | write out"});
  EXPECT_EQ(got.code, 1);
  EXPECT_EQ(got.err, "weir: report: open: no/such/folder.json: No such file or directory\n");
  EXPECT_EQ(folder.names(), "in ");
}

TEST(Explain, ShowsThePlanAndRunsNothing) {
  const test_folder folder;
  folder.write("in", "text\n");
  const ending got =
      weir_in(folder, {"explain", "--threads", "3", "--memory", "64M", "read in | lines | gzip | write out"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_TRUE(got.out.starts_with("read ")) << got.out;
  for (const char* part :
       {"| read -> lines: edge ", "\nwrite", "\nthreads: 3 compute\n", "\nmemory bound: ", " of 64 MiB"})
    EXPECT_NE(got.out.find(part), std::string::npos) << part << " is missing in\n" << got.out;
  EXPECT_EQ(folder.names(), "in ");
}

TEST(Explain, DrawsThePlanForGraphvizAndMermaid) {
  const test_folder folder;
  folder.write("in", "text\n");
  const std::string job = "read in | tee { lines | write a } { gzip | write b }";
  const ending dot = weir_in(folder, {"explain", "--as", "dot", "--threads", "2", job});
  EXPECT_EQ(dot.code, 0) << dot.err;
  for (const char* part : {"digraph weir {", "s0 [label=\"read\\nready\"]", "s0 -> s1 [label=\"0 of 4\"]", "\n}\n"})
    EXPECT_NE(dot.out.find(part), std::string::npos) << part << " is missing in\n" << dot.out;
  const ending mermaid = weir_in(folder, {"explain", "--as", "mermaid", "--threads", "2", job});
  EXPECT_EQ(mermaid.code, 0) << mermaid.err;
  EXPECT_TRUE(mermaid.out.starts_with("flowchart LR\n  s0[\"read<br>ready\"]\n")) << mermaid.out;
  EXPECT_NE(mermaid.out.find("s1 -->|\"0 of 4\"| s2"), std::string::npos) << mermaid.out;
}

TEST(Memory, ALimitTooSmallIsRefusedWithTheSizeThatWouldDo) {
  const test_folder folder;
  folder.write("in", log_lines(50'000));
  const std::string job = "read in | lines | grep -F ' 500 ' | gzip | write out.gz";
  const ending refused = weir_in(folder, {"--memory", "100K", job});
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.out, "");
  EXPECT_EQ(folder.names(), "in ");
  const std::string before = "--memory ";
  const std::size_t at = refused.err.find(before);
  ASSERT_NE(at, std::string::npos) << refused.err;
  const std::string enough =
      refused.err.substr(at + before.size(), refused.err.find(' ', at + before.size()) - at - before.size());
  const ending done = weir_in(folder, {"--memory", enough, "-q", job});
  EXPECT_EQ(done.code, 0) << "with " << enough << ": " << done.err;
  EXPECT_EQ(program_in(folder, "gzip", {"-dc", "out.gz"}).out, with_status_500(log_lines(50'000)));
}

TEST(Memory, ALineOf100MiBFitsIn512M) {
  const test_folder folder;
  std::string text = "short\n" + std::string(100 << 20, 'x') + "\nafter\n";
  folder.write("in", text);
  const ending got = weir_in(folder, {"--memory", "512M", "-q", "read in | lines | grep -F x | write out"});
  ASSERT_EQ(got.code, 0) << got.err;
  EXPECT_TRUE(folder.read("out") == text.substr(6, (100 << 20) + 1));
}

TEST(Memory, ALineTooLongForTheLimitIsAnErrorThatNamesTheOneThatWouldDo) {
  const test_folder folder;
  folder.write("in", std::string(100 << 20, 'x') + "\n");
  const std::string job = "read in | lines | write out";
  const ending refused = weir_in(folder, {"--memory", "64M", "-q", job});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(refused.err.starts_with("weir: lines: ")) << refused.err;
  EXPECT_EQ(folder.names(), "in ");
  const std::size_t at = refused.err.find("--memory ");
  ASSERT_NE(at, std::string::npos) << refused.err;
  const std::string enough =
      refused.err.substr(at + 9, refused.err.find_first_not_of("0123456789KMG", at + 9) - at - 9);
  const ending done = weir_in(folder, {"--memory", enough, "-q", job});
  EXPECT_EQ(done.code, 0) << "with " << enough << ": " << done.err;
}

} // namespace
} // namespace weir::command
