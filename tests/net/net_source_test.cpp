#include "tests/net/net_support.hpp"

#include "stages/file/io_error.hpp"

#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace weir::test {
namespace {

using stages::net_source_options;
using texts = std::map<std::uint32_t, std::string>;

std::string lines_of(int client, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "client " + std::to_string(client) + " line " + std::to_string(i) + "\n";
  return text;
}

auto into(texts& to, const door* entry = nullptr) { return stage("collect", collecting_by_source{&to, entry}); }

/// Sends in pieces of random length, so that lines are cut anywhere.
void send_in_pieces(const peer& over, std::string_view text, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  while (!text.empty()) {
    const std::size_t size = std::min<std::size_t>(1 + random() % 700, text.size());
    ASSERT_TRUE(over.send(text.substr(0, size)));
    text.remove_prefix(size);
  }
}

TEST(NetSource, PassesOnWholeLinesOfManyConnectionsAtTheSameTime) {
  notices told;
  texts got;
  plan p =
      stages::tcp_source({.address = "127.0.0.1:0", .listen = true, .once = 8, .notice = told.taker()}) | into(got);
  run started = p.start();
  const int port = told.port();
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([port, c] {
      const peer me = peer::connect_to(port);
      send_in_pieces(me, lines_of(c, 3000), static_cast<std::uint64_t>(c));
      me.end_output();
      EXPECT_TRUE(me.ends_well());
    });
  }
  for (std::thread& each : clients) each.join();
  const report done = started.wait();
  EXPECT_LE(done.memory_peak_bytes, done.memory_bound_bytes);
  ASSERT_EQ(got.size(), 8u);
  std::vector<std::string> all;
  for (const auto& [number, text] : got) all.push_back(text);
  for (int c = 0; c < 8; ++c) EXPECT_NE(std::ranges::find(all, lines_of(c, 3000)), all.end()) << c;
}

TEST(NetSource, ALastLineWithoutItsEndGetsOne) {
  const scratch_dir folder;
  texts got;
  plan p = stages::unix_source({.address = folder / "s", .listen = true, .once = 1}) | into(got);
  run started = p.start();
  peer me = peer::connect_to(folder / "s");
  EXPECT_TRUE(me.send("one\ntwo"));
  me.end_output();
  started.wait();
  EXPECT_EQ(got[1], "one\ntwo\n");
  EXPECT_EQ(folder.entries(), 0u) << "the socket's file is removed";
}

TEST(NetSource, ALineLongerThanABlockEndsItsConnectionAlone) {
  notices told;
  texts got;
  plan p =
      stages::tcp_source({.address = "127.0.0.1:0", .listen = true, .once = 2, .notice = told.taker()}) | into(got);
  run started = p.start(blocks_of(64 << 10));
  const int port = told.port();
  peer endless = peer::connect_to(port);
  (void)endless.send("short\n" + std::string(100'000, 'x'));
  EXPECT_FALSE(endless.ends_well());
  peer good = peer::connect_to(port);
  EXPECT_TRUE(good.send("good\n"));
  good.end_output();
  EXPECT_TRUE(good.ends_well());
  started.wait();
  EXPECT_EQ(got[1], "short\n");
  EXPECT_EQ(got[2], "good\n");
  ASSERT_EQ(told.all.size(), 2u);
  EXPECT_NE(told.all[1].find("the line at byte 6 is longer than a block holds, 61440 bytes; "), std::string::npos)
      << told.all[1];
}

TEST(NetSource, ABrokenConnectionLosesItsUnfinishedLineAndSaysSo) {
  notices told;
  texts got;
  std::promise<void> whole_line_seen;
  plan p =
      stages::tcp_source({.address = "127.0.0.1:0", .listen = true, .once = 1, .notice = told.taker()}) |
      stage("collect", collecting_by_source{&got, nullptr, [&](std::string_view) { whole_line_seen.set_value(); }});
  run started = p.start();
  peer me = peer::connect_to(told.port());
  EXPECT_TRUE(me.send("whole\npart"));
  whole_line_seen.get_future().wait();
  me.reset();
  started.wait();
  EXPECT_EQ(got[1], "whole\n");
  ASSERT_EQ(told.all.size(), 2u);
  EXPECT_NE(told.all[1].find("Connection reset by peer; 4 bytes of an unfinished line were dropped"), std::string::npos)
      << told.all[1];
}

TEST(NetSource, ConnectionsBeyondThoseAllowedWaitTheirTurn) {
  const scratch_dir folder;
  texts got;
  plan p = stages::unix_source({.address = folder / "s", .listen = true, .connections = 1, .once = 3}) | into(got);
  run started = p.start();
  std::vector<peer> clients;
  for (int c = 0; c < 3; ++c) {
    clients.push_back(peer::connect_to(folder / "s"));
    EXPECT_TRUE(clients.back().send(lines_of(c, 10)));
  }
  for (const peer& each : clients) each.end_output();
  started.wait();
  for (int c = 0; c < 3; ++c) EXPECT_EQ(got[static_cast<std::uint32_t>(c + 1)], lines_of(c, 10));
}

TEST(NetSource, ConnectionsThatHoldTheBeginningOfALineKeepNobodyOut) {
  notices told;
  texts got;
  std::promise<void> seen;
  plan p = stages::tcp_source(
               {.address = "127.0.0.1:0", .listen = true, .connections = 100, .once = 101, .notice = told.taker()}) |
           stage("collect", collecting_by_source{&got, nullptr, [&](std::string_view) { seen.set_value(); }});
  run started = p.start(blocks_of(64 << 10, 8 << 20));
  const int port = told.port();
  std::vector<peer> silent;
  for (int c = 0; c < 99; ++c) {
    silent.push_back(peer::connect_to(port));
    EXPECT_TRUE(silent.back().send("begun"));
  }
  const peer last = peer::connect_to(port);
  EXPECT_TRUE(last.send("whole\n"));
  seen.get_future().wait();
  EXPECT_EQ(got[100], "whole\n");
  started.finish();
  EXPECT_LE(started.wait().memory_peak_bytes, std::uint64_t{8} << 20);
}

TEST(NetSource, AMemoryLimitWithoutABlockForEachConnectionIsRefused) {
  texts got;
  plan p = stages::tcp_source({.address = "127.0.0.1:0", .listen = true, .connections = 100}) | into(got);
  const std::string why = error_of([&] { (void)p.start(blocks_of(64 << 10, 4 << 20)); });
  EXPECT_NE(why.find("a memory limit of 4.0 MiB is too small for this pipeline; --memory 7M would do"),
            std::string::npos)
      << why;
  const run started = p.start(blocks_of(64 << 10, 7 << 20));
}

TEST(NetSource, AFullPipelineReadsNothingSoThatThePeerWaits) {
  notices told;
  texts got;
  door entry;
  plan p = stages::tcp_source(
               {.address = "127.0.0.1:0", .listen = true, .connections = 4, .once = 1, .notice = told.taker()}) |
           edge(2) | into(got, &entry);
  std::future<void> full = first_pause(p, "tcp");
  run started = p.start(blocks_of(64 << 10, 4 << 20));
  const std::string text = random_lines(5, 32 << 20);
  peer me = peer::connect_to(told.port());
  std::thread filler;
  std::size_t sent = 0;
  // Fills what is there for it until the source is stopped; from then on only the system's buffers take more, and
  // nobody empties them.
  std::atomic<bool> stopped = false;
  filler = std::thread([&] {
    while (!stopped.load()) {
      sent += me.send_what_fits(std::string_view(text).substr(sent));
      std::this_thread::yield();
    }
    sent += me.send_what_fits(std::string_view(text).substr(sent));
  });
  full.wait();
  stopped = true;
  filler.join();
  // Time goes by: what is late in the system's buffers may still find its place there, but no more than that.
  for (int looks = 0; looks < 200; ++looks) {
    sent += me.send_what_fits(std::string_view(text).substr(sent));
    std::this_thread::yield();
  }
  EXPECT_LT(sent, text.size() / 2) << "a peer whose bytes nobody takes could send them";
  entry.open();
  EXPECT_TRUE(me.send(std::string_view(text).substr(sent)));
  me.end_output();
  const report done = started.wait();
  EXPECT_LE(done.memory_peak_bytes, std::uint64_t{4} << 20);
  const std::string whole = text.ends_with('\n') ? text : text + "\n";
  EXPECT_TRUE(got[1] == whole) << got[1].size() << " of " << whole.size();
}

TEST(NetSource, ThatIsToldToStopBreaksItsConnections) {
  notices told;
  texts got;
  plan p = stages::tcp_source({.address = "127.0.0.1:0", .listen = true, .notice = told.taker()}) | into(got);
  run started = p.start();
  peer me = peer::connect_to(told.port());
  EXPECT_TRUE(me.send("whole\npart"));
  started.finish();
  started.wait();
  EXPECT_FALSE(me.ends_well());
}

TEST(NetSource, ThatIsToldToStopLetsOutWholeLinesAndTellsOfUnfinishedOnes) {
  notices told;
  texts got;
  std::promise<void> seen;
  plan p = stages::tcp_source({.address = "127.0.0.1:0", .listen = true, .notice = told.taker()}) |
           stage("collect", collecting_by_source{&got, nullptr, [&](std::string_view) { seen.set_value(); }});
  run started = p.start();
  const peer me = peer::connect_to(told.port());
  EXPECT_TRUE(me.send("whole\npart")); // in one piece, so both were read when the first is seen
  seen.get_future().wait();
  started.finish();
  started.wait();
  EXPECT_EQ(got[1], "whole\n");
  ASSERT_EQ(told.all.size(), 2u);
  EXPECT_NE(told.all[1].find(": 4 bytes of an unfinished line were not passed on"), std::string::npos) << told.all[1];
}

/// Keeps all blocks that come until the run is let out.
struct hoarding_sink {
  std::unique_ptr<std::vector<block>> kept =
      std::make_unique<std::vector<block>>(); // a stage cannot be copied with blocks
  stage_context* context = nullptr;
  void start(stage_context& c) { context = &c; }
  step process(inlet<block>& in) {
    kept->push_back(std::move(in.front()));
    in.release(1);
    return idle() == step::input ? step::more : step::done;
  }
  step idle() {
    if (context->finishing()) kept->clear();
    context->wake_by(context->now() + std::chrono::seconds(1)); // so that nobody takes this for a stall
    return step::input;
  }
};

TEST(NetSource, LinesThatWaitForABlockWhenTheRunIsStoppedAreLetOut) {
  notices told;
  plan p = stages::tcp_source({.address = "127.0.0.1:0", .listen = true, .connections = 1, .notice = told.taker()}) |
           edge(64) | stage("hoard", hoarding_sink{});
  run started = p.start(blocks_of(64 << 10, 1 << 20));
  const peer me = peer::connect_to(told.port());
  const std::string piece = std::string(10'000, 'x') + "\n" + std::string(10'000, 'x');
  const auto source = [&] { return started.snapshot().stages.front(); };
  while (source().state != reason::memory) (void)me.send_what_fits(piece);
  const std::uint64_t before = source().items_out;
  started.finish();
  EXPECT_EQ(started.wait().stages.front().items_out, before + 1);
  ASSERT_EQ(told.all.size(), 2u);
  EXPECT_NE(told.all[1].find(" bytes of an unfinished line were not passed on"), std::string::npos) << told.all[1];
}

TEST(NetSource, RawBytesOfOneConnectionAfterTheOther) {
  notices told;
  texts got;
  plan p =
      stages::tcp_source({.address = "127.0.0.1:0", .listen = true, .raw = true, .once = 2, .notice = told.taker()}) |
      into(got);
  run started = p.start();
  const int port = told.port();
  const std::string first = random_bytes(1, 3 << 20);
  const std::string second = random_bytes(2, 1 << 20);
  for (const std::string& each : {first, second}) {
    peer me = peer::connect_to(port);
    EXPECT_TRUE(me.send(each));
  }
  started.wait();
  EXPECT_TRUE(got[1] == first);
  EXPECT_TRUE(got[2] == second);
}

TEST(NetSource, ConnectsAndReadsToTheEnd) {
  const peer server = peer::listen();
  texts got;
  plan p = stages::tcp_source({.address = "127.0.0.1:" + std::to_string(server.port())}) | into(got);
  run started = p.start();
  const std::string text = random_bytes(3, 3 << 20);
  {
    peer client = server.accept();
    EXPECT_TRUE(client.send(text));
  }
  started.wait();
  EXPECT_TRUE(got[1] == text);
}

TEST(NetSource, AServerThatBreaksTheConnectionIsAnError) {
  const peer server = peer::listen();
  const std::string address = "127.0.0.1:" + std::to_string(server.port());
  texts got;
  std::promise<void> arrived;
  plan p = stages::tcp_source({.address = address}) |
           stage("collect", collecting_by_source{&got, nullptr, [&](std::string_view) { arrived.set_value(); }});
  run started = p.start();
  peer client = server.accept();
  ASSERT_TRUE(client.send("a line\n"));
  // Broken before the source knows that it is connected, it would be tried again, and nobody would accept that.
  arrived.get_future().wait();
  client.reset();
  EXPECT_EQ(error_of([&] { started.wait(); }), "tcp: " + address + ": Connection reset by peer");
}

TEST(NetSource, AServerThatIsNotThereIsServerGone) {
  const peer refusing = peer::hold_port();
  texts got;
  plan p = stages::tcp_source(
               {.address = "127.0.0.1:" + std::to_string(refusing.port()), .retry = std::chrono::nanoseconds::zero()}) |
           into(got);
  try {
    p.run();
    FAIL() << "it was reached";
  } catch (const run_error& error) { EXPECT_THROW(std::rethrow_exception(error.cause()), stages::server_gone); }
}

TEST(NetSource, AnAddressThatIsTakenIsFoundBeforeTheRun) {
  const peer server = peer::listen();
  const std::string address = "127.0.0.1:" + std::to_string(server.port());
  texts got;
  plan p = stages::tcp_source({.address = address, .listen = true}) | into(got);
  EXPECT_EQ(error_of([&] { (void)p.start(); }), "tcp: listen: " + address + ": Address already in use");
}

TEST(NetSource, ASocketFileThatNobodyListensAtIsReplacedAndOneInUseIsNot) {
  const scratch_dir folder;
  { const peer dead = peer::listen_at(folder / "s"); }
  texts got;
  plan p = stages::unix_source({.address = folder / "s", .listen = true, .once = 1}) | into(got);
  run started = p.start();
  plan second = stages::unix_source({.address = folder / "s", .listen = true, .once = 1}) | into(got);
  EXPECT_NE(error_of([&] { (void)second.start(); }).find("Address already in use"), std::string::npos);
  { EXPECT_TRUE(peer::connect_to(folder / "s").send("still there\n")); }
  started.wait();
  EXPECT_EQ(got[1], "still there\n");
}

} // namespace
} // namespace weir::test
