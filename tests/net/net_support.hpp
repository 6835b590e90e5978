#pragma once

#include <weir/weir.hpp>

#include <future>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/journal/journal.hpp"
#include "stages/net/net_stages.hpp"
#include "tests/net/peer.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace weir::test {

/// What a stage has told. One stage at a time.
class notices {
 public:
  stages::net_notice taker() {
    return [this](const std::string& what) {
      all.push_back(what);
      const std::size_t colon = what.rfind(':');
      if (what.find(": listening on 127.0.0.1:") != std::string::npos)
        port_.set_value(std::stoi(what.substr(colon + 1)));
    };
  }
  /// Waits until it listens.
  int port() { return port_.get_future().get(); }
  std::vector<std::string> all;

 private:
  std::promise<int> port_;
};

/// Once open, always open.
class door {
 public:
  void open() { open_.set_value(); }
  void wait() const { opened_.wait(); }

 private:
  std::promise<void> open_;
  std::shared_future<void> opened_ = open_.get_future().share();
};

/// Collects what each source sent, and takes nothing before its door is open.
struct collecting_by_source {
  std::map<std::uint32_t, std::string>* to;
  const door* entry = nullptr;
  std::function<void(std::string_view)> seen{};
  stage_context* context = nullptr;

  void start(stage_context& c) { context = &c; }
  step process(inlet<block>& in) {
    if (entry != nullptr && !context->may_block()) return step::blocking;
    if (entry != nullptr) entry->wait();
    block& item = in.front();
    EXPECT_TRUE(stages::is_stream(item.source()));
    std::string& mine = (*to)[item.source() - stages::k_stream_numbers];
    EXPECT_EQ(item.position(), mine.size());
    EXPECT_EQ(item.end_position(), mine.size() + item.size());
    mine.append(item.text());
    if (seen) seen(item.text());
    in.release(1);
    return step::more;
  }
};

/// Fulfilled when the stage is first stopped by a full output.
inline std::future<void> first_pause(plan& of, const std::string& stage) {
  auto told = std::make_shared<std::promise<void>>();
  auto once = std::make_shared<bool>(false);
  of.on(event::pause, [told, once, stage](const event_info& e) {
    if (e.stage == stage && !std::exchange(*once, true)) told->set_value();
  });
  return told->get_future();
}

} // namespace weir::test
