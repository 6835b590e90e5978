// generate, throttle, null, in pipelines; time is the deterministic backend's virtual clock.

#include <future>

#include "stages/stages.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using stages::generate;
using stages::pace_options;
using stages::record_format;

/// Notes when what came.
struct timed {
  clock::duration last{};
  std::size_t bytes = 0;
  std::size_t records = 0;
  double most_ahead = 0; ///< of the schedule, in the unit of the rate
};

struct timing_sink {
  timed* to;
  double rate;
  bool of_records;
  stage_context* context = nullptr;
  std::optional<clock::time_point> begin{};
  void start(stage_context& c) { context = &c; }
  step process(inlet<block>& in) {
    const auto now = context->now();
    if (!begin) begin = now;
    const std::string_view text = in.front().text();
    to->last = now - *begin;
    to->bytes += text.size();
    to->records += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    const double due = rate * std::chrono::duration<double>(to->last).count();
    to->most_ahead = std::max(to->most_ahead, static_cast<double>(of_records ? to->records : to->bytes) - due);
    in.release(1);
    return step::more;
  }
};

TEST(Generate, RecordsBytesAndBothAreLimits) {
  for (const auto format : {record_format::log, record_format::ndjson, record_format::csv}) {
    collected got;
    (generate({.what = {.format = format}, .records = 5000}) | collect(got)).run();
    const auto header = format == record_format::csv ? 1 : 0;
    EXPECT_EQ(std::count(got.text.begin(), got.text.end(), '\n'), 5000 + header);
    EXPECT_TRUE(got.whole_records);
    collected bytes;
    (generate({.what = {.format = format}, .bytes = 1'000'000}) | collect(bytes)).run(blocks_of(8192));
    EXPECT_GE(bytes.text.size(), 1'000'000u);
    EXPECT_LT(bytes.text.size(), 1'002'000u);
    EXPECT_EQ(bytes.text.back(), '\n');
    EXPECT_TRUE(bytes.text.starts_with(got.text.substr(0, 900'000)));
  }
  collected raw;
  (generate({.what = {.format = record_format::random}, .bytes = 777'777}) | collect(raw)).run();
  EXPECT_EQ(raw.text.size(), 777'777u);
  EXPECT_FALSE(raw.whole_records);
}

TEST(Generate, MakesTheRateWithoutDrift) {
  for (const bool of_records : {false, true}) {
    timed t;
    const double rate = of_records ? 1000 : 1'000'000;
    const pace_options pace{rate, of_records ? pace_options::unit::records : pace_options::unit::bytes};
    (generate({.lasting = 20s, .rate = pace}) | stage("timing", timing_sink{&t, rate, of_records}))
        .run(deterministic{3});
    const double made = static_cast<double>(of_records ? t.records : t.bytes);
    EXPECT_NEAR(made, 20 * rate, 0.01 * 20 * rate);
    EXPECT_LE(t.most_ahead, 0.06 * rate + 1);
  }
}

TEST(Generate, ARecordThatDoesNotFitABlockIsAnError) {
  EXPECT_EQ(error_of([] { (generate({.what = {.record_bytes = 100'000}}) | stages::null()).run(blocks_of(8192)); }),
            "generate: a record does not fit a block of 4096 bytes");
  EXPECT_THROW((void)generate({.rate = pace_options{0, pace_options::unit::bytes}}), std::invalid_argument);
}

TEST(Generate, WhatItMakesIsLinesAlready) {
  collected got;
  (generate({.records = 3000}) | stages::grep({.pattern = "\"status\":500", .fixed = true}) | collect(got)).run();
  EXPECT_NEAR(static_cast<double>(std::count(got.text.begin(), got.text.end(), '\n')), 150, 60);
}

TEST(Throttle, LetsBytesAndRecordsThroughAtTheirRate) {
  const std::string text = random_lines(1, 2'000'000);
  for (const bool of_records : {false, true}) {
    const auto records = static_cast<double>(std::count(text.begin(), text.end(), '\n'));
    const double rate = (of_records ? records : static_cast<double>(text.size())) / 10;
    timed t;
    const pace_options pace{rate, of_records ? pace_options::unit::records : pace_options::unit::bytes};
    (text_in_pieces(text) | stages::lines() | stages::throttle(pace) |
     stage("timing", timing_sink{&t, rate, of_records}))
        .run(deterministic{4});
    EXPECT_EQ(t.bytes, text.size());
    EXPECT_NEAR(std::chrono::duration<double>(t.last).count(), 10, 0.2);
    EXPECT_LE(t.most_ahead, 0.15 * rate) << of_records;
  }
}

TEST(Throttle, ChangesNoByteAndCutsNoLine) {
  const std::string text = random_lines(2, 300'000) + "end";
  for (const double rate : {10.0, 5000.0, 1e9}) {
    const collected got =
        pass(text, stages::lines() | stages::throttle({rate, pace_options::unit::bytes}), blocks_of(8192), 5);
    EXPECT_TRUE(got.text == text);
    EXPECT_TRUE(got.whole_records);
  }
  EXPECT_TRUE(pass(text, stages::throttle({1000, pace_options::unit::records}), {}, 6).text == text);
  EXPECT_THROW((void)stages::throttle({0, pace_options::unit::bytes}), std::invalid_argument);
}

struct first_seen_sink {
  std::string* to;
  std::promise<void>* begun;
  step process(inlet<block>& in) {
    if (to->empty()) begun->set_value();
    to->append(in.front().text());
    in.release(1);
    return step::more;
  }
};

TEST(Throttle, LetsAllThatIsInFlowThroughAtOnceWhenTheRunIsToStop) {
  const std::string text = random_lines(3, 20'000);
  std::string got;
  std::promise<void> begun;
  weir::run run =
      (text_in_pieces(text, 1, text.size()) | stages::lines() | stages::throttle({0.01, pace_options::unit::records}) |
       stage("first", first_seen_sink{&got, &begun}))
          .start();
  begun.get_future().wait();
  run.interrupt();
  EXPECT_TRUE(run.wait().interrupted);
  EXPECT_TRUE(text.starts_with(got)) << got;
  EXPECT_GT(got.size(), text.find('\n') + 1);
}

TEST(Null, TakesEverything) {
  const report r = (generate({.bytes = 10'000'000}) | stages::null()).run();
  EXPECT_GE(r.stages.back().bytes_in, 10'000'000u);
}

} // namespace
} // namespace weir::test
