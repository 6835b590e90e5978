#include "apps/weir/job_text.hpp"

#include "apps/weir/secrets.hpp"
#include "apps/weir/tokens.hpp"

#include <cstddef>
#include <memory>

namespace weir::command {

namespace {

/// "password='*'" is "password=*": whether quotes are needed depends on the password.
std::string marked(const std::string& address) {
  constexpr std::string_view k_quoted_mark = "'*'";
  std::string text = with_marks(address);
  for (std::size_t at = 0; (at = text.find(k_quoted_mark, at)) != std::string::npos; ++at) {
    text.erase(at + 2, 1);
    text.erase(at, 1);
  }
  return text;
}

} // namespace

// Of postgres alone: what only looks like a password elsewhere, in an expression for one, makes another job.
std::string job_text(const std::string& pipeline) {
  std::string text;
  std::size_t told = 0;
  bool stage_begins = true;
  bool database = false;
  for (const token& each : tokens_of(std::make_shared<source_text>(source_text{"", pipeline}))) {
    const word& at = each.what;
    if (each.kind != token_kind::word) {
      stage_begins = true;
    } else if (stage_begins) {
      database = at.text == "postgres";
      stage_begins = false;
    } else if (database && without_secrets(at.text) != at.text) {
      text.append(pipeline, told, at.where.offset - told).append(marked(at.text));
      told = at.where.offset + at.where.length;
    }
  }
  return text.append(pipeline, told);
}

} // namespace weir::command
