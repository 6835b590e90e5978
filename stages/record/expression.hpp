#pragma once
// predicate: a compiled expression of `where`. docs/expressions.md has the language.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stages/record/bad_expression.hpp"
#include "stages/record/cell.hpp"
#include "stages/record/record_reader.hpp"
#include "stages/text/regex.hpp"

namespace weir::stages {

struct expression_program; // expression_program.hpp

/// One thread at a time: make a copy for each. Copies share all but the regular expressions, which are compiled again.
class predicate {
 public:
  enum class truth : std::uint8_t { no, yes, wrong_type };

  /// With wrong_type it tells which comparison failed for good, and on what; message() has the words.
  struct verdict {
    truth is = truth::no;
    cell_kind found = cell_kind::missing; ///< what the field holds
    cell_kind other = cell_kind::missing; ///< what it was compared with
    std::uint16_t field = 0xffff;         ///< index into fields()
    std::uint16_t test = 0;               ///< which comparison of the expression
  };

  /// Throws bad_expression.
  explicit predicate(std::string_view text);
  predicate(const predicate& other);
  predicate& operator=(const predicate& other);
  predicate(predicate&&) noexcept;
  predicate& operator=(predicate&&) noexcept;
  ~predicate();

  /// What it looks at, each once, in the order written: reader_options::wanted.
  [[nodiscard]] std::span<const field_path> fields() const noexcept;

  /// `cells`: as many as fields(). Tests in the order written, as far as the answer needs them. Allocates nothing, but for
  /// what RE2 keeps of its work, up to context_bytes().
  [[nodiscard]] verdict evaluate(std::span<const cell> cells) const { return evaluate(cells.data(), nullptr); }

  /// The same where the cells of several stages stand together: field i is cells[slots[i]].
  [[nodiscard]] verdict evaluate(std::span<const cell> cells, std::span<const std::uint16_t> slots) const {
    return evaluate(cells.data(), slots.data());
  }

  /// Of a verdict of wrong_type: "field 'status' is a string, compared with a number".
  [[nodiscard]] std::string message(const verdict& what) const;

  /// Upper bound, in bytes, of what its regular expressions may come to hold.
  [[nodiscard]] std::size_t context_bytes() const noexcept;

 private:
  [[nodiscard]] verdict evaluate(const cell* cells, const std::uint16_t* slots) const;

  std::shared_ptr<const expression_program> program_;
  std::vector<regex> regexes_;
};

} // namespace weir::stages
