// bench_ring [the options of support/results.hpp]: every ring against boost::lockfree::spsc_queue, one item at a time

#include "bench/ring/workload.hpp"
#include "bench/support/duo.hpp"
#include "bench/support/results.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace bench::ring {

namespace {

constexpr double k_sample_seconds = 1.5e-3; // short enough that most are not preempted, on a busy machine too
const char* const k_boost = "boost spsc_queue, one at a time";

// So many items that a sample takes about as long as wanted, and the ring goes round a few times.
std::uint64_t sample_items(contest& queue, std::size_t capacity) {
  std::uint64_t items = std::max<std::uint64_t>(1 << 14, 4 * capacity);
  double best = 1;
  for (int i = 0; i < 3; ++i) {
    const sample s = duo_sample(
        static_cast<double>(items), [&] { queue.produce(items); }, [&] { queue.consume(items); });
    best = std::min(best, s.spent.seconds);
  }
  return std::max(items, static_cast<std::uint64_t>(static_cast<double>(items) * k_sample_seconds / best));
}

competitor contestant(entry e, std::size_t capacity) {
  const std::shared_ptr<contest> queue = std::move(e.queue);
  const std::uint64_t items = sample_items(*queue, capacity);
  return {std::move(e.name), [queue, items] {
            return duo_sample(
                static_cast<double>(items), [&] { queue->produce(items); }, [&] { queue->consume(items); });
          }};
}

question throughput(const std::string& name, std::size_t capacity, carries what, bool all_rivals,
                    std::vector<comparison> versus) {
  question q{name, "M items/s", 1e6, {}, std::move(versus)};
  std::vector<std::vector<entry>> groups;
  groups.push_back(boost_forms(capacity, what));
  groups.push_back(weir_forms(capacity, what));
  groups.push_back(reader_writer_forms(capacity, what));
  if (all_rivals) {
    groups.push_back(concurrent_queue_forms(capacity, what));
    groups.push_back(tbb_forms(capacity, what));
  }
  for (auto& group : groups) {
    for (entry& e : group) { q.all.push_back(contestant(std::move(e), capacity)); }
  }
  return q;
}

// The ring's switch: what does it bring to touch the lines that are given back?
question touched_and_not(const std::string& name, std::size_t capacity, carries what) {
  question q{name, "M items/s", 1e6, {}, {}};
  q.all.push_back(contestant(std::move(boost_forms(capacity, what).front()), capacity));
  for (const bool touch : {true, false}) {
    for (entry& e : weir_forms(capacity, what, touch)) {
      if (touch) { q.versus.push_back({e.name, e.name + ", no touch", 0, 0}); }
      q.all.push_back(contestant(std::move(e), capacity));
    }
  }
  return q;
}

question round_trip() {
  constexpr std::uint64_t k_trips = 4096;
  question q{"round trip, u64, capacity 1024", "M trips/s", 1e6, {}, {}};
  const auto add = [&](const char* name, std::unique_ptr<dialogue> d) {
    if (d == nullptr) { return; }
    const std::shared_ptr<dialogue> two = std::move(d);
    q.all.push_back({name, [two] {
                       return duo_sample(
                           k_trips, [&] { two->ask(k_trips); }, [&] { two->reply(k_trips); });
                     }});
  };
  add(k_boost, boost_dialogue(1024));
  add("weir, try_push and try_pop", weir_dialogue(1024));
  add("moodycamel ReaderWriterQueue", reader_writer_dialogue(1024));
  q.versus = {{"weir, try_push and try_pop", k_boost, 1 / 0.9, 1 / 0.9}};
  return q;
}

} // namespace

} // namespace bench::ring

int main(int count, char** words) {
  using namespace bench::ring;
  bench::options chosen = bench::read_options(count, words);
  chosen.bins = {"near", "far"};
  bench::report report("ring", chosen);
  if (reader_writer_forms(8, carries::numbers).empty()) { report.skipped("moodycamel ReaderWriterQueue"); }
  constexpr std::size_t k_rounds = 41;
  if (const char* name = "u64, capacity 1024"; report.wants(name)) {
    report.ask(throughput(name, 1024, carries::numbers, true,
                          {{"weir, cursor", k_boost, 5.5, 8},
                           {"weir, spans of 64", k_boost, 10, 0},
                           {"weir, spans of 256", k_boost, 14, 0},
                           {"weir, publish each", k_boost, 2.1, 2.3},
                           {"weir, try_push and try_pop", k_boost, 0, 0},
                           {"weir, spans of 64", "boost spsc_queue, arrays of 64", 0, 0},
                           {"weir, spans of 256", "boost spsc_queue, arrays of 256", 0, 0}}),
               k_rounds);
  }
  if (const char* name = "u64, capacity 65536"; report.wants(name)) {
    report.ask(throughput(name, 65536, carries::numbers, false,
                          {{"weir, cursor", k_boost, 6, 12},
                           {"weir, publish each", k_boost, 0, 0},
                           {"weir, try_push and try_pop", k_boost, 0, 0}}),
               k_rounds);
  }
  if (const char* name = "64-byte items, capacity 1024"; report.wants(name)) {
    report.ask(throughput(name, 1024, carries::lines, false,
                          {{"weir, cursor", k_boost, 3.5, 8},
                           {"weir, publish each", k_boost, 0, 0},
                           {"weir, try_push and try_pop", k_boost, 0, 0}}),
               k_rounds);
  }
  if (const char* name = "touch, u64, capacity 1024"; report.wants(name)) {
    report.ask(touched_and_not(name, 1024, carries::numbers), k_rounds);
  }
  if (const char* name = "touch, 64-byte items, capacity 1024"; report.wants(name)) {
    report.ask(touched_and_not(name, 1024, carries::lines), k_rounds);
  }
  report.ask(round_trip(), k_rounds);
  return report.done();
}
