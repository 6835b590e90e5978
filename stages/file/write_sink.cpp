#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "stages/file/append_sink.hpp"
#include "stages/file/disk_patience.hpp"
#include "stages/file/file_stages.hpp"
#include "stages/file/output_file.hpp"
#include "stages/journal/journal.hpp"

namespace weir::stages {
namespace {

std::int64_t times_slept() {
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  return used.ru_nvcsw;
}

/// Works on threads that may block, so that no disk and no reader of a pipe holds a compute thread. Only what goes into
/// the page cache is copied there by the compute thread at hand, which has it in its own cache, until that takes longer
/// than a copy should: docs/decisions/012.
class write_sink {
 public:
  explicit write_sink(write_options options) : options_(std::move(options)) {}

  void start(stage_context& context) {
    context_ = &context;
    file_.emplace(options_.path);
    cached_ = file_->cached();
    if (!options_.positions) return;
    const journal::sink_id id = options_.positions->add_sink(context.name());
    if (!file_->in_place()) options_.positions->begins_anew(id);
  }

  step process(inlet<block>& in) {
    if (!context_->may_block()) return copy_one(in);
    for (; !in.empty(); in.release(1)) {
      if (context_->cancelled()) return step::done;
      if (in.front().size() > 0) file_->write(in.front().bytes());
    }
    return step::input;
  }

  step finish() {
    if (!context_->may_block()) return step::blocking;
    if (!context_->interrupted()) file_->commit(options_.fsync);
    return step::done;
  }

 private:
  /// One block, so that the engine looks at its budget in between.
  step copy_one(inlet<block>& in) {
    if (!cached_ || patience_.lost()) return step::blocking;
    if (in.front().size() > 0) {
      const std::int64_t slept_before = times_slept();
      const auto begun = std::chrono::steady_clock::now();
      file_->write(in.front().bytes());
      patience_.called(std::chrono::steady_clock::now() - begun, times_slept() != slept_before);
    }
    in.release(1);
    return step::more;
  }

  write_options options_;
  stage_context* context_ = nullptr;
  std::optional<output_file> file_;
  bool cached_ = false;
  disk_patience patience_;
};

} // namespace

pipe<block, void> write(write_options options) {
  if (options.append) return append(std::move(options));
  return make_stage("write", [options = std::move(options)] { return write_sink(options); });
}

} // namespace weir::stages
