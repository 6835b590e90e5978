// The program's own command line, and the pipeline it names.
#pragma once

#include "apps/weir/pipeline_text.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weir::command {

enum class action { run, explain, list_stages, stage_help, version };

enum class progress_mode { automatic, always, never };

enum class plan_form { text, dot, mermaid };

struct options {
  action what = action::run;
  std::string pipeline; // its text; empty when it stands in a file
  std::string file;     // "-" is stdin
  word stage;           // of stage_help

  std::uint64_t memory_bytes = std::uint64_t{256} << 20;
  std::uint64_t block_bytes = std::uint64_t{256} << 10;
  unsigned threads = 0; // 0: one for each core
  plan_form explained_as = plan_form::text;
  progress_mode progress = progress_mode::automatic;
  std::string report; // empty: none
  bool quiet = false;
};

/// Reads the words after the program's name. Throws usage_error, help_request for --help and `weir help`.
[[nodiscard]] options parse_options(std::span<const word> given);

/// Takes the options' pipeline apart, reading its file if it stands in one. Throws usage_error with the
/// place, and std::runtime_error with file and reason when the file cannot be read.
[[nodiscard]] std::vector<stage_text> load_pipeline(const options& from);

} // namespace weir::command
