#include "engine/model/positional.hpp"

#include "engine/base/letters.hpp"
#include "engine/model/sql/statements.hpp"

namespace forge {
namespace {

using sql::kNone;
using sql::Scope;
using sql::Source;
using sql::Statements;

bool is_row(std::string_view name) { return sql::same_word(name, "new") || sql::same_word(name, "old"); }

// What stars give.
class Stars {
 public:
  explicit Stars(const Statements& text) : text_(text) {}

  bool row = false;
  std::set<std::string> tables;

  // Of one SELECT, also through queries that stand for tables.
  void add(std::size_t scope) {
    if (scope == kNone || !seen_.insert(scope).second) return;
    for (const auto& item : text_.scopes()[scope].items) {
      if (!item.star) continue;
      row = row || is_row(item.of);
      for (const auto& source : text_.scopes()[scope].sources) {
        if (item.of.empty() || folded(source.called) == folded(item.of)) add(source);
      }
    }
  }

  // Of all arms of a query.
  void add_arms(std::size_t first) {
    for (std::size_t at = 0; at < text_.scopes().size(); ++at) {
      if (text_.scopes()[at].first_arm == first) add(at);
    }
  }

 private:
  void add(const Source& source) {
    if (source.query != kNone) {
      add_arms(source.query);
    } else if (!source.function && !source.row && !source.said.empty()) {
      tables.insert(folded(source.said.name));
    }
  }

  const Statements& text_;
  std::set<std::size_t> seen_;
};

// The parenthesis that is open at the token.
std::size_t around(const sql::Significant& tokens, std::size_t i) {
  int depth = 0;
  while (i-- > 0) {
    if (tokens.is(i, ")")) ++depth;
    if (tokens.is(i, "(") && depth-- == 0) return i;
  }
  return kNone;
}

// VALUES (1, NEW.*), and not f(NEW.*)
bool row_in_values(const Statements& text, const sql::Insertion& one) {
  const auto& tokens = text.tokens();
  for (auto i = one.begin + 1; i < one.end; ++i) {
    if (!tokens.is(i, "*") || !tokens.is(i - 1, ".")) continue;
    const auto owner = tokens.is(i - 2, ")") ? i - 3 : i - 2;
    const auto first = tokens.is(i - 2, ")") ? i - 4 : i - 2;
    if (!sql::is_name(tokens[owner]) || !is_row(tokens[owner].text)) continue;
    const auto open = around(tokens, first);
    const bool row = open != kNone && open > 0 &&
                     (tokens.is(open - 1, "values") || tokens.is(open - 1, "value") || tokens.is(open - 1, ",") ||
                      tokens.is(open - 1, "row"));
    if (row && (tokens.is(i + 1, ",") || tokens.is(i + 1, ")"))) return true;
  }
  return false;
}

}  // namespace

Positional positional_of(const Definition& definition) {
  const std::string text = definition.create + "\n" + definition.body;
  const Statements statements(text, {definition.on, false}, true);
  Positional out;
  for (const auto& one : statements.insertions()) {
    if (one.positional && one.into.query == kNone) out.written.insert(folded(one.into.said.name));
    Stars stars(statements);
    if (one.rows != kNone) stars.add_arms(one.rows);
    out.row = out.row || stars.row || row_in_values(statements, one);
    out.read.insert(stars.tables.begin(), stars.tables.end());
  }
  return out;
}

std::set<std::string> stars_in_arms(std::string_view query) {
  const Statements statements(query);
  Stars stars(statements);
  for (std::size_t at = 0; at < statements.scopes().size(); ++at) {
    if (statements.scopes()[at].arm) stars.add(at);
  }
  return stars.tables;
}

std::set<std::string> stars_of(std::string_view query) {
  const Statements statements(query);
  Stars stars(statements);
  for (std::size_t at = 0; at < statements.scopes().size(); ++at) stars.add(at);
  return stars.tables;
}

}  // namespace forge
