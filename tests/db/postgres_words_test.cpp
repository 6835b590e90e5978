// What is made of libpq's words, without a server.

#include <gtest/gtest.h>

#include <string>

#include "stages/db/password_mask.hpp"

namespace weir::test {
namespace {

using stages::password_mask;

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
