// Random graphs out of bytes: built with the library's operations, checked, run on the deterministic backend, and compared
// with the interpreter of tests/oracle.

#include "tests/fuzz/fuzz_target.hpp"
#include "tests/oracle/judge.hpp"

#include <exception>

namespace {

using namespace weir::oracle;
using weir::fuzz::choices;

queue queue_of(choices& from) {
  const unsigned b = from.byte();
  return {.capacity = 1 + b % 8, .marks = b / 8 % 4 == 3};
}

chain chain_of(choices& from, unsigned most, int depth);

std::vector<branch> branches_of(choices& from, int depth) {
  std::vector<branch> all(from.below(4));
  for (branch& b : all) {
    b.lead = queue_of(from);
    b.stages = chain_of(from, 3, depth);
    const unsigned when = from.below(80);
    b.attach = when < 40 ? 0 : when - 39;
    b.detach = from.one_in(2) ? from.below(41) : 0;
  }
  return all;
}

chain chain_of(choices& from, unsigned most, int depth) {
  chain all(from.below(most + 1));
  for (element& s : all) {
    s.what = static_cast<form>(from.below(depth > 0 ? k_forms : static_cast<unsigned>(k_first_fan)));
    s.a = from.below(50);
    s.b = from.below(6);
    s.out = queue_of(from);
    if (s.what >= k_first_fan) { s.branches = branches_of(from, depth - 1); }
  }
  return all;
}

graph graph_of(choices& from) {
  graph g;
  g.sources.resize(1 + from.below(3));
  g.join = static_cast<joining>(from.below(3));
  for (source& s : g.sources) {
    s.what = static_cast<source_form>(from.below(5));
    s.n = from.below(61);
    s.out = queue_of(from);
    s.stages = chain_of(from, 2, 0);
  }
  g.out = queue_of(from);
  g.stages = chain_of(from, 8, 2);
  const unsigned end = from.below(8);
  g.end = static_cast<ending>(end < 5 ? end : end - 3);
  g.branches = branches_of(from, 1);
  const unsigned action = from.below(10);
  g.action = static_cast<act>(action < 5 ? 0 : action - 4);
  g.at = from.below(40);
  g.late = from.one_in(2);
  g.seed = from.wide();
  return settled(g);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  choices from(data, size);
  const graph g = graph_of(from);
  tally seen;
  try {
    judge_seeded(g, seen);
  } catch (const std::exception& error) { weir::fuzz::found(std::string(error.what()) + "\n" + to_string(g)); }
  return 0;
}
