#include "stages/compress/compress_stages.hpp"
#include "stages/compress/encoder_farm.hpp"
#include "stages/compress/zstd_codec.hpp"

namespace weir::stages {

pipe<block, block> zstd(int level) {
  (void)zstd_encoder(level); // a level that is none is told before the run
  return encode_in_parallel<zstd_encoder>("zstd", level);
}

} // namespace weir::stages
