#include "tests/net/net_support.hpp"

#include "stages/file/io_error.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace weir::test {
namespace {

std::string address_of(const peer& server) { return "127.0.0.1:" + std::to_string(server.port()); }

std::uint64_t made_by(const run& of, std::string_view stage) {
  for (const stage_report& each : of.snapshot().stages)
    if (each.name == stage) return each.bytes_out;
  return 0;
}

void until_made(const run& by, std::uint64_t bytes) {
  while (made_by(by, "text") < bytes) std::this_thread::yield();
}

bool fails_as_server_gone(run& of) {
  try {
    of.wait();
  } catch (const run_error& error) {
    try {
      std::rethrow_exception(error.cause());
    } catch (const stages::server_gone&) { return true; }
  }
  return false;
}

/// What a Unix socket, an edge of two blocks, and the hands beside it hold is less, with blocks of 64 KiB.
constexpr std::uint64_t k_more_than_anyone_holds = 2 << 20;

TEST(NetSink, WritesAllAndWaitsUntilThePeerHasClosed) {
  const peer server = peer::listen();
  const std::string text = random_bytes(4, 5 << 20);
  std::promise<void> closes;
  std::string got;
  std::thread reader([&] {
    peer client = server.accept();
    got = client.read_all();
    closes.set_value();
  });
  plan p = text_in_pieces(text) | stages::tcp_sink({.address = address_of(server)});
  p.run();
  EXPECT_EQ(closes.get_future().wait_for(std::chrono::seconds(0)), std::future_status::ready);
  reader.join();
  EXPECT_TRUE(got == text);
}

TEST(NetSink, APeerThatStopsReadingStopsTheSource) {
  const scratch_dir folder;
  const peer server = peer::listen_at(folder / "s");
  const std::string text = random_bytes(5, 32 << 20);
  plan p = text_in_pieces(text) | edge(2) | stages::unix_sink({.address = folder / "s"});
  run started = p.start(blocks_of(64 << 10, 4 << 20));
  peer client = server.accept();
  until_made(started, 100'000); // the socket has begun to fill
  for (int look = 0; look < 20'000; ++look) ASSERT_LT(made_by(started, "text"), k_more_than_anyone_holds);
  const std::string got = client.read_all();
  client.close();
  const report done = started.wait();
  EXPECT_LE(done.memory_peak_bytes, std::uint64_t{4} << 20);
  EXPECT_TRUE(got == text);
}

TEST(NetSink, ListeningWritesToTheFirstThatConnects) {
  notices told;
  const std::string text = random_bytes(6, 1 << 20);
  plan p = text_in_pieces(text) | stages::tcp_sink({.address = "127.0.0.1:0", .listen = true, .notice = told.taker()});
  run started = p.start();
  {
    const peer me = peer::connect_to(told.port());
    EXPECT_TRUE(me.read_all() == text);
  }
  started.wait();
}

TEST(NetSink, APeerThatComesWhileTheRunIsLetOutGetsWhatIsInFlow) {
  notices told;
  plan p = text_in_pieces("in flow\n") |
           stages::tcp_sink({.address = "127.0.0.1:0", .listen = true, .notice = told.taker()});
  run started = p.start();
  until_made(started, 8);
  started.interrupt();
  const peer me = peer::connect_to(told.port());
  EXPECT_EQ(me.read_all(), "in flow\n");
  EXPECT_TRUE(started.wait().interrupted);
}

TEST(NetSink, WaitsForAServerThatComesLate) {
  const scratch_dir folder;
  plan p = text_in_pieces("late\n") | stages::unix_sink({.address = folder / "s"});
  run started = p.start();
  const peer server = peer::listen_at(folder / "s");
  EXPECT_EQ(server.accept().read_all(), "late\n");
  started.wait();
}

TEST(NetSink, APeerThatGoesInTheMiddleIsServerGone) {
  const peer server = peer::listen();
  plan p = text_in_pieces(random_bytes(7, 32 << 20)) | stages::tcp_sink({.address = address_of(server)});
  run started = p.start();
  {
    peer client = server.accept();
    (void)client.read(1000);
    client.reset();
  }
  EXPECT_TRUE(fails_as_server_gone(started));
}

TEST(NetSink, APeerThatSaysItsEndAndGoesWithoutTakingAllIsServerGone) {
  const peer server = peer::listen();
  server.holds_little();
  plan p = text_in_pieces(random_bytes(7, 12'000)) | stages::tcp_sink({.address = address_of(server)});
  run started = p.start();
  {
    const peer client = server.accept();
    (void)client.peek(); // all is written, and does not fit in here
    client.end_output();
  }
  EXPECT_TRUE(fails_as_server_gone(started));
}

TEST(NetSink, APeerThatSaysItsEndFirstAndReadsAllTheSameHasTakenAll) {
  const peer server = peer::listen();
  server.holds_little();
  const std::string text = random_bytes(7, 12'000);
  plan p = text_in_pieces(text) | stages::tcp_sink({.address = address_of(server)});
  run started = p.start();
  const peer client = server.accept();
  client.end_output();
  EXPECT_TRUE(client.read_all() == text);
  started.wait();
}

TEST(NetSink, AUnixPeerThatGoesWithoutReadingIsServerGone) {
  const scratch_dir folder;
  const peer server = peer::listen_at(folder / "s");
  plan p = text_in_pieces("unread\n") | stages::unix_sink({.address = folder / "s"});
  run started = p.start();
  {
    const peer client = server.accept();
    client.end_output();
    EXPECT_EQ(client.peek(), 'u') << "it has arrived";
  }
  EXPECT_TRUE(fails_as_server_gone(started));
}

TEST(NetSink, ThatNobodyAnswersIsServerGoneWithTheAddress) {
  const peer refusing = peer::hold_port();
  const std::string address = address_of(refusing);
  plan p = text_in_pieces("text") | stages::tcp_sink({.address = address, .retry = std::chrono::nanoseconds::zero()});
  EXPECT_EQ(error_of([&] { p.run(); }), "tcp: " + address + ": Connection refused");
}

/// Makes one block and fails when its door opens.
struct failing_source {
  const door* failure;
  stage_context* context = nullptr;
  bool begun = false;
  void start(stage_context& c) { context = &c; }
  stage_needs needs() const { return {.blocks = 2}; }
  step process(outlet<block>& out) {
    if (begun && !context->may_block()) return step::blocking;
    if (std::exchange(begun, true)) {
      failure->wait();
      throw std::runtime_error("out of ideas");
    }
    block made = context->blocks().try_take();
    made.resize(4);
    std::ranges::fill(made.bytes(), std::byte{'x'});
    return out.try_push(std::move(made)) ? step::more : step::room;
  }
};

TEST(NetSink, OfARunThatFailsBreaksTheConnection) {
  notices told;
  door failure;
  plan p = stage("failing", failing_source{&failure}) |
           stages::tcp_sink({.address = "127.0.0.1:0", .listen = true, .notice = told.taker()});
  run started = p.start();
  const peer me = peer::connect_to(told.port());
  EXPECT_EQ(me.read(4), "xxxx");
  failure.open();
  EXPECT_EQ(error_of([&] { started.wait(); }), "failing: out of ideas");
  EXPECT_FALSE(me.ends_well());
}

TEST(NetSink, AnInterruptedRunDoesNotWaitForThePeer) {
  const peer server = peer::listen();
  plan p = text_in_pieces("all there is\n") | stages::tcp_sink({.address = address_of(server)});
  run started = p.start();
  peer client = server.accept();
  EXPECT_EQ(client.read_all(), "all there is\n") << "the end is told before it waits";
  started.interrupt();
  EXPECT_TRUE(started.wait().interrupted);
}

TEST(NetSink, ACancelledRunBreaksTheConnection) {
  const peer server = peer::listen();
  plan p = text_in_pieces(random_bytes(8, 32 << 20)) | stages::tcp_sink({.address = address_of(server)});
  run started = p.start(blocks_of(64 << 10, 4 << 20));
  const peer client = server.accept();
  EXPECT_EQ(client.read(1000).size(), 1000u);
  started.cancel();
  (void)error_of([&] { started.wait(); });
  EXPECT_FALSE(client.ends_well());
}

TEST(NetSink, APeerThatReadsNothingDoesNotKeepARunThatIsCancelledWhileItIsLetOut) {
  const scratch_dir folder;
  const peer server = peer::listen_at(folder / "s");
  plan p = text_in_pieces(random_bytes(8, 32 << 20)) | edge(16) | stages::unix_sink({.address = folder / "s"});
  run started = p.start();
  const peer client = server.accept();
  until_made(started, 1 << 20); // what is in flow does not fit into the socket
  started.finish();
  EXPECT_FALSE(started.over());
  started.cancel();
  (void)error_of([&] { started.wait(); });
  EXPECT_TRUE(started.over());
}

} // namespace
} // namespace weir::test
