#include "stages/record/record_stages.hpp"

#include <utility>

#include "stages/record/record_part.hpp"

namespace weir::stages {
namespace {

/// With a ledger of its own where the caller gave none: bad records have their policy all the same.
record_step step_of(record_step::kind what, record_policy on_error, shared_ledger ledger) {
  record_step step{.what = what, .on_error = std::move(on_error), .ledger = std::move(ledger)};
  if (!step.ledger) step.ledger = std::make_shared<record_ledger>();
  step.account = &step.ledger->open(name_of(step), step.reads());
  return step;
}

} // namespace

pipe<block, rows> json(json_options options) {
  record_step step = step_of(record_step::kind::json, std::move(options.on_error), std::move(options.ledger));
  step.check = options.check;
  return pipe<block, rows>(record_part_of(std::move(step)));
}

pipe<block, rows> csv(csv_options options) {
  record_step step = step_of(record_step::kind::csv, std::move(options.on_error), std::move(options.ledger));
  step.framing = {std::move(options.columns), options.delimiter, options.quoted_newlines};
  (void)csv_framer(step.framing); // a bad delimiter is told before the run
  return pipe<block, rows>(record_part_of(std::move(step)));
}

pipe<rows, rows> where(where_options options) {
  predicate test(options.expression);
  record_step step = step_of(record_step::kind::where, std::move(options.on_error), std::move(options.ledger));
  step.test = std::move(test);
  return pipe<rows, rows>(record_part_of(std::move(step)));
}

pipe<rows, rows> select(select_options options) {
  std::vector<selected> columns = parse_select(options.columns);
  record_step step = step_of(record_step::kind::select, std::move(options.on_error), std::move(options.ledger));
  step.columns = std::move(columns);
  return pipe<rows, rows>(record_part_of(std::move(step)));
}

pipe<rows, block> to(to_options options) {
  record_step step = step_of(record_step::kind::to, std::move(options.on_error), std::move(options.ledger));
  step.form = options.form;
  return pipe<rows, block>(record_part_of(std::move(step)));
}

pipe<rows, block> to(text_form form) {
  to_options options;
  options.form = form;
  return to(std::move(options));
}

} // namespace weir::stages
