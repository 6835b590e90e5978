#include "apps/weir/signals.hpp"

#include "refusal.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace weir::command {
namespace {

/// The pipe from a child to the test; a global because a signal handler writes to it.
int to_test = -1;

void tell(char what) noexcept { [[maybe_unused]] const ssize_t written = write(to_test, &what, 1); }

/// How a child ended, and what it told.
struct ending {
  int status;
  std::string told;

  [[nodiscard]] int exit_code() const { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }
  [[nodiscard]] int signal() const { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }
};

/// Runs the body in a child whose signals are as a shell gives them; the body's result is the exit code.
template <class Body>
ending in_child(Body body) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    to_test = ends[1];
    alarm(60); // a child that hangs ends, and fails the test
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) std::signal(signal, SIG_DFL);
    _exit(body());
  }
  close(ends[1]);
  ending result{};
  char c = 0;
  while (read(ends[0], &c, 1) == 1) result.told += c;
  close(ends[0]);
  EXPECT_EQ(waitpid(child, &result.status, 0), child);
  return result;
}

/// Waits until the descriptor can be read.
void await(int descriptor) {
  pollfd event{descriptor, POLLIN, 0};
  while (poll(&event, 1, -1) < 0 && errno == EINTR) {}
}

/// As another process would: the signal is for the process, not for this thread.
void send(int signal) { kill(getpid(), signal); }

int until_the_end() {
  for (;;) pause();
}

class FirstSignal : public testing::TestWithParam<int> {};

TEST_P(FirstSignal, RunsTheCallbackOnceAndLetsTheProcessGoOn) {
  const ending end = in_child([] {
    int exit_code = 0;
    {
      signal_watch watch([](int signal) { tell(signal == GetParam() ? '1' : '?'); });
      if (watch.received() != 0) return 90;
      send(GetParam());
      await(watch.descriptor());
      exit_code = watch.received();
    }
    return exit_code;
  });
  EXPECT_EQ(end.told, "1");
  EXPECT_EQ(end.exit_code(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Both, FirstSignal, testing::Values(SIGINT, SIGTERM));

TEST(SignalWatch, KeepsItsDescriptorReadableAfterTheSignal) {
  const ending end = in_child([] {
    signal_watch watch([](int) {});
    pollfd event{watch.descriptor(), POLLIN, 0};
    const int before = poll(&event, 1, 0);
    send(SIGINT);
    await(watch.descriptor());
    await(watch.descriptor());
    return before;
  });
  EXPECT_EQ(end.exit_code(), 0);
}

TEST(SignalWatch, EndsTheProcessAtTheSecondSignalAfterTheLastAct) {
  const ending end = in_child([] {
    signal_watch watch([](int) {}, []() noexcept { tell('c'); });
    send(SIGINT);
    await(watch.descriptor());
    send(SIGTERM);
    return until_the_end();
  });
  EXPECT_EQ(end.told, "c");
  EXPECT_EQ(end.exit_code(), 128 + SIGTERM);
}

TEST(SignalWatch, EndsTheProcessWhileTheCallbackIsStillBusy) {
  const ending end = in_child([] {
    std::array<int, 2> never{};
    if (::pipe(never.data()) != 0) return 91;
    std::array<int, 2> entered{};
    if (::pipe(entered.data()) != 0) return 92;
    signal_watch watch([&](int) {
      [[maybe_unused]] const ssize_t written = write(entered[1], "x", 1);
      await(never[0]);
    });
    send(SIGINT);
    await(entered[0]);
    send(SIGINT);
    return until_the_end();
  });
  EXPECT_EQ(end.exit_code(), 128 + SIGINT);
}

TEST(SignalWatch, TurnsAClosedPipeIntoAnError) {
  const ending end = in_child([] {
    signal_watch watch(nullptr);
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return 91;
    close(ends[0]);
    return write(ends[1], "x", 1) < 0 && errno == EPIPE ? 0 : 92;
  });
  EXPECT_EQ(end.exit_code(), 0);
}

TEST(SignalWatch, GivesBackTheHandlingThatWasThereBefore) {
  const ending end = in_child([] {
    {
      signal_watch watch([](int) {});
    }
    raise(SIGINT);
    return 90;
  });
  EXPECT_EQ(end.signal(), SIGINT);
}

TEST(SignalWatch, LeavesASignalIgnoredThatTheParentIgnored) {
  const ending end = in_child([] {
    std::signal(SIGINT, SIG_IGN);
    signal_watch watch([](int) { tell('!'); });
    raise(SIGINT);
    raise(SIGINT);
    return watch.received();
  });
  EXPECT_EQ(end.told, "");
  EXPECT_EQ(end.exit_code(), 0);
}

TEST(SignalWatch, StartsAfreshWhenAnotherOneFollows) {
  const ending end = in_child([] {
    {
      signal_watch watch([](int) { tell('a'); });
      send(SIGINT);
      await(watch.descriptor());
    }
    signal_watch watch([](int) { tell('b'); });
    if (watch.received() != 0) return 90;
    send(SIGTERM);
    await(watch.descriptor());
    return watch.received();
  });
  EXPECT_EQ(end.told, "ab");
  EXPECT_EQ(end.exit_code(), SIGTERM);
}

TEST(SignalWatch, RefusesASecondOneAtTheSameTime) {
  signal_watch watch([](int) {});
  EXPECT_EQ(refusal<std::logic_error>([] { signal_watch another([](int) {}); }),
            "signal_watch: another one is in force");
}

} // namespace
} // namespace weir::command
