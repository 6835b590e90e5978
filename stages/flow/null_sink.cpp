#include "stages/flow/flow_stages.hpp"

namespace weir::stages {
namespace {

struct null_sink {
  step process(inlet<block>& in) {
    in.release(in.peek().size());
    return step::more;
  }
};

} // namespace

pipe<block, void> null() {
  return make_stage("null", [] { return null_sink(); });
}

} // namespace weir::stages
