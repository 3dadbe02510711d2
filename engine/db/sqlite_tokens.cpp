#include "engine/db/sqlite_tokens.hpp"

namespace forge::sqlite {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
char upper_letter(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

// The byte after a run in quotes that begins at `at`; `[` has no way to hold its own end.
std::size_t quoted_end(std::string_view text, std::size_t at) {
  const char close = text[at] == '[' ? ']' : text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] != close) continue;
    if (close == ']' || i + 1 >= text.size() || text[i + 1] != close) return i + 1;
    ++i;
  }
  return text.size();
}

std::size_t number_end(std::string_view text, std::size_t at) {
  std::size_t i = at;
  while (i < text.size() && (is_word_byte(text[i]) || text[i] == '.')) {
    const bool hex = text.substr(at).starts_with("0x") || text.substr(at).starts_with("0X");
    const bool exponent = (text[i] == 'e' || text[i] == 'E') && !hex;
    ++i;
    if (exponent && i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  }
  return i;
}

std::size_t word_end(std::string_view text, std::size_t at) {
  while (at < text.size() && is_word_byte(text[at])) ++at;
  return at;
}

// The byte after white space and comments.
std::size_t skip_blank(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const auto rest = text.substr(at);
    if (is_space(text[at])) {
      ++at;
    } else if (rest.starts_with("--")) {
      const auto end = text.find('\n', at);
      at = end == std::string_view::npos ? text.size() : end + 1;
    } else if (rest.starts_with("/*")) {
      const auto end = text.find("*/", at + 2);
      at = end == std::string_view::npos ? text.size() : end + 2;
    } else {
      break;
    }
  }
  return at;
}

Token next_token(std::string_view text, std::size_t at) {
  const char c = text[at];
  const char following = at + 1 < text.size() ? text[at + 1] : '\0';
  const auto make = [&](Kind kind, std::size_t end) { return Token{kind, text.substr(at, end - at), at}; };
  if (c == '\'') return make(Kind::string, quoted_end(text, at));
  if (c == '"' || c == '`' || c == '[') return make(Kind::quoted, quoted_end(text, at));
  if ((c == 'x' || c == 'X') && following == '\'') return make(Kind::string, quoted_end(text, at + 1));
  if (is_digit(c) || (c == '.' && is_digit(following))) return make(Kind::number, number_end(text, at));
  if (is_word_byte(c)) return make(Kind::word, word_end(text, at));
  return make(Kind::punctuation, at + 1);
}

}  // namespace

bool Token::is(std::string_view word) const {
  if (kind != Kind::word || text.size() != word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (upper_letter(text[i]) != word[i]) return false;
  }
  return true;
}

std::string Token::name() const {
  const bool in_quotes = kind == Kind::quoted || (kind == Kind::string && !text.empty() && text[0] == '\'');
  if (!in_quotes || text.size() < 2) return std::string(text);
  const char close = text[0] == '[' ? ']' : text[0];
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    out += text[i];
    if (close != ']' && text[i] == close) ++i;
  }
  return out;
}

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> out;
  for (std::size_t at = skip_blank(text, 0); at < text.size(); at = skip_blank(text, at)) {
    out.push_back(next_token(text, at));
    at = out.back().end();
  }
  out.push_back({Kind::end, {}, text.size()});
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

}  // namespace forge::sqlite
