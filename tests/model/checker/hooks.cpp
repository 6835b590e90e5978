// The calls of the program under test, which arrive on its fibers.

#include "tests/model/checker/arena.hpp"
#include "tests/model/checker/explorer_core.hpp"

namespace weir::model {

namespace {

// The explorer at work on behalf of the program: what it allocates is its own.
class inside {
 public:
  inside() : all_(explorer::active_) { arenas::serve(arenas::k_none); }
  inside(const inside&) = delete;
  inside& operator=(const inside&) = delete;
  ~inside() { arenas::serve(thread_of_); }
  explorer* operator->() const { return all_; }

 private:
  explorer* all_;
  std::size_t thread_of_ = arenas::serving();
};

void tell_freed(void* begin, std::size_t bytes) {
  if (exploring()) { inside()->freed(begin, bytes); }
}

} // namespace

verdict explore(const program& what, const options& how) {
  on_free(&tell_freed);
  return explorer(what, how).explore();
}

std::string verdict::text() const {
  const std::string count = std::to_string(executions) + " executions, " + std::to_string(waiting) + " more that wait";
  if (!wrong.empty()) { return wrong + " (after " + count + "):\n" + execution; }
  return complete ? count : "not finished after " + count;
}

void require(bool holds, const char* what) {
  if (!holds) { inside()->wrong(what); }
}
void give_up() { inside()->gives_up(); }
void no_load_buffering(const void* object) { inside()->watch_loads(object); }
void note(std::uint64_t seen) { inside()->note(seen); }
bool exploring() noexcept { return explorer::active_ != nullptr; }

namespace hooks {

void construct(const void* object, std::uint64_t value, site where) { inside()->construct(object, value, where); }
void destroy(const void* object) { inside()->touched(object, touch::destroy); }
std::uint64_t load(const void* object, std::memory_order order, site where) {
  return inside()->load(object, order, where);
}
void store(const void* object, std::uint64_t value, std::memory_order order, site where) {
  inside()->store(object, value, order, where);
}
std::uint64_t update(const void* object, std::uint64_t (*change)(std::uint64_t, std::uint64_t), std::uint64_t with,
                     std::memory_order order, site where) {
  return inside()->update(object, change, with, order, where);
}
bool compare(const void* object, std::uint64_t& expected, std::uint64_t desired, std::memory_order success,
             std::memory_order failure, site where) {
  return inside()->compare(object, expected, desired, success, failure, where);
}
void await_other(const void* object, std::uint64_t value, std::memory_order order, site where) {
  inside()->await_other(object, value, order, where);
}
void pause() {
  if (exploring()) { inside()->pause(); }
}
void plain_touch(const void* object, bool writes) {
  if (exploring()) { inside()->touched(object, writes ? touch::write : touch::read); }
}
void plain_begin(const void* object) {
  if (exploring()) { inside()->begins(object); }
}
void plain_end(const void* object) {
  if (exploring()) { inside()->touched(object, touch::destroy); }
}

} // namespace hooks

} // namespace weir::model
