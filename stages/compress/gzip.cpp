#include "stages/compress/compress_stages.hpp"
#include "stages/compress/encoder_farm.hpp"
#include "stages/compress/gzip_encoder.hpp"

namespace weir::stages {

pipe<block, block> gzip(int level) {
  (void)gzip_encoder(level); // a level that is none is told before the run
  return encode_in_parallel<gzip_encoder>("gzip", level);
}

} // namespace weir::stages
