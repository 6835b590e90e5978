// The reader of checkpoint files: what it takes, it writes again to the byte; all else it refuses with a bad_checkpoint. Most
// inputs would fail at their hash, so each is also read with the right one behind it.

#include "stages/checkpoint/checkpoint_text.hpp"
#include "stages/checkpoint/hash.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace {

using weir::fuzz::must;

void check(const std::string& text) {
  try {
    const weir::stages::checkpoint read = weir::stages::parse_checkpoint(text);
    must(text_of(read) == text, "taken, and written otherwise");
  } catch (const weir::stages::bad_checkpoint& error) {
    must(!std::string_view(error.what()).empty(), "refused without a word");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  check(text);
  const std::size_t end = text.rfind("end ");
  if (end != std::string::npos) text.resize(end);
  check(text + "end " + weir::stages::in_hex(weir::stages::hash_of(text)) + "\n");
  return 0;
}
