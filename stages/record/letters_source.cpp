#include <weir/own_block.hpp>

#include <memory>
#include <stdexcept>
#include <utility>

#include "stages/file/file_stages.hpp"
#include "stages/record/letter_origins.hpp"
#include "stages/record/letter_unwrapper.hpp"
#include "stages/record/record_ledger.hpp"
#include "stages/record/record_stages.hpp"
#include "stages/text/text_stages.hpp"

namespace weir::stages {
namespace {

/// Blocks of whole letters to blocks of the records in them.
class unwrap_stage {
 public:
  unwrap_stage(std::string path, letter_choice wanted) : reader_(std::move(path)), wanted_(std::move(wanted)) {}

  static stage_needs needs() { return {.blocks_if_shared = k_own_blocks, .context_bytes = letter_origins::k_bytes}; }
  void start(stage_context& context) { context_ = &context; }

  step process(inlet<block>& in, outlet<block>& out) {
    block& item = in.front();
    if (item.size() > 0 && !done_) {
      if (const step own = make_own(item, *context_); own != step::more) return own;
      (void)unwrap_letters(reader_, item, wanted_);
      done_ = true;
    }
    if (item.size() > 0 && !out.try_push(std::move(item))) return step::room;
    done_ = false;
    in.release(1);
    return step::more;
  }

 private:
  letter_reader reader_;
  letter_choice wanted_;
  stage_context* context_ = nullptr;
  bool done_ = false; // the block at hand is records already
};

} // namespace

pipe<void, block> letters(letters_options options) {
  if (options.ledger) {
    options.ledger->retell(
        [origins = std::make_shared<letter_origins>(options.path)](bad_record_report& bad) { origins->retell(bad); });
  }
  return read({.paths = {options.path}, .resume = options.resume}) | lines({.beside = reading_bytes}) |
         make_stage("letters", [path = options.path, wanted = letter_choice{options.stage, options.refuses_columns}] {
           return unwrap_stage(path, wanted);
         });
}

} // namespace weir::stages
