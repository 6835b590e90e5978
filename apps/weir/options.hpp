// The program's own command line, and the pipeline it names.
#pragma once

#include "apps/weir/pipeline_text.hpp"
#include "apps/weir/policy_words.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir::command {

enum class action { run, explain, check, replay, list_stages, stage_help, version };

enum class progress_mode { automatic, always, never };

enum class plan_form { text, dot, mermaid };

struct options {
  action what = action::run;
  std::string pipeline;        // its text; empty when it stands in a file
  std::string file;            // "-" is stdin
  word stage;                  // of stage_help
  word letters;                // of replay: the file of dead letters
  std::uint64_t sample = 1000; // of check: records

  std::uint64_t memory_bytes = std::uint64_t{256} << 20;
  std::uint64_t block_bytes = std::uint64_t{256} << 10;
  unsigned threads = 0; // 0: one for each core
  plan_form explained_as = plan_form::text;
  progress_mode progress = progress_mode::automatic;
  std::string report;               // empty: none
  stages::record_policy on_error;   // of stages that have none of their own
  std::optional<bad_share> max_bad; // none: no limit
  std::string checkpoint;           // the file; empty: none
  std::chrono::nanoseconds checkpoint_every = std::chrono::seconds(1);
  std::string job; // empty: named by the pipeline's text
  std::chrono::nanoseconds drain_timeout = std::chrono::seconds(30);
  bool quiet = false;
};

/// Reads the words after the program's name. Throws usage_error, help_request for --help and `weir help`.
[[nodiscard]] options parse_options(std::span<const word> given);

/// Takes the options' pipeline apart, reading its file if it stands in one. Throws usage_error with the
/// place, and std::runtime_error with file and reason when the file cannot be read.
[[nodiscard]] std::vector<stage_text> load_pipeline(const options& from);

} // namespace weir::command
