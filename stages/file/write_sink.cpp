#include <optional>
#include <utility>

#include "stages/file/file_stages.hpp"
#include "stages/file/output_file.hpp"

namespace weir::stages {
namespace {

/// Works on threads that may block only, so that no disk and no reader of a pipe holds a compute thread.
class write_sink {
 public:
  explicit write_sink(write_options options) : options_(std::move(options)) {}

  void start(stage_context& context) {
    context_ = &context;
    file_.emplace(options_.path);
  }

  step process(inlet<block>& in) {
    if (!context_->may_block()) return step::blocking;
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
  write_options options_;
  stage_context* context_ = nullptr;
  std::optional<output_file> file_;
};

} // namespace

pipe<block, void> write(write_options options) {
  return make_stage("write", [options = std::move(options)] { return write_sink(options); });
}

} // namespace weir::stages
