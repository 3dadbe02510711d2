#include "engine/model/definition_text.hpp"

#include <algorithm>
#include <array>

#include "engine/model/sql_scan.hpp"

namespace forge {
namespace {

constexpr std::array<std::string_view, 8> kBeforeTable = {"from",  "join",  "into", "update",
                                                          "table", "using", "only", "references"};

// What stands between the dollar quotes of a string.
std::string_view inside(std::string_view quoted) {
  const auto end = quoted.find('$', 1);
  const auto size = end == std::string_view::npos ? 0 : end + 1;
  return size == 0 || quoted.size() < 2 * size ? std::string_view() : quoted.substr(size, quoted.size() - 2 * size);
}

}  // namespace

DefinitionText::DefinitionText(const Definition& definition) {
  add(definition.create);
  add(definition.body);
}

void DefinitionText::add(std::string_view text) {
  for (const auto& token : sql_tokens(text)) {
    if (token.kind == TokenKind::space || token.kind == TokenKind::comment) continue;
    if (token.kind != TokenKind::string) {
      tokens_.push_back(token);
    } else if (token.text.starts_with('$')) {
      add(inside(token.text));
    }
  }
}

bool DefinitionText::is(std::size_t i, std::string_view text) const {
  return i < tokens_.size() && tokens_[i].kind != TokenKind::quoted && sql::same_word(tokens_[i].text, text);
}

// The token is the table's name, and stands where only a table can.
bool DefinitionText::table_at(std::size_t i, const QName& table) const {
  if (!sql::is_name(tokens_[i]) || !token_names(tokens_[i], table.name) || i == 0) return false;
  std::size_t before = i;
  if (is(i - 1, ".") && i >= 2) {
    if (!table.schema.empty() && !token_names(tokens_[i - 2], table.schema)) return false;
    before = i - 2;
  }
  if (before == 0) return false;
  const auto stands = [&](std::string_view word) { return is(before - 1, word); };
  const bool call = is(i + 1, "(") && !stands("into") && !stands("references");
  return !call && std::ranges::any_of(kBeforeTable, stands) &&
         !(stands("from") && before >= 2 && is(before - 2, "distinct"));
}

bool DefinitionText::uses_table(const QName& table) const {
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (table_at(i, table)) return true;
    const bool qualifies = sql::is_name(tokens_[i]) && token_names(tokens_[i], table.name) && is(i + 1, ".");
    if (qualifies && (i == 0 || !is(i - 1, "."))) return true;
  }
  return false;
}

std::vector<std::string> DefinitionText::qualifiers(const QName& table) const {
  std::vector<std::string> out{table.name};
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (!table_at(i, table)) continue;
    const std::size_t next = is(i + 1, "as") ? i + 2 : i + 1;
    if (next >= tokens_.size() || !sql::is_name(tokens_[next])) continue;
    const bool keyword = tokens_[next].kind == TokenKind::word && sql::is_reserved(tokens_[next].text);
    if (!keyword) out.push_back(token_name(tokens_[next]));
  }
  return out;
}

bool DefinitionText::says_of_row(std::string_view column) const {
  bool listed = false;  // behind UPDATE OF
  for (std::size_t i = 1; i < tokens_.size(); ++i) {
    if (is(i, "on")) listed = false;
    if (is(i, "of") && is(i - 1, "update")) listed = true;
    if (!sql::is_name(tokens_[i]) || !token_names(tokens_[i], column)) continue;
    if (listed) return true;
    if (i >= 2 && is(i - 1, ".") && (token_names(tokens_[i - 2], "new") || token_names(tokens_[i - 2], "old")))
      return true;
  }
  return false;
}

bool DefinitionText::says_column(const QName& table, std::string_view column) const {
  const auto known = qualifiers(table);
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (!sql::is_name(tokens_[i]) || !token_names(tokens_[i], column)) continue;
    if (is(i + 1, ".") || (tokens_[i].kind == TokenKind::word && is(i + 1, "("))) continue;
    if (table_at(i, {"", std::string(column)})) continue;
    if (i == 0 || !is(i - 1, ".")) return true;
    if (i >= 2 && std::ranges::any_of(known, [&](const auto& name) { return token_names(tokens_[i - 2], name); }))
      return true;
  }
  return false;
}

bool DefinitionText::names(std::string_view name) const {
  return std::ranges::any_of(tokens_,
                             [&](const Token& token) { return sql::is_name(token) && token_names(token, name); });
}

std::vector<std::string> DefinitionText::all_names() const {
  std::vector<std::string> out;
  for (const auto& token : tokens_) {
    if (sql::is_name(token)) out.push_back(token_name(token));
  }
  return out;
}

}  // namespace forge
