// Renames inside SQL text.
#include "engine/model/sql/rewrite.hpp"
#include "engine/model/sql/scan.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {

using sql::is_name;
using sql::Significant;

namespace {

// Does a name of a definition stand where only a table can: before a point, behind INTO, or where a trigger's ON says its table?
bool stands_for_table(const Significant& tokens, std::size_t i) {
  if (tokens.is(i + 1, ".")) return true;
  if (i == 0) return false;
  if (tokens.is(i - 1, "into") || tokens.is(i - 1, "join") || tokens.is(i - 1, "update")) return true;
  if (tokens.is(i - 1, "from")) return i < 2 || !tokens.is(i - 2, "distinct");
  if (!tokens.is(i - 1, "on")) return false;
  for (const auto* follows : {"begin", "for", "when", "execute", "referencing"}) {
    if (tokens.is(i + 1, follows)) return true;
  }
  return false;
}

}  // namespace

std::string sql::rename_where(const Significant& tokens, std::string_view text, std::string_view to,
                              const std::function<bool(std::size_t)>& wanted) {
  sql::Rewrite rewrite(tokens, text);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (wanted(i)) rewrite.rename(i, to);
  }
  return rewrite.text();
}

std::string rename_identifier(std::string_view text, std::string_view from, std::string_view to) {
  const Significant tokens(text);
  return sql::rename_where(tokens, text, to, [&](std::size_t i) {
    return is_name(tokens[i]) && token_names(tokens[i], from) && !tokens.is_call(i) && !tokens.is_keyword(i);
  });
}

std::string rename_column_in_definition(std::string_view text, std::string_view from, std::string_view to) {
  const Significant tokens(text);
  return sql::rename_where(tokens, text, to, [&](std::size_t i) {
    return is_name(tokens[i]) && token_names(tokens[i], from) && !tokens.is_call(i) && !tokens.is_keyword(i) &&
           !stands_for_table(tokens, i);
  });
}

std::string without_qualifier(std::string_view expression, const QName& table) {
  const Significant tokens(expression);
  sql::Rewrite rewrite(tokens, expression);
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (tokens.is(i, "select")) return std::string(expression);
    const bool first = i == 0 || !tokens.is(i - 1, ".");
    const bool qualifies = first && is_name(tokens[i]) && token_names(tokens[i], table.name) && tokens.is(i + 1, ".");
    if (!qualifies || tokens.is_call(i + 2)) continue;
    rewrite.put(i, "");
    rewrite.put(i + 1, "");
  }
  return rewrite.text();
}

}  // namespace forge
