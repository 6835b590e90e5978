// where and select against jq, on seeded records of all types.

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "stages/record/record_stages.hpp"
#include "stages/text/text_stages.hpp"
#include "tests/record/record_support.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;

/// Records whose fields hold what they should, or null, or are not there; `free` holds anything.
class random_records {
 public:
  explicit random_records(std::uint64_t seed) : random_(seed) {}

  std::string text(int records) {
    std::string all;
    for (int i = 0; i < records; ++i) all += record(i);
    return all;
  }

 private:
  std::string record(int id) {
    std::string fields = cat({"\"id\":", std::to_string(id)});
    std::vector<std::pair<std::string, std::string>> more = {
        {"status", number()},
        {"method", pick({"\"GET\"", "\"POST\"", "\"\"", "\"g\\u0065t\"", "\"GE\\\"T\""})},
        {"ok", pick({"true", "false"})},
        {"s", string()},
        {"free", anything(2)},
        {"a", cat({"{\"x\":", anything(1), ",\"b\":", number(), ",\"c\":{\"d\":", string(), "}}"})}};
    std::shuffle(more.begin(), more.end(), random_);
    for (const auto& [name, value] : more) {
      const unsigned fate = static_cast<unsigned>(random_() % 10);
      if (fate == 0) continue;
      fields.append(space()).append(",").append(space()).append("\"").append(name).append("\":").append(space());
      fields.append(fate == 1 ? "null" : value);
    }
    return cat({space(), "{", fields, "}", space(), "\n"});
  }

  std::string pick(std::vector<std::string> from) { return from[random_() % from.size()]; }
  std::string space() { return pick({"", "", "", " ", "\t"}); }
  std::string number() {
    return pick({"0", "-0", "1", "200", "404", "499.5", "500", "500.0", "5e2", "503", "-7", "1e300", "9007199254740993",
                 "0.1", "1.25"});
  }
  std::string string() {
    return pick({"\"\"", "\"abc\"", "\"abbc x\"", "\"\\u00e9t\\u00e9\"", "\"\xc3\xa9t\xc3\xa9\"", "\"a\\nb\\tc\"",
                 "\"\\ud83d\\ude00\"", "\"back\\\\slash\\/\"", "\"{}\"", "\"0\""});
  }
  std::string anything(int depth) {
    if (depth > 0 && random_() % 3 == 0)
      return cat({"{\"k\":", anything(depth - 1), ",\"l\":[", anything(depth - 1), ",1]}"});
    return pick({number(), string(), "true", "false", "null", "[]", "{}", "[1,\"two\",{}]"});
  }

  std::mt19937_64 random_;
};

bool there_is_jq() { return std::system("command -v jq >/dev/null 2>&1") == 0; }

struct same_test {
  const char* where;
  const char* jq;
};

TEST(RecordJq, WhereKeepsWhatJqKeeps) {
  if (!there_is_jq()) GTEST_SKIP() << "needs jq";
  const std::string text = random_records(1).text(3000);
  for (const same_test& test : std::vector<same_test>{
           {"status >= 500", "(.status|type)==\"number\" and .status >= 500"},
           {"status == 500 or status < 1", "(.status|type)==\"number\" and (.status == 500 or .status < 1)"},
           {"not (status >= 500)", "((.status|type)==\"number\" and .status >= 500)|not"},
           {"method == \"GET\" and ok == true", ".method == \"GET\" and .ok == true"},
           {"method != 'GET'", ".method != null and .method != \"GET\""},
           {"method in ('GET', \"get\")", ".method == \"GET\" or .method == \"get\""},
           {"status in (200, 500, 0.1)", ".status == 200 or .status == 500 or .status == 0.1"},
           {"s =~ 'ab+c'", "(.s|type)==\"string\" and (.s|test(\"ab+c\"))"},
           {"s == \"été\"", ".s == \"été\""},
           {"a.b > 100 and a.c.d != 'abc'", "(.a|type)==\"object\" and (.a.b|type)==\"number\" and .a.b > 100 and "
                                            ".a.c.d != null and .a.c.d != \"abc\""},
           {"a.b == null", "(.a|if type==\"object\" then .b else null end) == null"},
           {"free != null", ".free != null"},
           {"has(free)", "has(\"free\")"},
           {"has(a.x) and not has(free.k)",
            "(.a|type)==\"object\" and (.a|has(\"x\")) and ((.free|type)==\"object\" and (.free|has(\"k\"))|not)"}}) {
    collected ours;
    (texts({text}, 10'000) | lines() | json() | where({test.where}) | to() | collect(ours)).run(blocks_of(16384));
    const std::string kept = run_tool("jq -c .id", ours.text);
    const std::string expected = run_tool(cat({"jq -c 'select(", test.jq, ")|.id'"}), text);
    EXPECT_GT(expected.size(), 0u) << test.where;
    EXPECT_TRUE(kept == expected) << test.where;
  }
}

TEST(RecordJq, SelectWritesWhatJqWrites) {
  if (!there_is_jq()) GTEST_SKIP() << "needs jq";
  const std::string text = random_records(2).text(3000);
  const std::string no_nulls = "with_entries(select(.value != null))";
  for (const same_test& test : std::vector<same_test>{{"id, status, s", "{id, status, s}"},
                                                      {"s as string, id, free", "{string: .s, id, free}"},
                                                      {"a.b as b, a.c as `c d`, a.c.d as d, id",
                                                       "{b: (.a|if type==\"object\" then .b else null end), \"c d\": "
                                                       "(.a|if type==\"object\" then .c else null end), "
                                                       "d: (.a|if type==\"object\" then .c.d else null end), id}"},
                                                      {"a, ok, method, nothing, id", "{a, ok, method, nothing, id}"}}) {
    collected ours;
    (texts({text}, 10'000) | lines() | json() | select({test.where}) | to(text_form::json) | collect(ours))
        .run(blocks_of(16384));
    EXPECT_TRUE(run_tool(cat({"jq -c '", no_nulls, "'"}), ours.text) ==
                run_tool(cat({"jq -c '", test.jq, "|", no_nulls, "'"}), text))
        << test.where << "\n"
        << ours.text.substr(0, 1000);
  }
}

} // namespace
} // namespace weir::stages
