#include "stages/net/address.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace weir::stages {
namespace {

std::string refusal_of(const char* text, bool to_listen = false) {
  try {
    (void)tcp_address(text, to_listen);
  } catch (const std::invalid_argument& refused) { return refused.what(); }
  return "taken";
}

TEST(TcpAddress, IsAHostAndAPort) {
  const net_address plain = tcp_address("db.example:5432", false);
  EXPECT_EQ(plain.host, "db.example");
  EXPECT_EQ(plain.port, "5432");
  EXPECT_EQ(plain.shown(), "db.example:5432");
  EXPECT_EQ(tcp_address("localhost:http", false).port, "http");
}

TEST(TcpAddress, OfIpv6StandsInBrackets) {
  const net_address six = tcp_address("[::1]:80", false);
  EXPECT_EQ(six.host, "::1");
  EXPECT_EQ(six.shown(), "[::1]:80");
  EXPECT_EQ(refusal_of("::1:80"), "'::1:80': write an IPv6 address in brackets: [ADDRESS]:PORT");
}

TEST(TcpAddress, MayLeaveOutTheHostToListenEverywhere) {
  EXPECT_EQ(tcp_address(":80", true).host, "");
  EXPECT_EQ(refusal_of(":80"), "':80': no host; write HOST:PORT");
}

TEST(TcpAddress, HasPort0OnlyToListen) {
  EXPECT_EQ(tcp_address("127.0.0.1:0", true).port, "0");
  EXPECT_EQ(refusal_of("127.0.0.1:0"), "'127.0.0.1:0': port 0 is only for --listen, where it means any free one");
}

TEST(TcpAddress, WithoutAPortOrWithOneThatIsNoneIsRefused) {
  EXPECT_EQ(refusal_of("localhost"), "'localhost': no port; write HOST:PORT");
  EXPECT_EQ(refusal_of("localhost:"), "'localhost:': no port; write HOST:PORT");
  EXPECT_EQ(refusal_of("localhost:65536"), "'localhost:65536': ports end at 65535");
  EXPECT_EQ(refusal_of("localhost:99999999999"), "'localhost:99999999999': ports end at 65535");
}

TEST(UnixAddress, IsAPathThatTheSystemHasRoomFor) {
  EXPECT_EQ(unix_address("/tmp/s").shown(), "/tmp/s");
  EXPECT_NO_THROW((void)unix_address(std::string(107, 'x')));
  EXPECT_THROW((void)unix_address(std::string(108, 'x')), std::invalid_argument);
  EXPECT_THROW((void)unix_address(""), std::invalid_argument);
}

} // namespace
} // namespace weir::stages
