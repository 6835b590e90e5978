#include "stages/record/record_ledger.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <exception>
#include <list>
#include <map>
#include <mutex>
#include <utility>

#include "stages/record/dead_letter_file.hpp"

namespace weir::stages {
namespace {

constexpr std::size_t k_sample = 200;         // bytes kept of the first record of a class
constexpr std::uint64_t k_judged_from = 1000; // records: one bad in the first ten says nothing

/// "2026-11-24T00:10:11Z/4711"
std::string run_name() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return std::string(text.data(), size).append("/").append(std::to_string(::getpid()));
}

std::string percent(double share) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g %%", share * 100);
  return text.data();
}

} // namespace

struct record_ledger::state {
  struct reader {
    const record_account* account;
    bool open = true;
  };

  mutable std::mutex lock;
  std::optional<double> max_bad;
  std::string run;
  std::function<std::string(std::uint32_t)> path_of;
  std::function<void(bad_record_report&)> retell;
  std::list<record_account> accounts;
  std::vector<reader> readers;
  std::list<dead_letter_file> files;
  std::map<std::string, dead_letter_file*> file_names; ///< two may be of one file
  std::vector<error_group> errors;
  std::uint64_t bad = 0;

  void group(const bad_record_report& report);
  dead_letter_file& file(const std::string& path);
  void judge(std::uint64_t least) const;
};

void record_ledger::state::group(const bad_record_report& report) {
  ++bad;
  auto at = std::find_if(errors.begin(), errors.end(), [&](const error_group& group) {
    return group.first.stage == report.stage && group.first.why == report.why;
  });
  if (at == errors.end()) {
    at = errors.insert(at, error_group{});
    at->first = report;
    at->first.raw = {};
    at->sample = std::string(report.raw.substr(0, k_sample));
  }
  ++at->count;
  at->last_place = place_of(report);
}

dead_letter_file& record_ledger::state::file(const std::string& path) {
  dead_letter_file*& named = file_names[path];
  if (named != nullptr) return *named;
  if (const auto which = dead_letter_file::which(path)) {
    const auto known =
        std::find_if(files.begin(), files.end(), [&](const dead_letter_file& file) { return file.which() == *which; });
    if (known != files.end()) return *(named = &*known);
  }
  return *(named = &files.emplace_back(path));
}

void record_ledger::state::judge(std::uint64_t least) const {
  if (!max_bad || bad == 0) return;
  std::uint64_t records = 0;
  for (const reader& each : readers) records += each.account->in.get();
  if (records < least || static_cast<double>(bad) <= *max_bad * static_cast<double>(records)) return;
  const std::string share = records > 0 ? percent(static_cast<double>(bad) / static_cast<double>(records)) : "all";
  throw bad_data(std::to_string(bad) + " of " + std::to_string(records) + " records are bad (" + share +
                 "), more than the limit of " + percent(*max_bad) + "; the first: " + text_of(errors.front().first));
}

record_ledger::record_ledger(std::optional<double> max_bad, std::string run) : state_(std::make_unique<state>()) {
  state_->max_bad = max_bad;
  state_->run = run.empty() ? run_name() : std::move(run);
}

// Whoever wants to know that the last letters were written calls finish().
record_ledger::~record_ledger() {
  try {
    flush();
  } catch (const std::exception&) { return; }
}

void record_ledger::name_sources(std::function<std::string(std::uint32_t)> path_of) {
  const std::lock_guard held(state_->lock);
  state_->path_of = std::move(path_of);
}

void record_ledger::retell(std::function<void(bad_record_report&)> how) {
  const std::lock_guard held(state_->lock);
  state_->retell = std::move(how);
}

std::string record_ledger::path_of(std::uint32_t source) const {
  const std::lock_guard held(state_->lock);
  return source != 0 && state_->path_of ? state_->path_of(source) : std::string();
}

record_account& record_ledger::open(std::string stage, bool reads) {
  const std::lock_guard held(state_->lock);
  const auto taken = [&](const std::string& name) {
    return std::any_of(state_->accounts.begin(), state_->accounts.end(),
                       [&](const record_account& account) { return account.stage == name; });
  };
  std::string name = stage;
  for (std::size_t n = 2; taken(name); ++n) name = std::string(stage).append("#").append(std::to_string(n));
  record_account& made = state_->accounts.emplace_back();
  made.stage = std::move(name);
  if (reads) state_->readers.push_back({&made});
  return made;
}

std::vector<const record_account*> record_ledger::accounts() const {
  const std::lock_guard held(state_->lock);
  std::vector<const record_account*> all;
  for (const record_account& account : state_->accounts) all.push_back(&account);
  return all;
}

void record_ledger::prepare(const record_policy& policy) {
  const std::lock_guard held(state_->lock);
  if (policy.action == bad_record::dead_letter) (void)state_->file(policy.path);
}

void record_ledger::rejected(const record_policy& policy, const bad_record_report& as_found) {
  const std::lock_guard held(state_->lock);
  bad_record_report bad = as_found;
  if (state_->retell) state_->retell(bad);
  state_->group(bad);
  if (policy.action == bad_record::stop) throw bad_data(text_of(bad));
  if (policy.action == bad_record::dead_letter) state_->file(policy.path).append(state_->run, bad);
  state_->judge(k_judged_from);
}

std::size_t record_ledger::unwritten() const {
  const std::lock_guard held(state_->lock);
  std::size_t sum = 0;
  for (const dead_letter_file& file : state_->files) sum += file.unwritten();
  return sum;
}

void record_ledger::flush() {
  const std::lock_guard held(state_->lock);
  for (dead_letter_file& file : state_->files) file.flush();
}

void record_ledger::make_durable() {
  const std::lock_guard held(state_->lock);
  for (dead_letter_file& file : state_->files) file.make_durable();
}

void record_ledger::ended(const record_account& reader) {
  const std::lock_guard held(state_->lock);
  bool any_open = false;
  for (state::reader& each : state_->readers) {
    if (each.account == &reader) each.open = false;
    any_open = any_open || each.open;
  }
  if (!any_open) state_->judge(0);
}

void record_ledger::finish() {
  flush();
  const std::lock_guard held(state_->lock);
  state_->judge(0);
}

std::vector<error_group> record_ledger::errors() const {
  const std::lock_guard held(state_->lock);
  return state_->errors;
}

std::uint64_t record_ledger::bad_records() const {
  const std::lock_guard held(state_->lock);
  return state_->bad;
}

} // namespace weir::stages
