// SQLite's tokens (https://sqlite.org/lang_expr.html and tokenize.c's rules), as far as CREATE statements need them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace forge::sqlite {

enum class Kind { word, quoted, string, number, punctuation, end };

struct Token {
  Kind kind = Kind::end;
  std::string_view text;  // with its quotes
  std::size_t at = 0;     // where it begins
  std::size_t end() const { return at + text.size(); }

  // An unquoted word, whatever its letter case. `word` is in upper case.
  bool is(std::string_view word) const;
  bool is(char punctuation) const { return kind == Kind::punctuation && text.size() == 1 && text[0] == punctuation; }
  // A name without its quotes, or the text itself.
  std::string name() const;
};

// All tokens of the text without comments; the last one is of kind `end`.
std::vector<Token> tokens_of(std::string_view text);

std::string lower(std::string_view text);

}  // namespace forge::sqlite
