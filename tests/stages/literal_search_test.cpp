#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "stages/text/literal_search.hpp"
#include "tests/stages/support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;
using instructions = literal_search::instructions;

class LiteralSearch : public testing::TestWithParam<instructions> {
 protected:
  void SetUp() override {
    if (!literal_search::available(GetParam())) GTEST_SKIP() << "this machine has not these instructions";
  }

  /// Searches in a copy that ends where its memory ends, so that a sanitizer sees a byte read too much.
  std::size_t find(std::string_view text, std::string_view needle) {
    auto copy = std::make_unique<char[]>(text.size());
    text.copy(copy.get(), text.size());
    const char* found = literal_search(needle, GetParam()).find(copy.get(), copy.get() + text.size());
    return found == nullptr ? std::string_view::npos : static_cast<std::size_t>(found - copy.get());
  }
};
std::string name_of(const testing::TestParamInfo<instructions>& set) {
  if (set.param == instructions::portable) return "Portable";
  return set.param == instructions::sse2 ? "Sse2" : "Avx2";
}
INSTANTIATE_TEST_SUITE_P(Instructions, LiteralSearch,
                         testing::Values(instructions::portable, instructions::sse2, instructions::avx2), name_of);

TEST_P(LiteralSearch, FindsAMatchThatStraddlesTheVectorWidth) {
  for (std::size_t size : {12U, 40U, 64U, 150U, 300U, 1000U})
    for (std::size_t at = 0; at + 12 <= size; ++at) {
      std::string text(size, '.');
      text.replace(at, 12, "\"status\":500");
      ASSERT_EQ(find(text, "\"status\":500"), at) << size;
      ASSERT_EQ(find(text, "s\""), at + 6) << size;
      ASSERT_EQ(find(std::string_view(text).substr(0, at + 11), "\"status\":500"), std::string_view::npos) << size;
    }
}

TEST_P(LiteralSearch, GivesTheFirstOfSeveralMatches) {
  std::string text(200, 'a');
  EXPECT_EQ(find(text, "aa"), 0U);
  text[0] = 'b';
  EXPECT_EQ(find(text, "aaa"), 1U);
  EXPECT_EQ(find("xyxyxz" + text, "xyxz"), 2U);
}

TEST_P(LiteralSearch, IsNotMisledByTheRarePairAlone) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "Q..Z Q.xZ ";
  EXPECT_EQ(find(text, "Q.yZ"), std::string_view::npos);
  EXPECT_EQ(find(text + "Q.yZ", "Q.yZ"), text.size());
}

TEST_P(LiteralSearch, KnowsTheSmallestNeedlesAndTexts) {
  EXPECT_EQ(find("abc", ""), 0U);
  EXPECT_EQ(find("", ""), 0U);
  EXPECT_EQ(find("", "a"), std::string_view::npos);
  EXPECT_EQ(find("", "ab"), std::string_view::npos);
  EXPECT_EQ(find("abc", "c"), 2U);
  EXPECT_EQ(find("ab", "abc"), std::string_view::npos);
  EXPECT_EQ(find("abc", "abc"), 0U);
}

TEST_P(LiteralSearch, TakesBytesAsTheyAre) {
  std::string text(100, '\0');
  text += "\xff\xfe";
  EXPECT_EQ(find(text, std::string_view("\0\xff", 2)), 99U);
  EXPECT_EQ(find(text, "\xff\xfe"), 100U);
}

TEST_P(LiteralSearch, AgreesWithTheStandardLibraryOnRandomTexts) {
  std::mt19937_64 random(4711);
  for (int round = 0; round < 4000; ++round) {
    std::size_t letters = 1 + random() % 4;
    std::string text(random() % 400, '\0');
    for (char& byte : text) byte = "a\"Q5"[random() % letters];
    std::string needle(1 + random() % 6, '\0');
    for (char& byte : needle) byte = "a\"Q5"[random() % letters];
    if (random() % 2 == 0 && text.size() > 8) needle = text.substr(random() % (text.size() - 7), 7);
    ASSERT_EQ(find(text, needle), std::string_view(text).find(needle)) << text << "\n" << needle;
  }
}

} // namespace
} // namespace weir::stages
