#include <gtest/gtest.h>

#include "stages/text/line_count.hpp"
#include "stages/text/line_filter.hpp"
#include "tests/stages/support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;

TEST(LineCount, AgreesWithWcOnRandomBytesCutAnywhere) {
  std::string text = random_lines(1, 70000) + random_bytes(2, 30000);
  for (std::size_t size : {0U, 1U, 127U, 128U, 129U, 16255U, 16256U, 16257U, 32639U, 100000U})
    for (std::size_t from : {0U, 1U, 31U}) {
      std::string_view part = std::string_view(text).substr(from, size);
      EXPECT_EQ(count_newlines(bytes_of(part)), std::stoul(run_tool("wc -l", part))) << size;
    }
}

TEST(LineCount, CountsMoreThan255NewlinesInOneColumn) {
  std::string text(300000, '\n');
  EXPECT_EQ(count_newlines(bytes_of(text)), 300000U);
}

TEST(LineCount, CountsALastLineWithoutItsNewline) {
  EXPECT_EQ(count_lines(bytes_of("")), 0U);
  EXPECT_EQ(count_lines(bytes_of("\n")), 1U);
  EXPECT_EQ(count_lines(bytes_of("a\nb\n")), 2U);
  EXPECT_EQ(count_lines(bytes_of("a\nb")), 2U);
}

/// Finds a literal slowly; keeps these tests from needing a library.
class plain_matcher final : public matcher {
 public:
  explicit plain_matcher(std::string_view literal) : literal_(literal) {}
  const char* find(const char* begin, const char* end) const override {
    std::string_view text(begin, static_cast<std::size_t>(end - begin));
    std::size_t at = text.find(literal_);
    return at == text.npos ? nullptr : begin + at;
  }
  std::size_t context_bytes() const override { return sizeof(*this); }

 private:
  std::string_view literal_;
};

struct filtered {
  std::string text;
  std::size_t matched;
};

filtered filter(std::string text, std::string_view literal, bool invert = false) {
  auto result = compact_matching_lines(writable_bytes_of(text), plain_matcher(literal), invert);
  text.resize(result.bytes_kept);
  return {text, result.lines_matched};
}

TEST(LineFilter, KeepsTheLinesThatMatchInTheirOrder) {
  auto got = filter("one x\ntwo\nx three\nfour\nfive x", "x");
  EXPECT_EQ(got.text, "one x\nx three\nfive x");
  EXPECT_EQ(got.matched, 3U);
}

TEST(LineFilter, KeepsTheOthersWhenInverted) {
  auto got = filter("one x\ntwo\nx three\nfour\nfive x", "x", true);
  EXPECT_EQ(got.text, "two\nfour\n");
  EXPECT_EQ(got.matched, 3U);
}

TEST(LineFilter, CountsALineOnceHoweverOftenItMatches) {
  auto got = filter("xxxx\nxx\n\n", "x");
  EXPECT_EQ(got.text, "xxxx\nxx\n");
  EXPECT_EQ(got.matched, 2U);
}

TEST(LineFilter, FindsEmptyMatchesInEveryLineAndNoneBehindTheLast) {
  auto all = filter("a\n\nb\n", "");
  EXPECT_EQ(all.text, "a\n\nb\n");
  EXPECT_EQ(all.matched, 3U);
  EXPECT_EQ(filter("a\n\nb", "").matched, 3U);
  EXPECT_EQ(filter("a\n\nb", "", true).text, "");
  EXPECT_EQ(filter("", "").matched, 0U);
}

/// As an expression such as ^$ or $ may: matches at the very end only.
class end_matcher final : public matcher {
 public:
  const char* find(const char*, const char* end) const override { return end; }
  std::size_t context_bytes() const override { return sizeof(*this); }
};

TEST(LineFilter, TakesAMatchAtTheEndForTheLastLineOnlyIfThatIsOpen) {
  std::string closed = "a\nb\n";
  auto none = compact_matching_lines(writable_bytes_of(closed), end_matcher(), false);
  EXPECT_EQ(none.lines_matched, 0U);
  EXPECT_EQ(none.bytes_kept, 0U);
  std::string open = "a\nb";
  auto last = compact_matching_lines(writable_bytes_of(open), end_matcher(), false);
  EXPECT_EQ(last.lines_matched, 1U);
  EXPECT_EQ(open.substr(0, last.bytes_kept), "b");
}

TEST(LineFilter, LeavesEverythingOrNothing) {
  std::string text = random_lines(3, 10000);
  EXPECT_EQ(filter(text, "no such text").text, "");
  EXPECT_EQ(filter(text, "no such text", true).text, text);
  EXPECT_EQ(filter(text, "").text, text);
}

TEST(LineFilter, TogetherWithItsOppositeGivesEveryLineOnce) {
  std::string text = random_lines(4, 50000);
  for (const char* literal : {"weir", "500", "\r", "GET a", " "}) {
    auto kept = filter(text, literal);
    auto dropped = filter(text, literal, true);
    EXPECT_EQ(kept.matched, dropped.matched);
    EXPECT_EQ(kept.text.size() + dropped.text.size(), text.size());
    EXPECT_EQ(count_lines(bytes_of(kept.text)), kept.matched);
  }
}

} // namespace
} // namespace weir::stages
