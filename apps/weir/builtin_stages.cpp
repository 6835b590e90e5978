#include "apps/weir/builtin_stages.hpp"

namespace weir::command {

void add_builtin_stages(stage_registry& to, const open_result& results) {
  add_file_stages(to, results);
  add_synthetic_stages(to);
  add_text_stages(to);
  add_compress_stages(to);
  add_branch_stages(to);
}

} // namespace weir::command
