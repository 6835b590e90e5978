#include "stages/file/temporaries.hpp"

#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstring>
#include <stdexcept>

namespace weir::stages {

// Entries are pushed onto a list once and never freed, only used again, so that a signal handler can walk the
// list at any time. The path of an entry changes only while it is not `live`.
struct named_temporary::entry {
  enum class use : int { free, taken, live };

  std::atomic<use> state{use::taken};
  entry* next = nullptr; ///< written before the entry is pushed
  char path[PATH_MAX]{};
};

namespace {

using entry = named_temporary::entry;
static_assert(std::atomic<entry::use>::is_always_lock_free && std::atomic<entry*>::is_always_lock_free);

std::atomic<entry*> g_first{nullptr};

entry* take_entry() {
  // [temporaries.walk] acquire: the entries behind the head are complete; pairs with [temporaries.push]
  for (entry* at = g_first.load(std::memory_order_acquire); at != nullptr; at = at->next) {
    entry::use expected = entry::use::free;
    // [temporaries.take] acquire: the path of a freed entry is ours to write; pairs with [temporaries.free]
    if (at->state.compare_exchange_strong(expected, entry::use::taken, std::memory_order_acquire)) return at;
  }
  auto* made = new entry;
  // [relaxed: the exchange below brings the order, and corrects a stale head]
  made->next = g_first.load(std::memory_order_relaxed);
  // [temporaries.push] release: the entry is complete; pairs with [temporaries.walk]
  while (!g_first.compare_exchange_weak(made->next, made, std::memory_order_release)) {}
  return made;
}

} // namespace

named_temporary::named_temporary(const std::string& path) {
  if (path.size() >= PATH_MAX) throw std::length_error("temporary file: name too long: " + path);
  entry_ = take_entry();
  std::memcpy(entry_->path, path.c_str(), path.size() + 1);
  // [temporaries.live] release: the path is written; pairs with [temporaries.sweep]
  entry_->state.store(entry::use::live, std::memory_order_release);
}

const char* named_temporary::path() const { return entry_->path; }

void named_temporary::forget() {
  if (entry_ == nullptr) return;
  // [temporaries.free] release: we no longer read the path; pairs with [temporaries.take]
  std::exchange(entry_, nullptr)->state.store(entry::use::free, std::memory_order_release);
}

void named_temporary::unlink() {
  if (entry_ == nullptr) return;
  ::unlink(entry_->path);
  forget();
}

void unlink_temporaries() noexcept {
  // [temporaries.walk]
  for (const entry* at = g_first.load(std::memory_order_acquire); at != nullptr; at = at->next)
    // [temporaries.sweep] acquire: the path of a live entry is whole; pairs with [temporaries.live]
    if (at->state.load(std::memory_order_acquire) == entry::use::live) ::unlink(at->path);
}

} // namespace weir::stages
