#include "tests/oracle/random_graphs.hpp"

#include "tests/support/random_pause.hpp"

#include <rapidcheck.h>
#include <rapidcheck/detail/TestListenerAdapter.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <random>
#include <sstream>

namespace weir::oracle {

void showValue(const graph& g, std::ostream& out) { // found by RapidCheck
  out << "\n" << to_string(g);
}

namespace {

/// 0 to n - 1, the whole range at any size.
rc::Gen<unsigned> below(unsigned n) { return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0u, n)); }

template <class Enum>
rc::Gen<Enum> one_of(std::size_t n) {
  return rc::gen::map(below(static_cast<unsigned>(n)), [](unsigned i) { return static_cast<Enum>(i); });
}

rc::Gen<queue> queues() {
  return rc::gen::build<queue>(rc::gen::set(&queue::capacity, rc::gen::map(below(8), [](unsigned n) { return n + 1; })),
                               rc::gen::set(&queue::marks, rc::gen::map(below(4), [](unsigned n) { return n == 3; })));
}

rc::Gen<chain> chains(int most, int depth);

rc::Gen<branch> branches(int most, int depth) {
  const auto at = rc::gen::map(below(80), [](unsigned n) { return n < 40 ? 0 : n - 39; });
  return rc::gen::build<branch>(rc::gen::set(&branch::lead, queues()),
                                rc::gen::set(&branch::stages, chains(most, depth)), rc::gen::set(&branch::attach, at),
                                rc::gen::set(&branch::detach, at));
}
rc::Gen<std::vector<branch>> branch_lists(int most, int depth) {
  return rc::gen::resize(3, rc::gen::container<std::vector<branch>>(branches(most, depth)));
}

rc::Gen<element> elements(int depth) {
  const auto singles = static_cast<std::size_t>(k_first_fan);
  // take() of few items leaves little to look at behind it.
  const auto number = rc::gen::map(below(50), [](unsigned n) { return n; });
  const rc::Gen<element> single =
      rc::gen::build<element>(rc::gen::set(&element::what, one_of<form>(singles)), rc::gen::set(&element::a, number),
                              rc::gen::set(&element::b, below(6)), rc::gen::set(&element::out, queues()));
  if (depth == 0) { return single; }
  const auto fan = rc::gen::map(one_of<std::size_t>(k_forms - singles),
                                [=](std::size_t i) { return static_cast<form>(i + singles); });
  return rc::gen::weightedOneOf<element>(
      {{3, single},
       {1, rc::gen::build<element>(rc::gen::set(&element::what, fan), rc::gen::set(&element::a, number),
                                   rc::gen::set(&element::b, below(6)), rc::gen::set(&element::out, queues()),
                                   rc::gen::set(&element::branches, branch_lists(3, depth - 1)))}});
}

rc::Gen<chain> chains(int most, int depth) { return rc::gen::resize(most, rc::gen::container<chain>(elements(depth))); }

rc::Gen<source> sources() {
  return rc::gen::build<source>(rc::gen::set(&source::what, one_of<source_form>(5)),
                                rc::gen::set(&source::n, below(61)), rc::gen::set(&source::out, queues()),
                                rc::gen::set(&source::stages, chains(2, 0)));
}

rc::Gen<graph> graphs(bool threads) {
  const auto often_none = rc::gen::map(below(10), [](unsigned i) { return static_cast<act>(i < 5 ? 0 : i - 4); });
  const auto ends = rc::gen::map(below(8), [](unsigned i) { return static_cast<ending>(i < 5 ? i : i - 3); });
  const auto threads_of = rc::gen::map(below(3), [](unsigned i) { return 1u << i; });
  return rc::gen::map(
      rc::gen::build<graph>(
          rc::gen::set(&graph::sources, rc::gen::resize(3, rc::gen::container<std::vector<source>>(sources()))),
          rc::gen::set(&graph::join, one_of<joining>(3)), rc::gen::set(&graph::out, queues()),
          rc::gen::set(&graph::stages, chains(8, 2)), rc::gen::set(&graph::end, ends),
          rc::gen::set(&graph::branches, branch_lists(3, 1)), rc::gen::set(&graph::action, often_none),
          rc::gen::set(&graph::at, below(40)), rc::gen::set(&graph::late, rc::gen::arbitrary<bool>()),
          rc::gen::set(&graph::seed, rc::gen::cast<std::uint64_t>(below(1'000'000))),
          rc::gen::set(&graph::threads, threads ? threads_of : rc::gen::just(0u))),
      settled);
}

std::uint64_t seed_for(const std::string& name) {
  if (!many_graphs()) { return std::hash<std::string>{}(name); }
  const std::uint64_t seed = std::random_device{}();
  std::printf("%s: RC_PARAMS=\"seed=%llu\"\n", name.c_str(), static_cast<unsigned long long>(seed));
  std::fflush(stdout); // A graph that hangs ends in abort().
  return seed;
}

} // namespace

bool many_graphs() noexcept { return std::getenv("WEIR_GRAPHS") != nullptr; }

std::size_t graphs_wanted(std::size_t usual) {
  if (const char* const wanted = std::getenv("WEIR_GRAPHS")) { return std::strtoull(wanted, nullptr, 10); }
#if defined(__SANITIZE_ADDRESS__)
  return usual / 5;
#else
  return static_cast<std::size_t>(test::rounds(usual));
#endif
}

std::string for_random_graphs(const std::string& name, std::size_t n, bool threads,
                              const std::function<void(const graph&)>& judge) {
  const auto& settings = rc::detail::configuration();
  rc::detail::TestParams params = settings.testParams;
  params.maxSuccess = static_cast<int>(n);
  if (std::getenv("RC_PARAMS") == nullptr) { params.seed = seed_for(name); }
  rc::detail::TestMetadata metadata;
  metadata.id = name;
  rc::detail::TestListenerAdapter nobody;
  const rc::Gen<graph> source = graphs(threads);
  std::string first; // The threads of a failing graph may not meet again while it is shrunk.
  const auto judge_one = [&] {
    const graph g = *source;
    try {
      judge(g);
    } catch (const std::exception& error) {
      if (first.empty()) { first = to_string(g) + "\n" + error.what(); }
      throw;
    }
  };
  const auto result = rc::detail::checkTestable(judge_one, metadata, params, nobody, settings.reproduce);
  if (result.is<rc::detail::SuccessResult>()) { return {}; }
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  if (result.is<rc::detail::FailureResult>()) {
    const auto& failure = result.get<rc::detail::FailureResult>();
    rc::detail::Configuration again;
    again.reproduce[name] = failure.reproduce;
    text << "\nRC_PARAMS=\"" << rc::detail::configToMinimalString(again) << "\"";
  }
  text << "\nThe first that failed:\n" << first;
  return text.str();
}

} // namespace weir::oracle
