#include "apps/weir/suggest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace weir::command {
namespace {

const std::vector<std::string> k_stages = {"read", "lines", "grep", "gzip", "gunzip", "write", "count", "head", "zstd"};

TEST(Suggest, MeasuresTheDistanceOfTwoWords) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("lnies", "lines"), 1u) << "two neighbours swapped";
  EXPECT_EQ(edit_distance("ca", "abc"), 3u) << "the restricted form";
}

TEST(Suggest, FindsTheNearestWord) {
  EXPECT_EQ(nearest("lnies", k_stages), "lines");
  EXPECT_EQ(nearest("gerp", k_stages), "grep");
  EXPECT_EQ(nearest("gzp", k_stages), "gzip");
  EXPECT_EQ(nearest("wrtie", k_stages), "write");
  EXPECT_EQ(nearest("guznip", k_stages), "gunzip");
}

TEST(Suggest, IgnoresLetterCase) { EXPECT_EQ(nearest("GREP", k_stages), "grep"); }

TEST(Suggest, CompletesABeginning) {
  EXPECT_EQ(nearest("cou", k_stages), "count");
  EXPECT_EQ(nearest("gun", k_stages), "gunzip");
}

TEST(Suggest, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest("frobnicate", k_stages), std::nullopt);
  EXPECT_EQ(nearest("x", k_stages), std::nullopt);
  EXPECT_EQ(nearest("", k_stages), std::nullopt);
  EXPECT_EQ(nearest("grep", {}), std::nullopt);
}

TEST(Suggest, MakesAnEndOfASentence) {
  EXPECT_EQ(did_you_mean("lnies", k_stages), "; did you mean 'lines'?");
  EXPECT_EQ(did_you_mean("frobnicate", k_stages), "");
}

} // namespace
} // namespace weir::command
