#include "apps/weir/command.hpp"

#include "apps/weir/builtin_stages.hpp"
#include "apps/weir/check_command.hpp"
#include "apps/weir/exit_code.hpp"
#include "apps/weir/failure.hpp"
#include "apps/weir/options.hpp"
#include "apps/weir/prepared_pipeline.hpp"
#include "apps/weir/replayed_pipeline.hpp"
#include "apps/weir/resume.hpp"
#include "apps/weir/run_command.hpp"
#include "apps/weir/sampled_pipeline.hpp"
#include "apps/weir/secrets.hpp"
#include "apps/weir/session_start.hpp"
#include "apps/weir/stress_command.hpp"
#include "apps/weir/terminal.hpp"

#include <weir/version.hpp>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace weir::command {

namespace {

/// `weir grep --help`: the help of a stage, where the words say no more than that.
const stage_entry* stage_asked_about(std::span<const word> given, const stage_registry& stages) {
  if (given.size() != 2) return nullptr;
  if (given[1].text == "--help" || given[1].text == "-h") return stages.find(given[0].text);
  return given[0].text == "help" ? &stages.at(given[1]) : nullptr;
}

/// The sinks of a pipeline and of all that stands in its braces.
std::vector<const stage_text*> sinks_of(std::span<const stage_text> pipeline, const stage_registry& known,
                                        bool has_input = false) {
  std::vector<const stage_text*> sinks;
  for (const stage_text& each : pipeline) {
    const bool is_sink = known.at(each.name, has_input).kind() == stage_kind::sink;
    if (each.branches.empty() && is_sink) sinks.push_back(&each);
    for (const branch_text& branch : each.branches)
      std::ranges::copy(sinks_of(branch.stages, known, is_sink), std::back_inserter(sinks));
    has_input = true;
  }
  return sinks;
}

/// Whether a sink's own output appears on the terminal, where the live line would cut it in pieces.
bool shows_its_output(const stage_text& sink) {
  return standard_output_is_terminal() && std::ranges::find(sink.arguments, "-", &word::text) != sink.arguments.end();
}

} // namespace

command::command() { add_builtin_stages(stages_, session_); }

int command::main(int argc, const char* const* argv) noexcept {
  occupy_standard_streams();
  try {
    const std::span<const char* const> all(argv, static_cast<std::size_t>(std::max(argc, 0)));
    const std::vector<word> given = words_of_command_line(all.subspan(std::min<std::size_t>(1, all.size())));
    if (argc > 0 && argv[0] == program_invocation_name) hide_secrets(argc, argv); // these are the process's own words
    return carry_out(given);
  } catch (const help_request& help) { return print_or_fail(help.what()); } catch (const usage_error& error) {
    complain(error);
    return k_exit_usage;
  } catch (const missing_input& error) {
    complain(error.what());
    return k_exit_no_input;
  } catch (const std::exception& error) {
    complain(error.what());
    return k_exit_failure;
  }
}

int command::carry_out(std::span<const word> given) {
  if (const stage_entry* stage = stage_asked_about(given, stages_)) return print_or_fail(stages_.help(stage->name));
  if (!given.empty() && given[0].text == "stress")
    return stress_command(parse_stress_options(given[0], given.subspan(1)));
  const options with = parse_options(given);
  switch (with.what) {
  case action::version:
    return print_or_fail("weir " WEIR_VERSION_TEXT "\n");
  case action::list_stages:
    return print_or_fail(stages_.list());
  case action::stage_help:
    return print_or_fail(stages_.help(stages_.at(with.stage).name));
  case action::explain:
  case action::check:
  case action::replay:
  case action::run:
    break;
  }
  return carry_out_pipeline(with);
}

namespace {

std::string explained(const plan& made, const options& with) {
  switch (with.explained_as) {
  case plan_form::dot:
    return to_dot(made.outline(with.threads));
  case plan_form::mermaid:
    return to_mermaid(made.outline(with.threads));
  case plan_form::text:
    break;
  }
  return made.explain(engine_options(with), with.threads);
}

std::string indented(const std::string& text) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += "  " + text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return out;
}

} // namespace

int command::carry_out_pipeline(const options& with) {
  std::vector<stage_text> pipeline = load_pipeline(with);
  const std::string text = pipeline.front().name.where.source->text;
  if (with.what == action::replay) pipeline = replayed(std::move(pipeline), with.letters, stages_);
  std::vector<prepared_stage> prepared = prepare(pipeline, stages_);
  start_session(session_, with, text);
  session_.first_lines = needs_first_lines(pipeline);
  const plan made = assemble(prepared);
  if (with.what == action::explain) return print_or_fail(explained(made, with));
  if (with.what == action::check) {
    const std::string found = "types\n" + types_of(prepared) + "plan\n" + indented(explained(made, with));
    return check_command({with, session_, std::move(prepared), found});
  }
  const std::vector<const stage_text*> sinks = sinks_of(pipeline, stages_);
  announce_sinks(session_, sinks);
  const bool hidden = std::ranges::none_of(sinks, [](const stage_text* sink) { return shows_its_output(*sink); });
  run_request request{made, with, session_, prepared};
  request.live_line = with.progress != progress_mode::automatic || hidden;
  request.one_sink = sinks.size() == 1;
  return run_command(request);
}

} // namespace weir::command
