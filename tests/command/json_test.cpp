#include "apps/weir/json_writer.hpp"
#include "apps/weir/report_json.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <utility>

namespace weir::command {
namespace {

template <class Value>
std::string json_of(const Value& value) {
  json_writer json;
  json.value(value);
  return std::move(json).finish();
}

std::string json_of_text(std::string_view text) { return json_of(text); }

TEST(JsonWriter, EscapesWhatJsonMayNotHoldInAString) {
  EXPECT_EQ(json_of_text("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"\n");
  EXPECT_EQ(json_of_text("\n\r\t"), "\"\\n\\r\\t\"\n");
  EXPECT_EQ(json_of_text(std::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\\u007f\"\n");
}

TEST(JsonWriter, PassesUtf8AndReplacesWhatIsNone) {
  EXPECT_EQ(json_of_text("\xC3\xA4\xF0\x9F\x98\x80"), "\"\xC3\xA4\xF0\x9F\x98\x80\"\n");
  EXPECT_EQ(json_of_text("a\xFFz"), "\"a\xEF\xBF\xBDz\"\n");
  EXPECT_EQ(json_of_text("\xE2\x82"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"\n");
}

TEST(JsonWriter, WritesNumbersExactly) {
  EXPECT_EQ(json_of(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615\n");
  EXPECT_EQ(json_of(0.1), "0.1\n");
  EXPECT_EQ(json_of(std::numeric_limits<double>::infinity()), "null\n");
  EXPECT_EQ(json_of(std::numeric_limits<double>::quiet_NaN()), "null\n");
}

TEST(JsonWriter, NestsAndSeparates) {
  json_writer json;
  json.begin_object();
  json.member("a", std::uint64_t{1});
  json.key("b");
  json.begin_array();
  json.value("x");
  json.null();
  json.begin_object();
  json.end_object();
  json.end_array();
  json.end_object();
  EXPECT_EQ(std::move(json).finish(), "{\n  \"a\": 1,\n  \"b\": [\n    \"x\",\n    null,\n    {}\n  ]\n}\n");
}

TEST(ReportJson, HasTheFieldsOfTheRunAndOfEveryStage) {
  run_summary run;
  run.seconds = 3.4100004;
  run.cpu_seconds = 6.58;
  run.memory_bound_bytes = 268435456;
  run.memory_peak_bytes = 35651584;
  run.rss_peak_bytes = 63963136;
  run.bottleneck = "gzip";
  run.stages = {{"read", 0, 2048, 0, 536870912, 0.42, 2.5, 0, 0.25},
                {"gzip", 2048, 0, 536870912, 0, 3.25, 0, 0.125, 0}};
  EXPECT_EQ(report_json(run), R"({
  "seconds": 3.41,
  "cpu_seconds": 6.58,
  "memory_bound_bytes": 268435456,
  "memory_peak_bytes": 35651584,
  "rss_peak_bytes": 63963136,
  "interrupted": false,
  "bottleneck": "gzip",
  "stages": [
    {
      "name": "read",
      "items_in": 0,
      "items_out": 2048,
      "bytes_in": 0,
      "bytes_out": 536870912,
      "busy_seconds": 0.42,
      "blocked_seconds": 2.5,
      "starved_seconds": 0,
      "waiting_seconds": 0.25
    },
    {
      "name": "gzip",
      "items_in": 2048,
      "items_out": 0,
      "bytes_in": 536870912,
      "bytes_out": 0,
      "busy_seconds": 3.25,
      "blocked_seconds": 0,
      "starved_seconds": 0.125,
      "waiting_seconds": 0
    }
  ]
}
)");
}

TEST(ReportJson, SaysNullWhereThereIsNoBottleneck) {
  EXPECT_NE(report_json({}).find("\"bottleneck\": null,\n  \"stages\": []\n"), std::string::npos);
}

} // namespace
} // namespace weir::command
