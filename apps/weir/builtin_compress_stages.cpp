#include "apps/weir/builtin_stages.hpp"

#include "stages/stages.hpp"

#include <fmt/format.h>

namespace weir::command {

#if WEIR_STAGES_COMPRESS
void add_compress_stages(stage_registry& to) {
  to.add("gzip", "compresses, on all cores", [](arguments& line) {
    const auto level = std::make_shared<int>(stages::k_gzip_level);
    line.level(*level, 1, 9, fmt::format("fast to small ({})", *level));
    return [level] { return stages::gzip(*level); };
  });
  to.add("gunzip", "decompresses gzip", [](arguments&) { return [] { return stages::gunzip(); }; });
  to.add("zstd", "compresses, on all cores", [](arguments& line) {
    const auto level = std::make_shared<int>(3);
    line.level(*level, 1, 19, "fast to small (3)");
    return [level] { return stages::zstd(*level); };
  });
  to.add("unzstd", "decompresses zstd", [](arguments&) { return [] { return stages::unzstd(); }; });
}
#else
void add_compress_stages(stage_registry&) {}
#endif

} // namespace weir::command
