// Every item that a stage took is in one of its accounts; a node that loses one is found out.

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

TEST(Account, BalancesForEveryKindOfStage) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<int> got;
    const weir::report r =
        (weir::iota(0, 200) | weir::edge(3) | weir::filter([](int x) { return x % 3 != 0; }) |
         weir::flat_map([](int x) { return std::vector<int>(static_cast<std::size_t>(x % 4), x); }) | weir::edge(2) |
         weir::tee(weir::map([](int x) { return x; }), weir::take(20) | weir::map([](int x) { return -x; })) |
         weir::merge() | weir::edge(2) | weir::balance(2, weir::map([](int x) { return x; })) | weir::merge() |
         weir::into(got))
            .run(weir::deterministic{seed});
    for (const weir::stage_report& s : r.stages) {
      if (s.name == "tee") { continue; } // a branch of it wants no more after 20
      ASSERT_EQ(s.items_in + s.items_made + s.items_added, s.items_out + s.items_consumed + s.items_filtered)
          << s.name << ", seed " << seed;
    }
    ASSERT_EQ(r.stages.front().items_made, 200u);
    ASSERT_EQ(r.stages.back().items_consumed, got.size());
  }
}

TEST(Account, SaysWhatWasDroppedWhenNobodyWantedMore) {
  std::vector<int> got;
  const weir::report r =
      (weir::iota(0, 1000) | weir::edge(16) | weir::take(3) | weir::into(got)).run(weir::deterministic{5});
  EXPECT_EQ(got.size(), 3u);
  EXPECT_EQ(r.stages[0].items_out, r.stages[1].items_in + r.stages[1].items_dropped);
}

// A node of a user's own that keeps an account and loses every tenth item.
class leaky_node final : public weir::node {
 public:
  leaky_node(weir::edge_base* in, weir::edge_base* out)
      : node("leaky"), in_(static_cast<weir::typed_edge<int>&>(*in)), out_(static_cast<weir::typed_edge<int>&>(*out)) {
    add_input(*in);
    add_output(*out);
  }
  [[nodiscard]] std::int64_t unaccounted() const noexcept override {
    return static_cast<std::int64_t>(in_.items_out() - out_.items_in());
  }

 protected:
  weir::step body(const weir::turn_budget&) override {
    int* const item = in_.front();
    if (item == nullptr) { return in_.ended() ? weir::step::done : weir::step::input; }
    if (!out_.has_room()) { return weir::step::room; }
    if (*item % 10 != 0) { (void)out_.try_push(*item); }
    in_.next();
    return weir::step::more;
  }

 private:
  weir::typed_edge<int>& in_;
  weir::typed_edge<int>& out_;
};

class leaky_part final : public weir::detail::typed_part<int> {
 public:
  leaky_part() : typed_part<int>("leaky") {}
  void build(weir::graph_builder& builder, weir::edge_base* in, weir::edge_base* out) const override {
    builder.add_node<leaky_node>(in, out);
  }
};

TEST(Account, AnItemThatIsMissingFailsTheRun) {
  const weir::plan plan =
      weir::iota(0, 100) | weir::pipe<int, int>(std::make_shared<leaky_part>()) | weir::for_each([](int) {});
  try {
    plan.run();
    FAIL() << "ten items were lost in silence";
  } catch (const weir::run_error& error) {
    EXPECT_STREQ(error.what(), "leaky: its account does not balance: 10 items are missing");
  }
}

} // namespace
