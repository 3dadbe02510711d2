// Shared by the readers of SQL text; not for use outside engine/model.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/sql/text.hpp"

namespace forge::sql {

char lower(char c);
bool same_word(std::string_view a, std::string_view b);
bool is_name(const Token& token);
bool is_reserved(std::string_view word);  // any letter case

// The significant tokens of a text, with their places among all tokens.
struct Significant {
  std::vector<Token> all;
  std::vector<std::size_t> at;  // indices into all
  explicit Significant(std::string_view text) : Significant(sql_tokens(text)) {}
  explicit Significant(std::vector<Token> tokens) : all(std::move(tokens)) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].kind != TokenKind::space && all[i].kind != TokenKind::comment) at.push_back(i);
    }
  }
  std::size_t size() const { return at.size(); }
  const Token& operator[](std::size_t i) const { return all[at[i]]; }
  bool is(std::size_t i, std::string_view text) const {
    return i < size() && (*this)[i].kind != TokenKind::quoted && same_word((*this)[i].text, text);
  }
  // Words that are part of the language where they stand, although a column may be called so: those of CASE … END, AT before
  // TIME ZONE, and the type of a literal, as in DATE '2024-01-01'.
  bool is_keyword(std::size_t i) const;
  // A function's name. INSERT INTO a (b) names a table and its columns.
  bool is_call(std::size_t i) const {
    if ((*this)[i].kind != TokenKind::word || !is(i + 1, "(")) return false;
    const std::size_t first = i >= 2 && is(i - 1, ".") ? i - 2 : i;
    return first == 0 || !(is(first - 1, "into") || is(first - 1, "references"));
  }
};

// The text with those of its tokens written as the name `to` that `wanted` says, in their own quotes where they have some.
std::string rename_where(const Significant& tokens, std::string_view text, std::string_view to,
                         const std::function<bool(std::size_t)>& wanted);

}  // namespace forge::sql
