#include "apps/weir/session_start.hpp"

#include "apps/weir/job_text.hpp"
#include "apps/weir/replayed_pipeline.hpp"
#include "apps/weir/terminal.hpp"
#include "apps/weir/utf8.hpp"
#include "stages/checkpoint/run_journal.hpp"
#include "stages/record/record_ledger.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace weir::command {

stages::record_policy session::policy(const std::optional<stages::record_policy>& own) {
  stages::record_policy chosen = own.value_or(on_error);
  would_stop = would_stop || chosen.action == stages::bad_record::stop;
  if (bad_records_only_counted) return {stages::bad_record::skip, {}};
  if (chosen.action == stages::bad_record::dead_letter) {
    dead_letters.push_back(chosen.path);
    check_letters();
  }
  return chosen;
}

void session::replays(const std::string& path) {
  replayed_.push_back(path);
  check_letters();
}

void session::check_letters() const {
  for (const std::string& from : replayed_)
    for (const std::string& to : dead_letters)
      if (same_file(from, to))
        throw bad_value(
            fmt::format("{} is read and would be written at the same time: name another file", in_quotes(to)));
}

void start_session(session& of, const options& with, const std::string& pipeline) {
  of.results.clear();
  of.dead_letters.clear();
  of.replayed_.clear();
  of.would_stop = false;
  of.bad_records_only_counted = with.what == action::check;
  of.on_error = with.on_error;
  of.keep_every = std::chrono::ceil<std::chrono::milliseconds>(with.checkpoint_every);
  const bool runs = with.what == action::run || with.what == action::replay; // else nothing is to be touched
  of.checkpointed = runs && !with.checkpoint.empty();
#if WEIR_STAGES_RECORD
  std::optional<double> max_bad;
  if (with.max_bad && with.what != action::check) max_bad = with.max_bad->share;
  of.ledger = std::make_shared<stages::record_ledger>(max_bad);
#endif
#if WEIR_STAGES_JOURNAL
  stages::journal_options options{.job = stages::job_of(job_text(pipeline))};
  if (!with.job.empty()) options.job = with.job;
  if (of.checkpointed) options.checkpoint = with.checkpoint;
  options.every = of.keep_every;
  options.tell = [](const std::string& notice) { complain(notice); };
  if (of.ledger) options.before_positions = [ledger = of.ledger] { ledger->make_durable(); };
  of.journal = stages::make_journal(std::move(options));
#else
  if (of.checkpointed) throw std::runtime_error("--checkpoint: this weir was built without xxHash");
#endif
  if (of.ledger && of.journal)
    of.ledger->name_sources([all = std::weak_ptr(of.journal)](std::uint32_t source) {
      const auto sources = all.lock(); // weak: the journal keeps the ledger
      return sources ? sources->path_of(source) : std::string();
    });
}

} // namespace weir::command
