#pragma once

#include <string>

#include "stages/db/copy_batch.hpp"
#include "stages/db/postgres_connection.hpp"
#include "stages/db/row_intake.hpp"

namespace weir::stages {

/// Stores the rows of the batch but for those that the server refuses, which go to the intake's policy and are marked as
/// refused: pieces that shrink around a guilty row and grow behind it, so that neither one among many good rows nor many in a
/// row cost more than a few times their sending. In a transaction; `copy` is the statement.
void copy_in_pieces(postgres_connection& server, const std::string& copy, copy_batch& batch, row_intake& intake);

} // namespace weir::stages
