#pragma once
// letter_origins: a record that is replayed from a dead letter and is bad again is told with the place that it first came from.

#include <weir/block.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "stages/file/descriptor.hpp"
#include "stages/record/letter_unwrapper.hpp"
#include "stages/record/record_policy.hpp"

namespace weir::stages {

/// One thread at a time.
class letter_origins {
 public:
  /// What it keeps in memory as a rule: more only for longer letters.
  static constexpr std::size_t k_bytes = std::size_t{1} << 20;

  explicit letter_origins(std::string path);

  /// Of a record that came from this file of letters, at the byte where its block began: its file, line and byte as the letter has
  /// them, and one attempt more. Others, and those that were changed on the way, stay as they are.
  void retell(bad_record_report& bad);

 private:
  [[nodiscard]] std::optional<std::uint64_t> find(bad_record_report& bad, std::uint64_t from);
  [[nodiscard]] std::optional<std::uint64_t> find_in(const block& letters, bad_record_report& bad, std::uint64_t from);
  [[nodiscard]] block read_at(std::uint64_t offset);

  std::string path_;
  descriptor file_;
  block_pool pool_;
  letter_reader reader_;
  block window_; // whole letters of the file: those of a block stand together, and one read serves many
  std::uint64_t window_at_ = 0;
  std::uint64_t block_ = 0; // of the letter found last
  std::uint64_t next_ = 0;  // behind it: records of a block are told in order
};

} // namespace weir::stages
