#pragma once

#include <weir/object_stage.hpp>

namespace weir::stages {

/// Makes few large blocks of many small ones, so that each compressed member or frame is worth its header; large ones
/// pass as they are. A stream in which nothing came becomes one empty block, and so one empty member.
class gather {
 public:
  void start(stage_context& context) { context_ = &context; }
  /// One being filled, the others on their way through the encoders.
  static stage_needs needs() { return {.blocks = 8}; }

  step process(inlet<block>& in, outlet<block>& out);
  step finish(outlet<block>& out);

 private:
  step push_pending(outlet<block>& out);

  stage_context* context_ = nullptr;
  block pending_;
  bool nothing_yet_ = true;
};

} // namespace weir::stages
