#pragma once
// few: a list that is nearly always short. Its first N entries lie in it, so that a stage of a small run allocates nothing
// for them.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace weir::detail {

template <class T, std::uint32_t N>
class few {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  few() = default;
  few(const few&) = delete;
  few& operator=(const few&) = delete;
  ~few() {
    if (at_ != here_) { delete[] at_; }
  }

  void push_back(const T& entry) {
    if (size_ == room_) { grow(); }
    at_[size_++] = entry;
  }
  void clear() noexcept { size_ = 0; }
  [[nodiscard]] std::span<const T> all() const noexcept { return {at_, size_}; }

 private:
  void grow() {
    const std::uint32_t room = 2 * room_ + N;
    T* const larger = new T[room];
    std::copy_n(at_, size_, larger);
    if (at_ != here_) { delete[] at_; }
    at_ = larger;
    room_ = room;
  }

  T here_[N]{};
  T* at_ = here_; // all entries; its own piece once there are more than N
  std::uint32_t size_ = 0;
  std::uint32_t room_ = N;
};

} // namespace weir::detail
