#include "apps/weir/options.hpp"

#include "apps/weir/arguments.hpp"
#include "apps/weir/suggest.hpp"
#include "apps/weir/utf8.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr std::string_view k_usage =
    "weir [OPTIONS] 'PIPELINE'\n"
    "       weir [OPTIONS] -f FILE\n"
    "       weir explain 'PIPELINE'    prints the plan without running it\n"
    "       weir check 'PIPELINE'      tries it on its first records and writes nothing\n"
    "       weir replay FILE 'PIPELINE'\n"
    "                                  feeds a file of dead letters through it\n"
    "       weir stages [STAGE]        lists the stages, or shows one stage's help\n"
    "       weir stress [OPTIONS]      runs pipelines under load and verifies them";

constexpr std::string_view k_footer =
    "A pipeline is written as in a shell: stages between |, words in quotes where needed.\n"
    "  weir 'read access.ndjson.gz | lines | grep -F \" 500 \" | gzip | write errors.ndjson.gz'\n"
    "\n"
    "Exit status: 0 all is done; 1 the run failed, or its records do not balance; 2 the command makes no sense; 4 told "
    "to\n"
    "stop, and not all in flow was made durable in time; 65 bad records; 66 an input is missing; 69 a server was not\n"
    "reached or has gone; 128 + N ended by signal N.";

constexpr unsigned k_most_threads = 1024;
constexpr std::uint64_t k_least_block = std::uint64_t{16} << 10;
constexpr std::uint64_t k_largest_block = std::uint64_t{64} << 20;

struct thread_count {
  unsigned& value;
};

void from_word(const word& from, thread_count& to) {
  unsigned wanted = 0;
  from_word(from, wanted);
  if (wanted < 1 || wanted > k_most_threads)
    throw bad_value(fmt::format("{} is not between 1 and {}", in_quotes(from.text), k_most_threads));
  to.value = wanted;
}

struct block_size {
  std::uint64_t& value;
};

void from_word(const word& from, block_size& to) {
  const std::uint64_t wanted = parse_size(from.text);
  if (wanted < k_least_block || wanted > k_largest_block)
    throw bad_value(fmt::format("{} is not between {} and {}", in_quotes(from.text), format_size_option(k_least_block),
                                format_size_option(k_largest_block)));
  to.value = wanted;
}

/// The words without a dash say what to do; they come after the options were read.
void read_words(std::vector<word> words, options& into) {
  const auto take_first = [&words] { words.erase(words.begin()); };
  if (!words.empty() && words[0].text == "stages") {
    take_first();
    into.what = words.empty() ? action::list_stages : action::stage_help;
    if (words.size() > 1)
      throw usage_error(fmt::format("unexpected {}; 'weir stages' takes one name at most", in_quotes(words[1].text)),
                        words[1].where);
    if (!words.empty()) into.stage = words[0];
    return;
  }
  if (!words.empty() && words[0].text == "explain") {
    take_first();
    into.what = action::explain;
  } else if (!words.empty() && words[0].text == "check") {
    take_first();
    into.what = action::check;
  } else if (!words.empty() && words[0].text == "replay") {
    take_first();
    into.what = action::replay;
    if (words.empty()) throw usage_error("replay needs a file of dead letters, and a pipeline");
    into.letters = words[0];
    take_first();
  }
  if (words.empty() && into.file.empty()) throw usage_error(fmt::format("there is no pipeline\nUsage: {}", k_usage));
  if (words.empty()) return;
  if (!into.file.empty())
    throw usage_error("a pipeline on the line and one in a file (-f) do not go together", words[0].where);
  if (words.size() > 1) {
    const std::vector<std::string> commands = {"check", "explain", "replay", "stages", "stress"};
    const std::string near = did_you_mean(words[0].text, commands);
    throw usage_error(fmt::format("unexpected {}{}", in_quotes(words[1].text),
                                  near.empty() ? "; the whole pipeline is one word: put it in single quotes" : near),
                      words[near.empty() ? 1 : 0].where);
  }
  into.pipeline = words[0].text;
}

/// What only some of the actions look at.
struct limited_option {
  const char* name;
  const char* takers; // in words
  bool run, explain, check;
};
constexpr limited_option k_limited[] = {
    {"--as", "explain and check", false, true, true}, {"--sample", "check", false, false, true},
    {"--report", "runs", true, false, false},         {"--drain-timeout", "runs", true, false, false},
    {"--checkpoint", "runs", true, false, false},     {"--checkpoint-every", "runs", true, false, false},
    {"--max-bad", "runs", true, false, false},        {"--job", "runs", true, false, false},
    {"--progress", "runs", true, false, false},       {"--on-error", "runs and check", true, false, true},
};

/// An option that would do nothing is a mistake, and may be a costly one: `weir --as dot '...'` is a run.
void refuse_idle_options(const arguments& line, action what, std::span<const word> given) {
  for (const limited_option& each : k_limited) {
    if (!line.given(each.name)) continue;
    const bool wanted = what == action::explain ? each.explain : what == action::check ? each.check : each.run;
    if (wanted) continue;
    const auto at = std::ranges::find_if(given, [&each](const word& one) {
      return one.text == each.name || one.text.starts_with(std::string(each.name) + "=");
    });
    const char* const doer = what == action::explain ? "explain" : what == action::check ? "check" : "a run";
    throw usage_error(fmt::format("weir: {} is for {}; {} does nothing with it", each.name, each.takers, doer),
                      at == given.end() ? place() : at->where);
  }
}

std::string read_whole_file(const std::string& path) {
  const auto failure = [&path](const char* doing) {
    return std::runtime_error(fmt::format("{}: {}: {}", path, doing, std::strerror(errno)));
  };
  const bool is_stdin = path == "-";
  const auto close = [is_stdin](std::FILE* file) { return is_stdin ? 0 : std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file(is_stdin ? stdin : std::fopen(path.c_str(), "rbe"), close);
  if (!file) throw failure("cannot open the pipeline's file");
  std::string text;
  char piece[4096];
  while (const std::size_t got = std::fread(piece, 1, sizeof piece, file.get())) text.append(piece, got);
  if (std::ferror(file.get()) != 0) throw failure("cannot read the pipeline's file");
  return text;
}

} // namespace

options parse_options(std::span<const word> given) {
  options result;
  bool version = false;
  thread_count threads{result.threads};
  block_size block{result.block_bytes};
  std::vector<word> words;

  arguments line("weir", "Runs a pipeline of stages on all cores with fixed memory.");
  line.usage_lines(std::string(k_usage));
  line.footer(std::string(k_footer));
  line.option("-f,--file", result.file, "FILE", "read the pipeline from a file; - is stdin");
  line.size("--memory", result.memory_bytes, "all the memory the run may use (256M)");
  line.option("--threads", threads, "N", "compute threads (one for each core)");
  line.option("--block-size", block, "SIZE", "size of one block of bytes, 16K to 64M (256K)");
  line.choice<plan_form>("--as", result.explained_as,
                         {{"text", plan_form::text}, {"dot", plan_form::dot}, {"mermaid", plan_form::mermaid}},
                         "what explain and check print: words, or a picture's source");
  line.choice<progress_mode>(
      "--progress", result.progress,
      {{"auto", progress_mode::automatic}, {"always", progress_mode::always}, {"never", progress_mode::never}},
      "show the live line (auto: on a terminal)");
  line.option("--checkpoint", result.checkpoint, "FILE",
              "keep there how far the run has come, and go on from there: for sinks that do not keep it themselves");
  line.option("--checkpoint-every", result.checkpoint_every, "TIME",
              "how often what has come is made durable, there and in databases (1s)");
  line.option("--job", result.job, "NAME", "what positions are kept under (a hash of the pipeline's text)");
  line.option("--drain-timeout", result.drain_timeout, "TIME",
              "how long a run that is told to stop may take to let out what is in flow (30s)");
  line.option("--report", result.report, "FILE", "write the run's report there as JSON");
  line.option("--on-error", result.on_error, "POLICY",
              "bad records: stop, skip, or dead-letter:FILE, unless their stage says it (stop)");
  line.option("--max-bad", result.max_bad, "SHARE", "stop when more of the records are bad: 1%");
  line.option("--sample", result.sample, "N", "how many records check tries (1000)");
  line.flag("-q,--quiet", result.quiet, "print no summary and no live line, only errors");
  line.flag("--version", version, "print the version");
  line.positionals("WORD", words, "", arguments::need::optional);
  line.parse({"weir", "weir", false, {}}, given);

  if (words.size() == 1 && words[0].text == "help") throw help_request(line.help());
  if (version) {
    result.what = action::version;
  } else {
    read_words(std::move(words), result);
    if (result.what != action::list_stages && result.what != action::stage_help)
      refuse_idle_options(line, result.what, given);
  }
  return result;
}

std::vector<stage_text> load_pipeline(const options& from) {
  if (from.file.empty()) return parse_pipeline(from.pipeline);
  return parse_pipeline(read_whole_file(from.file), from.file == "-" ? "stdin" : from.file);
}

} // namespace weir::command
