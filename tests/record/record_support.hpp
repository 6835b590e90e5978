#pragma once

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/record/record_ledger.hpp"
#include "stages/record/record_stages.hpp"

namespace weir::test {

/// The pieces put together. (GCC 12 warns of "…" + std::string wrongly.)
inline std::string cat(std::initializer_list<std::string_view> pieces) {
  std::string all;
  for (const std::string_view piece : pieces) all.append(piece);
  return all;
}

/// Texts as numbered sources, one behind the other, each in blocks of at most `longest` bytes, cut anywhere.
class numbered_texts {
 public:
  numbered_texts(std::vector<std::string> texts, std::size_t longest) : texts_(std::move(texts)), longest_(longest) {}
  void start(stage_context& context) { context_ = &context; }
  stage_needs needs() const { return {.blocks = 4, .takes_rest = true}; }
  step process(outlet<block>& out) {
    while (number_ < texts_.size() && at_ == texts_[number_].size()) {
      ++number_;
      at_ = 0;
    }
    if (number_ == texts_.size()) return step::done;
    block made = context_->blocks().try_take();
    if (!made) return step::memory;
    const std::size_t size = std::min({texts_[number_].size() - at_, made.capacity(), longest_});
    std::copy_n(texts_[number_].data() + at_, size, reinterpret_cast<char*>(made.data()));
    made.resize(size);
    made.position(at_);
    made.end_position(at_ + size);
    made.source(static_cast<std::uint32_t>(number_ + 1));
    if (!out.try_push(std::move(made))) return step::room;
    at_ += size;
    return step::more;
  }

 private:
  std::vector<std::string> texts_;
  std::size_t longest_;
  std::size_t number_ = 0;
  std::size_t at_ = 0;
  stage_context* context_ = nullptr;
};

inline auto texts(std::vector<std::string> all, std::size_t longest = 1 << 20) {
  return stage("texts", numbered_texts(std::move(all), longest));
}

/// A ledger whose sources are called a.txt, b.txt, …
inline stages::shared_ledger named_ledger(std::optional<double> max_bad = {}) {
  auto ledger = std::make_shared<stages::record_ledger>(max_bad, "run 1");
  ledger->name_sources([](std::uint32_t n) { return std::string(1, static_cast<char>('a' + n - 1)) + ".txt"; });
  return ledger;
}

/// What rows came, and how positions moved.
struct seen_rows {
  std::string text;
  std::uint64_t records = 0;
  std::size_t items = 0;
  std::size_t empty_items = 0;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> ends; ///< source and end_position
};

struct rows_sink {
  seen_rows* to;
  step process(inlet<stages::rows>& in) {
    const stages::rows& item = in.front();
    to->text.append(item.data.text());
    to->records += item.records;
    ++to->items;
    to->empty_items += item.data.size() == 0 ? 1 : 0;
    to->ends.emplace_back(item.data.source(), item.data.end_position());
    in.release(1);
    return step::more;
  }
};
inline auto see(seen_rows& to) { return stage("see", rows_sink{&to}); }

/// Of the stage named so. A pipeline written with `|` makes its stages in any order.
inline const stages::record_account& account_of(const stages::record_ledger& ledger, std::string_view stage) {
  for (const stages::record_account* account : ledger.accounts()) {
    if (account->stage == stage) return *account;
  }
  throw std::out_of_range("no such account");
}

/// in = out + filtered + rejected, everywhere; and each of the stages got what the one before it gave.
inline void expect_balance(const stages::record_ledger& ledger, const std::vector<std::string>& chain) {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const stages::record_account& one = account_of(ledger, chain[i]);
    EXPECT_EQ(one.in.get(), one.out.get() + one.filtered.get() + one.rejected.get()) << one.stage;
    if (i > 0) { EXPECT_EQ(one.in.get(), account_of(ledger, chain[i - 1]).out.get()) << one.stage; }
  }
}

} // namespace weir::test
