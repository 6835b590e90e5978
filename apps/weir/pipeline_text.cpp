#include "apps/weir/pipeline_text.hpp"

#include "apps/weir/tokens.hpp"
#include "apps/weir/utf8.hpp"

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace weir::command {

namespace {

/// Far more than anyone writes, and far less than the stack holds.
constexpr std::size_t k_deepest_braces = 64;

constexpr std::string_view k_brace_rule = "a brace has blanks around it, or is quoted where it is text";

/// The words from `begin` to the end of `end`, as one place.
place from_to(const place& begin, const place& end) {
  return {begin.source, begin.offset, end.offset + end.length - begin.offset};
}

/// Goes through the tokens from left to right. Whoever takes a pipeline leaves the bracket or the end behind it.
class grammar {
 public:
  explicit grammar(std::vector<token> tokens) : tokens_(std::move(tokens)) {}

  std::vector<stage_text> whole_text() {
    std::vector<stage_text> stages = take_pipeline();
    if (now().kind == token_kind::close_brace) refuse_unopened();
    return stages;
  }

  [[nodiscard]] bool is_empty() const { return tokens_.size() == 1; }

 private:
  std::vector<token> tokens_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;

  [[nodiscard]] const token& now() const { return tokens_[at_]; }
  [[nodiscard]] const token* before() const { return at_ == 0 ? nullptr : &tokens_[at_ - 1]; }

  std::vector<stage_text> take_pipeline() {
    std::vector<stage_text> stages;
    stages.push_back(take_stage());
    while (now().kind == token_kind::bar) {
      ++at_;
      stages.push_back(take_stage());
    }
    return stages;
  }

  stage_text take_stage() {
    if (now().kind != token_kind::word) refuse_missing_stage();
    stage_text stage{std::move(tokens_[at_++].what), {}, {}};
    while (now().kind == token_kind::word) stage.arguments.push_back(std::move(tokens_[at_++].what));
    while (now().kind == token_kind::open_brace) stage.branches.push_back(take_branch());
    if (now().kind == token_kind::word)
      throw usage_error(fmt::format("a '|' must stand between a '}}' and {}", in_quotes(now().what.text)),
                        now().what.where);
    return stage;
  }

  branch_text take_branch() {
    const place open = now().what.where;
    if (++depth_ > k_deepest_braces)
      throw usage_error(fmt::format("braces nest deeper than {} here", k_deepest_braces), open);
    ++at_;
    if (now().kind == token_kind::close_brace)
      throw usage_error("there is no stage in these braces", from_to(open, now().what.where));
    if (now().kind == token_kind::end) refuse_unclosed(open);
    branch_text branch{open, take_pipeline()};
    if (now().kind == token_kind::end) refuse_unclosed(open);
    ++at_;
    --depth_;
    return branch;
  }

  [[noreturn]] static void refuse_unclosed(const place& open) {
    throw usage_error(fmt::format("this '{{' is never closed; {}", k_brace_rule), open);
  }
  [[noreturn]] void refuse_unopened() const {
    throw usage_error(fmt::format("there is no '{{' before this '}}'; {}", k_brace_rule), now().what.where);
  }

  [[noreturn]] void refuse_missing_stage() const {
    const place& here = now().what.where;
    const bool after_bar = before() != nullptr && before()->kind == token_kind::bar;
    const bool after_brace = before() != nullptr && before()->kind == token_kind::open_brace;
    switch (now().kind) {
    case token_kind::bar:
      throw usage_error(after_bar     ? "there is no stage between the '|' before and this one"
                        : after_brace ? "there is no stage between the '{' and this '|'"
                                      : "there is no stage before this '|'",
                        here);
    case token_kind::open_brace:
      throw usage_error("there is no stage before this '{'; braces stand behind tee, merge and concat", here);
    case token_kind::close_brace:
      if (!after_bar) refuse_unopened();
      break;
    default:
      break;
    }
    throw usage_error("a stage must follow this '|'", before()->what.where);
  }
};

} // namespace

std::vector<stage_text> parse_pipeline(std::string text, std::string source_name) {
  const auto source = std::make_shared<const source_text>(source_text{std::move(source_name), std::move(text)});
  grammar parsed(tokens_of(source));
  if (parsed.is_empty())
    throw usage_error(
        fmt::format("{}: there is no stage; write for example: read a.log | lines | count", source->name));
  return parsed.whole_text();
}

} // namespace weir::command
