#pragma once
// The ends of a fused group: source and sink functions, and the way out of its operators.

#include <weir/ports.hpp>
#include <weir/stage.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// Stands where a fused group has no function at that end but an edge.
struct no_function {
  static constexpr std::string_view k_name = "";
};

/// A source function: `bool pull(n, emit)` calls emit(item) at most n times, stops when emit says false, and returns
/// false when it has nothing more. A sink function: `void put(item)`.
template <class T>
inline constexpr bool is_function_end = !std::is_same_v<T, no_function>;

namespace detail {

/// What enters a fused group: from its source function, or In from the edge.
template <class In, class Source>
struct group_input {
  using type = In;
};
template <class Source>
struct group_input<void, Source> {
  using type = typename Source::item;
};

/// The functions of a group while it runs.
template <class Source, class Chain, class Sink>
struct group_body {
  group_body(Source s, Chain c, Sink k) : source(std::move(s)), ops(std::move(c)), sink(std::move(k)) {}
  Source source;
  Chain ops;
  Sink sink;
};

/// Where items that leave the chain go: into a reserved span that is committed at the end of the chunk, also when
/// something throws …
template <class Body, class T, bool ToFunction>
class group_exit {
 public:
  group_exit(Body&, counter& passed, outlet<T>& to, std::size_t room)
      : passed_(&passed), to_(&to), span_(to.reserve(room)), at_(span_.data()) {}
  group_exit(const group_exit&) = delete;
  group_exit& operator=(const group_exit&) = delete;
  ~group_exit() {
    if (passed() == 0) { return; }
    to_->commit(passed());
    passed_->add(passed());
  }
  [[nodiscard]] std::size_t room() const noexcept { return span_.size() - passed(); }
  [[nodiscard]] std::size_t passed() const noexcept { return static_cast<std::size_t>(at_ - span_.data()); }
  template <class Y>
  bool put(Y&& y) {
    std::construct_at(at_, std::forward<Y>(y));
    ++at_;
    return true;
  }

 private:
  counter* passed_;
  outlet<T>* to_;
  std::span<T> span_;
  T* at_;
};

/// … or into the sink function.
template <class Body, class T>
class group_exit<Body, T, true> {
 public:
  group_exit(Body& body, counter& passed) : body_(&body), passed_(&passed) {}
  group_exit(const group_exit&) = delete;
  group_exit& operator=(const group_exit&) = delete;
  ~group_exit() { passed_->add(count_); }
  [[nodiscard]] std::size_t room() const noexcept { return k_most_items; }
  [[nodiscard]] std::size_t passed() const noexcept { return count_; }
  template <class Y>
  bool put(Y&& y) {
    body_->sink.put(std::forward<Y>(y));
    ++count_;
    return true;
  }

 private:
  Body* body_;
  counter* passed_;
  std::size_t count_ = 0;
};

} // namespace detail

} // namespace weir
