#include "engine/model/unclear_text.hpp"

#include "engine/model/sql_scan.hpp"

namespace forge {
namespace {

using sql::is_name;
using sql::Significant;

// The place behind a list of names in parentheses that begins at `i`; `i` where none does.
std::size_t behind_list(const Significant& tokens, std::size_t i) {
  if (!tokens.is(i, "(")) return i;
  for (std::size_t at = i + 1; at + 1 < tokens.size(); at += 2) {
    if (!is_name(tokens[at])) return i;
    if (tokens.is(at + 1, ")")) return at + 2;
    if (!tokens.is(at + 1, ",")) return i;
  }
  return i;
}

bool says_query(const Significant& tokens, std::size_t i) {
  if (!tokens.is(i, "as")) return false;
  return tokens.is(i + 1, "(") || tokens.is(i + 1, "materialized") || tokens.is(i + 1, "not");
}

// Does a WITH give the name at `i` to a query?
bool names_query(const Significant& tokens, std::size_t i) {
  if (!is_name(tokens[i]) || i == 0) return false;
  const bool leads = tokens.is(i - 1, "with") || tokens.is(i - 1, "recursive") || tokens.is(i - 1, ",");
  return leads && says_query(tokens, behind_list(tokens, i + 1));
}

}  // namespace

bool lists_column(std::string_view text, std::string_view column) {
  const Significant tokens(text);
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    const auto end = is_name(tokens[i]) ? behind_list(tokens, i + 1) : i + 1;
    if (end == i + 1 || !(tokens.is(i - 1, "as") || tokens.is(i - 1, ")") || says_query(tokens, end))) continue;
    for (auto at = i + 2; at < end; at += 2) {
      if (token_names(tokens[at], column)) return true;
    }
  }
  return false;
}

bool hides_table(std::string_view text, std::string_view table,
                 const std::function<bool(std::string_view)>& another_table) {
  const Significant tokens(text);
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (!is_name(tokens[i]) || !token_names(tokens[i], table)) continue;
    if (names_query(tokens, i)) return true;
    const std::size_t before = tokens.is(i - 1, "as") && i >= 2 ? i - 2 : i - 1;
    if (is_name(tokens[before]) && another_table(token_name(tokens[before]))) return true;
  }
  return false;
}

bool derives_column(std::string_view text, std::string_view column) {
  const Significant tokens(text);
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    const bool behind = tokens.is(i - 1, "from") || tokens.is(i - 1, "join") || tokens.is(i - 1, ",");
    if (!behind || !tokens.is(i, "(") || !tokens.is(i + 1, "select")) continue;
    int depth = 0;
    for (std::size_t at = i; at < tokens.size(); ++at) {
      if (tokens.is(at, "(")) ++depth;
      if (tokens.is(at, ")") && --depth == 0) break;
      if (is_name(tokens[at]) && token_names(tokens[at], column)) return true;
    }
  }
  return false;
}

}  // namespace forge
