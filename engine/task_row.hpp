#pragma once
// task_row: the stages of one run, in flow order, in one piece of memory.

#include "engine/stage_task.hpp"

#include <weir/storage.hpp>

#include <cassert>
#include <cstddef>
#include <memory>
#include <utility>

namespace weir::detail {

class task_row {
 public:
  /// Room for `most` stages.
  explicit task_row(std::size_t most)
      : place_(most * sizeof(stage_task)), first_(static_cast<stage_task*>(place_.at())), most_(most) {}
  task_row(const task_row&) = delete;
  task_row& operator=(const task_row&) = delete;
  ~task_row() { std::destroy_n(first_, size_); }

  template <class... Args>
  stage_task& emplace_back(Args&&... args) {
    assert(size_ < most_);
    stage_task* const made = std::construct_at(first_ + size_, std::forward<Args>(args)...);
    ++size_;
    return *made;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] stage_task& operator[](std::size_t i) noexcept { return first_[i]; }
  [[nodiscard]] stage_task& front() noexcept { return *first_; }
  [[nodiscard]] stage_task* begin() noexcept { return first_; }
  [[nodiscard]] stage_task* end() noexcept { return first_ + size_; }
  [[nodiscard]] const stage_task* begin() const noexcept { return first_; }
  [[nodiscard]] const stage_task* end() const noexcept { return first_ + size_; }

 private:
  held_storage place_;
  stage_task* first_;
  std::size_t most_;
  std::size_t size_ = 0;
};

} // namespace weir::detail
