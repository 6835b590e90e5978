#include "apps/weir/secrets.hpp"

#include "apps/weir/pipeline_text.hpp"
#include "apps/weir/prepared_pipeline.hpp"

#include "refusal.hpp"
#include "test_stages.hpp"

#include <gtest/gtest.h>

namespace weir::command {
namespace {

TEST(Secrets, APasswordInAUrlIsHiddenAndTheRestStaysInItsPlace) {
  EXPECT_EQ(without_secrets("postgres://me:geheim@host/db"), "postgres://me:******@host/db");
  EXPECT_EQ(without_secrets("a postgresql://me:p%40ss@[::1]:5432/db?sslmode=off b"),
            "a postgresql://me:******@[::1]:5432/db?sslmode=off b");
  EXPECT_EQ(without_secrets("https://u:x@h https://u:yy@h"), "https://u:*@h https://u:**@h");
}

TEST(Secrets, SoIsOneThatShouldHaveBeenEncoded) {
  EXPECT_EQ(without_secrets("postgres://me:a/b@c@host/db"), "postgres://me:*****@host/db");
  EXPECT_EQ(without_secrets("postgres://me:a b@host/db t"), "postgres://me:***@host/db t");
  EXPECT_EQ(without_secrets("'postgres://me:ge'\"heim\"@host/db"), "'postgres://me:*********@host/db");
}

TEST(Secrets, APasswordAmongParametersIsHidden) {
  EXPECT_EQ(without_secrets("postgres://h/db?user=me&password=geheim&x=1"),
            "postgres://h/db?user=me&password=******&x=1");
  EXPECT_EQ(without_secrets("host=h password=geheim user=me"), "host=h password=****** user=me");
  EXPECT_EQ(without_secrets("host=h PassWord = 'it\\'s it' user=me"), "host=h PassWord = '********' user=me");
  EXPECT_EQ(without_secrets("sslpassword=abc"), "sslpassword=***");
}

TEST(Secrets, OtherTextsStayAsTheyAre) {
  for (const char* text : {"read a.log | lines | count", "postgres://me@host/db t", "http://host:80/x",
                           "select password", "passfile=/x", "tcp [::1]:80", ""})
    EXPECT_EQ(without_secrets(text), text);
}

TEST(Secrets, AnErrorThatPointsAtThePipelineShowsNone) {
  const std::string said = refusal<usage_error>(
      [] { (void)prepare(parse_pipeline("read a | postgrse postgres://me:geheim@host/db t"), test_stages()); });
  EXPECT_EQ(said.find("geheim"), std::string::npos) << said;
  EXPECT_NE(said.find("postgres://me:******@host/db"), std::string::npos) << said;
  const std::string open = refusal<usage_error>([] { (void)parse_pipeline("read 'postgres://me:geheim@host/db"); });
  EXPECT_EQ(open.find("geheim"), std::string::npos) << open;
}

} // namespace
} // namespace weir::command
