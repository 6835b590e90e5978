// The stages that work on lines against a plain split: any bytes, several sources, cut into blocks anywhere, any schedule.

#include "stages/text/text_stages.hpp"
#include "tests/fuzz/fuzz_target.hpp"

#include <weir/weir.hpp>

#include <algorithm>
#include <random>
#include <vector>

namespace {

using namespace weir;
using fuzz::found;
using fuzz::must;

/// Makes blocks of several texts, one source after the other.
class cut_source {
 public:
  cut_source(std::vector<std::string> texts, std::uint64_t seed, std::size_t longest)
      : texts_(std::move(texts)), random_(seed), longest_(longest) {}
  void start(stage_context& context) { context_ = &context; }
  stage_needs needs() const { return {.blocks = 4, .takes_rest = true}; }
  step process(outlet<block>& out) {
    while (text_ < texts_.size() && at_ == texts_[text_].size()) {
      ++text_;
      at_ = 0;
    }
    if (text_ == texts_.size()) { return step::done; }
    block made = context_->blocks().try_take();
    if (!made) { return step::memory; }
    const std::string& text = texts_[text_];
    const std::size_t size = random_() % 16 == 0 // an empty block says nothing
                                 ? 0
                                 : 1 + random_() % std::min({text.size() - at_, made.capacity(), longest_});
    std::copy_n(text.data() + at_, size, reinterpret_cast<char*>(made.data()));
    made.resize(size);
    made.position(at_);
    if (!out.try_push(std::move(made))) { return step::room; }
    at_ += size;
    return step::more;
  }

 private:
  std::vector<std::string> texts_;
  std::mt19937_64 random_;
  std::size_t longest_;
  std::size_t text_ = 0;
  std::size_t at_ = 0;
  stage_context* context_ = nullptr;
};

struct keeping_sink {
  std::vector<std::string>* to;
  step process(inlet<block>& in) {
    must(in.front().whole_records(), "a block that does not say that its lines are whole");
    to->emplace_back(in.front().text());
    in.release(1);
    return step::more;
  }
};

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

/// Bytes from 0xf0 stand for long runs of a letter, those below for themselves, 0xef for the end of a source.
std::vector<std::string> texts_of(std::string_view bytes) {
  constexpr std::size_t k_most = 100'000;
  std::vector<std::string> texts(1);
  std::size_t total = 0;
  for (const char c : bytes) {
    const auto b = static_cast<unsigned char>(c);
    const std::size_t n = b < 0xf0 ? 1 : std::size_t{1} << (b & 0xf);
    if (b == 0xef) {
      texts.emplace_back();
    } else if ((total += n) <= k_most) {
      texts.back().append(n, b < 0xf0 ? c : 'y');
    }
  }
  return texts;
}

/// What the lines of these sources are: the open line of all but the last one that has any gets its LF.
std::vector<std::string> lines_of(const std::vector<std::string>& texts) {
  std::string whole;
  for (const std::string& text : texts) {
    if (!text.empty() && !whole.empty() && whole.back() != '\n') { whole += '\n'; }
    whole += text;
  }
  return split(whole);
}

std::string shown(const std::string& line) { return line.substr(0, 60) + (line.size() > 60 ? "…" : ""); }

void compare(const std::vector<std::string>& blocks, const std::vector<std::string>& wanted) {
  std::vector<std::string> got;
  for (const std::string& b : blocks) {
    must(!b.empty(), "an empty block");
    for (std::string& line : split(b)) { got.push_back(std::move(line)); }
  }
  for (std::size_t i = 0; i < std::min(got.size(), wanted.size()); ++i) {
    if (got[i] != wanted[i]) {
      found("line " + std::to_string(i) + " is '" + shown(got[i]) + "' instead of '" + shown(wanted[i]) + "'");
    }
  }
  must(got.size() == wanted.size(), std::to_string(got.size()) + " lines instead of " + std::to_string(wanted.size()));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::choices from(data, size);
  const unsigned what = from.below(5);
  const std::uint64_t seed = from.byte();
  const std::size_t block_size = std::size_t{16} << (10 + from.below(3));
  const std::size_t longest = std::size_t{1} << from.below(16);
  const std::uint64_t number = from.below(20);
  std::string pattern;
  for (unsigned i = from.below(3); i > 0; --i) { pattern += static_cast<char>(from.byte()); }

  const std::vector<std::string> texts = texts_of(from.rest());
  std::vector<std::string> wanted = lines_of(texts);
  // A long text in very short blocks takes long and shows nothing that a short one does not.
  std::size_t total = 0;
  for (const std::string& text : texts) { total += text.size(); }
  const std::size_t longest_here = std::max(longest, total / 256);
  const auto cut = [&] { return stage("cut", cut_source(texts, seed, longest_here)); };
  std::vector<std::string> blocks;
  const auto keep = [&] { return stage("keep", keeping_sink{&blocks}); };
  const run_options options{.memory = 8u << 20, .block_size = block_size};
  const auto run_it = [&](const plan& p) { (void)p.run(deterministic{seed}, options); };
  const auto without = [&](auto leave_out) { std::erase_if(wanted, leave_out); };

  switch (what) {
  case 0:
    run_it(cut() | stages::lines() | keep());
    break;
  case 1:
    run_it(cut() | stages::lines() | stages::end_last_line() | keep());
    if (!wanted.empty() && wanted.back().back() != '\n') { wanted.back() += '\n'; }
    break;
  case 2:
    run_it(cut() | stages::lines() | stages::head(number) | keep());
    wanted.resize(std::min<std::size_t>(wanted.size(), number));
    break;
  case 3: {
    const bool invert = number % 2 == 1;
    if (pattern.find('\n') != std::string::npos || pattern.empty()) { pattern = "y"; }
    run_it(cut() | stages::lines() | stages::grep({.pattern = pattern, .fixed = true, .invert = invert}) | keep());
    without([&](const std::string& line) { return (line.find(pattern) != std::string::npos) == invert; });
    break;
  }
  default: {
    stages::counts told;
    run_it(cut() | stages::lines() | stages::count([&](stages::counts c) { told = c; }));
    std::uint64_t bytes = 0;
    for (const std::string& line : wanted) { bytes += line.size(); }
    must(told.records == wanted.size() && told.bytes == bytes,
         std::to_string(told.records) + " lines and " + std::to_string(told.bytes) + " bytes counted of " +
             std::to_string(wanted.size()) + " and " + std::to_string(bytes));
    return 0;
  }
  }
  compare(blocks, wanted);
  return 0;
}
