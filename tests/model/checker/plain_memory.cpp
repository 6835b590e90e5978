#include "tests/model/checker/plain_memory.hpp"

#include <functional>

namespace weir::model {

namespace {

// A touch after `events` events is known to whoever knows the thread's next one.
bool ordered(std::uint16_t touched, std::size_t thread, const vector_clock& known) {
  return touched == 0 || known.has(thread, touched - 1u);
}

} // namespace

std::optional<std::string> plain_memory::touched(const void* object, touch how, std::size_t thread, std::size_t events,
                                                 const vector_clock& known) {
  cell& c = cells_[object];
  if (c.destroyed) { return "an object is used after its end"; }
  for (std::size_t t = 0; t < k_most_threads; ++t) {
    if (t == thread) { continue; }
    if (!ordered(c.wrote[t], t, known)) {
      return "data race: a write of another thread is not ordered before this use";
    }
    if (how != touch::read && !ordered(c.read[t], t, known)) {
      return "data race: a use by another thread is not ordered before this write";
    }
  }
  (how == touch::read ? c.read : c.wrote)[thread] = static_cast<std::uint16_t>(events + 1);
  c.destroyed = how == touch::destroy;
  return std::nullopt;
}

std::optional<std::string> plain_memory::freed(const void* begin, std::size_t bytes, std::size_t thread,
                                               std::size_t events, const vector_clock& known) {
  const auto* const first = static_cast<const std::byte*>(begin);
  for (auto& [object, c] : cells_) {
    const std::less<const void*> before;
    if (before(object, first) || !before(object, first + bytes) || c.destroyed) { continue; }
    if (auto wrong = touched(object, touch::destroy, thread, events, known)) { return wrong; }
  }
  return std::nullopt;
}

} // namespace weir::model
