// Random expressions on random records: what Python makes of them.

#include "tests/record/where_support.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <optional>

using namespace weir::stages;
using namespace weir::stages::test;

namespace {

struct stream_closer {
  void operator()(std::FILE* stream) const { pclose(stream); }
};

struct judged {
  std::size_t records = 0;
  std::size_t yes = 0;
  std::size_t wrong = 0;
};

/// Judges what the reference says of one seed.
judged judge(int seed, int count) {
  judged sum;
  const std::string command =
      "python3 '" WEIR_WHERE_REFERENCE "' " + std::to_string(seed) + ' ' + std::to_string(count);
  const std::unique_ptr<std::FILE, stream_closer> from(popen(command.c_str(), "r"));
  std::string line(1 << 20, '\0');
  std::optional<predicate> where;
  std::string expression;
  while (std::fgets(line.data(), static_cast<int>(line.size()), from.get()) != nullptr) {
    std::string_view text(line.c_str());
    text.remove_suffix(1);
    const bool fresh = text.front() == 'E';
    text.remove_prefix(2);
    if (fresh) {
      expression = text;
      where.emplace(text);
      continue;
    }
    const std::string_view wanted = text.substr(0, text.find(' '));
    const std::string_view record = text.substr(wanted.size() + 1);
    const std::string answer = told(*where, record);
    const bool good = answer == "yes" || answer == "no" ? answer == wanted : wanted == "wrong";
    EXPECT_TRUE(good) << expression << "\n" << record << "\nwanted " << wanted << ", got " << answer;
    ++sum.records;
    sum.yes += wanted == "yes";
    sum.wrong += wanted == "wrong";
  }
  return sum;
}

} // namespace

TEST(WhereAgainstPython, RandomExpressionsOnRandomRecords) {
  for (int seed = 1; seed <= 4; ++seed) {
    const judged sum = judge(seed, 2500);
    EXPECT_EQ(sum.records, 20'000u);
    EXPECT_GT(sum.yes, 2'000u); // of each answer there are enough
    EXPECT_GT(sum.wrong, 2'000u);
    EXPECT_LT(sum.yes + sum.wrong, 18'000u);
  }
}
