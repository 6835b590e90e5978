// Each model, in every execution.

#include "tests/model/models/models.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace weir::model {
namespace {

class Model : public testing::TestWithParam<std::size_t> {};

TEST_P(Model, HoldsInEveryExecutionThatTheMemoryModelAllows) {
  const named_model m = all_models()[GetParam()];
  const verdict v = explore(m.run);
  EXPECT_TRUE(v.right()) << m.what << ": " << v.text();
  EXPECT_GT(v.executions, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, Model, testing::Range(std::size_t{0}, all_models().size()), [](const auto& i) {
  std::string name = all_models()[i.param].name;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

} // namespace
} // namespace weir::model
