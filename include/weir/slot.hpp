#pragma once
// slot: a std::optional whose reset() lets an exception of the destructor through, so that it can be reported.

#include <cstddef>
#include <memory>
#include <utility>

namespace weir::detail {

template <class T>
class slot {
 public:
  template <class... Args>
  explicit slot(std::in_place_t, Args&&... args) {
    std::construct_at(get(), std::forward<Args>(args)...);
    full_ = true;
  }
  slot(const slot&) = delete;
  slot& operator=(const slot&) = delete;
  // Nobody is left to tell: whoever wants to hear of it calls reset() first.
  ~slot() {
    try {
      reset();
    } catch (...) {}
  }

  /// Destroys the value, once, also when its destructor throws.
  void reset() noexcept(noexcept(std::declval<T&>().~T())) {
    if (std::exchange(full_, false)) { get()->~T(); }
  }
  [[nodiscard]] explicit operator bool() const noexcept { return full_; }
  T* operator->() noexcept { return get(); }
  const T* operator->() const noexcept { return get(); }
  T& operator*() noexcept { return *get(); }

 private:
  T* get() noexcept { return reinterpret_cast<T*>(storage_); }
  const T* get() const noexcept { return reinterpret_cast<const T*>(storage_); }

  alignas(T) std::byte storage_[sizeof(T)];
  bool full_ = false;
};

} // namespace weir::detail
