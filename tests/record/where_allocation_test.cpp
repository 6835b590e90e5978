#include "tests/record/where_support.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const made = std::malloc(size)) { return made; }
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

using namespace weir::stages;
using namespace weir::stages::test;

TEST(WhereAllocation, EvaluationAllocatesNothing) {
  const predicate where(
      "(a > 1.5 or b == 'a string that is long enough not to be short') and not c in ('x', 'a longer one, too', 3)"
      " and d =~ '^/api/v[0-9]+' and has(e.f) and e.f != d and g < 2");
  const char* const records[] = {R"({"a":2,"c":7,"d":"/api/v1","e":{"f":"x"},"g":1})", R"({"a":1,"b":"x"})",
                                 R"({"a":"x"})", R"({"a":2,"c":"y","d":"/index","e":{"f":1}})"};
  std::vector<std::vector<cell>> cells;
  for (const char* const record : records) { cells.push_back(cells_of(where, record)); }
  std::size_t yes = 0;
  std::size_t wrong = 0;
  std::size_t before = 0;
  for (int round = 0; round < 100; ++round) {
    if (round == 1) { before = allocations; } // RE2 makes what it keeps when it first sees a text
    for (const auto& some : cells) {
      const auto verdict = where.evaluate(some);
      yes += verdict.is == predicate::truth::yes;
      wrong += verdict.is == predicate::truth::wrong_type;
    }
  }
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(yes, 100u);
  EXPECT_EQ(wrong, 100u);
}
