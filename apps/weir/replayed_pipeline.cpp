#include "apps/weir/replayed_pipeline.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace weir::command {

namespace {

constexpr const char* k_letters = "letters";

void refuse_headers(std::span<const stage_text> pipeline) {
  for (const stage_text& each : pipeline) {
    const bool names_columns = std::ranges::any_of(
        each.arguments, [](const word& argument) { return argument.text.starts_with("--columns"); });
    if (each.name.text == "csv" && !names_columns)
      throw usage_error("dead letters have no header: name the fields with csv --columns", each.name.where);
    for (const branch_text& branch : each.branches) refuse_headers(branch.stages);
  }
}

/// Columns of letters are no longer the records that a select takes its fields from.
bool selects(std::span<const stage_text> pipeline) {
  return std::ranges::any_of(pipeline, [](const stage_text& each) {
    return each.name.text == "select" ||
           std::ranges::any_of(each.branches, [](const branch_text& branch) { return selects(branch.stages); });
  });
}

} // namespace

std::vector<stage_text> replayed(std::vector<stage_text> pipeline, const word& letters, const stage_registry& known) {
  refuse_headers(pipeline);
  stage_text source{{k_letters, k_letters, false, letters.where}, {letters}, {}};
  if (selects(pipeline))
    source.arguments.insert(source.arguments.begin(), word{"--no-columns", "--no-columns", false, letters.where});
  if (known.at(pipeline.front().name, false).kind() == stage_kind::source) {
    pipeline.front() = source;
  } else {
    pipeline.insert(pipeline.begin(), source);
  }
  return pipeline;
}

bool same_file(const std::string& one, const std::string& other) {
  std::error_code none;
  return std::filesystem::equivalent(one, other, none);
}

} // namespace weir::command
