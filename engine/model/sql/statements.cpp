#include "engine/model/sql/statements.hpp"

#include <algorithm>

#include "engine/base/letters.hpp"
#include "engine/model/sql/query_parser.hpp"

namespace forge::sql {
namespace {

// Reads the statements that change rows, and what stands between statements.
class StatementParser final : QueryParser {
 public:
  StatementParser(StatementParts& parts, const About& about) : QueryParser(parts), about_(about) {
    open(ScopeKind::root, kNone, 0);
    if (about_.on.empty()) return;
    for (const auto* name : {"new", "old"}) add_row(0, name, about_.on);
    if (!about_.own_columns) return;
    Source own;
    own.said = about_.on;
    own.called = about_.on.name;
    parts_.scopes[0].sources.push_back(std::move(own));
  }

  void run() {
    std::size_t i = is(0, "create") ? head() : 0;
    if (i == 0 && starts_query(0)) {
      const auto whole = query(0, 0, false);
      parts_.top = whole.scope;
      i = whole.end;
    }
    while (i < size()) i = step(i);
  }

 private:
  void add_row(std::size_t scope, const char* name, const QName& table) {
    Source row;
    row.said = table;
    row.called = name;
    row.row = true;
    parts_.scopes[scope].sources.push_back(std::move(row));
  }

  bool begins_change(std::size_t i) const {
    if (i > 0 && (is(i - 1, ".") || is(i - 1, "for") || is(i - 1, "or"))) return false;
    if (is(i, "replace")) return !is(i + 1, "(") && i + 1 < size() && is_name(tokens_[i + 1]);
    return any(i, {"insert", "update", "delete", "merge"}) && i + 1 < size() &&
           !any(i + 1, {"(", ",", ";", ")", "on", "of"});
  }

  bool loops(std::size_t i) const { return i >= 3 && is(i - 1, "in") && is(i - 3, "for"); }

  // What stands outside of statements: the words of a routine's language, expressions, conditions.
  std::size_t step(std::size_t i) {
    const bool query_follows =
        any(i, {"select", "perform"}) || (is(i, "with") && (is(i + 1, "recursive") || plain_name(i + 1)));
    if (query_follows && !(i > 0 && is(i - 1, "."))) {
      // FOR r IN SELECT … LOOP knows the results by their names, and so does what reads CREATE TABLE … AS SELECT.
      return std::max(query(i, 0, i > 0 && (loops(i) || is(i - 1, "as"))).end, i + 1);
    }
    if (begins_change(i)) return std::max(statement(i, 0), i + 1);
    if (is(i, "(") && loops(i) && starts_query(i)) {
      const auto end = query(i + 1, 0, true).end;
      return is(end, ")") ? end + 1 : std::max(end, i + 1);
    }
    if (is(i, "(")) return parentheses(i, 0);
    if (is(i, "declare")) return declarations(i + 1);
    const bool from = is(i, "from") && !(i > 0 && is(i - 1, "distinct"));
    const bool names_table = from || any(i, {"table", "truncate", "references", "join"});
    mark(i, 0);
    if (!names_table || is(i + 1, "table")) return i + 1;
    auto at = i + 1;
    while (any(at, {"if", "exists", "not", "only"})) ++at;
    Source source;
    at = plain_name(at) ? table(at, 0, source) : at;
    if (source.at != kNone && source.query == kNone) parts_.beside.push_back(source);
    return std::max(at, i + 1);
  }

  // DECLARE a, b int; and, where one DECLARE opens a block (PostgreSQL), what is declared behind it up to BEGIN.
  std::size_t declarations(std::size_t i) {
    const bool block = i < 2 || !any(i - 2, {"begin", ";"});
    for (bool first = !any(i, {"continue", "exit", "undo"}); i < size() && !is(i, "begin"); ++i) {
      if (first && is_name(tokens_[i])) {
        declare(i);
        while (is(i + 1, ",") && i + 2 < size()) declare(i += 2);
      } else if (any(i, {"select", "with"})) {
        i = query(i, 0, false).end - 1;
      } else {
        mark(i, 0);
      }
      first = is(i, ";");
      if (first && !block) return i;
    }
    return i;
  }

  void declare(std::size_t i) {
    if (!is_name(tokens_[i])) return;
    parts_.declared.insert(low_name(tokens_[i]));
    mark(i, 0, Role::variable);
  }

  // CREATE … up to what it does: names of the object and of its parameters are no columns.
  std::size_t head() {
    std::size_t i = 1;
    if (is(i, "statistics")) return statistics(i);
    while (i < size() && !any(i, {"trigger", "rule", "policy", "function", "procedure", "event", "view"})) ++i;
    if (any(i, {"trigger", "rule"})) return head_of_row(i);
    if (is(i, "policy")) return head_of_policy(i);
    if (any(i, {"function", "procedure"})) return head_of_routine(i);
    return is(i, "event") ? i + 2 : 0;
  }

  // The table behind ON (of a rule: behind TO), and the columns behind UPDATE OF.
  std::size_t head_of_row(std::size_t i) {
    bool of = false;
    for (; i < size() && !is(i, "on"); ++i) {
      if (is(i, "of") && is(i - 1, "update")) of = true;
      mark(i, 0,
           of && is_name(tokens_[i]) && !is(i, "of") && !any(i, {"or", "insert", "delete"}) ? Role::written
                                                                                            : Role::other);
    }
    i += is(i + 2, "to") ? 3 : 1;
    Source own;
    i = table(i, 0, own);
    parts_.beside.push_back(own);
    return i;
  }

  // Name and kinds, and then what reads as a SELECT: ON columns and expressions FROM the table.
  std::size_t statistics(std::size_t i) {
    while (i < size() && !is(i, "on")) mark(i++, 0, Role::other);
    const auto scope = open(ScopeKind::change, 0, i);
    while (i < size() && !is(i, "from")) {
      i = std::max(expression(i + 1, scope, [&](std::size_t at) { return any(at, {",", "from"}); }), i + 1);
    }
    return i < size() ? sources(i + 1, scope) : i;
  }

  std::size_t head_of_policy(std::size_t i) {
    while (i < size() && !is(i, "on")) mark(i++, 0, Role::other);
    Source own;
    i = table(i + 1, 0, own);
    parts_.beside.push_back(own);
    while (i < size() && !any(i, {"using", "with"})) mark(i++, 0, Role::other);
    while (any(i, {"using", "with", "check"})) mark(i++, 0, Role::other);
    return i;
  }

  // Parameters: their names are declared, and a table may be the type of one, or of what it returns.
  std::size_t head_of_routine(std::size_t i) {
    while (i < size() && !is(i, "(")) mark(i++, 0, Role::other);
    const auto behind_mode = [&](std::size_t at) { return any(at, {"in", "out", "inout", "variadic"}) ? at + 1 : at; };
    for (int depth = 0; i < size(); ++i) {
      if (is(i, "(")) ++depth;
      if (is(i, ")") && --depth == 0) break;
      mark(i, 0, plain_name(i) ? Role::table : Role::other);
      if (depth != 1 || !any(i, {"(", ","})) continue;
      const auto name = behind_mode(i + 1);
      const bool only_type = any(name + 1, {",", ")", "["});
      if (name >= size() || only_type || !is_name(tokens_[name])) continue;
      declare(i = name);
    }
    ++i;
    if (!is(i, "returns")) return i;
    i += is(i + 1, "setof") ? 2 : 1;
    if (!plain_name(i)) return i;
    Source type;
    return table(i, 0, type);
  }

  std::size_t statement(std::size_t i, std::size_t parent) override {
    if (any(i, {"insert", "replace"})) return insertion(i, parent);
    if (is(i, "update")) return update(i, parent);
    if (is(i, "delete")) return deletion(i, parent);
    return merge(i, parent);
  }

  std::size_t skip_words(std::size_t i) const {
    while (any(i, {"low_priority", "high_priority", "delayed", "ignore", "quick", "or", "replace", "rollback", "abort",
                   "fail", "only"}))
      ++i;
    return i;
  }

  std::size_t insertion(std::size_t i, std::size_t parent) {
    const auto scope = open(ScopeKind::change, parent, i);
    i = skip_words(i + 1);
    if (is(i, "into")) ++i;
    Insertion one;
    i = table(i, scope, one.into);
    if (one.into.at == kNone) return i;
    const bool partition = is(i, "partition");
    if (partition) i = names(i + 1, scope, Role::other);
    if (is(i, "as") && i + 1 < size()) {  // no list of names follows, but that of the columns
      one.into.called = token_name(tokens_[i + 1]);
      one.into.aliased = true;
      mark(i + 1, scope, Role::alias);
      i += 2;
    }
    const bool listed = is(i, "(") && !starts_query(i) && !is(i + 1, ")");
    // The columns of the rows are not to be seen in what gives them.
    parts_.scopes[scope].sources.push_back(one.into);
    if (is(i, "(") && is(i + 1, ")")) i += 2;
    if (listed) i = names(i, scope, Role::written);
    if (is(i, "overriding")) i += 3;
    one.begin = i;
    one.positional = !listed && !any(i, {"set", "default"});
    i = rows(i, scope, parent, one);
    one.end = i;
    parts_.insertions.push_back(one);
    add_row(scope, "excluded", one.into.said);
    return behind_rows(i, scope);
  }

  std::size_t rows(std::size_t i, std::size_t scope, std::size_t parent, Insertion& one) {
    if (is(i, "set")) return assignments(i + 1, scope);
    if (any(i, {"values", "value"})) {
      one.rows = open(ScopeKind::rows, parent, i);
      for (++i; is(i, "(") || (is(i, "row") && is(i + 1, "(")); ++i) {
        i = parentheses(is(i, "(") ? i : i + 1, one.rows);
        if (!is(i, ",")) break;
      }
      if (is(i, "as") && i + 1 < size()) {  // MySQL: the new row has a name
        add_row(scope, "", one.into.said);
        parts_.scopes[scope].sources.back().called = token_name(tokens_[i + 1]);
        mark(i + 1, scope, Role::alias);
        i = names(i + 2, scope, Role::listed, &parts_.scopes[scope].sources.back().listed);
      }
      return i;
    }
    if (!starts_query(i)) return i;
    const auto given = query(i, parent, false);
    one.rows = given.scope;
    return given.end;
  }

  // ON CONFLICT, ON DUPLICATE KEY, RETURNING.
  std::size_t behind_rows(std::size_t i, std::size_t scope) {
    if (is(i, "on") && is(i + 1, "duplicate")) {
      i = assignments(i + 4, scope);
    } else if (is(i, "on") && is(i + 1, "conflict")) {
      i = is(i + 2, "(") ? conflict(i + 2, scope) : i + 2;
      if (is(i, "on")) i += 3;  // CONSTRAINT name
      if (is(i, "where")) i = expression(i + 1, scope, [&](std::size_t at) { return is(at, "do"); });
      if (is(i, "do")) i = is(i + 1, "update") ? assignments(i + 3, scope) : i + 2;
    }
    return condition(i, scope);
  }

  std::size_t conflict(std::size_t i, std::size_t scope) {
    const auto end = parentheses(i, scope);
    for (; i < end; ++i) {
      if (parts_.roles[i] == Role::plain) mark(i, scope, Role::written);
    }
    return end;
  }

  // a = 1, (b, c) = (…), t.d = …
  std::size_t assignments(std::size_t i, std::size_t scope) {
    while (i < size() && !any(i, {";", ")"}) && !ends_clause(i)) {
      if (is(i, "(")) {
        i = names(i, scope, Role::written);
      } else {
        while (is(i + 1, ".") && i + 2 < size()) {
          mark(i, scope);
          i += 2;
        }
        const bool qualified = i >= 2 && is(i - 1, ".");
        if (i < size()) mark(i, scope, !is_name(tokens_[i]) ? Role::other : qualified ? Role::plain : Role::written);
        ++i;
      }
      i = expression(i, scope, [&](std::size_t at) {
        return is(at, ",") || ends_clause(at) || (is(at, "when") && is(at + 1, "matched")) ||
               (is(at, "when") && is(at + 1, "not"));
      });
      if (!is(i, ",")) return i;
      ++i;
    }
    return i;
  }

  // WHERE, ORDER BY, RETURNING.
  std::size_t condition(std::size_t i, std::size_t scope) {
    i = tail(i, scope, false);
    if (is(i, "returning")) {
      i = select_list(i + 1, scope);
      i = tail(i, scope, false);
    }
    return i;
  }

  std::size_t update(std::size_t i, std::size_t parent) {
    const auto scope = open(ScopeKind::change, parent, i);
    i = sources(skip_words(i + 1), scope);
    if (!is(i, "set")) return i;
    i = assignments(i + 1, scope);
    if (is(i, "from")) i = sources(i + 1, scope);
    return condition(i, scope);
  }

  std::size_t deletion(std::size_t i, std::size_t parent) {
    const auto scope = open(ScopeKind::change, parent, i);
    i = skip_words(i + 1);
    // DELETE a, b FROM …: named again behind it.
    for (; i < size() && !is(i, "from") && !any(i, {";", ")"}); ++i)
      mark(i, scope, is_name(tokens_[i]) ? Role::table : Role::other);
    if (!is(i, "from")) return i;
    i = sources(i + 1, scope);
    if (is(i, "using")) i = sources(i + 1, scope);
    return condition(i, scope);
  }

  std::size_t merge(std::size_t i, std::size_t parent) {
    const auto scope = open(ScopeKind::change, parent, i);
    ++i;
    if (is(i, "into")) ++i;
    i = sources(i, scope);
    if (is(i, "using")) i = sources(i + 1, scope);
    while (i < size() && !any(i, {";", ")"})) {
      if (is(i, "update") && is(i + 1, "set")) {
        i = assignments(i + 2, scope);
      } else if (is(i, "insert")) {
        i = names(i + 1, scope, Role::written);
      } else if (is(i, "(")) {
        i = parentheses(i, scope);
      } else {
        mark(i++, scope);
      }
    }
    return i;
  }

  const About& about_;
};

void flatten(std::string_view text, std::vector<Token>& out) {
  for (const auto& token : sql_tokens(text)) {
    const auto tag = token.kind == TokenKind::string && token.text.starts_with('$') ? token.text.find('$', 1)
                                                                                    : std::string_view::npos;
    const auto size = tag + 1;
    if (tag == std::string_view::npos || token.text.size() < 2 * size) {
      out.push_back(token);
      continue;
    }
    out.push_back({TokenKind::space, token.text.substr(0, size)});
    flatten(token.text.substr(size, token.text.size() - 2 * size), out);
    out.push_back({TokenKind::space, token.text.substr(token.text.size() - size)});
  }
}

std::vector<Token> tokens_of(std::string_view text, bool inside_quotes) {
  if (!inside_quotes) return sql_tokens(text);
  std::vector<Token> out;
  flatten(text, out);
  return out;
}

}  // namespace

Statements::Statements(std::string_view text, About about, bool inside_quotes)
    : about_(std::move(about)),
      parts_{Significant(tokens_of(text, inside_quotes)), {}, {}, true, kNone, {}, {}, {}, {}} {
  parts_.roles.assign(parts_.tokens.size(), Role::other);
  parts_.scope_of.assign(parts_.tokens.size(), 0);
  StatementParser(parts_, about_).run();
}

bool Statements::declares(const Token& token) const { return parts_.declared.contains(low_name(token)); }

}  // namespace forge::sql
