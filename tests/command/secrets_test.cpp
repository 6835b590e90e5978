#include "apps/weir/secrets.hpp"

#include "apps/weir/job_text.hpp"
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
  EXPECT_EQ(without_secrets("postgres://u:x@h postgres://u:yy@h"), "postgres://u:*@h postgres://u:**@h");
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

TEST(Secrets, OfOtherServicesTheUserMayBeTheSecret) {
  EXPECT_EQ(without_secrets("https://TOKEN@h/x"), "https://*****@h/x");
  EXPECT_EQ(without_secrets("https://TOKEN:x@h https://u:yy@h"), "https://*******@h https://****@h");
  EXPECT_EQ(without_secrets("https://u:a/b@h"), "https://u:***@h");
}

TEST(Secrets, AnAddressWithoutItsSchemeHasThemToo) {
  EXPECT_EQ(without_secrets("postgres me:geheim@host/db t"), "postgres me:******@host/db t");
  EXPECT_EQ(without_secrets("postgres 'me:ge@heim@[::1]/db' t"), "postgres 'me:*******@[::1]/db' t");
}

TEST(Secrets, AreFoundBehindQuotesInQuotes) {
  EXPECT_EQ(without_secrets(R"(postgres "host=h password='ge heim'" t | x)"),
            R"(postgres "host=h password='*******'" t | x)");
  EXPECT_EQ(without_secrets(R"('read x | postgres "host=h password='\''ge heim'\''" t' b)"),
            R"('read x | postgres "host=h password='\''*******'\''" t' b)");
  EXPECT_EQ(without_secrets(R"(postgres 'host=h password="ge heim" user=me' t)"),
            R"(postgres 'host=h password="*******" user=me' t)");
  EXPECT_EQ(without_secrets(R"(postgres host=h\ password=ge\ heim t)").find("heim"), std::string::npos);
  EXPECT_EQ(without_secrets("postgres host=h' 'password=geh'eim' t"), "postgres host=h' 'password=******** t");
  EXPECT_EQ(without_secrets("password=a&b c"), "password=*** c");
}

TEST(Secrets, InDoubtAllBehindIsHidden) {
  for (const char* text : {R"('read x | postgres "host=h password='ge heim'" t')",
                           R"('host=h password='ge heim' user=x')", R"(postgres "host=h password='ge heim)",
                           R"(it's password=ge heim)", R"(postgres "host=h password="'ge heim' t)"}) {
    const std::string hidden = without_secrets(text);
    EXPECT_EQ(hidden.size(), std::string(text).size());
    EXPECT_EQ(hidden.find("ge"), std::string::npos) << hidden;
    EXPECT_EQ(hidden.find("heim"), std::string::npos) << hidden;
    EXPECT_NE(hidden.find("password="), std::string::npos) << hidden;
  }
}

TEST(Secrets, LinesStayLines) { EXPECT_EQ(without_secrets("it's password=a\n  b"), "it's password=*\n***"); }

TEST(Secrets, OneMarkStandsForAPasswordOfAnyLength) {
  EXPECT_EQ(with_marks("postgres://me:a@h t postgres://me:longer@h"), "postgres://me:*@h t postgres://me:*@h");
}

TEST(Secrets, ANewPasswordIsNoOtherJobButAnotherUserIs) {
  const std::string job = job_text("read a | lines | json | postgres postgres://me:one@h/db t");
  EXPECT_EQ(job, job_text("read a | lines | json | postgres postgres://me:another@h/db t"));
  EXPECT_EQ(job, job_text("read a | lines | json | postgres 'postgres://me:o n e@h/db' t"));
  EXPECT_NE(job, job_text("read a | lines | json | postgres postgres://you:one@h/db t"));
  EXPECT_EQ(job_text(R"(read a | postgres "host=h password='a b' user=x" t)"),
            job_text("read a | postgres 'host=h password=c user=x' t"));
}

TEST(Secrets, WhatOnlyLooksLikeAPasswordMakesAnotherJob) {
  for (const char* pipeline : {"read a | lines | grep password=one | count", "read a | postgres postgres://me@h/db t"})
    EXPECT_EQ(job_text(pipeline), pipeline);
}

TEST(Secrets, OtherTextsStayAsTheyAre) {
  for (const char* text : {"read log | grep 'password=' | count", "read log | grep password= | count", "a 12:30 b@c",
                           "read a.log | lines | count", "postgres://me@host/db t", "http://host:80/x",
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
