// What queries and statements read: tables, joins, queries in parentheses.
#include "engine/base/letters.hpp"
#include "engine/model/sql/query_parser.hpp"

namespace forge::sql {

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
  if (is(i, "rows") && is(i + 1, "from")) {  // functions side by side
    source.function = true;
    source.at = i;
    i = parentheses(i + 2, scope);
  } else if (is(i, "(")) {
    if (!starts_query(i)) {  // joined tables
      i = sources(i + 1, scope);
      i = alias(is(i, ")") ? i + 1 : i, scope, source);
      source.function = true;
      if (source.aliased) parts_.scopes[scope].sources.push_back(std::move(source));
      return i;
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

// USE INDEX (a), INDEXED BY a, NOT INDEXED
std::size_t QueryParser::behind_hint(std::size_t i, std::size_t scope) {
  for (++i; i < size() && any(i, {"indexed", "by", "index", "key", "for", "join", "order", "group"}) && !is(i, "(");
       ++i) {
  }
  return is(i, "(") ? names(i, scope, Role::other) : i + 1;
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
    } else if (is(i, "using") && is(i + 1, "(") && !starts_query(i + 1)) {
      std::vector<std::string> said;
      i = names(i + 1, scope, Role::joining, &said);
      for (const auto& name : said) parts_.scopes[scope].joined.insert(folded(name));
      if (is(i, "as")) i += 2;
    } else if (joins(i) || any(i, {"outer", "asof"})) {
      if (is(i, "natural")) parts_.scopes[scope].natural = true;
      mark(i++, scope, Role::other);
    } else if (is(i, "tablesample")) {
      i = is(i + 2, "(") ? parentheses(i + 2, scope) : i + 2;
      if (is(i, "repeatable") && is(i + 1, "(")) i = parentheses(i + 1, scope);
    } else if (any(i, {"indexed", "use", "force", "ignore"}) || (is(i, "not") && is(i + 1, "indexed"))) {
      i = behind_hint(i, scope);
    } else {
      return i;
    }
  }
  return i;
}

}  // namespace forge::sql
