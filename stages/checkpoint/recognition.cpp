#include "stages/checkpoint/recognition.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace weir::stages {
namespace {

/// Two readings of one file cannot be told apart by what it is known by.
void refuse_second(const std::deque<source_state>& sources, std::uint32_t number) {
  const source_identity& file = sources[number - 1].marks.source;
  for (std::uint32_t other = 1; other < number; ++other) {
    const source_identity& known = sources[other - 1].marks.source;
    if (known.device == file.device && known.inode == file.inode)
      throw std::runtime_error(file.path + " is read twice in this run" +
                               (known.path == file.path ? "" : " (as " + known.path + " too)") +
                               ": its position cannot be kept");
  }
}

/// What a sink has stored of a file.
struct memory {
  std::optional<saved_position> of_it;
  std::optional<std::string> why_not; ///< there is something, but of other contents
  bool replaced = false;              ///< of another file by its name
};

/// The device's number may differ from boot to boot: the path stands in for it.
memory look_up(const sink_state& sink, const source_state& source) {
  const source_identity& file = source.marks.source;
  memory found;
  for (const saved_position& known : sink.stored) {
    const bool same_path = known.source.path == file.path;
    if (known.source.inode != file.inode || (known.source.device != file.device && !same_path)) {
      found.replaced = found.replaced || same_path;
      continue;
    }
    std::optional<std::string> problem = why_another(known, source.file.number());
    if (problem)
      found.why_not = std::move(problem);
    else if (!found.of_it || known.position > found.of_it->position)
      found.of_it = known;
  }
  return found;
}

/// Returns what is to be told of it, or nothing.
std::string take_over(sink_state& sink, std::uint32_t number, source_state& source) {
  const source_identity& file = source.marks.source;
  const memory found = look_up(sink, source);
  sink.forget(file);
  if (!found.of_it) {
    if (!found.why_not && !found.replaced) return {};
    return file.path + " is not the file it was (" + found.why_not.value_or("it was replaced") + "): it begins anew";
  }
  const saved_position& at = *found.of_it;
  sink.stored.push_back(at);
  sink.stored.back().source = file;
  const growth since = growth_of(at, source.file.number());
  const bool finished = at.finished && !since.grown;
  sink.at(number) = {at.position, at.position, at.position, at.records, finished};
  if (!at.finished || !since.grown || !since.open_line || at.tail_end != at.position) return {};
  return file.path + ": its last line had no end when it was read; what was added since begins a new record";
}

} // namespace

std::vector<std::string> settle(std::deque<source_state>& sources, std::uint32_t number,
                                std::deque<sink_state>& sinks) {
  source_state& source = sources[number - 1];
  std::vector<std::string> told;
  if (sinks.empty()) return told;
  if (number == 1 && std::ranges::all_of(sinks, &sink_state::anew))
    told.push_back("every sink makes its output anew: the checkpoint is of no use here");
  if (!source.resumable()) {
    told.push_back(source.marks.source.path + " cannot be resumed: it is no regular file");
    return told;
  }
  refuse_second(sources, number);
  source.done_before = true;
  for (sink_state& sink : sinks) {
    std::string text = take_over(sink, number, source);
    if (!text.empty() && std::ranges::find(told, text) == told.end()) told.push_back(std::move(text));
    source.cuts.push_back(sink.at(number).begin);
    source.done_before = source.done_before && sink.at(number).finished;
  }
  std::ranges::sort(source.cuts);
  source.resume_from = source.passed = source.cuts.front();
  source.cuts.erase(std::unique(source.cuts.begin(), source.cuts.end()), source.cuts.end());
  source.cuts.erase(source.cuts.begin());
  return told;
}

} // namespace weir::stages
