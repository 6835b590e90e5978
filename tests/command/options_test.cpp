#include "apps/weir/options.hpp"

#include "apps/weir/arguments.hpp"
#include "refusal.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace weir::command {
namespace {

options read(std::vector<const char*> words) { return parse_options(line_of(std::move(words))); }

std::string refused(std::vector<const char*> words) {
  return refusal<usage_error>([&] { (void)read(words); });
}

TEST(Options, TakeAPipelineAndHaveDefaults) {
  const options got = read({"read a | count"});
  EXPECT_EQ(got.what, action::run);
  EXPECT_EQ(got.pipeline, "read a | count");
  EXPECT_EQ(got.memory_bytes, 256u << 20);
  EXPECT_EQ(got.block_bytes, 256u << 10);
  EXPECT_EQ(got.threads, 0u);
  EXPECT_EQ(got.progress, progress_mode::automatic);
  EXPECT_FALSE(got.quiet);
  EXPECT_EQ(got.report, "");
}

TEST(Options, ReadAllThatIsOffered) {
  const options got = read({"--memory", "64M", "--threads=2", "--progress", "never", "--report", "r.json", "--quiet",
                            "--block-size=64K", "read a | count"});
  EXPECT_EQ(got.memory_bytes, 64u << 20);
  EXPECT_EQ(got.threads, 2u);
  EXPECT_EQ(got.progress, progress_mode::never);
  EXPECT_EQ(got.report, "r.json");
  EXPECT_TRUE(got.quiet);
  EXPECT_EQ(got.block_bytes, 64u << 10);
}

TEST(Options, StandBehindThePipelineToo) {
  const options got = read({"read a | count", "-q"});
  EXPECT_TRUE(got.quiet);
  EXPECT_EQ(got.pipeline, "read a | count");
}

TEST(Options, NameAFile) {
  EXPECT_EQ(read({"-f", "job.weir"}).file, "job.weir");
  EXPECT_EQ(read({"explain", "-f", "job.weir"}).what, action::explain);
}

TEST(Options, ExplainAPipeline) {
  const options got = read({"explain", "read a | count"});
  EXPECT_EQ(got.what, action::explain);
  EXPECT_EQ(got.pipeline, "read a | count");
}

TEST(Options, ListTheStagesOrShowOne) {
  EXPECT_EQ(read({"stages"}).what, action::list_stages);
  const options got = read({"stages", "grep"});
  EXPECT_EQ(got.what, action::stage_help);
  EXPECT_EQ(got.stage.text, "grep");
  EXPECT_EQ(refused({"stages", "grep", "gzip"}), "unexpected 'gzip'; 'weir stages' takes one name at most\n"
                                                 "    weir stages grep gzip\n"
                                                 "                     ^~~~");
}

TEST(Options, AskForTheVersionWhateverElseStandsThere) {
  EXPECT_EQ(read({"--version"}).what, action::version);
  EXPECT_EQ(read({"a", "b", "--version"}).what, action::version);
}

TEST(Options, CheckAndReplay) {
  const options check = read({"check", "--sample", "50", "read a | null"});
  EXPECT_EQ(check.what, action::check);
  EXPECT_EQ(check.sample, 50u);
  const options replay = read({"replay", "bad.ndjson", "json | null", "--max-bad", "2%", "--on-error", "skip"});
  EXPECT_EQ(replay.what, action::replay);
  EXPECT_EQ(replay.letters.text, "bad.ndjson");
  EXPECT_EQ(replay.pipeline, "json | null");
  EXPECT_DOUBLE_EQ(replay.max_bad->share, 0.02);
  EXPECT_EQ(replay.on_error.action, stages::bad_record::skip);
  EXPECT_EQ(refusal<usage_error>([] { (void)read({"replay"}); }),
            "replay needs a file of dead letters, and a pipeline");
}

TEST(Options, ShowTheHelp) {
  const std::string expected =
      "Runs a pipeline of stages on all cores with fixed memory.\n"
      "\n"
      "Usage: weir [OPTIONS] 'PIPELINE'\n"
      "       weir [OPTIONS] -f FILE\n"
      "       weir explain 'PIPELINE'    prints the plan without running it\n"
      "       weir check 'PIPELINE'      tries it on its first records and writes nothing\n"
      "       weir replay FILE 'PIPELINE'\n"
      "                                  feeds a file of dead letters through it\n"
      "       weir stages [STAGE]        lists the stages, or shows one stage's help\n"
      "       weir stress [OPTIONS]      runs pipelines under load and verifies them\n"
      "\n"
      "Options:\n"
      "  -h,--help                   show this text\n"
      "  -f,--file FILE              read the pipeline from a file; - is stdin\n"
      "  --memory SIZE               all the memory the run may use (256M)\n"
      "  --threads N                 compute threads (one for each core)\n"
      "  --block-size SIZE           size of one block of bytes, 16K to 64M (256K)\n"
      "  --as text|dot|mermaid       what explain and check print: words, or a picture's source\n"
      "  --progress auto|always|never\n"
      "                              show the live line (auto: on a terminal)\n"
      "  --checkpoint FILE           keep there how far the run has come, and go on from there: for sinks that do not "
      "keep it themselves\n"
      "  --checkpoint-every TIME     how often what has come is made durable, there and in databases (1s)\n"
      "  --job NAME                  what positions are kept under (a hash of the pipeline's text)\n"
      "  --drain-timeout TIME        how long a run that is told to stop may take to let out what is in flow (30s)\n"
      "  --report FILE               write the run's report there as JSON\n"
      "  --on-error POLICY           bad records: stop, skip, or dead-letter:FILE, unless their stage says it (stop)\n"
      "  --max-bad SHARE             stop when more of the records are bad: 1%\n"
      "  --sample N                  how many records check tries (1000)\n"
      "  -q,--quiet                  print no summary and no live line, only errors\n"
      "  --version                   print the version\n"
      "\n"
      "A pipeline is written as in a shell: stages between |, words in quotes where needed.\n"
      "  weir 'read access.ndjson.gz | lines | grep -F \" 500 \" | gzip | write errors.ndjson.gz'\n"
      "\n"
      "Exit status: 0 all is done; 1 the run failed, or its records do not balance; 2 the command makes no sense; 4 "
      "told to\n"
      "stop, and not all in flow was made durable in time; 65 bad records; 66 an input is missing; 69 a server was "
      "not\n"
      "reached or has gone; 128 + N ended by signal N.\n";
  EXPECT_EQ(refusal<help_request>([] { (void)read({"--help"}); }), expected);
  EXPECT_EQ(refusal<help_request>([] { (void)read({"help"}); }), expected);
}

TEST(Options, RefuseNoPipelineAndShowHowToWriteOne) {
  const std::string expected = "there is no pipeline\n"
                               "Usage: weir [OPTIONS] 'PIPELINE'\n"
                               "       weir [OPTIONS] -f FILE\n"
                               "       weir explain 'PIPELINE'    prints the plan without running it\n"
                               "       weir check 'PIPELINE'      tries it on its first records and writes nothing\n"
                               "       weir replay FILE 'PIPELINE'\n"
                               "                                  feeds a file of dead letters through it\n"
                               "       weir stages [STAGE]        lists the stages, or shows one stage's help\n"
                               "       weir stress [OPTIONS]      runs pipelines under load and verifies them";
  EXPECT_EQ(refused({}), expected);
  EXPECT_EQ(refused({"explain"}), expected);
}

TEST(Options, RefuseAPipelineThatTheShellTookApart) {
  EXPECT_EQ(refused({"read", "a.gz"}), "unexpected 'a.gz'; the whole pipeline is one word: put it in single quotes\n"
                                       "    weir read a.gz\n"
                                       "              ^~~~");
}

TEST(Options, SuggestTheCommandThatWasMeant) {
  EXPECT_EQ(refused({"explian", "read a | count"}), "unexpected 'read a | count'; did you mean 'explain'?\n"
                                                    "    weir explian 'read a | count'\n"
                                                    "         ^~~~~~~");
}

TEST(Options, RefuseAPipelineAndAFileTogether) {
  EXPECT_EQ(refused({"-f", "x", "read a | count"}), "a pipeline on the line and one in a file (-f) do not go together\n"
                                                    "    weir -f x 'read a | count'\n"
                                                    "              ^~~~~~~~~~~~~~~~");
}

TEST(Options, RefuseAnUnknownOptionWithASuggestion) {
  EXPECT_EQ(refused({"--memroy", "64M", "read a | count"}),
            "weir: unknown option '--memroy'; did you mean '--memory'?\n"
            "    weir --memroy 64M 'read a | count'\n"
            "         ^~~~~~~~");
}

TEST(Options, RefuseWhatTheActionWouldIgnore) {
  EXPECT_EQ(refused({"--as", "dot", "read a | count"}),
            "weir: --as is for explain and check; a run does nothing with it\n"
            "    weir --as dot 'read a | count'\n"
            "         ^~~~");
  EXPECT_EQ(refused({"--sample=5", "read a | count"}), "weir: --sample is for check; a run does nothing with it\n"
                                                       "    weir --sample=5 'read a | count'\n"
                                                       "         ^~~~~~~~~~");
  for (const char* option : {"--report", "--checkpoint"}) {
    for (const char* action : {"explain", "check"})
      EXPECT_NE(refused({action, option, "f", "read a | count"}).find(std::string(option) + " is for runs; " + action),
                std::string::npos);
  }
  EXPECT_EQ(refused({"explain", "--on-error", "skip", "read a | count"}),
            "weir: --on-error is for runs and check; explain does nothing with it\n"
            "    weir explain --on-error skip 'read a | count'\n"
            "                 ^~~~~~~~~~");
  for (const char* action : {"explain", "check"}) {
    EXPECT_NE(refused({action, "--job", "mine", "read a | count"}).find("--job is for runs; "), std::string::npos);
    EXPECT_NE(refused({action, "--progress=never", "read a | count"}).find("--progress is for runs; "),
              std::string::npos);
  }
  EXPECT_EQ(read({"check", "--on-error", "skip", "read a | count"}).on_error.action, stages::bad_record::skip);
  EXPECT_EQ(read({"replay", "bad", "json | null", "--job", "mine"}).job, "mine");
  EXPECT_NE(refused({"check", "--drain-timeout", "1s", "read a | count"}), "");
  EXPECT_NE(refused({"explain", "--sample", "5", "read a | count"}), "");
  EXPECT_NE(refused({"replay", "bad", "json | null", "--as", "dot"}), "");
  EXPECT_EQ(read({"check", "--as", "dot", "read a | count"}).explained_as, plan_form::dot);
}

TEST(Options, RefuseValuesOutOfRange) {
  EXPECT_EQ(refused({"--threads", "0", "x"}), "weir: --threads: '0' is not between 1 and 1024\n"
                                              "    weir --threads 0 x\n"
                                              "                   ^");
  EXPECT_EQ(refused({"--block-size", "1K", "x"}), "weir: --block-size: '1K' is not between 16K and 64M\n"
                                                  "    weir --block-size 1K x\n"
                                                  "                      ^~");
  EXPECT_EQ(refused({"--memory", "lots", "x"}),
            "weir: --memory: 'lots' is not a size; write for example 4096, 256K, 64M or 1.5G\n"
            "    weir --memory lots x\n"
            "                  ^~~~");
  EXPECT_EQ(refused({"--progress=maybe", "x"}), "weir: --progress: 'maybe' is none of auto, always, never\n"
                                                "    weir --progress=maybe x\n"
                                                "         ^~~~~~~~~~~~~~~~");
}

/// A file of the test's own, gone at its end.
class pipeline_file {
 public:
  explicit pipeline_file(const std::string& text)
      : path_(testing::TempDir() + "weir_options_test_" +
              testing::UnitTest::GetInstance()->current_test_info()->name() + "_" + std::to_string(getpid()) +
              ".weir") {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~pipeline_file() { std::remove(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(LoadPipeline, TakesTheTextOfTheCommandLine) { EXPECT_EQ(load_pipeline(read({"read a | count"})).size(), 2u); }

TEST(LoadPipeline, ReadsAFileLongerThanOneRead) {
  const pipeline_file file("# " + std::string(10000, 'x') + "\nread a |\n  count\n");
  const std::vector<stage_text> stages = load_pipeline(read({"-f", file.path().c_str()}));
  ASSERT_EQ(stages.size(), 2u);
  EXPECT_EQ(stages[1].name.where.name(), file.path() + ":3:3");
}

TEST(LoadPipeline, NamesTheFileInItsErrors) {
  const pipeline_file file("read a |\n\n");
  EXPECT_EQ(refusal<usage_error>([&] {
              (void)load_pipeline(read({"-f", file.path().c_str()}));
            }),
            file.path() + ":1:8: a stage must follow this '|'\n    read a |\n           ^");
}

TEST(LoadPipeline, SaysWhyAFileCannotBeRead) {
  EXPECT_EQ(refusal<std::runtime_error>([] {
              (void)load_pipeline(read({"-f", "/nonexistent/job.weir"}));
            }),
            "/nonexistent/job.weir: cannot open the pipeline's file: No such file or directory");
  const std::string folder = std::filesystem::temp_directory_path().string();
  EXPECT_EQ(refusal<std::runtime_error>([&] {
              (void)load_pipeline(read({"-f", folder.c_str()}));
            }),
            folder + ": cannot read the pipeline's file: Is a directory");
}

} // namespace
} // namespace weir::command
