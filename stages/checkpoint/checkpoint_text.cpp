#include "stages/checkpoint/checkpoint_text.hpp"

#include <charconv>
#include <cstddef>
#include <utility>

#include "stages/checkpoint/hash.hpp"

namespace weir::stages {
namespace {

constexpr std::string_view k_first_line = "weir checkpoint 1";
constexpr std::string_view k_hex = "0123456789abcdef";

bool plain(char c) { return static_cast<unsigned char>(c) > ' ' && c != '%' && c != '\x7f'; }

void append_word(std::string& to, std::string_view word) {
  for (const char c : word) {
    if (plain(c)) {
      to.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    to.push_back('%');
    to.push_back(k_hex[byte >> 4]);
    to.push_back(k_hex[byte & 15]);
  }
}

void append_position(std::string& to, const saved_position& at) {
  to += "at";
  for (const std::uint64_t n : {at.source.device, at.source.inode, at.position, at.head_bytes})
    to.append(" ").append(std::to_string(n));
  to.append(" ").append(in_hex(at.head_hash)).append(" ").append(std::to_string(at.tail_end));
  to.append(" ").append(in_hex(at.tail_hash)).append(" ").append(std::to_string(at.records));
  to += at.finished ? " ended " : " open ";
  append_word(to, at.source.path);
  to += '\n';
}

/// Reads what append_… wrote, and nothing else.
class checkpoint_parser {
 public:
  explicit checkpoint_parser(std::string_view text) : all_(text), left_(text) {}

  checkpoint parse() {
    check_whole();
    checkpoint result;
    next_line();
    if (line_ != k_first_line) fail("it does not begin with '" + std::string(k_first_line) + "'");
    next_line();
    expect("job");
    result.job = text_word();
    expect_end_of_line();
    for (next_line(); !line_.starts_with("end "); next_line()) read_line(result);
    if (!left_.empty()) fail("there is more behind the last line");
    return result;
  }

 private:
  void read_line(checkpoint& into) {
    const std::string_view what = word();
    if (what == "sink") {
      sink_checkpoint& sink = into.sinks.emplace_back();
      sink.name = text_word();
      if (const std::string_view mark = word(); mark != "-") sink.mark = number_in(mark);
    } else if (what == "at" && !into.sinks.empty()) {
      into.sinks.back().positions.push_back(position());
    } else {
      fail("neither 'sink' nor 'at' of one");
    }
    expect_end_of_line();
  }

  saved_position position() {
    saved_position at;
    for (std::uint64_t* n : {&at.source.device, &at.source.inode, &at.position, &at.head_bytes}) *n = number_in(word());
    at.head_hash = hash_in(word());
    at.tail_end = number_in(word());
    at.tail_hash = hash_in(word());
    at.records = number_in(word());
    const std::string_view state = word();
    if (state != "open" && state != "ended") fail("neither 'open' nor 'ended'");
    at.finished = state == "ended";
    at.source.path = text_word();
    return at;
  }

  /// The last line holds the hash of all others: a file that was cut or changed is told at once.
  void check_whole() {
    const std::size_t last = all_.size() < 2 ? 0 : all_.rfind('\n', all_.size() - 2) + 1;
    std::string wanted = "end ";
    wanted.append(in_hex(hash_of(all_.substr(0, last)))).append("\n");
    if (all_.substr(last) != wanted) throw bad_checkpoint("it is not whole: it was cut or changed");
  }

  void next_line() {
    const std::size_t end = left_.find('\n');
    ++number_;
    if (end == std::string_view::npos) fail("a line is missing");
    line_ = left_.substr(0, end);
    left_.remove_prefix(end + 1);
    rest_ = line_;
  }
  std::string_view word() {
    const std::string_view found = rest_.substr(0, rest_.find(' '));
    if (found.empty()) fail("a word is missing");
    rest_.remove_prefix(found.size());
    if (!rest_.empty()) {
      rest_.remove_prefix(1);
      if (rest_.empty()) fail("a space at its end");
    }
    return found;
  }
  void expect(std::string_view wanted) {
    if (word() != wanted) fail("no '" + std::string(wanted) + "'");
  }
  void expect_end_of_line() {
    if (!rest_.empty()) fail("a word too many");
  }

  std::uint64_t number_in(std::string_view digits) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool zero_in_front = digits.size() > 1 && digits.front() == '0';
    if (error != std::errc{} || end != digits.data() + digits.size() || zero_in_front) fail("no number");
    return value;
  }
  std::uint64_t hash_in(std::string_view digits) {
    std::uint64_t value = 0;
    for (const char c : digits) value = value << 4 | hex_digit(c);
    if (digits.size() != 16) fail("no hash of 16 digits");
    return value;
  }
  std::uint64_t hex_digit(char c) {
    const std::size_t at = k_hex.find(c);
    if (at == std::string_view::npos) fail("no hexadecimal digit");
    return at;
  }

  /// A name or a path, which is never empty.
  std::string text_word() {
    const std::string_view written = word();
    std::string text;
    for (std::size_t i = 0; i < written.size(); ++i) {
      if (written[i] != '%') {
        if (!plain(written[i])) fail("a byte that has to be written as %xx");
        text.push_back(written[i]);
        continue;
      }
      if (i + 2 >= written.size()) fail("a % without two digits");
      const auto byte = static_cast<char>(hex_digit(written[i + 1]) << 4 | hex_digit(written[i + 2]));
      if (plain(byte)) fail("a byte written as %xx that need not be");
      text.push_back(byte);
      i += 2;
    }
    return text;
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw bad_checkpoint("line " + std::to_string(number_) + ": " + why);
  }

  std::string_view all_;
  std::string_view left_; ///< behind the line at hand
  std::string_view line_;
  std::string_view rest_; ///< of the line at hand
  std::size_t number_ = 0;
};

} // namespace

std::string text_of(const checkpoint& what) {
  std::string text(k_first_line);
  text += "\njob ";
  append_word(text, what.job);
  text += '\n';
  for (const sink_checkpoint& sink : what.sinks) {
    text += "sink ";
    append_word(text, sink.name);
    text.append(" ").append(sink.mark ? std::to_string(*sink.mark) : "-").append("\n");
    for (const saved_position& at : sink.positions) append_position(text, at);
  }
  const std::uint64_t hash = hash_of(text);
  return text.append("end ").append(in_hex(hash)).append("\n");
}

checkpoint parse_checkpoint(std::string_view text) { return checkpoint_parser(text).parse(); }

} // namespace weir::stages
