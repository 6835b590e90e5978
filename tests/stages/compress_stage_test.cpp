// gzip, gunzip, zstd, unzstd, in pipelines.

#include "stages/stages.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace weir::test {
namespace {

std::vector<std::string> samples() {
  return {"",
          "a",
          random_bytes(1, 252 * 1024),
          random_bytes(2, 256 * 1024 + 1),
          random_lines(3, 1'500'000),
          std::string(700'000, '\0')};
}

TEST(GzipStage, EveryLevelIsReadByGzip) {
  for (int level = 1; level <= 9; ++level) {
    for (const std::string& text : samples()) {
      const std::string packed = pass(text, stages::gzip(level)).text;
      EXPECT_TRUE(run_tool("gzip -dc", packed) == text) << level << " " << text.size();
    }
  }
}

TEST(ZstdStage, EveryLevelIsReadByZstd) {
  for (const int level : {1, 2, 3, 6, 12, 19}) {
    for (const std::string& text : samples()) {
      const std::string packed = pass(text, stages::zstd(level)).text;
      EXPECT_TRUE(run_tool("zstd -dc", packed) == text) << level << " " << text.size();
    }
  }
}

TEST(GzipStage, AnEmptyStreamIsOneEmptyMemberOnAnyNumberOfThreads) {
  for (const std::size_t threads : {1u, 2u, 5u}) {
    engine on(threads);
    collected got;
    (text_in_pieces("") | stages::gzip() | collect(got)).run({}, on);
    EXPECT_EQ(got.blocks, 1u);
    EXPECT_EQ(run_tool("gzip -dc", got.text), "");
    collected other;
    (text_in_pieces("1") | stages::zstd() | collect(other)).run({}, on);
    EXPECT_EQ(other.blocks, 1u);
  }
}

TEST(Compression, SmallBlocksAndAnyScheduleGiveTheSameBytesBack) {
  const std::string text = random_bytes(4, 100'000) + random_lines(5, 200'000);
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const run_options options = blocks_of(seed % 2 == 0 ? 8192 : 20'480);
    EXPECT_TRUE(pass(text, stages::gzip() | stages::gunzip(), options, seed, 30'000).text == text);
    EXPECT_TRUE(pass(text, stages::zstd() | stages::unzstd(), options, seed, 30'000).text == text);
  }
}

TEST(Compression, StreamsOfTheToolsAreReadHoweverTheyAreCut) {
  const std::string text = random_lines(6, 300'000) + random_bytes(7, 50'000);
  const std::string gz = run_tool("gzip -9", text) + run_tool("gzip -1", text);
  const std::string zst = run_tool("zstd -q -1", text) + run_tool("zstd -q -19", text);
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const std::size_t longest = seed < 3 ? 3 : 10'000;
    EXPECT_TRUE(pass(gz, stages::gunzip(), blocks_of(8192), seed, longest).text == text + text);
    EXPECT_TRUE(pass(zst, stages::unzstd(), blocks_of(8192), seed, longest).text == text + text);
  }
}

TEST(Compression, TruncatedAndForeignDataAreErrors) {
  const std::string text = random_lines(8, 500'000);
  const auto cut = [](std::string packed) { return packed.substr(0, packed.size() - 5); };
  const std::string gz = cut(run_tool("gzip", text));
  EXPECT_TRUE(
      error_of([&] {
        pass(gz, stages::gunzip());
      }).starts_with("gunzip: corrupt gzip data at byte " + std::to_string(gz.size()) + ": the input ends too early"));
  const std::string zst = cut(run_tool("zstd -q", text));
  EXPECT_TRUE(error_of([&] { pass(zst, stages::unzstd()); }).starts_with("unzstd: corrupt zstd data at byte "));
  EXPECT_EQ(error_of([] { pass("plain text", stages::gunzip()); }),
            "gunzip: corrupt gzip data at byte 1: not a gzip header (0 bytes recovered)");
  EXPECT_TRUE(
      error_of([&] { pass("plain text", stages::unzstd()); }).starts_with("unzstd: corrupt zstd data at byte 0: "));
}

TEST(Compression, LevelsThatAreNoneAreRefusedBeforeTheRun) {
  EXPECT_EQ(error_of([] { (void)stages::gzip(10); }), "gzip: level 10 is not between 1 and 9");
  EXPECT_EQ(error_of([] { (void)stages::zstd(20); }), "zstd: level 20 is not between 1 and 19");
}

TEST(Compression, SixtyFourMebibytesAreEnough) {
  const std::string text = random_lines(9, 8'000'000);
  const auto all = stages::lines() | stages::grep({.pattern = "5.0|weir"}) | stages::gzip() | stages::gunzip() |
                   stages::zstd() | stages::unzstd();
  EXPECT_TRUE(pass(text, all, {.memory = 64u << 20}).text ==
              pass(text, stages::lines() | stages::grep({.pattern = "5.0|weir"})).text);
}

} // namespace
} // namespace weir::test
