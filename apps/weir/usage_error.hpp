// What the user typed, where in it something stands, and the error that points there.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::command {

/// A text the user wrote, and what messages call it ("pipeline", a file's name; empty: not named at all).
struct source_text {
  std::string name;
  std::string text;
};

/// A piece of a source text: bytes [offset, offset + length). Without a source it is nowhere and has no
/// picture.
struct place {
  std::shared_ptr<const source_text> source;
  std::size_t offset = 0;
  std::size_t length = 0;

  /// From 1, counted in lines and in characters of the line.
  [[nodiscard]] std::size_t line() const;
  [[nodiscard]] std::size_t column() const;

  /// "pipeline:1:8", or "" when the place has no source or the source has no name.
  [[nodiscard]] std::string name() const;

  /// The line the place stands on and, below it, carets under the place; a long line is cut around it.
  [[nodiscard]] std::string picture() const;
};

/// The user asked for something that weir does not understand. The program exits with 2.
/// what() is the whole message: place, reason, picture; several lines, without a newline at the end. Passwords are hidden.
class usage_error : public std::runtime_error {
 public:
  explicit usage_error(std::string_view reason, place where = {});

  /// The reason alone, without place and picture.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  [[nodiscard]] const place& where() const noexcept { return where_; }

 private:
  std::string reason_;
  place where_;
};

} // namespace weir::command
