#include "engine/base/utf8.hpp"

#include <catch2/catch_test_macros.hpp>

#include "engine/base/secrets.hpp"

using namespace forge;

TEST_CASE("UTF-8 is told from what is none", "[base]") {
  for (const auto* text : {"", "abc\n\t",
                           "gr\xc3\xb6\xc3\x9f"
                           "e",
                           "\xe2\x82\xac", "\xf0\x9f\x90\x98", "\xef\xbb\xbfx"}) {
    CHECK_FALSE(utf8_fault(text));
  }
  CHECK(utf8_fault(std::string_view("a\0b", 3)) == 1U);
  CHECK(utf8_fault("ab\xff") == 2U);
  CHECK(utf8_fault("\xc0\xaf") == 0U);          // longer than it must be
  CHECK(utf8_fault("a\xed\xa0\x80") == 1U);     // half a pair
  CHECK(utf8_fault("\xf4\x90\x80\x80") == 0U);  // beyond the last character
  CHECK(utf8_fault("x\xe2\x82") == 1U);         // cut off
}

TEST_CASE("a byte that is no UTF-8 is found wherever it stands in a longer text", "[base]") {
  for (const char fault : {'\0', '\xff', '\x80'}) {
    for (std::size_t at = 0; at < 30; ++at) {
      std::string text(30, 'a');
      text[(at * 7) % 30] = '\x01';  // a byte below which a word's subtraction may borrow
      text[at] = fault;
      CHECK(utf8_fault(text) == at);
    }
  }
  CHECK_FALSE(
      utf8_fault("seven 7\xe2\x82\xac"
                 "and on with ASCII"));
}

TEST_CASE("passwords in URLs are not shown", "[base]") {
  CHECK(without_secrets("from_db \"postgres://app:s3cret@db/x\" and") == "from_db \"postgres://app:***@db/x\" and");
  CHECK(without_secrets("mysql://u:p@ss:w@h:3306/x") == "mysql://u:***@h:3306/x");
  CHECK(without_secrets("postgres://db:5432/x a@b") == "postgres://db:5432/x a@b");
  CHECK(without_secrets("https://example.org/a:b@c") == "https://example.org/a:b@c");
}
