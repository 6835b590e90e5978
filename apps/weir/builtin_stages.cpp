#include "apps/weir/builtin_stages.hpp"

namespace weir::command {

void add_builtin_stages(stage_registry& to, const print_result& print) {
  add_file_stages(to, print);
  add_synthetic_stages(to);
  add_text_stages(to);
  add_compress_stages(to);
}

} // namespace weir::command
