#pragma once
// graph: the description of a pipeline, as the generator makes it, the interpreter reads it and the builder builds it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::oracle {

enum class form : std::uint8_t {
  map,
  filter,
  flat_map,
  fused,     ///< map | filter | flat_map | map, one stage
  object,    ///< process() that stops in the middle of an item
  coroutine, ///< with a push in the middle, sometimes waiting for the low-water mark
  window,    ///< swallows a items, then one for one, the rest in finish()
  take,
  skip, ///< on_error(skip()) behind a stage that throws
  retry,
  dead_letter,
  farm,  ///< parallel(n, …), ordered
  crowd, ///< parallel(n, …, unordered)
  tee_merge,
  tee_zip,
  balance, ///< two branches with different queues
  partition,
};
inline constexpr form k_first_fan = form::crowd;
inline constexpr std::size_t k_forms = 17;
[[nodiscard]] const char* to_string(form what) noexcept;

/// An edge: capacity, and with `marks` a high-water mark below it and a low-water mark of 0.
struct queue {
  unsigned capacity = 1;
  bool marks = false;
};

struct element;
using chain = std::vector<element>;

/// A branch of a split, or of what a graph ends in.
struct branch {
  queue lead;
  chain stages;
  unsigned attach = 0; ///< hub: at this item; 0: before the start
  unsigned detach = 0; ///< hub: at this item; 0: never
};

struct element {
  form what = form::map;
  unsigned a = 0; ///< what they mean depends on the form
  unsigned b = 0;
  queue out;
  std::vector<branch> branches; ///< crowd, balance, partition: the first

  // ---- filled in by settled() ----
  unsigned uid = 0;
  bool in_order = true;   ///< what enters comes in one order, whatever the schedule
  bool keep_first = true; ///< zip: the first branch's item goes on, since pairs depend on the schedule
};

enum class source_form : std::uint8_t { generate, object, coroutine, generator, range };
struct source {
  source_form what = source_form::generate;
  unsigned n = 0;
  queue out;
  chain stages;
  unsigned uid = 0;
};

enum class joining : std::uint8_t { concat, merge, zip };
enum class ending : std::uint8_t { function, object, coroutine, tee, hub };
enum class act : std::uint8_t { none, pause, cancel, stop_token, finish, fail };

struct graph {
  std::vector<source> sources; ///< at least one; with several, `join` says how
  joining join = joining::concat;
  bool keep_first = true; ///< settled(): as element::keep_first, for the zip of sources
  queue out;
  chain stages;
  ending end = ending::function;
  std::vector<branch> branches; ///< of the tee or the hub at the end
  act action = act::none;
  unsigned at = 0;   ///< … when item `at` passes
  bool late = false; ///< … in front of the end; else behind the sources
  std::uint64_t seed = 0;
  unsigned threads = 0; ///< 0: only on the deterministic backend
};

inline constexpr std::size_t k_most_stages = 12;

/// The graph with at most k_most_stages, forms only where they are allowed, and everything filled in.
[[nodiscard]] graph settled(graph raw);

[[nodiscard]] bool contains(const chain& stages, form what);
[[nodiscard]] bool contains(const graph& g, form what);
/// Something stops taking items before its input ends: what stood in front of it is dropped.
[[nodiscard]] bool ends_early(const chain& stages);
[[nodiscard]] bool ends_early(const graph& g);

/// As text, on several lines.
[[nodiscard]] std::string to_string(const graph& g);

} // namespace weir::oracle
