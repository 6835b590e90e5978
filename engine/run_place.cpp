#include "engine/run_place.hpp"

#include "engine/holder_count.hpp"

#include <weir/storage.hpp>

#include <array>
#include <cstdint>
#include <utility>

namespace weir::detail {

namespace {

constexpr std::size_t k_page = 4096;
constexpr std::size_t k_place = 4 * k_page;
constexpr std::size_t k_places = 64;
constexpr std::size_t k_largest = k_page; // a larger ring would leave no room for the rest
constexpr std::size_t k_none = k_places;

struct alignas(2 * k_cache_line) place_holders {
  holder_count<> count;
};
constinit std::array<place_holders, k_places> g_holders{};
// Pages that no run has used are no memory yet.
alignas(k_page) constinit std::array<std::byte, k_places * k_place> g_places{};

} // namespace

// Of the run that this thread is about to start.
constinit thread_local storage_of_run* storage_of_run::t_open = nullptr;

storage_of_run::storage_of_run() noexcept : place_(k_none), before_(std::exchange(t_open, this)) {
  for (std::size_t i = 0; i < k_places; ++i) {
    if (!g_holders[i].count.try_take()) { continue; }
    place_ = i;
    at_ = g_places.data() + i * k_place;
    end_ = at_ + k_place;
    return;
  }
}

storage_of_run::~storage_of_run() {
  t_open = before_;
  if (place_ != k_none) { g_holders[place_].count.closes(pieces_); }
}

void* storage_of_run::cut(std::size_t size) noexcept {
  const bool odd = reinterpret_cast<std::uintptr_t>(at_) % k_storage_alignment != 0;
  const std::size_t skipped = odd && size % k_storage_alignment == 0 ? k_cache_line : 0;
  if (size > k_largest || static_cast<std::size_t>(end_ - at_) < size + skipped) { return nullptr; }
  ++pieces_;
  at_ += skipped;
  return std::exchange(at_, at_ + size);
}

void* cut_from_place(std::size_t size) noexcept {
  return storage_of_run::t_open == nullptr ? nullptr : storage_of_run::t_open->cut(size);
}

bool given_to_place(void* piece) noexcept {
  const std::uintptr_t from_begin =
      reinterpret_cast<std::uintptr_t>(piece) - reinterpret_cast<std::uintptr_t>(g_places.data());
  if (from_begin >= g_places.size()) { return false; }
  g_holders[from_begin / k_place].count.leaves();
  return true;
}

} // namespace weir::detail
