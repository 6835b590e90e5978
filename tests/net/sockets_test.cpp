#include "stages/net/sockets.hpp"

#include "tests/net/peer.hpp"

#include <gtest/gtest.h>

namespace weir::test {
namespace {

using stages::answer;
using stages::listening_socket;

int port_of(const listening_socket& at) { return std::stoi(at.shown().substr(at.shown().rfind(':') + 1)); }

stages::net_address any_host(int port) { return {.host = {}, .port = std::to_string(port), .path = {}}; }

// Without a host and not to listen, the resolver names this machine: ::1, then 127.0.0.1.
TEST(TryConnect, AnAddressThatDoesNotAnswerKeepsNobodyFromTheNext) {
  if (!peer::has_v6()) GTEST_SKIP() << "this machine has no IPv6";
  const peer server = peer::listen();
  const peer silent = peer::listen_silently_v6(server.port());
  const peer first = peer::connect_to_v6(server.port()); // fills the queue
  std::vector<bool> waited_with_others;
  const stages::connected got = stages::try_connect(any_host(server.port()), [&](int, bool others) {
    waited_with_others.push_back(others);
    return others ? answer::none : answer::came;
  });
  ASSERT_TRUE(got.socket) << got.why;
  EXPECT_EQ(waited_with_others.front(), true);
  (void)server.accept();
}

TEST(TryConnect, TellsThatNoneAnsweredAndThatItWasStopped) {
  if (!peer::has_v6()) GTEST_SKIP() << "this machine has no IPv6";
  const peer server = peer::listen();
  const peer silent = peer::listen_silently_v6(server.port());
  const peer first = peer::connect_to_v6(server.port());
  const stages::net_address to{.host = "::1", .port = std::to_string(server.port()), .path = {}};
  const stages::connected none = stages::try_connect(to, [](int, bool) { return answer::none; });
  EXPECT_FALSE(none.socket);
  EXPECT_EQ(none.why, "no answer");
  const stages::connected stopped = stages::try_connect(to, [](int, bool) { return answer::stopped; });
  EXPECT_FALSE(stopped.socket);
  EXPECT_EQ(stopped.why, "");
}

TEST(TryConnect, AServiceThatNobodyKnowsIsHopeless) {
  const stages::connected got = stages::try_connect({.host = "127.0.0.1", .port = "no-such-service", .path = {}},
                                                    [](int, bool) { return answer::came; });
  EXPECT_FALSE(got.socket);
  EXPECT_TRUE(got.hopeless) << got.why;
}

TEST(ListeningSocket, WithoutAHostItIsReachedOverIpv4AndIpv6) {
  listening_socket at(any_host(0));
  const peer old = peer::connect_to(port_of(at));
  EXPECT_TRUE(at.try_accept());
  if (!peer::has_v6()) return;
  const peer modern = peer::connect_to_v6(port_of(at));
  EXPECT_TRUE(at.try_accept());
  EXPECT_FALSE(at.try_accept());
}

} // namespace
} // namespace weir::test
