#pragma once
// run_journal: the journal of a run of the command, with or without a checkpoint file.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/journal/journal.hpp"

namespace weir::stages {

struct journal_options {
  std::string job = "weir";
  /// Where the positions of sinks are kept that keep none of their own; empty: nowhere.
  std::string checkpoint{};
  /// How often at most the file is written.
  std::chrono::milliseconds every{1000};
  /// Called by positions() before it answers: what was put aside so far is on the disk when this returns.
  std::function<void()> before_positions{};
  /// Told each notice when it comes, on whatever thread; not under a lock of the journal's.
  std::function<void(const std::string&)> tell{};
};

/// The name that a pipeline's text gives a job.
[[nodiscard]] std::string job_of(std::string_view pipeline);

/// How far one source has come.
struct source_progress {
  std::string path;
  std::uint64_t durable = 0; ///< at all sinks
  std::uint64_t read = 0;    ///< passed on by the source
  bool ended = false;        ///< its end was reached
};

class run_journal : public journal {
 public:
  /// The run is over and was not interrupted: sinks that know nothing of journals have what there was. Writes the checkpoint.
  /// Throws what that throws.
  virtual void finish() = 0;
  /// Writes the checkpoint if anything has become durable since it was written. For runs that ended otherwise.
  virtual void flush() = 0;
  [[nodiscard]] virtual std::vector<source_progress> progress() const = 0;
  [[nodiscard]] virtual std::vector<std::string> notices() const = 0;
};

/// Throws io_error where the checkpoint cannot be read or no file made there, bad_checkpoint where it is none, is not whole,
/// or is of another job.
[[nodiscard]] std::shared_ptr<run_journal> make_journal(journal_options options);

} // namespace weir::stages
