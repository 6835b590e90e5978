#pragma once
// explore(): runs a small program of a few threads in every way that the memory model allows.
//
//   const verdict v = explore([](scene& s) {
//     auto& flag = s.make<atomics::atomic<bool>>(false);
//     auto& data = s.make<plain<int>>(0);
//     s.thread("writer", [&] { data = 1; flag.store(true, std::memory_order_release); });
//     s.thread("reader", [&] { if (flag.load(std::memory_order_acquire)) { require(data == 1, "..."); } });
//   });
//
// An execution is a graph (execution_graph.hpp), not an interleaving: the program runs again for each graph, and every
// load is told which write it sees. The threads of a graph that is partly known are replayed, whoever reads waiting for
// its write; then the leftmost thread that can go on does so, and each choice that it has is kept for a later run.
//
// Found wrong, with the execution as text:
//   - require() of something false
//   - a data race, or a use after the end, of plain<T> and item objects and of atomic objects' construction and end
//   - threads that wait (atomic wait, pause) although each sees the newest value: a wake is lost
//   - a program that is not a function of what its loads return

#include "tests/model/checker/execution_graph.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir::model {

/// One weaker order, at one place of the source.
struct weakening {
  site where;
  int which = 0; ///< of a compare-exchange: 0 on success, 1 on failure
  std::memory_order from;
  std::memory_order to;
};

struct options {
  std::uint64_t most_executions = 3'000'000;
  const weakening* weaker = nullptr;
  bool only_sequential = false; ///< every order counts as seq_cst: an explorer that knows nothing weaker
};

/// An order as it stands at one place of the source.
struct order_use {
  site where;
  int which = 0;
  std::memory_order order;
  enum class operation : std::uint8_t { load, store, update } what;
};

struct verdict {
  std::string wrong; ///< empty: every execution is right
  std::string execution;
  std::uint64_t executions = 0;
  std::uint64_t waiting =
      0;                 ///< ends in which some thread saw a stale value and waited; its other futures were explored
  bool complete = false; ///< nothing was left out
  std::vector<order_use> uses;
  std::set<std::vector<std::uint64_t>> outcomes; ///< what note() was told, an entry for each kind of execution

  [[nodiscard]] bool right() const noexcept { return wrong.empty() && complete; }
  [[nodiscard]] std::string text() const;
};

/// What a program is made of; it is called anew for each execution.
class scene {
 public:
  /// An object that lives until all threads have ended.
  template <class T, class... Args>
  T& make(Args&&... args) {
    T* const object = new T(std::forward<Args>(args)...);
    ends_.push_back([object] { delete object; });
    return *object;
  }
  void thread(std::string name, std::function<void()> body) { threads_.push_back({std::move(name), std::move(body)}); }
  /// After all threads have ended, before the objects do.
  void after(std::function<void()> check) { after_ = std::move(check); }

 private:
  friend class explorer;
  struct part {
    std::string name;
    std::function<void()> body;
  };
  std::vector<part> threads_;
  std::function<void()> after_;
  std::vector<std::function<void()>> ends_;
};

using program = std::function<void(scene&)>;

[[nodiscard]] verdict explore(const program& what, const options& how = {});

/// In a program: this must hold in every execution.
void require(bool holds, const char* what);
/// In a program: a loop that spins has turned often enough; nothing is said about executions in which it spins longer.
[[noreturn]] void give_up();
/// In set-up: a load of this object must happen before every store that depends on it. The model has no load buffering, so
/// it cannot show a load that sees such a store; hardware and C++ can, and this shows where.
void no_load_buffering(const void* object);
/// Puts down what the program saw, for verdict::outcomes.
void note(std::uint64_t seen);

// ---- what atomics.hpp and plain.hpp call ------------------------------------------------------------------------

/// Whether a program under test is running; otherwise an atomic object is a plain value.
[[nodiscard]] bool exploring() noexcept;

namespace hooks {
void construct(const void* object, std::uint64_t value, site where);
void destroy(const void* object);
std::uint64_t load(const void* object, std::memory_order order, site where);
void store(const void* object, std::uint64_t value, std::memory_order order, site where);
/// Returns what was there before.
std::uint64_t update(const void* object, std::uint64_t (*change)(std::uint64_t, std::uint64_t), std::uint64_t with,
                     std::memory_order order, site where);
/// True: it was `expected`, and is `desired` now. False: `expected` is what was there.
bool compare(const void* object, std::uint64_t& expected, std::uint64_t desired, std::memory_order success,
             std::memory_order failure, site where);
void await_other(const void* object, std::uint64_t value, std::memory_order order, site where);
/// A spinning thread has nothing to do until the value that it read last changes.
void pause();
void plain_touch(const void* object, bool writes);
void plain_begin(const void* object);
void plain_end(const void* object);
} // namespace hooks

} // namespace weir::model
