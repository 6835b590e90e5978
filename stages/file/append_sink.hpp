#pragma once

#include "stages/file/file_stages.hpp"

namespace weir::stages {

/// What write() makes where `append` is asked for.
pipe<block, void> append(write_options options);

} // namespace weir::stages
