#include "engine/db/sqlite_types.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "engine/db/sqlite_tokens.hpp"

namespace forge::sqlite {
namespace {

struct Word {
  std::string_view declared;
  std::string_view portable;
  std::size_t max_args;
};

// Words that dialects/sqlite/types.lua keeps as they are, and spellings that mean one of them.
constexpr std::array kWords = {
    Word{"smallint", "smallint", 0},
    Word{"integer", "integer", 0},
    Word{"int", "integer", 0},
    Word{"bigint", "bigint", 0},
    Word{"tinyint", "tinyint", 0},
    Word{"mediumint", "mediumint", 0},
    Word{"numeric", "numeric", 2},
    Word{"decimal", "decimal", 2},
    Word{"real", "real", 0},
    Word{"double", "double", 0},
    Word{"double precision", "double", 0},
    Word{"float", "float", 1},
    Word{"boolean", "boolean", 0},
    Word{"bool", "boolean", 0},
    Word{"char", "char", 1},
    Word{"character", "char", 1},
    Word{"varchar", "varchar", 1},
    Word{"character varying", "varchar", 1},
    Word{"text", "text", 0},
    Word{"tinytext", "tinytext", 0},
    Word{"mediumtext", "mediumtext", 0},
    Word{"longtext", "longtext", 0},
    Word{"blob", "blob", 0},
    Word{"tinyblob", "tinyblob", 0},
    Word{"mediumblob", "mediumblob", 0},
    Word{"longblob", "longblob", 0},
    Word{"date", "date", 0},
    Word{"year", "year", 0},
    Word{"datetime", "datetime", 1},
    Word{"timestamp", "timestamp", 1},
    Word{"timestamptz", "timestamptz", 1},
    Word{"time", "time", 1},
    Word{"timetz", "timetz", 1},
};

struct Split {
  std::string words;  // in lower case, one space between them
  std::vector<std::int64_t> args;
  std::string shown;  // as written, one space between words
};

// Words, then at most one pair of parentheses with whole numbers in it; absent where the text is anything else.
std::optional<Split> split(std::string_view declared) {
  Split out;
  bool inside = false, closed = false;
  for (const Token& token : tokens_of(declared)) {
    if (token.kind == Kind::end) break;
    if (token.is('(') && !inside && !closed) {
      inside = true;
    } else if (token.is(')') && inside) {
      inside = false;
      closed = true;
    } else if (inside && token.kind == Kind::number) {
      std::int64_t value = 0;
      const char* const begin = token.text.data();
      const char* const end = begin + token.text.size();
      if (std::from_chars(begin, end, value).ptr != end) return std::nullopt;
      out.args.push_back(value);
    } else if (token.kind == Kind::word && !inside && !closed) {
      out.words += (out.words.empty() ? "" : " ") + lower(token.text);
    } else if (!(inside && token.is(','))) {
      return std::nullopt;
    }
  }
  return out;
}

Type native(std::string_view declared) {
  Type type{.name = "native"};
  std::string text;
  std::size_t end = 0;
  for (const Token& token : tokens_of(declared)) {
    const bool spaced = !text.empty() && token.at > end && token.kind != Kind::end;
    if (spaced && token.kind == Kind::word) text += ' ';
    text += token.text;
    end = token.end();
  }
  if (!text.empty()) type.more.edit().ref = text;
  return type;
}

}  // namespace

Type portable_type(std::string_view declared, bool exact_integer) {
  const auto parts = split(declared);
  if (!parts) return native(declared);
  std::string words = parts->words;
  const bool is_unsigned = words.ends_with(" unsigned");
  if (is_unsigned) words.resize(words.size() - std::string_view(" unsigned").size());
  const auto* found = std::ranges::find(kWords, std::string_view(words), &Word::declared);
  if (found == kWords.end() || parts->args.size() > found->max_args) return native(declared);
  if (exact_integer && words == "int") return native(declared);
  Type type{.name = std::string(found->portable), .args = parts->args};
  if (is_unsigned) {
    if (!words.ends_with("int") && words != "integer") return native(declared);
    type.more.edit().is_unsigned = true;
  }
  return type;
}

}  // namespace forge::sqlite
