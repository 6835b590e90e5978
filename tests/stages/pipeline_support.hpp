#pragma once

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "tests/stages/support.hpp"

namespace weir::test {

/// Makes blocks of a text, cut at random lengths up to `longest`, without end of records.
class text_source {
 public:
  text_source(std::string text, std::uint64_t seed, std::size_t longest)
      : text_(std::move(text)), random_(seed), longest_(longest) {}
  void start(stage_context& context) { context_ = &context; }
  stage_needs needs() const { return {.blocks = 4, .takes_rest = true}; }
  step process(outlet<block>& out) {
    if (at_ == text_.size()) return step::done;
    block made = context_->blocks().try_take();
    if (!made) return step::memory;
    const std::size_t most = std::min({text_.size() - at_, made.capacity(), longest_});
    const std::size_t size = 1 + random_() % most;
    std::copy_n(text_.data() + at_, size, reinterpret_cast<char*>(made.data()));
    made.resize(size);
    made.position(at_);
    if (!out.try_push(std::move(made))) return step::room;
    at_ += size;
    return step::more;
  }

 private:
  std::string text_;
  std::mt19937_64 random_;
  std::size_t longest_;
  std::size_t at_ = 0;
  stage_context* context_ = nullptr;
};

inline auto text_in_pieces(std::string text, std::uint64_t seed = 1, std::size_t longest = 1 << 20) {
  return stage("text", text_source(std::move(text), seed, longest));
}

/// What came out, and whether all blocks held whole lines.
struct collected {
  std::string text;
  std::size_t blocks = 0;
  bool whole_records = true;
};

struct collecting_sink {
  collected* to;
  step process(inlet<block>& in) {
    block& item = in.front();
    to->text.append(item.text());
    to->whole_records = to->whole_records && item.whole_records();
    ++to->blocks;
    in.release(1);
    return step::more;
  }
};

inline auto collect(collected& to) { return stage("collect", collecting_sink{&to}); }

/// Runs `text | transform` on real threads, or on the deterministic backend with that seed.
template <class Transform>
collected pass(const std::string& text, Transform transform, run_options options = {},
               std::optional<std::uint64_t> seed = std::nullopt, std::size_t longest = 1 << 20) {
  collected result;
  const plan p = text_in_pieces(text, seed.value_or(7), longest) | transform | collect(result);
  const report r = seed ? p.run(deterministic{*seed}, options) : p.run(options);
  EXPECT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
  EXPECT_LE(r.memory_bound_bytes, options.memory);
  return result;
}

/// The text of the error that the call ends with, or "no error".
template <class Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const std::exception& error) { return error.what(); }
  return "no error";
}

/// Options with blocks of that size.
inline run_options blocks_of(std::size_t bytes, std::uint64_t memory = 256u << 20) {
  return {.memory = memory, .block_size = bytes};
}

} // namespace weir::test
