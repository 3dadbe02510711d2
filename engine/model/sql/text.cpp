#include "engine/model/sql/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "engine/model/caseless.hpp"
#include "engine/model/sql/scan.hpp"

namespace forge {

using sql::lower;
using sql::Significant;

namespace {

thread_local char quote_in_use = '"';

bool of_mysql() { return quote_in_use == '`'; }

bool is_word_start(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_word(char c) { return is_word_start(c) || std::isdigit(static_cast<unsigned char>(c)) || c == '$'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
constexpr std::array<std::string_view, 16> kOperators = {
    "<=>", "->>", "#>>", "::", "<=", ">=", "<>", "!=", "||", "&&", "->", "#>", "@>", "<@", ":=", "=>"};

// Reads one token after another off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool done() const { return at_ >= text_.size(); }

  Token next() {
    const std::size_t start = at_;
    const TokenKind kind = scan();
    glued_ = kind == TokenKind::word || kind == TokenKind::quoted || text_[at_ - 1] == ')' || text_[at_ - 1] == ']';
    return {kind, text_.substr(start, at_ - start)};
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }

  TokenKind scan() {
    const char c = peek();
    if (is_space(c)) return take_while(is_space, TokenKind::space);
    if (starts("--")) return take_to("\n", false, TokenKind::comment);
    if (starts("/*")) return block_comment();
    if (c == '#' && of_mysql()) return take_to("\n", false, TokenKind::comment);
    if (c == '\'') return quoted('\'', of_mysql(), TokenKind::string);
    if (c == '"' && of_mysql()) return quoted(c, true, TokenKind::string);
    if (c == '"' || c == '`') return quoted(c, false, TokenKind::quoted);
    if (c == '[' && bracket_is_name()) return take_to("]", true, TokenKind::quoted);
    if (c == '$') return dollar();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (is_word_start(c)) return word();
    for (const auto op : kOperators) {
      if (starts(op)) return take(op.size(), TokenKind::op);
    }
    return take(1, TokenKind::op);
  }

  TokenKind take(std::size_t n, TokenKind kind) {
    at_ += n;
    return kind;
  }
  template <class Predicate>
  TokenKind take_while(Predicate holds, TokenKind kind) {
    while (!done() && holds(text_[at_])) ++at_;
    return kind;
  }
  TokenKind take_to(std::string_view end, bool with_end, TokenKind kind) {
    const auto found = text_.find(end, at_ + 1);
    at_ = found == std::string_view::npos ? text_.size() : found + (with_end ? end.size() : 0);
    return kind;
  }
  // PostgreSQL nests block comments; elsewhere nobody writes `/*` inside one.
  TokenKind block_comment() {
    int depth = 0;
    do {
      if (starts("/*")) {
        ++depth;
        at_ += 2;
      } else if (starts("*/")) {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && !done());
    return TokenKind::comment;
  }
  TokenKind quoted(char quote, bool backslash, TokenKind kind) {
    for (++at_; !done(); ++at_) {
      if (backslash && text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == quote) {
        if (peek(1) != quote) return take(1, kind);
        ++at_;
      }
    }
    at_ = text_.size();
    return kind;
  }
  // `a[1]` and `array[x]` are subscripts; `[order id]` is a name.
  bool bracket_is_name() const {
    const auto end = text_.find(']', at_);
    return !glued_ && is_word_start(peek(1)) && end != std::string_view::npos &&
           text_.substr(at_, end - at_).find_first_of("',\"(") == std::string_view::npos;
  }
  TokenKind dollar() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && is_word(text_[end]) && text_[end] != '$') ++end;
    if (end >= text_.size() || text_[end] != '$' || is_digit(peek(1))) return take(1, TokenKind::op);
    const auto tag = text_.substr(at_, end + 1 - at_);
    const auto close = text_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? text_.size() : close + tag.size();
    return TokenKind::string;
  }
  TokenKind number() {
    while (!done() && (is_word(peek()) || peek() == '.')) {
      const bool exponent = lower(peek()) == 'e' && (peek(1) == '-' || peek(1) == '+');
      at_ += exponent ? 2 : 1;
    }
    at_ = std::min(at_, text_.size());
    return TokenKind::number;
  }
  TokenKind word() {
    const std::size_t start = at_;
    take_while(is_word, TokenKind::word);
    const bool prefix =
        at_ == start + 1 && peek() == '\'' && std::string_view("eEnNxXbB").find(text_[start]) != std::string_view::npos;
    return prefix ? quoted('\'', lower(text_[start]) == 'e', TokenKind::string) : TokenKind::word;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool glued_ = false;  // the token before ends in something that can be subscripted
};

// Words that all or some engines refuse as a plain name.
const std::set<std::string, std::less<>>& reserved() {
  static const std::set<std::string, std::less<>> words = {"all",          "alter",
                                                           "analyze",      "and",
                                                           "any",          "array",
                                                           "as",           "asc",
                                                           "between",      "by",
                                                           "case",         "cast",
                                                           "check",        "collate",
                                                           "column",       "condition",
                                                           "constraint",   "create",
                                                           "cross",        "current_date",
                                                           "current_time", "current_timestamp",
                                                           "current_user", "database",
                                                           "default",      "delete",
                                                           "desc",         "describe",
                                                           "distinct",     "div",
                                                           "drop",         "else",
                                                           "end",          "except",
                                                           "exists",       "explain",
                                                           "false",        "fetch",
                                                           "for",          "foreign",
                                                           "from",         "full",
                                                           "function",     "grant",
                                                           "group",        "groups",
                                                           "having",       "if",
                                                           "in",           "index",
                                                           "inner",        "insert",
                                                           "intersect",    "interval",
                                                           "into",         "is",
                                                           "join",         "key",
                                                           "keys",         "kill",
                                                           "lateral",      "leading",
                                                           "left",         "like",
                                                           "limit",        "lock",
                                                           "match",        "natural",
                                                           "not",          "null",
                                                           "of",           "offset",
                                                           "on",           "only",
                                                           "option",       "or",
                                                           "order",        "outer",
                                                           "over",         "partition",
                                                           "primary",      "procedure",
                                                           "range",        "rank",
                                                           "read",         "references",
                                                           "rename",       "repeat",
                                                           "replace",      "returning",
                                                           "revoke",       "right",
                                                           "row",          "rows",
                                                           "schema",       "select",
                                                           "session_user", "set",
                                                           "show",         "some",
                                                           "system",       "table",
                                                           "then",         "to",
                                                           "trailing",     "transaction",
                                                           "trigger",      "true",
                                                           "union",        "unique",
                                                           "update",       "usage",
                                                           "use",          "user",
                                                           "using",        "values",
                                                           "variadic",     "when",
                                                           "where",        "window",
                                                           "with",         "write"};
  return words;
}

}  // namespace

IdentifierQuote::IdentifierQuote(char quote) : before_(quote_in_use) { quote_in_use = quote; }
IdentifierQuote::~IdentifierQuote() { quote_in_use = before_; }
char usual_quote() { return quote_in_use; }
char identifier_quote(std::string_view engine) { return engine == "mysql" || engine == "mariadb" ? '`' : '"'; }

namespace sql {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool is_name(const Token& token) { return token.kind == TokenKind::word || token.kind == TokenKind::quoted; }

bool is_reserved(std::string_view word) {
  std::string name(word);
  std::ranges::transform(name, name.begin(), lower);
  return reserved().contains(name);
}

}  // namespace sql

std::vector<Token> sql_tokens(std::string_view text) {
  std::vector<Token> out;
  for (Reader reader(text); !reader.done();) out.push_back(reader.next());
  return out;
}

std::string token_name(const Token& token) {
  if (token.kind != TokenKind::quoted) return std::string(token.text);
  const char close = token.text[0] == '[' ? ']' : token.text[0];
  std::string out;
  for (std::size_t i = 1; i < token.text.size(); ++i) {
    if (token.text[i] == close) {
      if (i + 1 >= token.text.size()) break;
      ++i;
    }
    out += token.text[i];
  }
  return out;
}

bool token_names(const Token& token, std::string_view name) {
  if (token.kind == TokenKind::word) return sql::same_word(token.text, name);
  if (token.kind != TokenKind::quoted) return false;
  const auto own = token_name(token);
  return own == name || ((names_are_caseless() || of_mysql()) && sql::same_word(own, name));
}

std::string quote_where_needed(std::string_view name, char quote) {
  const bool plain = !name.empty() && (is_word_start(name[0])) && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
  });
  if (plain && !reserved().contains(name)) return std::string(name);
  std::string out(1, quote);
  for (const char c : name) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

bool sql::Significant::is_keyword(std::size_t i) const {
  const auto& tokens = *this;
  if (tokens[i].kind != TokenKind::word) return false;
  if (i + 1 < tokens.size() && tokens[i + 1].kind == TokenKind::string) return true;
  if (tokens.is(i, "at")) return tokens.is(i + 1, "time") && tokens.is(i + 2, "zone");
  const bool inner = tokens.is(i, "when") || tokens.is(i, "then") || tokens.is(i, "else") || tokens.is(i, "end");
  if (!inner) return tokens.is(i, "case");
  int open = 0;
  for (std::size_t before = 0; before < i; ++before) {
    if (tokens[before].kind != TokenKind::word) continue;
    if (tokens.is(before, "case")) ++open;
    if (tokens.is(before, "end") && open > 0) --open;
  }
  return open > 0;
}

namespace {

std::vector<std::string> distinct_names(std::string_view text, bool calls) {
  const Significant tokens(text);
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!sql::is_name(tokens[i]) || (!calls && tokens.is_call(i)) || tokens.is_keyword(i)) continue;
    auto name = token_name(tokens[i]);
    if (seen.insert(name).second) out.push_back(std::move(name));
  }
  return out;
}

}  // namespace

std::vector<std::string> identifiers(std::string_view text) { return distinct_names(text, false); }

std::vector<std::string> names_in(std::string_view text) { return distinct_names(text, true); }

bool names_object(std::string_view text, std::string_view name) {
  const auto tokens = sql_tokens(text);
  return std::ranges::any_of(tokens, [&](const Token& token) { return token_names(token, name); });
}

namespace {

std::string normal_token(const Token& token) {
  if (token.kind == TokenKind::string) return std::string(token.text);
  if (token.text == "!=") return "<>";
  std::string name = token_name(token);
  if (token.kind != TokenKind::quoted || names_are_caseless()) {
    std::ranges::transform(name, name.begin(), lower);
    if (token.kind != TokenKind::quoted) return name;
  }
  return quote_where_needed(name);
}

// The parenthesis at the front closes only at the very end.
bool wrapped(const std::vector<std::string>& words) {
  if (words.size() < 2 || words.front() != "(" || words.back() != ")") return false;
  int depth = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "(") ++depth;
    if (words[i] == ")" && --depth == 0) return i + 1 == words.size();
  }
  return false;
}

}  // namespace

std::string normalize_expression(std::string_view text) {
  const Significant tokens(text);
  std::vector<std::string> words;
  words.reserve(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) words.push_back(normal_token(tokens[i]));
  while (!words.empty() && words.back() == ";") words.pop_back();
  while (wrapped(words)) words = {words.begin() + 1, words.end() - 1};
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "as" && i > 0 && i + 1 < words.size() && words[i - 1] == words[i + 1]) {
      ++i;  // `a AS a` says nothing
      continue;
    }
    if (!out.empty()) out += ' ';
    out += words[i];
  }
  return out;
}

bool same_expression(std::string_view a, std::string_view b) {
  return a == b || normalize_expression(a) == normalize_expression(b);
}

}  // namespace forge
