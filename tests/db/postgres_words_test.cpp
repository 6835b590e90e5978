// What is made of libpq's words, without a server.

#include <gtest/gtest.h>

#include <string>

#include "stages/db/connect_failure.hpp"
#include "stages/db/password_mask.hpp"

namespace weir::test {
namespace {

using stages::connect_failure_of;
using stages::password_mask;

TEST(ConnectFailure, TheServersCodeSaysWhetherItMayPassWhateverItsLanguage) {
  const auto full = connect_failure_of("Verbindung zu h fehlgeschlagen: FATAL:  53300: tut mir leid, schon zu viele "
                                       "Verbindungen\nORT:  InitProcess, proc.c:363\n");
  EXPECT_TRUE(full.passing);
  EXPECT_EQ(full.text, "Verbindung zu h fehlgeschlagen: FATAL: tut mir leid, schon zu viele Verbindungen");
  EXPECT_TRUE(connect_failure_of("FATAL:  57P03: das Datenbanksystem startet\n").passing);
  EXPECT_FALSE(connect_failure_of("FATAL:  28P01: Passwort-Authentifizierung fehlgeschlagen\n").passing);
  EXPECT_FALSE(connect_failure_of("FATAL:  3D000: database \"Connection refused\" does not exist\n").passing);
}

TEST(ConnectFailure, ASocketThatIsNotThereMayComeAndABadOptionMayNot) {
  EXPECT_TRUE(connect_failure_of("connection to server on socket \"/run/.s.PGSQL.5432\" failed: No such file or "
                                 "directory\n\tIs the server running locally?\n")
                  .passing);
  EXPECT_TRUE(connect_failure_of("connection to server at \"h\", port 1 failed: Connection refused\n").passing);
  EXPECT_TRUE(connect_failure_of("server closed the connection unexpectedly\n").passing);
  EXPECT_FALSE(connect_failure_of("invalid sslmode value: \"x\"\n").passing);
  EXPECT_FALSE(connect_failure_of("could not open certificate file \"a\": No such file or directory\n").passing);
  EXPECT_FALSE(connect_failure_of("fe_sendauth: no password supplied\n").passing);
}

TEST(PasswordMask, KnowsPasswordsAsTheAddressHasThem) {
  password_mask mask("postgresql://me:p%40ss@host/db?x=1&sslpassword=ge%20heim&password=zwei");
  mask.add("p@ss");
  EXPECT_EQ(mask("p%40ss, p@ss and ge%20heim, zwei."), "***, *** and ***, ***.");
}

TEST(PasswordMask, AShortOneIsHiddenOnlyWhereAnAddressHasIt) {
  password_mask mask("host=h password=e");
  mask.add("e");
  EXPECT_EQ(mask("the database \"test\" does not exist; password=e me:e@h"),
            "the database \"test\" does not exist; password=*** me:***@h");
}

TEST(PasswordMask, OneThatIsAPartOfAnotherLeavesNothingOfIt) {
  password_mask mask("host=h");
  mask.add("abcd");
  mask.add("abcdef");
  EXPECT_EQ(mask("abcdef abcd"), "*** ***");
}

} // namespace
} // namespace weir::test
