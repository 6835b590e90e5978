#include "apps/weir/builtin_stages.hpp"

namespace weir::command {

void add_builtin_stages(stage_registry& to, session& of) {
  add_file_stages(to, of);
  add_synthetic_stages(to);
  add_text_stages(to);
  add_compress_stages(to);
  add_net_stages(to, of);
  add_record_stages(to, of);
  add_database_stages(to, of);
  add_branch_stages(to);
}

} // namespace weir::command
