#pragma once
// run_place: where the storage of one run lies together, pages away from any other's.
//
// A core that walks through some lines in a row fetches those behind them, up to the end of the page. Where they are another
// run's, on another core, that takes them away from it, though no line belongs to both: two chains on two threads were 1.4 times one
// (decision 018).
//
//   place 0                place 1                        4 pages each, for as many runs as are at work at once
//   | a a a a      | free  | b b b b b b    | free  |     pieces of a run, one behind the other; what finds no room lies elsewhere

#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// While it lives, what this thread takes is for one run. They nest.
class storage_of_run {
 public:
  /// Without a place, if all are held: what is taken lies anywhere then.
  storage_of_run() noexcept;
  storage_of_run(const storage_of_run&) = delete;
  storage_of_run& operator=(const storage_of_run&) = delete;
  ~storage_of_run();

 private:
  friend void* cut_from_place(std::size_t size) noexcept;
  [[nodiscard]] void* cut(std::size_t size) noexcept;

  static thread_local storage_of_run* t_open;

  std::size_t place_;
  std::byte* at_ = nullptr;
  std::byte* end_ = nullptr;
  std::uint32_t pieces_ = 0;
  storage_of_run* before_;
};

/// A piece of the place that this thread has open, or null. `size` is a multiple of a cache line; one of k_storage_alignment is
/// aligned to it.
[[nodiscard]] void* cut_from_place(std::size_t size) noexcept;
/// Takes back what cut_from_place() gave. Any thread; false: it is none of it.
[[nodiscard]] bool given_to_place(void* piece) noexcept;

} // namespace weir::detail
