// bare_isal IN OUT: gzip -1 by ISA-L on two threads, a member for each block, as weir's gzip makes them.

#include "bench/bytes/bare.hpp"

#include <isa-l/igzip_lib.h>

namespace {

class member_writer {
 public:
  explicit member_writer(bare::ordered_output& out)
      : out_(&out), made_(2 * bare::k_block), tables_(ISAL_DEF_LVL1_LARGE) {}

  void operator()(std::uint64_t index, std::span<std::byte> bytes) {
    isal_zstream stream;
    isal_deflate_stateless_init(&stream);
    stream.level = 1;
    stream.level_buf = tables_.data();
    stream.level_buf_size = static_cast<std::uint32_t>(tables_.size());
    stream.gzip_flag = IGZIP_GZIP;
    stream.end_of_stream = 1;
    stream.next_in = reinterpret_cast<std::uint8_t*>(bytes.data());
    stream.avail_in = static_cast<std::uint32_t>(bytes.size());
    stream.next_out = reinterpret_cast<std::uint8_t*>(made_.data());
    stream.avail_out = static_cast<std::uint32_t>(made_.size());
    if (isal_deflate_stateless(&stream) != COMP_OK) { bare::die("isal_deflate_stateless"); }
    out_->write(index, std::span<const std::byte>(made_).first(stream.total_out));
  }

 private:
  bare::ordered_output* out_;
  std::vector<std::byte> made_;
  std::vector<std::uint8_t> tables_;
};

} // namespace

int main(int count, char** words) {
  if (count != 3) { return 2; }
  bare::ordered_output out(words[2]);
  member_writer writers[] = {member_writer(out), member_writer(out)};
  bare::each_block(bare::open_or_die(words[1], O_RDONLY), writers);
}
