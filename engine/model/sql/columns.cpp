#include "engine/model/sql/columns.hpp"

#include "engine/model/sql/scan.hpp"

namespace forge {
namespace {

using sql::Significant;

// A type behind a cast, the part that EXTRACT takes, or the unit behind an interval's figure: no column, whatever it is called.
bool is_type_or_unit(const Significant& tokens, std::size_t i) {
  if (tokens.is(i + 1, "from")) return true;
  if (i == 0) return false;
  const auto kind = tokens[i - 1].kind;
  return tokens.is(i - 1, "as") || tokens.is(i - 1, ":") || tokens.is(i - 1, "::") || tokens.is(i - 1, ")") ||
         kind == TokenKind::number || kind == TokenKind::string;
}

}  // namespace

std::vector<Token> columns_said(std::string_view expression) {
  const Significant tokens(expression);
  std::vector<Token> out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!sql::is_name(tokens[i]) || tokens.is_call(i) || tokens.is_keyword(i) || is_type_or_unit(tokens, i)) continue;
    out.push_back(tokens[i]);
  }
  return out;
}

}  // namespace forge
