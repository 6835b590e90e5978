#pragma once
// record_ledger: what the record stages and the record sinks of one run have in common: the accounts of their records, the bad
// ones by class, the files that bad ones are put aside in. The command asks it for the balance.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stages/record/record_policy.hpp"

namespace weir::stages {

/// All functions are thread-safe: a lock, taken once for a stage or for a bad record, never for a good one.
class record_ledger {
 public:
  /// `max_bad`: the share of bad records (0.01: 1 %) above which the run is stopped, judged from the 1,000th record on and at
  /// the end; none: no limit. `run` names the run in dead letters; empty: the time and the process are its name.
  explicit record_ledger(std::optional<double> max_bad = {}, std::string run = {});
  ~record_ledger();
  record_ledger(const record_ledger&) = delete;
  record_ledger& operator=(const record_ledger&) = delete;

  /// How the files are called that block::source() numbers. Before the run.
  void name_sources(std::function<std::string(std::uint32_t)> path_of);
  /// Empty: unknown.
  [[nodiscard]] std::string path_of(std::uint32_t source) const;

  /// Called with each bad record before anything is done with it, under a lock: may tell it otherwise. Before the run.
  void retell(std::function<void(bad_record_report&)> how);

  /// A new account, of the stage named so in the run (the second "where" is "where#2"); it lives as long as the ledger. Called
  /// when the stage is made, in the pipeline's order. `reads`: records begin here (json, csv): what max_bad is a share of.
  record_account& open(std::string stage, bool reads = false);
  [[nodiscard]] std::vector<const record_account*> accounts() const; ///< in the order in which stages were made

  /// Opens the file that the policy names, so that a bad path is told before the run. Throws io_error. A stage's start().
  void prepare(const record_policy& policy);
  /// A bad record, counted in its account already: groups it, puts it aside or throws bad_data, as the policy says; throws
  /// bad_data when there are too many. Dead letters are kept in memory up to 64 KiB a file, then written: throws io_error.
  void rejected(const record_policy& policy, const bad_record_report& bad);
  /// Bytes of dead letters in memory.
  [[nodiscard]] std::size_t unwritten() const;
  /// Writes them. Throws io_error.
  void flush();
  /// What was put aside so far is on the disk when this returns. Throws io_error.
  void make_durable();
  /// A stage that reads has seen the end of its stream. The last one judges max_bad.
  void ended(const record_account& reader);
  /// At the end of the run: writes what is in memory and judges max_bad once more.
  void finish();

  [[nodiscard]] std::vector<error_group> errors() const;
  [[nodiscard]] std::uint64_t bad_records() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace weir::stages
