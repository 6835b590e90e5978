// What a run's stages share, made ready for one run.
#pragma once

#include "apps/weir/options.hpp"
#include "apps/weir/session.hpp"

#include <string>

namespace weir::command {

/// A new ledger and a new journal, as the options say, and nothing left of the run before. `pipeline` is its text: it names
/// the job, without its passwords. Throws what making the journal throws.
void start_session(session& of, const options& with, const std::string& pipeline);

} // namespace weir::command
