#include "engine/model/sql/volatile.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace forge {
namespace {

// The same words as VOLATILE of stdlib/forge/sqltext/finding.lua; a unit test compares the two.
constexpr std::string_view kVolatile[] = {
    "current_timestamp",
    "current_date",
    "current_time",
    "localtime",
    "localtimestamp",
    "now",
    "sysdate",
    "curdate",
    "curtime",
    "unix_timestamp",
    "utc_timestamp",
    "utc_date",
    "utc_time",
    "clock_timestamp",
    "statement_timestamp",
    "timeofday",
    "transaction_timestamp",
    "rand",
    "random",
    "randomblob",
    "random_bytes",
    "uuid",
    "uuid_short",
    "sys_guid",
    "gen_random_uuid",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
    "nextval",
};

bool word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

bool gives_another_value(std::string_view expression) {
  std::string word;
  const auto ends = [&] { return std::ranges::find(kVolatile, word) != std::end(kVolatile); };
  for (const char c : expression) {
    if (word_character(c)) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      continue;
    }
    if (ends()) return true;
    word.clear();
  }
  return ends();
}

}  // namespace forge
