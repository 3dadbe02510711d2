#include "engine/order/texts.hpp"

#include "engine/model/sql/text.hpp"
#include "engine/order/resource_names.hpp"

namespace forge {

std::vector<QName> qualified_names(const std::string& text) {
  const auto tokens = sql_tokens(text);
  const auto named = [&](std::size_t i) {
    return i < tokens.size() && (tokens[i].kind == TokenKind::word || tokens[i].kind == TokenKind::quoted);
  };
  std::vector<QName> out;
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (named(i) && tokens[i + 1].text == "." && named(i + 2)) {
      out.push_back({token_name(tokens[i]), token_name(tokens[i + 2])});
    }
  }
  return out;
}

std::vector<std::string> called_names(std::string_view text) {
  std::vector<std::string> out;
  const Token* last = nullptr;
  const auto tokens = sql_tokens(text);
  for (const auto& token : tokens) {
    if (token.kind == TokenKind::space) continue;
    const bool name = last && (last->kind == TokenKind::word || last->kind == TokenKind::quoted);
    if (name && token.text.starts_with('(')) out.push_back(token_name(*last));
    last = &token;
  }
  return out;
}

std::pair<std::string, std::string> around_name(const std::string& text, const std::string& own) {
  const auto tokens = sql_tokens(text);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool qualifies = i + 1 < tokens.size() && tokens[i + 1].text == ".";
    if (qualifies || !token_names(tokens[i], own)) continue;
    const auto at = static_cast<std::size_t>(tokens[i].text.data() - text.data());
    return {text.substr(0, at), text.substr(at + tokens[i].text.size())};
  }
  return {"", text};
}

std::vector<std::string> rows_read(const std::string& expr, const QName& own) {
  std::vector<std::string> out;
  if (!names_object(expr, "select")) return out;
  const auto names = identifiers(expr);
  for (const auto& table : names) {
    if (table == own.name) continue;
    out.push_back(relation({own.schema, table}));
    for (const auto& column : names) out.push_back(column_of({own.schema, table}, column));
  }
  return out;
}

}  // namespace forge
