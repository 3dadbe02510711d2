#include "engine/model/sql/rewrite.hpp"

namespace forge {
namespace sql {

Rewrite::Rewrite(const Significant& tokens, std::string_view text)
    : tokens_(tokens),
      replaced_(tokens.all.size()),
      changed_(tokens.all.size()),
      quote_(text.find('`') == std::string_view::npos ? usual_quote() : '`') {}

void Rewrite::rename(std::size_t i, std::string_view name) {
  const Token& token = tokens_[i];
  const char own = token.text[0] == '`' ? '`' : '"';
  put(i, quote_where_needed(name, token.kind == TokenKind::quoted ? own : quote_));
}

void Rewrite::put(std::size_t i, std::string text) {
  replaced_[tokens_.at[i]] = std::move(text);
  changed_[tokens_.at[i]] = true;
}

void Rewrite::append(std::size_t i, std::string_view text) {
  if (!changed_[tokens_.at[i]]) put(i, std::string(tokens_[i].text));
  replaced_[tokens_.at[i]] += text;
}

void Rewrite::remove(std::size_t first, std::size_t last) {
  for (std::size_t i = tokens_.at[first - 1] + 1; i <= tokens_.at[last]; ++i) {
    replaced_[i].clear();
    changed_[i] = true;
  }
}

std::string Rewrite::text() const {
  std::string out;
  for (std::size_t i = 0; i < tokens_.all.size(); ++i) {
    if (changed_[i]) {
      out += replaced_[i];
    } else {
      out += tokens_.all[i].text;
    }
  }
  return out;
}

}  // namespace sql
}  // namespace forge
