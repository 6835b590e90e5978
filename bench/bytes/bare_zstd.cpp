// bare_zstd IN OUT: zstd -1 by libzstd on two threads, a frame for each block, as weir's zstd makes them.

#include "bench/bytes/bare.hpp"

#include <zstd.h>

namespace {

class frame_writer {
 public:
  explicit frame_writer(bare::ordered_output& out)
      : out_(&out), made_(ZSTD_compressBound(bare::k_block)), encoder_(ZSTD_createCCtx()) {
    ZSTD_CCtx_setParameter(encoder_, ZSTD_c_compressionLevel, 1);
    ZSTD_CCtx_setParameter(encoder_, ZSTD_c_checksumFlag, 1);
  }

  void operator()(std::uint64_t index, std::span<const std::byte> bytes) {
    const std::size_t size = ZSTD_compress2(encoder_, made_.data(), made_.size(), bytes.data(), bytes.size());
    if (ZSTD_isError(size) != 0) { bare::die("ZSTD_compress2"); }
    out_->write(index, std::span<const std::byte>(made_).first(size));
  }

 private:
  bare::ordered_output* out_;
  std::vector<std::byte> made_;
  ZSTD_CCtx* encoder_; // for the life of the process
};

} // namespace

int main(int count, char** words) {
  if (count != 3) { return 2; }
  bare::ordered_output out(words[2]);
  frame_writer writers[] = {frame_writer(out), frame_writer(out)};
  bare::each_block(bare::open_or_die(words[1], O_RDONLY), writers);
}
