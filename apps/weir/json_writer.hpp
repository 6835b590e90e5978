// A small JSON writer: the text is valid JSON for every value it is given, or the caller broke the nesting
// (asserted).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::command {

/// Writes one JSON value, indented by two spaces, member by member. Strings may hold any bytes: what is not
/// valid UTF-8 becomes U+FFFD. A number that JSON cannot say (infinite, not a number) becomes null.
class json_writer {
 public:
  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }

  /// The name of the next member of the object.
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); } // or it would count as a bool
  void value(std::uint64_t number);
  void value(double number);
  void value(bool truth);
  void null();

  /// A member in one call.
  template <class Value>
  void member(std::string_view name, const Value& of) {
    key(name);
    value(of);
  }

  /// The text so far, with a newline after a complete value.
  [[nodiscard]] std::string finish() &&;

 private:
  std::string out_;
  std::vector<bool> has_members_; // of each object or array that is open
  bool after_key_ = false;

  void begin(char bracket);
  void end(char bracket);
  void separate();
  void write_string(std::string_view text);
};

} // namespace weir::command
