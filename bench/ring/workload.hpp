#pragma once
// ring: one thread pushes 0, 1, 2 …, another pops and checks each. What does a bounded queue between two cores cost?

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench::ring {

/// A cache line to carry: the number is what is checked.
struct alignas(64) wide {
  std::uint64_t number;
  std::uint64_t rest[7];
};

template <class T>
T make(std::uint64_t n) noexcept {
  if constexpr (sizeof(T) == sizeof(std::uint64_t)) {
    return n;
  } else {
    return {n, {n, n, n, n, n, n, n}};
  }
}
inline std::uint64_t number(std::uint64_t x) noexcept { return x; }
inline std::uint64_t number(const wide& x) noexcept { return x.number; }

/// Proves that each item arrived once and in order, at the price of three instructions that vectorise.
class checker {
 public:
  template <class T>
  void see(const T& x) noexcept {
    wrong_ |= number(x) ^ next_++;
  }
  template <class T>
  void see(const T* x, std::size_t n) noexcept {
    std::uint64_t wrong = 0;
    for (std::size_t i = 0; i < n; ++i) { wrong |= number(x[i]) ^ (next_ + i); }
    next_ += n;
    wrong_ |= wrong;
  }
  [[nodiscard]] std::uint64_t seen() const noexcept { return next_; }
  void verify(std::uint64_t items) const {
    if (wrong_ != 0 || next_ != items) { throw std::runtime_error("ring: an item was lost, doubled or out of order"); }
  }

 private:
  std::uint64_t next_ = 0;
  std::uint64_t wrong_ = 0;
};

/// A queue with its two loops. Each is called by one thread; both wait with `pause`.
class contest {
 public:
  virtual ~contest() = default;
  virtual void produce(std::uint64_t items) = 0;
  virtual void consume(std::uint64_t items) = 0;
};

/// Two queues; `ask` sends n numbers one by one and waits for each to come back through `reply`.
class dialogue {
 public:
  virtual ~dialogue() = default;
  virtual void ask(std::uint64_t n) = 0;
  virtual void reply(std::uint64_t n) = 0;
};

inline void pause() noexcept { _mm_pause(); }

/// The dialogue of two queues that can push and pop one at a time, waiting.
template <class Queue>
class spoken final : public dialogue {
 public:
  explicit spoken(std::size_t capacity) : there_(capacity), back_(capacity) {}
  void ask(std::uint64_t n) override {
    for (std::uint64_t i = 0; i < n; ++i) {
      while (!there_.push(i)) { pause(); }
      std::uint64_t x = 0;
      while (!back_.pop(x)) { pause(); }
      if (x != i + 1) { throw std::runtime_error("ring: a wrong reply"); }
    }
  }
  void reply(std::uint64_t n) override {
    for (; n > 0; --n) {
      std::uint64_t x = 0;
      while (!there_.pop(x)) { pause(); }
      while (!back_.push(x + 1)) { pause(); }
    }
  }

 private:
  Queue there_;
  Queue back_;
};

/// What one file brings: its forms by name.
struct entry {
  std::string name;
  std::unique_ptr<contest> queue;
};
enum class carries { numbers, lines };

std::vector<entry> boost_forms(std::size_t capacity, carries what);
std::vector<entry> weir_forms(std::size_t capacity, carries what, bool touch = true);
std::vector<entry> reader_writer_forms(std::size_t capacity, carries what); // empty: not installed
std::vector<entry> concurrent_queue_forms(std::size_t capacity, carries what);
std::vector<entry> tbb_forms(std::size_t capacity, carries what);

std::unique_ptr<dialogue> boost_dialogue(std::size_t capacity);
std::unique_ptr<dialogue> weir_dialogue(std::size_t capacity);
std::unique_ptr<dialogue> reader_writer_dialogue(std::size_t capacity); // null: not installed

} // namespace bench::ring
