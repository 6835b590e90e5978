// moodycamel::ReaderWriterQueue, filled in place to its first size so that it never allocates.

#include "bench/ring/workload.hpp"

#if __has_include(<readerwriterqueue/readerwriterqueue.h>)

#include <readerwriterqueue/readerwriterqueue.h>

namespace bench::ring {

namespace {

template <class T>
class reader_writer final : public contest {
 public:
  explicit reader_writer(std::size_t capacity) : queue_(capacity) {}
  void produce(std::uint64_t items) override {
    for (std::uint64_t i = 0; i < items; ++i) {
      while (!queue_.try_enqueue(make<T>(i))) { pause(); }
    }
  }
  void consume(std::uint64_t items) override {
    checker all;
    T x{};
    while (all.seen() < items) {
      if (queue_.try_dequeue(x)) {
        all.see(x);
      } else {
        pause();
      }
    }
    all.verify(items);
  }

 private:
  moodycamel::ReaderWriterQueue<T> queue_;
};

class one_way {
 public:
  explicit one_way(std::size_t capacity) : queue_(capacity) {}
  bool push(std::uint64_t x) { return queue_.try_enqueue(x); }
  bool pop(std::uint64_t& x) { return queue_.try_dequeue(x); }

 private:
  moodycamel::ReaderWriterQueue<std::uint64_t> queue_;
};

template <class T>
std::vector<entry> forms(std::size_t capacity) {
  std::vector<entry> all;
  all.push_back({"moodycamel ReaderWriterQueue", std::make_unique<reader_writer<T>>(capacity)});
  return all;
}

} // namespace

std::vector<entry> reader_writer_forms(std::size_t capacity, carries what) {
  return what == carries::numbers ? forms<std::uint64_t>(capacity) : forms<wide>(capacity);
}
std::unique_ptr<dialogue> reader_writer_dialogue(std::size_t capacity) {
  return std::make_unique<spoken<one_way>>(capacity);
}

} // namespace bench::ring

#else

namespace bench::ring {

std::vector<entry> reader_writer_forms(std::size_t, carries) { return {}; }
std::unique_ptr<dialogue> reader_writer_dialogue(std::size_t) { return nullptr; }

} // namespace bench::ring

#endif
