#pragma once
// temporary_list: the names of temporary files, in a list that a signal handler can walk at any time.
//
// Entries are pushed once and never freed, only used again. The path of an entry changes only while it is not `live`.
//
//   function      who                      waits  progress
//   take          anyone                   no     lock-free (may call the allocator)
//   publish free  who took the entry       no     wait-free
//   for_each_live anyone, also in a signal no     wait-free
//
// Order pairs
//   [temporaries.push]  release: the entry is complete; pairs with [temporaries.walk]
//   [temporaries.walk]  acquire: the entries behind the head are complete; pairs with [temporaries.push]
//   [temporaries.free]  release: we no longer read the path; pairs with [temporaries.take]
//   [temporaries.take]  acquire: the path of a freed entry is ours to write; pairs with [temporaries.free]
//   [temporaries.live]  release: the path is written; pairs with [temporaries.sweep]
//   [temporaries.sweep] acquire: the path of a live entry is whole; pairs with [temporaries.live]

#include <weir/atomics.hpp>

#include <cstdint>

namespace weir::stages {

template <class Path, class Atomics = std_atomics>
class temporary_list {
 public:
  enum class use : std::uint32_t { free, taken, live };

  struct entry {
    typename Atomics::template atomic<use> state{use::taken}; // by whoever has it; read by sweepers
    entry* next = nullptr;                                    // written before the entry is pushed
    Path path{};
  };

  /// An entry whose path is the caller's to write. Throws std::bad_alloc.
  [[nodiscard]] entry* take() {
    // [temporaries.walk]
    for (entry* at = first_.load(order::acquire); at != nullptr; at = at->next) {
      use expected = use::free;
      // [temporaries.take] on success; [relaxed: on failure the entry is another's]
      if (at->state.compare_exchange_strong(expected, use::taken, order::acquire, order::relaxed)) { return at; }
    }
    auto* const made = new entry;
    entry* first = first_.load(order::relaxed); // [relaxed: the exchange below checks it]
    do {
      made->next = first;
      // [temporaries.push] on success; [relaxed: a failed try only learns the new head]
    } while (!first_.compare_exchange_weak(first, made, order::release, order::relaxed));
    return made;
  }
  /// From here on sweepers see the path.
  static void publish(entry& e) noexcept {
    e.state.store(use::live, order::release); // [temporaries.live]
  }
  /// The caller has done with the entry. A sweeper that has begun may still read its path.
  static void free(entry& e) noexcept {
    e.state.store(use::free, order::release); // [temporaries.free]
  }
  /// Allocates nothing and takes no lock.
  template <class Visit>
  void for_each_live(Visit visit) const {
    // [temporaries.walk]
    for (const entry* at = first_.load(order::acquire); at != nullptr; at = at->next) {
      if (at->state.load(order::acquire) == use::live) { visit(at->path); } // [temporaries.sweep]
    }
  }

 private:
  // Pushed by anyone, never popped.
  typename Atomics::template atomic<entry*> first_{nullptr};
};

} // namespace weir::stages
