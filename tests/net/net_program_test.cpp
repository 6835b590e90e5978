// The real command in pairs: one listens, one connects.

#include "tests/command/program.hpp"
#include "tests/net/peer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sys/resource.h>

#include <csignal>
#include <thread>
#include <vector>

namespace weir::command {
namespace {

/// A program that listens on a port of its own choice.
struct listener {
  listener(const test_folder& folder, const std::string& pipeline) : listener(folder, {"-q", pipeline}) {}
  listener(const test_folder& folder, std::vector<std::string> words, running_program::settings with = {})
      : program(folder, std::move(words), std::move(with)) {
    EXPECT_TRUE(program.await_error("\n"));
    const std::string& said = program.error_so_far();
    const std::size_t colon = said.find("listening on 127.0.0.1:");
    EXPECT_NE(colon, std::string::npos) << said;
    address = said.substr(colon + 13, said.find('\n') - colon - 13);
  }
  int port() const { return std::stoi(address.substr(address.find(':') + 1)); }
  running_program program;
  std::string address;
};

/// Sends all, and waits until all was read.
void send_all(const listener& to, std::string_view text) {
  test::peer client = test::peer::connect_to(to.port());
  EXPECT_TRUE(client.send(text));
  client.end_output();
  EXPECT_TRUE(client.ends_well());
}

TEST(TcpProgram, LinesOfOneWeirAreCountedByAnother) {
  const test_folder folder;
  const std::string job = "generate --records 200000 --format ndjson";
  const std::string expected = weir_in(folder, {"-q", job + " | lines | count"}).out;
  listener there(folder, "tcp --listen 127.0.0.1:0 --once 1 | lines | count");
  const ending here = weir_in(folder, {"-q", job + " | tcp " + there.address});
  EXPECT_EQ(here.code, 0) << here.err;
  const ending got = there.program.wait();
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.out, expected);
}

TEST(TcpProgram, ASinkListensAndASourceConnects) {
  const test_folder folder;
  folder.write("in", random_bytes(3 << 20, 9));
  listener there(folder, "read in | tcp --listen 127.0.0.1:0");
  EXPECT_EQ(weir_in(folder, {"-q", "tcp " + there.address + " | write out"}).code, 0);
  EXPECT_EQ(there.program.wait().code, 0);
  EXPECT_TRUE(folder.read("out") == folder.read("in"));
}

TEST(UnixProgram, BytesOfEveryValueGoThroughUnchanged) {
  const test_folder folder;
  folder.write("in", random_bytes(3 << 20, 10));
  running_program there(folder, {"-q", "unix --listen --raw --once 1 s | write out"});
  ASSERT_TRUE(there.await_error("unix: listening on s"));
  EXPECT_EQ(weir_in(folder, {"-q", "read in | unix s"}).code, 0);
  EXPECT_EQ(there.wait().code, 0);
  EXPECT_TRUE(folder.read("out") == folder.read("in"));
  EXPECT_EQ(folder.names(), "in out ");
}

TEST(TcpProgram, TwoSendersAtTheSameTime) {
  const test_folder folder;
  const std::string one = "generate --records 50000 --seed 1";
  const std::string two = "generate --records 50000 --seed 2";
  const std::string expected = weir_in(folder, {"-q", "concat { " + one + " } { " + two + " } | lines | count"}).out;
  listener there(folder, "tcp --listen 127.0.0.1:0 --once 2 | lines | count");
  running_program first(folder, {"-q", one + " | tcp " + there.address});
  running_program second(folder, {"-q", two + " | tcp " + there.address});
  EXPECT_EQ(first.wait().code, 0);
  EXPECT_EQ(second.wait().code, 0);
  EXPECT_EQ(there.program.wait().out, expected);
}

TEST(TcpProgram, WhatAConnectionSendsIsNeverTakenForTheFilesPlace) {
  const test_folder folder;
  const std::string job = "merge { read a | lines } { tcp --listen 127.0.0.1:0 --once 1 | lines } | write --append out";
  const auto run = [&](std::string_view sent) {
    listener there(folder, {"-q", "--checkpoint", "c", job});
    send_all(there, sent);
    EXPECT_EQ(there.program.wait().code, 0);
  };
  folder.write("a", "1\n2\n");
  run("sent by the connection\n");
  folder.write("a", "1\n2\n3\n");
  run("sent once more\n");
  std::string lines = folder.read("out");
  EXPECT_EQ(std::ranges::count(lines, '\n'), 5) << lines;
  EXPECT_NE(lines.find("3\n"), std::string::npos) << lines;
}

TEST(TcpProgram, ABadRecordOfAConnectionIsPutAsideWithThePeersAddress) {
  const test_folder folder;
  listener there(folder, "tcp --listen 127.0.0.1:0 --once 1 | lines | json --on-error dead-letter:bad | null");
  send_all(there, "{\"a\":1}\nno json\n");
  (void)there.program.wait();
  EXPECT_NE(folder.read("bad").find("\"file\":\"127.0.0.1:"), std::string::npos) << folder.read("bad");
}

TEST(TcpProgram, AServerThatIsNotThereIsExit69WithTheAddress) {
  const test_folder folder;
  const test::peer refusing = test::peer::hold_port();
  const std::string address = "127.0.0.1:" + std::to_string(refusing.port());
  for (const std::string& job : {"tcp --retry 0s " + address + " | null", "generate | tcp --retry 0s " + address}) {
    const ending got = weir_in(folder, {"-q", job});
    EXPECT_EQ(got.code, 69);
    EXPECT_EQ(got.err, "weir: tcp: " + address + ": Connection refused\n");
  }
}

TEST(TcpProgram, ADaemonEndsWhenItIsTerminated) {
  const test_folder folder;
  listener there(folder, "tcp --listen 127.0.0.1:0 | lines | count");
  const int port = std::stoi(there.address.substr(there.address.find(':') + 1));
  test::peer client = test::peer::connect_to(port);
  EXPECT_TRUE(client.send("a\nb\n"));
  client.end_output();
  EXPECT_TRUE(client.ends_well()) << "all was read";
  there.program.await_handler(SIGTERM);
  there.program.send(SIGTERM);
  const ending got = there.program.wait();
  EXPECT_EQ(got.code, 128 + SIGTERM);
  EXPECT_EQ(got.out, "2 4\n");
}

TEST(TcpProgram, ADaemonWithoutADescriptorForAnotherConnectionLetsItWait) {
  const test_folder folder;
  running_program::settings few_descriptors;
  few_descriptors.before_exec = [] {
    const rlimit least{.rlim_cur = 30, .rlim_max = 30};
    ::setrlimit(RLIMIT_NOFILE, &least);
  };
  listener there(folder, {"-q", "tcp --listen 127.0.0.1:0 --once 40 | lines | count"}, few_descriptors);
  std::vector<test::peer> clients;
  for (int c = 0; c < 40; ++c) {
    clients.push_back(test::peer::connect_to(there.port()));
    EXPECT_TRUE(clients.back().send("a\n"));
  }
  EXPECT_TRUE(there.program.await_error(": Too many open files; whoever comes waits\n"));
  clients.clear();
  const ending got = there.program.wait();
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.out, "40 80\n");
}

TEST(TcpProgram, ASinkThatNobodyConnectedToEndsAsOneThatWasToldTo) {
  const test_folder folder;
  folder.write("empty", "");
  listener nothing(folder, "read empty | tcp --listen 127.0.0.1:0");
  nothing.program.await_handler(SIGTERM);
  nothing.program.send(SIGTERM);
  EXPECT_EQ(nothing.program.wait().code, 128 + SIGTERM);
  folder.write("full", "never sent\n");
  listener something(
      folder, {"-q", "--drain-timeout", "0s", "read full | tee { write --append seen } { tcp --listen 127.0.0.1:0 }"});
  while (!folder.has("seen") || folder.read("seen").empty()) std::this_thread::yield();
  something.program.await_handler(SIGTERM);
  something.program.send(SIGTERM);
  EXPECT_EQ(something.program.wait().code, 4);
}

TEST(TcpProgram, NoticesTellWhichOfTwoListenersSpeaks) {
  const test_folder folder;
  running_program both(
      folder, {"-q", "merge { tcp --listen 127.0.0.1:0 | lines } { tcp --listen 127.0.0.1:0 | lines } | null"});
  EXPECT_TRUE(both.await_error("weir: tcp: listening on 127.0.0.1:"));
  EXPECT_TRUE(both.await_error("weir: tcp#2: listening on 127.0.0.1:"));
  both.await_handler(SIGTERM);
  both.send(SIGTERM);
  EXPECT_EQ(both.wait().code, 128 + SIGTERM);
}

TEST(TcpProgram, HasTheHelpOfBothEnds) {
  const ending got = weir_in(test_folder(), {"stages", "tcp"});
  EXPECT_EQ(got.code, 0);
  EXPECT_NE(got.out.find("takes what comes over tcp"), std::string::npos) << got.out;
  EXPECT_NE(got.out.find("sends over tcp"), std::string::npos) << got.out;
  const std::string all = weir_in(test_folder(), {"stages"}).out;
  EXPECT_LT(all.find("tcp [OPTIONS] HOST:PORT"), all.find("Transforms")) << all;
  EXPECT_GT(all.rfind("tcp [OPTIONS] HOST:PORT"), all.find("Sinks")) << all;
}

TEST(TcpProgram, InTheMiddleIsRefused) {
  const ending got = weir_in(test_folder(), {"generate | tcp localhost:1 | null"});
  EXPECT_EQ(got.code, 2);
  EXPECT_EQ(got.err, "weir: pipeline:1:12: sink in the middle: 'tcp' passes nothing on, so it can only end a pipeline\n"
                     "    generate | tcp localhost:1 | null\n"
                     "               ^~~\n");
}

TEST(TcpProgram, OptionsThatWouldDoNothingAreRefused) {
  const auto refused = [](const std::string& job) {
    const ending got = weir_in(test_folder(), {job});
    EXPECT_EQ(got.code, 2) << job;
    return got.err.substr(0, got.err.find('\n'));
  };
  EXPECT_EQ(refused("tcp --once 1 localhost:1 | null"), "weir: pipeline:1:1: tcp: --once is only for --listen");
  EXPECT_EQ(refused("tcp --raw localhost:1 | null"), "weir: pipeline:1:1: tcp: --raw is only for --listen");
  EXPECT_EQ(refused("unix --connections 2 s | null"), "weir: pipeline:1:1: unix: --connections is only for --listen");
  EXPECT_EQ(refused("tcp --listen --retry 1s :0 | null"),
            "weir: pipeline:1:1: tcp: --retry is not for --listen: it does not connect");
  EXPECT_EQ(refused("generate | tcp --listen --retry 1s :0"),
            "weir: pipeline:1:12: tcp: --retry is not for --listen: it does not connect");
  EXPECT_EQ(refused("tcp --listen --raw --connections 2 :0 | null"),
            "weir: pipeline:1:1: tcp: --connections and --raw exclude each other: raw is one after the other");
}

TEST(TcpProgram, AnAddressThatIsNoneIsRefusedAtTheStage) {
  const ending got = weir_in(test_folder(), {"generate | tcp localhost"});
  EXPECT_EQ(got.code, 2);
  EXPECT_TRUE(got.err.starts_with("weir: pipeline:1:12: tcp: 'localhost': no port; write HOST:PORT\n")) << got.err;
}

} // namespace
} // namespace weir::command
