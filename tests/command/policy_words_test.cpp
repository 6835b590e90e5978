#include "apps/weir/policy_words.hpp"

#include "refusal.hpp"

#include "apps/weir/units.hpp"

#include <gtest/gtest.h>

namespace weir::command {
namespace {

template <class Value>
Value read(const char* text) {
  Value value{};
  from_word(word{text, text, false, {}}, value);
  return value;
}

template <class Value>
std::string refused(const char* text) {
  return refusal<bad_value>([text] { (void)read<Value>(text); });
}

using stages::bad_record;
using stages::record_policy;

TEST(PolicyWords, SayWhatBecomesOfBadRecords) {
  EXPECT_EQ(read<record_policy>("stop").action, bad_record::stop);
  EXPECT_EQ(read<record_policy>("skip").action, bad_record::skip);
  EXPECT_EQ(read<record_policy>("dead-letter:a:b.ndjson").action, bad_record::dead_letter);
  EXPECT_EQ(read<record_policy>("dead-letter:a:b.ndjson").path, "a:b.ndjson");
  EXPECT_EQ(refused<record_policy>("dead-letter"), "'dead-letter' names no file: write dead-letter:FILE");
  EXPECT_EQ(refused<record_policy>("dead-letter:"), "'dead-letter:' names no file: write dead-letter:FILE");
  EXPECT_EQ(refused<record_policy>("skipp"), "'skipp' is none of stop, skip, dead-letter:FILE; did you mean 'skip'?");
  EXPECT_EQ(refused<record_policy>("skip:x"), "'skip:x' is none of stop, skip, dead-letter:FILE; did you mean 'skip'?");
}

TEST(PolicyWords, SayHowManyBadRecordsThereMayBe) {
  EXPECT_DOUBLE_EQ(read<bad_share>("1%").share, 0.01);
  EXPECT_DOUBLE_EQ(read<bad_share>("0.05").share, 0.05);
  EXPECT_DOUBLE_EQ(read<bad_share>("0").share, 0);
  EXPECT_DOUBLE_EQ(read<bad_share>("100%").share, 1);
  EXPECT_EQ(refused<bad_share>("101%"), "'101%' is not between 0 and 100%");
  EXPECT_EQ(refused<bad_share>("-1%"), "'-1%' is not between 0 and 100%");
  EXPECT_EQ(refused<bad_share>("few"), "'few' is not a share such as 1%");
}

} // namespace
} // namespace weir::command
