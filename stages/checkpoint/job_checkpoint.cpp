#include "stages/checkpoint/job_checkpoint.hpp"

#include <algorithm>
#include <utility>

namespace weir::stages {

job_checkpoint::job_checkpoint(std::string path, std::string job, std::chrono::milliseconds every)
    : file_(std::move(path)), job_(std::move(job)), every_(every) {
  std::optional<checkpoint> known = file_.load();
  if (!known) return;
  if (known->job != job_)
    throw bad_checkpoint("checkpoint " + file_.path() + ": it is of the job " + known->job + ", not of " + job_ +
                         ": another pipeline wrote it; --job " + known->job + " goes on with it all the same");
  earlier_ = std::move(known->sinks);
}

const sink_checkpoint* job_checkpoint::earlier(std::string_view sink) const {
  const auto same = std::ranges::find(earlier_, sink, &sink_checkpoint::name);
  return same == earlier_.end() ? nullptr : &*same;
}

void job_checkpoint::write(bool now, const std::function<std::optional<std::vector<sink_checkpoint>>()>& collect) {
  const std::lock_guard in_order(writing_);
  if (!now && clock::now() - written_ < every_) return;
  std::optional<std::vector<sink_checkpoint>> sinks = collect();
  if (!sinks) return;
  file_.store({job_, std::move(*sinks)});
  written_ = clock::now();
}

} // namespace weir::stages
