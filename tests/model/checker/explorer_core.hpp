#pragma once
// explorer: one graph after the other. Internal to the checker; explorer.hpp is what programs use.

#include "tests/model/checker/explorer.hpp"
#include "tests/model/checker/fiber.hpp"
#include "tests/model/checker/plain_memory.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace weir::model {

inline constexpr std::size_t k_most_events = 300; // of one thread: more means that it spins

/// Runs the program for one graph after the other. Its methods are called from the program's fibers too.
class explorer {
  enum class state : std::uint8_t { running, ended, waits, gave_up, wrong };

 public:
  explorer(const program& what, const options& how) : program_(&what), how_(how), fibers_(k_most_threads) {}

  verdict explore();

  // ---- called on the program's fibers ---------------------------------------------------------------------------

  void construct(const void* object, std::uint64_t value, site where);

  std::uint64_t load(const void* object, std::memory_order order, site where);

  void store(const void* object, std::uint64_t value, std::memory_order order, site where);

  std::uint64_t update(const void* object, std::uint64_t (*change)(std::uint64_t, std::uint64_t), std::uint64_t with,
                       std::memory_order order, site where);

  bool compare(const void* object, std::uint64_t& expected, std::uint64_t desired, std::memory_order success,
               std::memory_order failure, site where);

  void await_other(const void* object, std::uint64_t value, std::memory_order order, site where);

  void pause();

  void touched(const void* object, touch how);
  void begins(const void* object);
  void freed(const void* begin, std::size_t bytes);

  [[noreturn]] void wrong(const std::string& text);
  void note(std::uint64_t seen) { notes_.push_back(seen); }
  void watch_loads(const void* object) { watched_.push_back(place_of(object)); }
  // The thread stops. The others go on: what they write may lead it elsewhere, in another execution.
  [[noreturn]] void gives_up() { stay(state::gave_up); }

 private:
  // ---- one execution ----------------------------------------------------------------------------------------------

  void run();

  void begin();

  void start(std::size_t t, const std::string& name, const vector_clock& known);

  // Lets a thread do what is not in the graph yet, at most this many events.
  void go(std::size_t t, std::size_t events = k_most_events);

  void replay(std::size_t last);

  // Threads that wait end the execution: for good when all of them have seen the newest.
  bool some_wait(std::size_t last);

  static void entry(void* self);

  void body(std::size_t t);

  void resume(std::size_t t);
  void leave();
  [[noreturn]] void stay(state how);

  // ---- events -----------------------------------------------------------------------------------------------------

  // Comes back when the thread's next event is to be: from the graph (true) or new (false).
  bool turn();

  event read(event e);

  void finish_update(event e, std::uint64_t value);

  void write(const event& e);

  void new_read(const event& e);

  void new_write(const event& e);

  // No way to go on is left: nothing is said about this execution.
  [[noreturn]] void end_here();

  [[nodiscard]] event_id next_id() const;
  const event& next_kept(event_kind kind, std::uint16_t place) {
    const event& kept = graph_.at(next_id());
    if (kept.kind != kind || kept.location != place) { wrong("it is no function of what it reads"); }
    return kept;
  }

  event blank(std::uint16_t place, std::memory_order order, site where) const;
  std::uint16_t place_of(const void* object);
  // What the thread knows after the events that it has done in this run.
  [[nodiscard]] const vector_clock& graph_knowledge() const { return graph_.known(now_, done_[now_]); }

  // ---- orders -----------------------------------------------------------------------------------------------------

  void use(order_use::operation what, int which, std::memory_order order, site where);
  [[nodiscard]] std::memory_order effective(std::memory_order order, site where, int which) const;

  const program* program_;
  const options how_;
  verdict result_;
  std::vector<execution_graph> left_;
  std::map<std::tuple<const char*, int, int, order_use::operation, std::memory_order>, order_use> uses_;

  // Of the execution at hand.
  execution_graph graph_;
  plain_memory plain_;
  std::unordered_map<const void*, std::uint16_t> objects_;
  std::vector<std::uint64_t> notes_;
  std::vector<std::string> names_;
  std::vector<std::uint16_t> watched_;
  scene* stage_ = nullptr;
  std::vector<fiber> fibers_;
  std::array<state, k_most_threads> state_{};
  std::array<std::size_t, k_most_threads> done_{};
  std::array<std::size_t, k_most_threads> constructed_{};
  std::array<bool, k_most_threads> half_done_{};
  std::size_t now_ = 0;
  std::size_t permitted_ = 0; // events that the running thread may add
  bool dead_end_ = false;

 public:
  static explorer* active_;
};

} // namespace weir::model
