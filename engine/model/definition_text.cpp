#include "engine/model/definition_text.hpp"

#include <algorithm>

namespace forge {

DefinitionText::DefinitionText(const Definition& definition, const HasColumn& has)
    : text_(definition.create + "\n" + definition.body),
      statements_(text_, {definition.on, !definition.on.empty() && !body_follows(definition)}, true),
      meaning_(statements_, has, true) {}

bool DefinitionText::uses_table(const QName& table) const {
  for (std::size_t i = 0; i < statements_.tokens().size(); ++i) {
    if (meaning_.table(i, table) != sql::Means::no) return true;
  }
  return false;
}

bool DefinitionText::says_of_row(std::string_view column) const {
  const auto& tokens = statements_.tokens();
  bool listed = false;  // behind UPDATE OF
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (tokens.is(i, "on")) listed = false;
    if (tokens.is(i, "of") && tokens.is(i - 1, "update")) listed = true;
    if (!sql::is_name(tokens[i]) || !token_names(tokens[i], column)) continue;
    if (listed) return true;
    const std::size_t owner = i >= 2 && tokens.is(i - 2, ")") ? i - 3 : i - 2;  // (NEW).column
    const bool row = i >= 3 && tokens.is(i - 1, ".") && owner < tokens.size();
    if (row && (token_names(tokens[owner], "new") || token_names(tokens[owner], "old"))) return true;
  }
  return false;
}

bool DefinitionText::says_column(const QName& table, std::string_view column) const {
  for (std::size_t i = 0; i < statements_.tokens().size(); ++i) {
    if (meaning_.column(i, table, column) != sql::Means::no) return true;
  }
  return false;
}

bool DefinitionText::names(std::string_view name) const {
  const auto& tokens = statements_.tokens();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (sql::is_name(tokens[i]) && token_names(tokens[i], name)) return true;
  }
  return false;
}

std::vector<std::string> DefinitionText::all_names() const {
  const auto& tokens = statements_.tokens();
  std::vector<std::string> out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (sql::is_name(tokens[i])) out.push_back(token_name(tokens[i]));
  }
  return out;
}

}  // namespace forge
