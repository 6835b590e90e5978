#pragma once
// A journal's source by hand: an open file that is "read" up to a place.

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "stages/checkpoint/run_journal.hpp"
#include "tests/stages/support.hpp"

namespace weir::test {

class hand_source {
 public:
  hand_source(stages::journal& with, const std::string& path)
      : journal_(with), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    EXPECT_GE(file_, 0) << path;
    number_ = journal_.add_source(path, file_);
    from_ = journal_.resume_from(number_);
  }
  ~hand_source() { ::close(file_); }
  hand_source(const hand_source&) = delete;
  hand_source& operator=(const hand_source&) = delete;

  std::uint32_t number() const { return number_; }
  std::uint64_t from() const { return from_; }
  void read_to(std::uint64_t position) {
    ::lseek(file_, static_cast<off_t>(position), SEEK_SET);
    journal_.passed_on(number_, position);
  }
  void end() {
    const off_t size = ::lseek(file_, 0, SEEK_END);
    journal_.ended(number_, static_cast<std::uint64_t>(size));
  }

 private:
  stages::journal& journal_;
  int file_;
  std::uint32_t number_ = 0;
  std::uint64_t from_ = 0;
};

/// A run that reads the file up to `position`, where its one sink makes that durable. Returns where it began.
inline std::uint64_t run_to(const std::string& checkpoint, const std::string& path, std::uint64_t position,
                            bool to_its_end = false) {
  const auto journal = stages::make_journal({.job = "a job", .checkpoint = checkpoint});
  const auto sink = journal->add_sink("sink");
  hand_source source(*journal, path);
  source.read_to(position);
  if (to_its_end) source.end();
  journal->took(sink, source.number(), position, 1);
  (void)journal->positions(sink);
  journal->durable(sink);
  journal->flush();
  return source.from();
}

/// Where a run would begin, and what it would say.
struct resumption {
  std::uint64_t from = 0;
  bool done_before = false;
  std::vector<std::string> notices{};
};
inline resumption look_at(const std::string& checkpoint, const std::string& path) {
  const auto journal = stages::make_journal({.job = "a job", .checkpoint = checkpoint});
  (void)journal->add_sink("sink");
  const hand_source source(*journal, path);
  return {source.from(), journal->done_before(source.number()), journal->notices()};
}

} // namespace weir::test
