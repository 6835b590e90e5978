#pragma once

#include <stdexcept>

namespace weir::stages {

/// What a database could not do, and why: "errors.db: database is locked (waited 30 s)". No password stands in it.
class database_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

} // namespace weir::stages
