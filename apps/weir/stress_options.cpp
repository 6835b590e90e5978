#include "apps/weir/stress_options.hpp"

#include "apps/weir/arguments.hpp"
#include "apps/weir/utf8.hpp"

#include <random>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr std::chrono::nanoseconds k_default_duration = std::chrono::seconds(10);
constexpr std::uint64_t k_most_threads = 1024;
constexpr std::uint64_t k_most_capacity = 1u << 20;

constexpr std::string_view k_footer =
    "Runs pipelines over numbered items and verifies in every sink that each of them came once and in its order. Each\n"
    "shape runs with each number of threads and each capacity; what is random follows from the seed alone.\n"
    "Wakes are voluntary context switches of the whole process (getrusage: ru_nvcsw) for a million items. Memory is\n"
    "what is resident at the end, and how much that is more than at minute 1 or, in a run that is shorter, in its\n"
    "first half. A run in which no item moves for a minute is cancelled and counts as failed.\n"
    "Exit codes: 0 all is as it must be; 1 something is not, and the command that repeats it is printed; 2 usage;\n"
    "130 and 143 after SIGINT and SIGTERM: the sources stopped, and what they had made was verified.\n"
    "  weir stress --for 60s --seed 7\n"
    "  weir stress --shape tee --items 1000000000 --threads 2 --capacity 1024 --json tee.json";

std::uint64_t between(const std::string& text, std::uint64_t least, std::uint64_t most) {
  const std::uint64_t value = whole_number(text, most);
  if (value < least) throw bad_value(fmt::format("{} is not between {} and {}", in_quotes(text), least, most));
  return value;
}

/// Calls `take` with each text between two commas.
template <class Take>
void each_of(const std::string& list, Take take) {
  std::size_t begin = 0;
  for (;;) {
    const std::size_t comma = list.find(',', begin);
    take(list.substr(begin, comma - begin));
    if (comma == std::string::npos) return;
    begin = comma + 1;
  }
}

struct thread_list {
  std::vector<unsigned>& values;
};
void from_word(const word& from, thread_list& to) {
  to.values.clear();
  each_of(from.text, [&to](const std::string& text) {
    to.values.push_back(static_cast<unsigned>(between(text, 1, k_most_threads)));
  });
}

struct capacity_list {
  std::vector<std::optional<std::size_t>>& values;
};
void from_word(const word& from, capacity_list& to) {
  to.values.clear();
  each_of(from.text, [&to](const std::string& text) {
    if (text == "random") return to.values.emplace_back(std::nullopt), void();
    to.values.emplace_back(static_cast<std::size_t>(between(text, 1, k_most_capacity)));
  });
}

struct item_count {
  std::uint64_t& value;
};
void from_word(const word& from, item_count& to) { to.value = between(from.text, 1, k_most_numbers); }

struct time_given {
  std::chrono::nanoseconds& value;
};
void from_word(const word& from, time_given& to) {
  to.value = parse_duration(from.text);
  if (to.value.count() == 0) throw bad_value(fmt::format("{} leaves no time", in_quotes(from.text)));
}

std::uint64_t seed_of_today() {
  std::random_device device;
  return device(); // 32 bits: short enough to be typed again
}

} // namespace

stress_options parse_stress_options(const word& name, std::span<const word> given) {
  stress_options result;
  std::vector<std::pair<std::string, std::vector<stress_shape>>> shapes = {{"all", all_stress_shapes()}};
  for (const stress_shape each : all_stress_shapes()) shapes.emplace_back(to_string(each), std::vector{each});
  std::optional<std::uint64_t> seed;
  thread_list threads{result.threads};
  capacity_list capacities{result.capacities};
  item_count items{result.items};
  time_given duration{result.duration};

  arguments line("stress", "Runs pipelines under load and verifies that no item is lost, doubled or out of order.");
  line.usage_lines("weir stress [OPTIONS]");
  line.choice<std::vector<stress_shape>>("--shape", result.shapes, std::move(shapes),
                                         "what the pipelines look like (all)");
  line.option("--items", items, "N", "items of each pipeline");
  line.option("--for", duration, "DURATION", "time for all pipelines together (10s), instead of --items");
  line.option("--seed", seed, "N", "what is random follows from it (a new one each time)");
  line.option("--threads", threads, "LIST", "compute threads (1,2,8)");
  line.option("--capacity", capacities, "LIST", "items an edge holds; random: 1 to 4096, each edge its own (random)");
  line.flag("--delays", result.delays, "hold up every stage at random: spins, yields, timers");
  line.option("--json", result.json, "FILE",
              "write the figures there as JSON; - is stdout, the table then goes to stderr");
  line.footer(std::string(k_footer));
  line.parse(name, given);

  if (result.items > 0 && result.duration.count() > 0)
    throw usage_error("stress: --items and --for do not go together", name.where);
  if (result.items == 0 && result.duration.count() == 0) result.duration = k_default_duration;
  result.seed = seed ? *seed : seed_of_today();
  return result;
}

std::vector<stress_cell> stress_options::cells() const {
  std::vector<stress_cell> all;
  for (const stress_shape shape : shapes)
    for (const unsigned n : threads)
      for (const std::optional<std::size_t>& capacity : capacities)
        all.push_back({shape, n, capacity, delays, seed, items, {}});
  for (stress_cell& each : all) each.duration = duration / static_cast<std::int64_t>(all.size());
  return all;
}

} // namespace weir::command
