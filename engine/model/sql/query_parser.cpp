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
  const bool name =
      token.kind == TokenKind::quoted || (word && !(is_reserved(token.text) && !(i > 0 && is(i - 1, "."))));
  const bool call = word && is(i + 1, "(");
  const bool literal = word && i + 1 < size() && tokens_[i + 1].kind == TokenKind::string;
  const bool zone = is(i, "at") && is(i + 1, "time") && is(i + 2, "zone");
  mark(i, scope, name && !call && !literal && !zone ? Role::plain : Role::other);
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
  return any(
      i, {"into", "where", "group", "having", "order", "limit", "union", "intersect", "except", "then", "returning"});
}

bool QueryParser::starts_query(std::size_t i) const {
  while (is(i, "(")) ++i;
  return any(i, {"select", "with", "values"});
}

std::size_t QueryParser::parentheses(std::size_t i, std::size_t scope) {
  mark(i, scope, Role::other);
  ++i;
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
  if (is(i, "with")) {
    parent = open(ScopeKind::rows, parent, i);
    i = with(i, parent);
    if (any(i, {"insert", "update", "delete", "merge", "replace"})) return {kNone, statement(i, parent)};
  }
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
  for (const auto scope : arms) {
    parts_.scopes[scope].first_arm = first;
    parts_.scopes[scope].arm = parts_.scopes[scope].arm || arms.size() > 1;
  }
  if (first != kNone) i = tail(i, first, true);
  return {first, i};
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
  while (any(i, {"distinct", "all", "straight_join", "sql_calc_found_rows", "high_priority"})) ++i;
  if (is(i, "on") && is(i + 1, "(")) i = parentheses(i + 1, scope);
  i = select_list(i, scope);
  if (is(i, "into")) i = tail(i, scope, further);
  if (is(i, "from")) i = sources(i + 1, scope);
  return tail(i, scope, further);
}

std::size_t QueryParser::select_list(std::size_t i, std::size_t scope) {
  for (;;) {
    const auto first = i;
    i = expression(i, scope, [&](std::size_t at) { return is(at, ",") || (at > first && ends_clause(at)); });
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
  if (item.name.empty() && item.bare) item.name = token_name(tokens_[last]);
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
      i = expression(i + 1, scope, [&](std::size_t at) { return ends_clause(at); });
    } else {
      return i;
    }
  }
  return i;
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

// --- tables ---------------------------------------------------------------------------------------

const Source* QueryParser::with_query(std::size_t scope, const std::string& name) const {
  for (; scope != kNone; scope = parts_.scopes[scope].parent) {
    const auto found = parts_.scopes[scope].named.find(name);
    if (found != parts_.scopes[scope].named.end()) return &found->second;
  }
  return nullptr;
}

std::size_t QueryParser::table(std::size_t i, std::size_t scope, Source& source) {
  if (i >= size() || !is_name(tokens_[i])) return i;
  std::size_t first = i;
  while (is(i + 1, ".") && i + 2 < size()) i += 2;
  source.at = i;
  source.said.name = source.called = token_name(tokens_[i]);
  if (i > first) source.said.schema = token_name(tokens_[i - 2]);
  for (auto at = first; at < i; ++at) mark(at, scope, is(at, ".") ? Role::other : Role::schema);
  const Source* given = i == first ? with_query(scope, low_name(tokens_[i])) : nullptr;
  if (given) {
    source.query = given->query;
    source.listed = given->listed;
    source.said = {};
  }
  mark(i, scope, given ? Role::alias : Role::table);
  return i + 1;
}

std::size_t QueryParser::alias(std::size_t i, std::size_t scope, Source& source) {
  const auto at = is(i, "as") ? i + 1 : i;
  if (at >= size() || !(at > i ? is_name(tokens_[at]) : plain_name(at))) return i;
  mark(at, scope, Role::alias);
  source.called = token_name(tokens_[at]);
  source.aliased = true;
  std::vector<std::string> listed;
  const auto end = names(at + 1, scope, Role::listed, &listed);
  if (!listed.empty()) source.listed = std::move(listed);
  return end;
}

std::size_t QueryParser::source(std::size_t i, std::size_t scope) {
  bool lateral = false;
  for (; any(i, {"only", "lateral"}); ++i) lateral = lateral || is(i, "lateral");
  Source source;
  if (is(i, "(")) {
    if (!starts_query(i)) {  // joined tables
      i = sources(i + 1, scope);
      return is(i, ")") ? i + 1 : i;
    }
    // What stands beside it is not seen from within, but for LATERAL.
    const auto around = parts_.scopes[scope].parent;
    const auto inner = query(i + 1, lateral || around == kNone ? scope : around, true);
    source.query = inner.scope;
    i = is(inner.end, ")") ? inner.end + 1 : inner.end;
  } else {
    i = table(i, scope, source);
    if (is(i, "(") && source.at != kNone) {
      source.function = true;
      mark(source.at, scope, Role::other);
      i = parentheses(i, scope);
      if (is(i, "with") && is(i + 1, "ordinality")) i += 2;
    } else if (is(i, "*")) {
      ++i;  // PostgreSQL: with the tables below it
    } else if (is(i, "partition") && is(i + 1, "(")) {
      i = names(i + 1, scope, Role::other);
    }
  }
  i = alias(i, scope, source);
  const bool any_at_all = source.at != kNone || source.query != kNone;
  if (any_at_all) parts_.scopes[scope].sources.push_back(std::move(source));
  return i;
}

std::size_t QueryParser::sources(std::size_t i, std::size_t scope) {
  const auto joins = [&](std::size_t at) {
    return any(at, {"join", "left", "right", "full", "inner", "cross", "natural", "straight_join", ","});
  };
  i = source(i, scope);
  while (i < size() && !is(i, ")") && !is(i, ";")) {
    if (any(i, {",", "join", "straight_join"})) {
      i = source(i + 1, scope);
    } else if (is(i, "on") && !ends_clause(i)) {
      i = expression(i + 1, scope, [&](std::size_t at) {
        const bool call = any(at, {"left", "right"}) && is(at + 1, "(");
        return (joins(at) && !call) || any(at, {"set", "on", "using"}) || ends_clause(at);
      });
    } else if (is(i, "using") && is(i + 1, "(")) {
      std::vector<std::string> said;
      i = names(i + 1, scope, Role::joining, &said);
      for (const auto& name : said) parts_.scopes[scope].joined.insert(folded(name));
      if (is(i, "as")) i += 2;
    } else if (joins(i) || any(i, {"outer", "asof"})) {
      if (is(i, "natural")) parts_.scopes[scope].natural = true;
      mark(i++, scope, Role::other);
    } else if (any(i, {"indexed", "use", "force", "ignore", "tablesample"}) || (is(i, "not") && is(i + 1, "indexed"))) {
      for (++i; i < size() && any(i, {"indexed", "by", "index", "key", "for", "join", "order", "group"}) && !is(i, "(");
           ++i) {
      }
      i = is(i, "(") ? names(i, scope, Role::other) : i + 1;
    } else {
      return i;
    }
  }
  return i;
}

}  // namespace forge::sql
