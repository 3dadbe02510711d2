// Reading SQL text just far enough to rename, compare and search it: tokens, never a grammar.
//
// A name is a word or anything in "…", `…` or […]; strings ('…', E'…', $tag$…$tag$) and comments hold no names. Unquoted
// words match without regard to ASCII case, since every engine served folds or ignores it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/model/names.hpp"

namespace forge {

enum class TokenKind { space, comment, string, word, quoted, number, op };

// One piece of the text; all pieces joined are the text again. `text` points into what was read.
struct Token {
  TokenKind kind;
  std::string_view text;
};

// Reads all of `text`. What has no end (an open string or comment) reaches to the end of the text.
std::vector<Token> sql_tokens(std::string_view text);

// The name that a word or quoted token stands for: quotes taken off and doubled ones made single. Letter case is kept.
std::string token_name(const Token& token);

// The token is a name equal to `name`: words by ASCII case-insensitive comparison, quoted ones exactly.
bool token_names(const Token& token, std::string_view name);

// Every name in the text once, in order of first use: words that are called as functions are left out.
std::vector<std::string> identifiers(std::string_view text);

// The same with the words that are called as functions.
std::vector<std::string> names_in(std::string_view text);

// Whether the text names `name` anywhere, calls included.
bool names_object(std::string_view text, std::string_view name);

// `name` as it must stand in SQL text: in `quote` characters where it is no plain lower-case word or is reserved.
std::string quote_where_needed(std::string_view name, char quote = '"');

// While it lives, renames on this thread quote new names with this character where the text itself shows none (a text with
// back-ticks keeps to them). Without one it is the standard's double quote.
// The back-tick also says that texts are those of MySQL and MariaDB, in which "…" is a string, a backslash escapes what follows it in a
// string, and # begins a comment.
class IdentifierQuote {
 public:
  explicit IdentifierQuote(char quote);
  ~IdentifierQuote();
  IdentifierQuote(const IdentifierQuote&) = delete;
  IdentifierQuote& operator=(const IdentifierQuote&) = delete;

 private:
  char before_;
};

char usual_quote();
// What stands around names that need it on this engine.
char identifier_quote(std::string_view engine);

// The text with every name `from` written as `to`. Calls of a function `from` stay, as do strings and comments.
std::string rename_identifier(std::string_view text, std::string_view from, std::string_view to);

// The text of a routine, a policy …: like rename_identifier, but for a column, so that a table of the same name keeps its own.
std::string rename_column_in_definition(std::string_view text, std::string_view from, std::string_view to);

// An expression with the table's name taken off its columns; as it is where it has queries of its own, in which that may matter.
std::string without_qualifier(std::string_view expression, const QName& table);

// A form in which two spellings of one expression or query are the same text: single spaces, unquoted words in lower
// case, no comments, no outer parentheses, no final semicolon, `<>` for `!=`, no `a AS a`. For comparing only.
std::string normalize_expression(std::string_view text);

// Equal as normalize_expression writes them.
bool same_expression(std::string_view a, std::string_view b);

}  // namespace forge
