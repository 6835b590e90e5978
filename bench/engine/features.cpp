// What a feature costs per item beside a plain chain: source | queue | step | queue | sum, all on one thread of an engine, CPU time.
// In each round the plain chain is measured beside the others, and taken off.

#include "bench/engine/workload.hpp"
#include "bench/support/results.hpp"

#include <weir/hub.hpp>
#include <weir/weir.hpp>

#include <cstdint>
#include <stdexcept>

namespace bench::engine {

namespace {

using number = std::uint64_t;
using pipe = weir::pipe<void, number>;
constexpr number k_items = 1'000'000;

weir::engine& one_thread() {
  static weir::engine only(1);
  return only;
}

pipe numbers(number begin, number end) { return weir::iota<number>(begin, end) | weir::edge(1024); }
pipe numbers() { return numbers(0, k_items); }
auto stepped() {
  return weir::map([](number x) { return step(x); });
}

// The sum of what `made` makes behind a queue; `dress` may change the plan.
template <class Made, class Dress>
number sum_of(Made made, Dress dress) {
  number sum = 0;
  weir::plan plan = std::move(made) | weir::edge(1024) | weir::for_each([&sum](number x) { sum += x; });
  dress(plan);
  plan.run({}, one_thread());
  return sum;
}
template <class Made>
number sum_of(Made made) {
  return sum_of(std::move(made), [](weir::plan&) {});
}

number tee_to_two() {
  number sums[2] = {0, 0};
  const auto sink = [&](int which) { return weir::for_each([&sums, which](number x) { sums[which] += x; }); };
  (numbers() | stepped() | weir::edge(1024) | weir::tee(sink(0), sink(1))).run({}, one_thread());
  if (sums[0] != sums[1]) { throw std::runtime_error("weir: branches differ"); }
  return sums[0];
}

number hub_to(std::size_t branches) {
  std::vector<number> sums(branches, 0);
  weir::hub<number> hub;
  std::vector<weir::branch_handle> handles;
  handles.reserve(branches);
  for (number& sum : sums) {
    handles.push_back(hub.attach(weir::for_each([&sum](number x) { sum += x; })));
  }
  weir::run run = (numbers() | stepped() | weir::edge(1024) | hub.sink()).start({}, one_thread());
  run.wait();
  for (weir::branch_handle& h : handles) { h.wait(); }
  for (const number sum : sums) { must_equal(sum, sums.front(), "weir, hub"); }
  return sums.front();
}

// One item in `every` fails and is left out: added to the answer here, so that every form has the same.
number failing(number every, const weir::error_handling& what) {
  const auto may_fail = weir::map([every](number x) -> number {
    if (every != 0 && x % every == 0) { throw std::runtime_error("an item fails"); }
    return step(x);
  });
  number left_out = 0;
  for (number x = 0; every != 0 && x < k_items; x += every) { left_out += step(x); }
  return sum_of(numbers() | may_fail | weir::on_error(what)) + left_out;
}

number observed() {
  number seen = 0;
  const number sum = sum_of(numbers() | stepped(), [&seen](weir::plan& plan) {
    plan.on(weir::event::data, [&seen](const weir::event_info& e) { seen += e.items; });
  });
  if (seen < k_items) { throw std::runtime_error("weir: the observer missed items"); }
  return sum;
}

struct feature {
  const char* name;
  number (*run)();
};

const feature k_features[] = {
    {"tee to two sinks", tee_to_two},
    {"tee to two and zip",
     [] {
       return sum_of(numbers() | weir::tee(stepped(), stepped()) | weir::zip() |
                     weir::map([](const auto& both) { return std::get<0>(both); }));
     }},
    {"merge of two sources",
     [] { return sum_of(weir::merge(numbers(0, k_items / 2), numbers(k_items / 2, k_items)) | stepped()); }},
    {"balance over two, merged", [] { return sum_of(numbers() | weir::balance(2, stepped()) | weir::merge()); }},
    {"partition over two",
     [] {
       return sum_of(numbers() | weir::partition(
                                     2, [](number x) { return x; }, stepped()));
     }},
    {"parallel(2), in order", [] { return sum_of(numbers() | weir::parallel(2, stepped())); }},
    {"hub, one branch", [] { return hub_to(1); }},
    {"hub, two branches", [] { return hub_to(2); }},
    {"on_error(skip()), none fails", [] { return failing(0, weir::skip()); }},
    {"on_error(skip()), one in 1,000 fails", [] { return failing(1000, weir::skip()); }},
    {"on_error(retry(2)), none fails", [] { return failing(0, weir::retry(2)); }},
    {"an observer of every turn's items", observed},
};

double cpu_ns_of(number (*run)(), number want, const char* name) {
  return metered([&] { must_equal(run(), want, name); }).cpu_seconds * 1e9 / static_cast<double>(k_items);
}

number plain_chain() { return sum_of(numbers() | stepped()); }

} // namespace

void ask_features(report& into) {
  const std::string name = "feature";
  if (!into.wants(name)) { return; }
  const number want = plain_light(k_items, 1);
  std::vector<double> plain;
  std::vector<std::vector<double>> more(std::size(k_features));
  const std::size_t rounds = into.rounds(11);
  for (std::size_t round = 0; round <= rounds; ++round) {
    const double base = cpu_ns_of(plain_chain, want, "weir, plain chain");
    if (round > 0) { plain.push_back(base); }
    for (std::size_t f = 0; f < more.size(); ++f) {
      const double all = cpu_ns_of(k_features[f].run, want, k_features[f].name);
      if (round > 0) { more[f].push_back(all - base); }
    }
  }
  into.figure(name + ": the plain chain itself", "weir", "CPU ns per item", plain);
  for (std::size_t f = 0; f < more.size(); ++f) {
    into.figure(name + ": " + k_features[f].name, "weir", "CPU ns per item more", more[f]);
  }
}

} // namespace bench::engine
