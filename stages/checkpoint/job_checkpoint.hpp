#pragma once
// job_checkpoint: the checkpoint of one job: what an earlier run left in its file, and when this one writes it anew.

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/checkpoint/checkpoint_file.hpp"

namespace weir::stages {

/// Any thread.
class job_checkpoint {
 public:
  /// Throws as checkpoint_file and its load() do, and bad_checkpoint where the file is of another job. It is written `every` so
  /// often at most.
  job_checkpoint(std::string path, std::string job, std::chrono::milliseconds every);

  /// What the earlier run left of each sink.
  [[nodiscard]] const std::vector<sink_checkpoint>& earlier() const noexcept { return earlier_; }
  /// Of one of them; null: nothing.
  [[nodiscard]] const sink_checkpoint* earlier(std::string_view sink) const;

  /// Writes what `collect` gives, if anything; `now`: also when it was written a moment ago. Writes stand in the order of their
  /// collects. Throws io_error: what was collected has to come again.
  void write(bool now, const std::function<std::optional<std::vector<sink_checkpoint>>()>& collect);

 private:
  using clock = std::chrono::steady_clock;

  checkpoint_file file_;
  std::string job_;
  std::chrono::milliseconds every_;
  std::vector<sink_checkpoint> earlier_;
  std::mutex writing_;
  clock::time_point written_{};
};

} // namespace weir::stages
