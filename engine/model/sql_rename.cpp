// Renames inside SQL text.
#include <algorithm>
#include <array>
#include <set>

#include "engine/model/sql_scan.hpp"
#include "engine/model/sql_text.hpp"

namespace forge {

using sql::is_name;
using sql::Significant;

namespace {

char quote_of(const Token& token, char otherwise) {
  return token.kind == TokenKind::quoted ? (token.text[0] == '`' ? '`' : '"') : otherwise;
}

thread_local char usual_quote = '"';

// The text's own quote character: MySQL's back-ticks where it uses them.
char house_quote(std::string_view text) { return text.find('`') == std::string_view::npos ? usual_quote : '`'; }

std::string join(const std::vector<Token>& all, const std::vector<std::string>& replaced,
                 const std::vector<bool>& changed) {
  std::string out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (changed[i]) {
      out += replaced[i];
    } else {
      out += all[i].text;
    }
  }
  return out;
}

// A text under change: tokens replaced one by one, then put together.
class Rewrite {
 public:
  Rewrite(const Significant& tokens, std::string_view text)
      : tokens_(tokens), replaced_(tokens.all.size()), changed_(tokens.all.size()), quote_(house_quote(text)) {}
  void rename(std::size_t i, std::string_view name) { put(i, quote_where_needed(name, quote_of(tokens_[i], quote_))); }
  void put(std::size_t i, std::string text) {
    replaced_[tokens_.at[i]] = std::move(text);
    changed_[tokens_.at[i]] = true;
  }
  void append(std::size_t i, std::string_view text) { replaced_[tokens_.at[i]] += text; }
  // Takes out the tokens first..last and the space before each.
  void remove(std::size_t first, std::size_t last) {
    for (std::size_t i = tokens_.at[first - 1] + 1; i <= tokens_.at[last]; ++i) {
      replaced_[i].clear();
      changed_[i] = true;
    }
  }
  char quote() const { return quote_; }
  std::string text() const { return join(tokens_.all, replaced_, changed_); }

 private:
  const Significant& tokens_;
  std::vector<std::string> replaced_;
  std::vector<bool> changed_;
  char quote_;
};

// Where in a query each token stands: in a select list or in a list of tables, at its own depth of parentheses.
enum class Clause { other, select, from };

// Does a list of tables begin here? Not in extract(year FROM x) nor in x IS DISTINCT FROM y.
bool opens_tables(const Significant& tokens, std::size_t i, Clause around) {
  if (tokens.is(i, "join")) return true;
  return tokens.is(i, "from") && around == Clause::select && !(i > 0 && tokens.is(i - 1, "distinct"));
}

// Do the parentheses that open here hold tables too, as in FROM (a JOIN b …)? Not those of USING (…) and of functions.
bool holds_tables(const Significant& tokens, std::size_t i, Clause around) {
  if (around != Clause::from || i == 0) return false;
  return tokens.is(i - 1, "from") || tokens.is(i - 1, "join") || tokens.is(i - 1, ",") || tokens.is(i - 1, "(");
}

std::vector<Clause> clauses(const Significant& tokens) {
  std::vector<Clause> out, open{Clause::other};
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens.is(i, ")") && open.size() > 1) open.pop_back();
    out.push_back(open.back());
    if (tokens.is(i, "(")) {
      open.push_back(holds_tables(tokens, i, open.back()) ? Clause::from : Clause::other);
    } else if (tokens.is(i, "select")) {
      open.back() = Clause::select;
    } else if (opens_tables(tokens, i, open.back())) {
      open.back() = Clause::from;
    } else if (tokens.is(i, "where") || tokens.is(i, "group") || tokens.is(i, "on") || tokens.is(i, "order") ||
               tokens.is(i, "union") || tokens.is(i, "having")) {
      open.back() = Clause::other;
    }
  }
  return out;
}

bool names_table_at(const Significant& tokens, const std::vector<Clause>& where, std::size_t i, const QName& table) {
  if (!token_names(tokens[i], table.name) || i == 0) return false;
  std::size_t before = i - 1;
  if (tokens.is(before, ".") && before >= 1) {
    if (table.schema.empty() || !token_names(tokens[before - 1], table.schema) || before < 2) {
      return false;
    }
    before -= 2;
  }
  return tokens.is(before, "from") || tokens.is(before, "join") || tokens.is(before, "only") ||
         (where[i] == Clause::from && (tokens.is(before, ",") || tokens.is(before, "(")));
}

// The names under which the query's qualifiers may mean the table.
std::vector<std::string> aliases(const Significant& tokens, const std::vector<Clause>& where, const QName& table) {
  std::vector<std::string> out{table.name};
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!is_name(tokens[i]) || !names_table_at(tokens, where, i, table)) continue;
    const std::size_t next = tokens.is(i + 1, "as") ? i + 2 : i + 1;
    if (next >= tokens.size() || !is_name(tokens[next])) continue;
    const bool keyword = tokens[next].kind == TokenKind::word && sql::is_reserved(tokens[next].text);
    if (!keyword) out.push_back(token_name(tokens[next]));
  }
  return out;
}

// Which SELECT of a query each token stands in, and whether that one reads the table: a bare name is a column of what its own
// SELECT reads. (A column of an outer one that is said without its table is taken for the inner one's.)
class Selects {
 public:
  Selects(const Significant& tokens, const std::vector<Clause>& where, const QName& table) {
    std::vector<std::size_t> open{0};
    const auto named = named_queries(tokens);
    bool star = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (tokens.is(i, ")") && open.size() > 1) open.pop_back();
      if (tokens.is(i, "as") && where[i] == Clause::select && i + 1 < tokens.size() && is_name(tokens[i + 1])) {
        outputs_.emplace_back(open.back(), token_name(tokens[i + 1]));
      }
      if (tokens.is(i, "select")) {
        open.back() = reads_.size();
        reads_.push_back(false);
        through_.push_back(false);
      }
      of_.push_back(open.back());
      if (names_table_at(tokens, where, i, table)) reads_[open.back()] = true;
      const bool derived = where[i] == Clause::from && tokens.is(i, "(") && tokens.is(i + 1, "select");
      const bool by_name = where[i] == Clause::from && is_name(tokens[i]) && named.contains(token_name(tokens[i]));
      if (derived || by_name) through_[open.back()] = true;
      star = star || (tokens.is(i, "*") && where[i] == Clause::select && i > 0 && opens_item(tokens, i - 1));
      if (tokens.is(i, "(")) open.push_back(open.back());
    }
    if (!star) through_.assign(through_.size(), false);
  }
  bool reads(std::size_t i) const { return of_[i] == 0 || reads_[of_[i]] || through_[of_[i]]; }
  // Does the SELECT give a result under this name? That is what its ORDER BY then means by it.
  bool gives(std::size_t i, std::string_view name) const {
    return std::ranges::any_of(outputs_, [&](const auto& one) { return one.first == of_[i] && one.second == name; });
  }

 private:
  // Queries that have a name: WITH a AS (…), b (x, y) AS (…).
  static std::set<std::string> named_queries(const Significant& tokens) {
    std::set<std::string> out;
    for (std::size_t i = 1; tokens.is(0, "with") && i + 1 < tokens.size(); ++i) {
      const bool first = tokens.is(i - 1, "with") || tokens.is(i - 1, "recursive") || tokens.is(i - 1, ",");
      if (!first || !is_name(tokens[i])) continue;
      std::size_t at = i + 1;
      if (tokens.is(at, "(")) {
        while (at < tokens.size() && !tokens.is(at, ")")) ++at;
        ++at;
      }
      if (tokens.is(at, "as")) out.insert(token_name(tokens[i]));
    }
    return out;
  }
  // A star of a select list, and no product.
  static bool opens_item(const Significant& tokens, std::size_t i) {
    return tokens.is(i, "select") || tokens.is(i, ",") || tokens.is(i, ".") || tokens.is(i, "distinct");
  }

  std::vector<std::pair<std::size_t, std::string>> outputs_;
  std::vector<std::size_t> of_;
  std::vector<bool> reads_{true};  // what stands outside of every SELECT
  // Does it read a query that stands for a table? That keeps the names of its results, but for those of a star.
  std::vector<bool> through_{true};
};

// Is it, by itself, what a query is ordered by? (Not within OVER (…) or an aggregate's parentheses, where ORDER BY knows no names of
// results.)
bool orders_by(const Significant& tokens, std::size_t i) {
  constexpr std::array<std::string_view, 10> kEnds = {",",     ")",     ";",      "asc",   "desc",
                                                      "nulls", "limit", "offset", "fetch", "for"};
  const auto ends = [&](std::string_view end) { return tokens.is(i + 1, end); };
  if (i + 1 < tokens.size() && std::ranges::none_of(kEnds, ends)) return false;
  bool ordered = false;  // ORDER BY has been met: whose is it, a SELECT's or that of parentheses?
  for (std::size_t depth = 0; i > 0; --i) {
    if (tokens.is(i - 1, ")")) ++depth;
    if (tokens.is(i - 1, "(") && depth-- == 0) return false;
    if (depth > 0) continue;
    if (tokens.is(i - 1, "select")) return ordered;
    if (ordered || !tokens.is(i - 1, "by")) continue;
    if (i < 2 || !tokens.is(i - 2, "order")) return false;
    ordered = true;
  }
  return ordered;
}

bool column_at(const Significant& tokens, const std::vector<Clause>& where, const std::vector<std::string>& qualifiers,
               const Selects& selects, std::size_t i, std::string_view column) {
  if (!is_name(tokens[i]) || !token_names(tokens[i], column)) return false;
  // A reserved word without quotes is the word itself, whatever columns are called.
  if (tokens[i].kind == TokenKind::word && sql::is_reserved(tokens[i].text)) return false;
  if (tokens.is_call(i) || tokens.is(i + 1, ".") || tokens.is_keyword(i)) return false;
  if (i == 0) return true;
  if (tokens.is(i - 1, "as")) return false;
  // Among tables a bare name is a table's or its alias, also where a column is called so.
  if (!tokens.is(i - 1, ".")) {
    return where[i] != Clause::from && selects.reads(i) && !(selects.gives(i, column) && orders_by(tokens, i));
  }
  return i >= 2 &&
         std::ranges::any_of(qualifiers, [&](const std::string& name) { return token_names(tokens[i - 2], name); });
}

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

// A select list's item that is nothing but this column, with or without an alias.
bool is_bare_item(const Significant& tokens, const std::vector<Clause>& where, std::size_t i) {
  if (where[i] != Clause::select) return false;
  std::size_t start = i;
  while (start >= 2 && tokens.is(start - 1, ".")) start -= 2;
  if (start == 0) return false;
  return tokens.is(start - 1, "select") || tokens.is(start - 1, "distinct") || tokens.is(start - 1, ",");
}

}  // namespace

IdentifierQuote::IdentifierQuote(char quote) : before_(usual_quote) { usual_quote = quote; }
IdentifierQuote::~IdentifierQuote() { usual_quote = before_; }

std::string sql::rename_where(const Significant& tokens, std::string_view text, std::string_view to,
                              const std::function<bool(std::size_t)>& wanted) {
  Rewrite rewrite(tokens, text);
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

std::string rename_column_in_query(std::string_view query, const QName& table, std::string_view from,
                                   std::string_view to, bool named_outside) {
  const Significant tokens(query);
  const auto where = clauses(tokens);
  const auto qualifiers = aliases(tokens, where, table);
  const Selects selects(tokens, where, table);
  Rewrite rewrite(tokens, query);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!column_at(tokens, where, qualifiers, selects, i, from)) continue;
    rewrite.rename(i, to);
    if (named_outside || !is_bare_item(tokens, where, i)) continue;
    if (tokens.is(i + 1, ",") || tokens.is(i + 1, "from") || i + 1 == tokens.size()) {
      rewrite.append(i, " AS " + quote_where_needed(from, rewrite.quote()));
    } else if (tokens.is(i + 1, "as") && i + 2 < tokens.size() && token_names(tokens[i + 2], to)) {
      rewrite.remove(i + 1, i + 2);
    }
  }
  return rewrite.text();
}

std::string rename_table_in_query(std::string_view query, const QName& from, const QName& to) {
  const Significant tokens(query);
  const auto where = clauses(tokens);
  Rewrite rewrite(tokens, query);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!is_name(tokens[i]) || !token_names(tokens[i], from.name)) continue;
    if (names_table_at(tokens, where, i, from)) {
      rewrite.rename(i, to.name);
      if (from.schema == to.schema) continue;
      if (tokens.is(i - 1, ".")) {
        rewrite.put(i - 2, "");
        rewrite.put(i - 1, "");
      }
      if (!to.schema.empty()) {
        rewrite.put(
            i, quote_where_needed(to.schema, rewrite.quote()) + "." + quote_where_needed(to.name, rewrite.quote()));
      }
    } else if (tokens.is(i + 1, ".") && (i == 0 || !tokens.is(i - 1, "."))) {
      rewrite.rename(i, to.name);
    }
  }
  return rewrite.text();
}

std::string without_qualifier(std::string_view expression, const QName& table) {
  const Significant tokens(expression);
  Rewrite rewrite(tokens, expression);
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

bool query_reads_column(std::string_view query, const QName& table, std::string_view column) {
  const Significant tokens(query);
  const auto where = clauses(tokens);
  const auto qualifiers = aliases(tokens, where, table);
  const Selects selects(tokens, where, table);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (column_at(tokens, where, qualifiers, selects, i, column)) return true;
  }
  return false;
}

}  // namespace forge
