#include "engine/model/sql/query_parser.hpp"

#include <algorithm>

#include "engine/base/letters.hpp"

namespace forge::sql {

std::string low_name(const Token& token) { return folded(token_name(token)); }

QueryParser::QueryParser(StatementParts& parts) : parts_(parts), tokens_(parts.tokens) {}

bool QueryParser::any(std::size_t i, std::initializer_list<std::string_view> texts) const {
  return std::ranges::any_of(texts, [&](auto text) { return is(i, text); });
}

bool QueryParser::plain_name(std::size_t i) const {
  if (i >= size() || !is_name(tokens_[i])) return false;
  if (tokens_[i].kind == TokenKind::quoted) return true;
  return !is_reserved(tokens_[i].text) &&
         !any(i, {"straight_join", "indexed", "tablesample", "force", "ignore", "minus"});
}

std::size_t QueryParser::open(ScopeKind kind, std::size_t parent, std::size_t begin) {
  Scope scope;
  scope.kind = kind;
  scope.parent = parent;
  scope.begin = begin;
  parts_.scopes.push_back(std::move(scope));
  return parts_.scopes.size() - 1;
}

void QueryParser::mark(std::size_t i, std::size_t scope, Role role) {
  if (i >= size()) return;
  parts_.scope_of[i] = scope;
  parts_.roles[i] = role;
}

void QueryParser::mark(std::size_t i, std::size_t scope) {
  const Token& token = tokens_[i];
  const bool word = token.kind == TokenKind::word;
  const bool reserved = word && is_reserved(token.text) && !(i > 0 && is(i - 1, ".")) && !is_soft_name(i);
  const bool name = token.kind == TokenKind::quoted || (word && !reserved);
  const bool call = word && is(i + 1, "(");
  const bool literal = word && i + 1 < size() && tokens_[i + 1].kind == TokenKind::string;
  if (name && i > 0 && is(i - 1, "in") && !is(i + 1, "(") && !is(i + 1, "."))
    return mark(i, scope, Role::table);  // SQLite
  const bool zone = is(i, "at") && is(i + 1, "time") && is(i + 2, "zone");
  mark(i, scope, name && !call && !literal && !zone ? Role::plain : Role::other);
}

// Words that only some engines reserve: a column where an operand is due and no word of its own phrase follows.
bool QueryParser::is_soft_name(std::size_t i) const {
  if (!any(i, {"rank",   "key",      "keys",      "row",    "rows",     "range",     "read",
               "option", "groups",   "usage",     "system", "database", "condition", "transaction",
               "schema", "function", "partition", "match",  "lock",     "trigger",   "index"}))
    return false;
  const bool due =
      i == 0 || any(i - 1, {"select", "where",    "and", "or",      "not",  "on", "by", "when", "then", "else",
                            "having", "distinct", "in",  "between", "like", ",",  "(",  "=",    "<",    ">",
                            "<=",     ">=",       "<>",  "!=",      "+",    "-",  "*",  "/",    "||"});
  return due && !(i + 1 < size() && (is(i + 1, "(") || (is_name(tokens_[i + 1]) && !is_reserved(tokens_[i + 1].text))));
}

std::size_t QueryParser::pass_over(std::size_t i, std::size_t scope) {
  parts_.whole = false;
  int depth = 0;
  for (; i < size() && !is(i, ";"); ++i) {
    if (is(i, ")") && depth-- == 0) break;
    if (is(i, "(")) ++depth;
    mark(i, scope, Role::other);
  }
  return i;
}

bool QueryParser::ends_clause(std::size_t i) const {
  if (i > 0 && is(i - 1, ".")) return false;
  if (is(i, "from")) return !is(i - 1, "distinct") || is(i - 2, "select");
  if (is(i, "on")) return is(i + 1, "conflict") || is(i + 1, "duplicate");
  if (is(i, "do")) return !is(i + 1, ",") && !is(i + 1, ")");
  if (any(i, {"offset", "fetch", "window", "minus", "loop", "lock"})) {
    return i + 1 < size() && (is_name(tokens_[i + 1]) || tokens_[i + 1].kind == TokenKind::number);
  }
  if (is(i, "for")) return true;
  if (any(i, {"group", "order"})) return is(i + 1, "by") || is(i + 1, "siblings");
  return any(i, {"into", "where", "having", "limit", "union", "intersect", "except", "then", "returning"});
}

bool QueryParser::starts_query(std::size_t i) const {
  for (int deep = 0; is(i, "(") && deep < 64; ++deep) ++i;
  if (is(i, "table")) return plain_name(i + 1) && !is(i + 2, ".") && any(i + 2, {")", "union", "order", "limit"});
  return any(i, {"select", "with", "values"});
}

std::size_t QueryParser::parentheses(std::size_t i, std::size_t scope) {
  mark(i, scope, Role::other);
  ++i;
  const Level level(*this);
  if (level.too_deep()) i = pass_over(i, scope);
  if (starts_query(i)) i = query(i, scope, false).end;
  while (i < size() && !is(i, ")")) {
    i = expression(i, scope, [](std::size_t) { return false; });
    if (is(i, ";")) return i;
  }
  mark(i, scope, Role::other);
  return std::min(i + 1, size());
}

std::size_t QueryParser::names(std::size_t i, std::size_t scope, Role role, std::vector<std::string>* said) {
  if (!is(i, "(")) return i;
  for (++i; i < size() && !is(i, ")"); ++i) {
    if (is(i, ";")) return i;
    const bool begins = is(i - 1, "(") || is(i - 1, ",");
    mark(i, scope, begins && is_name(tokens_[i]) ? role : Role::other);
    if (begins && is_name(tokens_[i]) && said) said->push_back(token_name(tokens_[i]));
  }
  return std::min(i + 1, size());
}

// --- queries --------------------------------------------------------------------------------------

QueryParser::Query QueryParser::query(std::size_t i, std::size_t parent, bool kept) {
  const Level level(*this);
  if (level.too_deep()) return {kNone, pass_over(i, parent)};
  if (is(i, "with")) {
    parent = open(ScopeKind::rows, parent, i);
    i = with(i, parent);
    if (any(i, {"insert", "update", "delete", "merge", "replace"})) return changing(i, parent, kept);
  }
  if (kept && any(i, {"insert", "update", "delete", "merge"})) return changing(i, parent, kept);
  std::size_t first = kNone;
  std::vector<std::size_t> arms;
  for (;;) {
    std::size_t scope = kNone;
    i = arm(i, parent, kept, first != kNone, scope);
    if (scope == kNone) break;
    if (first == kNone) first = scope;
    arms.push_back(scope);
    if (!any(i, {"union", "intersect", "except", "minus"})) break;
    ++i;
    if (any(i, {"all", "distinct"})) ++i;
  }
  bool ordered = false;
  if (first != kNone) i = tail(i, first, true);
  for (const auto scope : arms) ordered = ordered || parts_.scopes[scope].ordered;
  for (const auto scope : arms) {
    parts_.scopes[scope].first_arm = first;
    parts_.scopes[scope].arm = parts_.scopes[scope].arm || arms.size() > 1;
    parts_.scopes[scope].kept = parts_.scopes[scope].kept || ordered;
  }
  return {first, i};
}

// A change whose RETURNING gives rows.
QueryParser::Query QueryParser::changing(std::size_t i, std::size_t parent, bool kept) {
  const auto scope = parts_.scopes.size();
  const auto end = statement(i, parent);
  if (scope >= parts_.scopes.size()) return {kNone, end};
  parts_.scopes[scope].kept = kept;
  parts_.scopes[scope].first_arm = scope;
  return {scope, end};
}

std::size_t QueryParser::arm(std::size_t i, std::size_t parent, bool kept, bool further, std::size_t& scope) {
  if (is(i, "(")) {
    const auto inner = query(i + 1, parent, kept);
    scope = inner.scope;
    return is(inner.end, ")") ? inner.end + 1 : inner.end;
  }
  if (any(i, {"select", "perform"})) {
    scope = parts_.scopes.size();
    return select(i, parent, kept, further);
  }
  if (is(i, "table") && plain_name(i + 1)) {  // TABLE a, for SELECT * FROM a
    scope = open(ScopeKind::query, parent, i);
    parts_.scopes[scope].kept = kept;
    Item all{i, i + 1, {}};
    all.star = true;
    parts_.scopes[scope].items.push_back(all);
    Source source;
    const auto end = table(i + 1, scope, source);
    parts_.scopes[scope].sources.push_back(std::move(source));
    return end;
  }
  if (is(i, "values")) {
    scope = open(ScopeKind::rows, parent, i);
    return value_rows(i + 1, scope);
  }
  return i;
}

std::size_t QueryParser::value_rows(std::size_t i, std::size_t scope) {
  if (is(i, "row")) ++i;
  while (is(i, "(")) {
    i = parentheses(i, scope);
    if (!is(i, ",")) break;
    i += is(i + 1, "row") ? 2 : 1;
  }
  return i;
}

std::size_t QueryParser::with(std::size_t i, std::size_t scope) {
  const bool recursive = is(++i, "recursive");
  if (recursive) ++i;
  while (i < size() && is_name(tokens_[i])) {
    Source source;
    source.called = token_name(tokens_[i]);
    source.at = i;
    mark(i, scope, Role::alias);
    const auto key = low_name(tokens_[i]);
    i = names(i + 1, scope, Role::listed, &source.listed);
    if (!is(i, "as")) break;
    ++i;
    if (is(i, "not")) ++i;
    if (is(i, "materialized")) ++i;
    if (!is(i, "(")) break;
    // Only RECURSIVE makes its name known within: of what it gives then, its first arm tells.
    source.query = parts_.scopes.size();
    if (recursive) parts_.scopes[scope].named[key] = source;
    const auto inner = query(i + 1, scope, true);
    source.query = inner.scope;
    parts_.scopes[scope].named[key] = std::move(source);
    i = is(inner.end, ")") ? inner.end + 1 : inner.end;
    if (!is(i, ",")) break;
    ++i;
  }
  return i;
}

std::size_t QueryParser::select(std::size_t i, std::size_t parent, bool kept, bool further) {
  const auto scope = open(ScopeKind::query, parent, i);
  parts_.scopes[scope].kept = kept;
  parts_.scopes[scope].first_arm = scope;
  mark(i++, scope, Role::other);
  while (any(i, {"distinct", "all", "straight_join", "sql_calc_found_rows", "high_priority", "distinctrow",
                 "sql_no_cache", "sql_cache", "sql_big_result", "sql_small_result", "sql_buffer_result"}) &&
         !any(i + 1, {",", "from", "."}))
    ++i;
  if (is(i, "on") && is(i + 1, "(")) i = parentheses(i + 1, scope);
  i = select_list(i, scope);
  if (is(i, "into")) i = tail(i, scope, further);
  if (is(i, "from")) i = sources(i + 1, scope);
  return tail(i, scope, further);
}

std::size_t QueryParser::select_list(std::size_t i, std::size_t scope) {
  for (;;) {
    const auto first = i;
    i = expression(i, scope, [&](std::size_t at) {
      return is(at, ",") || ((at > first || any(at, {"from", "where"})) && ends_clause(at));
    });
    if (i > first) item(first, i, scope);
    if (!is(i, ",")) return i;
    ++i;
  }
}

// Is the name at `name` what the item that begins at `first` is called, without AS?
bool QueryParser::said_behind(std::size_t first, std::size_t name) const {
  if (name <= first || !plain_name(name)) return false;
  const Token& before = tokens_[name - 1];
  if (before.text == ")" || before.text == "]" || before.kind == TokenKind::number ||
      before.kind == TokenKind::string || before.kind == TokenKind::quoted)
    return true;
  if (before.kind != TokenKind::word) return false;
  if (any(name - 1, {"end", "null", "true", "false", "current_date", "current_timestamp", "current_user"})) return true;
  return !is_reserved(before.text) &&
         !any(name - 1, {"zone", "ilike", "xor", "mod", "regexp", "rlike", "glob", "separator", "binary", "escape"});
}

// The column by which a result is called that is given no name: alone, in parentheses, under casts (MySQL calls that by its whole text).
// kNone where it is another thing.
std::size_t QueryParser::naming_column(const Item& item) const {
  auto first = item.first, end = item.last;
  if (item.bare) return end - 1;
  if (usual_quote() == '`') return kNone;
  if (is(first, "cast") && is(first + 1, "(")) {
    first += 2;
  } else {
    for (std::size_t i = first; i + 1 < end; ++i) {
      if (is(i, "::")) end = std::min(end, i);
    }
    for (; first + 2 < end && is(first, "(") && is(end - 1, ")"); --end) ++first;
  }
  while (first + 2 < end && is_name(tokens_[first]) && is(first + 1, ".")) first += 2;
  const bool ends = first + 1 == end || any(first + 1, {"as", "::"});
  return first < end && ends && plain_name(first) ? first : kNone;
}

void QueryParser::item(std::size_t first, std::size_t end, std::size_t scope) {
  Item item{first, end, {}};
  const auto last = end - 1;
  if (is(last, "*") && (last == first || is(last - 1, "."))) {
    item.star = true;
    const auto of = last == first ? kNone : is(last - 2, ")") ? last - 3 : last - 2;
    if (of != kNone && of < size() && is_name(tokens_[of])) item.of = token_name(tokens_[of]);
    parts_.scopes[scope].items.push_back(std::move(item));
    return;
  }
  const bool as = last > first && is(last - 1, "as") && is_name(tokens_[last]);
  if (as || said_behind(first, last)) {
    item.alias = last;
    item.name = token_name(tokens_[last]);
    item.last = as ? last - 1 : last;
    mark(last, scope, Role::alias);
  }
  item.bare = (item.last - first) % 2 == 1;
  for (auto i = first; i < item.last; ++i) {
    item.bare = item.bare && ((i - first) % 2 == 0 ? is_name(tokens_[i]) : is(i, "."));
  }
  item.column = naming_column(item);
  if (item.name.empty() && item.column != kNone) item.name = token_name(tokens_[item.column]);
  if (item.name.empty() && is(last, ")") && tokens_[first].kind == TokenKind::word && is(first + 1, "("))
    item.name = token_name(tokens_[first]);
  parts_.scopes[scope].items.push_back(std::move(item));
}

std::size_t QueryParser::tail(std::size_t i, std::size_t scope, bool of_arms) {
  while (i < size() && !is(i, ")") && !is(i, ";")) {
    const bool locks = is(i, "for") && any(i + 1, {"update", "share", "no", "key"});
    if (locks) {
      while (i < size() && !is(i, ")") && !is(i, ";") && !is(i, "loop")) mark(i++, scope, Role::other);
    } else if (is(i, "into")) {
      for (++i; i < size() && (is_name(tokens_[i]) || any(i, {",", ".", "@", "[", "]"})) &&
                !(!is(i - 1, ".") && ends_clause(i));
           ++i)
        mark(i, scope, is_name(tokens_[i]) ? Role::variable : Role::other);
      if (is(i, "from") && parts_.scopes[scope].sources.empty()) i = sources(i + 1, scope);
    } else if (is(i, "order") && is(i + 1, "by")) {
      i = order(i + 2, scope, of_arms);
    } else if (any(i, {"where", "group", "having", "limit", "offset", "window", "fetch", "qualify", "connect", "start",
                       "lock"})) {
      mark(i, scope, Role::other);
      const auto begin = i + 1;
      i = expression(begin, scope, [&](std::size_t at) { return ends_clause(at); });
      if (is(begin - 1, "having") && usual_quote() == '`') results_in(begin, i, scope);
    } else {
      return i;
    }
  }
  return i;
}

// MySQL's HAVING means a result by a name that one has.
void QueryParser::results_in(std::size_t begin, std::size_t end, std::size_t scope) {
  const auto& items = parts_.scopes[scope].items;
  for (auto i = begin; i < end; ++i) {
    const bool said = parts_.roles[i] == Role::plain && parts_.scope_of[i] == scope && !is(i - 1, ".");
    const auto named = [&](const Item& item) { return item.alias != kNone && token_names(tokens_[i], item.name); };
    if (said && std::ranges::any_of(items, named)) mark(i, scope, Role::result);
  }
}

std::size_t QueryParser::order(std::size_t i, std::size_t scope, bool of_arms) {
  for (;;) {
    const auto first = i;
    i = expression(i, scope, [&](std::size_t at) {
      return any(at, {",", "asc", "desc", "nulls"}) || (at > first && ends_clause(at));
    });
    const auto& items = parts_.scopes[scope].items;
    const bool alone = i == first + 1 && is_name(tokens_[first]);
    const bool given = alone && std::ranges::any_of(items, [&](const Item& item) {
                         return item.alias != kNone && token_names(tokens_[first], item.name);
                       });
    for (auto at = first; at < i; ++at) {
      if (parts_.roles[at] != Role::plain || parts_.scope_of[at] != scope) continue;
      if (of_arms) parts_.scopes[scope].ordered = true;
      if (given || of_arms)
        mark(at, scope, Role::result);
      else if (alone)
        mark(at, scope, Role::ordering);
    }
    while (any(i, {"asc", "desc", "nulls", "first", "last"})) mark(i++, scope, Role::other);
    if (!is(i, ",")) return i;
    ++i;
  }
}

}  // namespace forge::sql
