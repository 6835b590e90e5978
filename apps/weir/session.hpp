// What the stages of one run share with each other and with the command.
#pragma once

#include "stages/checkpoint/run_journal.hpp"
#include "stages/record/record_policy.hpp"
#include "stages/record/record_stages.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::command {

struct options;

/// What one stage has to say on standard output goes here; called by at most one thread at a time.
using print_result = std::function<void(const std::string&)>;

/// Filled before a pipeline's stages are made, which take what they need of it: their makers see it as it is then.
struct session {
  stages::shared_ledger ledger;                 // null: nobody counts
  std::shared_ptr<stages::run_journal> journal; // null: nothing is resumed
  stages::record_policy on_error;               // of stages that have none of their own
  std::chrono::milliseconds keep_every{1000};   // between two times that positions are made durable
  bool checkpointed = false;                    // there is a file for the positions of sinks that keep none
  bool first_lines = false;                     // files that are gone on with show theirs again
  bool bad_records_only_counted = false;        // whatever the policies say
  bool would_stop = false;                      // a policy says so
  std::vector<std::string> dead_letters;        // files that are written
  std::deque<std::string> results;              // what each stage has to print, kept until the live line is gone

  /// What becomes of the bad records of a stage that was given this policy, or none. Throws bad_value.
  [[nodiscard]] stages::record_policy policy(const std::optional<stages::record_policy>& own);
  /// Dead letters are read from this file: they cannot go there at the same time. Throws bad_value.
  void replays(const std::string& path);

  /// Opens a place for what one stage has to say. Places are printed in the order in which they were opened, which is
  /// that of the stages; stages in different branches use theirs at the same time.
  [[nodiscard]] print_result open_result() {
    std::string& mine = results.emplace_back();
    return [&mine](const std::string& text) { mine += text; };
  }

 private:
  friend void start_session(session& of, const options& with, const std::string& pipeline);
  std::vector<std::string> replayed_;
  void check_letters() const;
};

} // namespace weir::command
