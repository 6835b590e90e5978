// The node of a database sink: feeds its store, and calls it again when a transaction is due though nothing has come.

#include <weir/ports.hpp>
#include <weir/stage.hpp>

#include <utility>

#include "stages/db/database_error.hpp"
#include "stages/db/row_store.hpp"
#include "stages/file/io_error.hpp"
#include "stages/record/record_policy.hpp"

namespace weir::stages {
namespace {

class store_node final : public node {
 public:
  store_node(std::string name, edge_base& in, std::unique_ptr<row_store> store)
      : node(std::move(name)), in_(static_cast<typed_edge<rows>&>(in)), store_(std::move(store)) {
    add_input(in);
  }

  [[nodiscard]] stage_needs needs() const override { return store_->needs(); }
  void start() override { store_->open(context()); }

 protected:
  step body(const turn_budget& /*budget*/) override {
    if (in_.empty() && !in_.ended() && !is_due()) return wait();
    if (!context().may_block()) return step::blocking;
    try {
      return work();
    } catch (const server_gone& error) {
      throw server_gone(error.address(), std::string(error.what()).substr(error.address().size() + 2) + durable());
    } catch (const database_error& error) {
      throw database_error(error.what() + durable());
    } catch (const bad_data& error) { throw bad_data(error.what() + durable()); }
  }
  void release() override { store_.reset(); }

 private:
  step work() {
    for (;;) {
      for (; !in_.empty(); in_.release(1)) {
        if (context().cancelled()) return step::done;
        store_->take(in_.front());
        if (is_due()) store_->flush();
      }
      if (in_.ended()) {
        // A cancelled run has ends of input too; and who learns of the one need not have learnt of the other yet.
        store_->finish(!context().interrupted() && !context().cancelled());
        return step::done;
      }
      if (!is_due()) return wait();
      store_->flush();
    }
  }
  step wait() {
    if (const auto when = store_->due()) context().wake_by(*when);
    return step::input;
  }
  bool is_due() {
    const auto when = store_->due();
    return when && *when <= context().now();
  }
  std::string durable() const { return "; durable: " + std::to_string(store_->durable_rows()) + " rows"; }

  inlet<rows> in_;
  std::unique_ptr<row_store> store_;
};

class store_part final : public part {
 public:
  store_part(std::string name, std::function<std::unique_ptr<row_store>()> make)
      : part(std::move(name)), make_(std::move(make)) {}
  void build(graph_builder& builder, edge_base* in, edge_base* /*out*/) const override {
    builder.add_node<store_node>(name(), *in, make_());
  }
  edge_base* add_out_edge(graph_builder& /*builder*/, const edge_options& /*options*/,
                          std::string /*name*/) const override {
    return nullptr;
  }

 private:
  std::function<std::unique_ptr<row_store>()> make_;
};

} // namespace

pipe<rows, void> store_in(std::string name, std::function<std::unique_ptr<row_store>()> make) {
  return pipe<rows, void>(std::make_shared<store_part>(std::move(name), std::move(make)));
}

} // namespace weir::stages
