#pragma once

#include <string>

namespace weir::command {

/// What a job's name is made of: the pipeline's text, but with one mark for a database's password, so that a new one is not
/// another job. The text is one that parse_pipeline() takes.
[[nodiscard]] std::string job_text(const std::string& pipeline);

} // namespace weir::command
