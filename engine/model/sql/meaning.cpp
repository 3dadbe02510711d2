#include "engine/model/sql/meaning.hpp"

#include <algorithm>

namespace forge::sql {
namespace {

constexpr int kDeep = 32;  // queries that stand for tables, one within the other: a query may read itself

bool same_schema(const QName& said, const QName& table) {
  if (said.schema.empty() || said.schema == table.schema) return true;
  return table.schema.empty() && (said.schema == "public" || said.schema == "main");
}

}  // namespace

bool Meaning::is_table(const Source& source, const QName& table) const {
  if (source.function || source.query != kNone || source.said.empty() || !same_schema(source.said, table)) return false;
  return source.at == kNone ? source.said.name == table.name : token_names(tokens_[source.at], table.name);
}

const Source* Meaning::called(std::size_t scope, const Token& name) const {
  for (; scope != kNone; scope = text_.scopes()[scope].parent) {
    for (const auto& source : text_.scopes()[scope].sources) {
      if (token_names(name, source.called)) return &source;
    }
  }
  return nullptr;
}

// --- columns --------------------------------------------------------------------------------------

Meaning::Gives Meaning::gives(const Source& source, const Token& column, const QName& table, int depth) const {
  const bool listed = std::ranges::any_of(source.listed, [&](const auto& name) { return token_names(column, name); });
  if (listed) return Gives::other;
  if (source.query != kNone) return depth > kDeep ? Gives::unknown : query_gives(source, column, table, depth + 1);
  if (source.function && !source.listed.empty()) return Gives::no;
  if (source.function) return token_names(column, source.called) ? Gives::other : Gives::unknown;
  if (is_table(source, table)) return source.listed.empty() ? Gives::ours : Gives::unknown;
  const auto known = has_ ? has_(source.said, column) : std::nullopt;
  return !known ? Gives::unknown : *known ? Gives::other : Gives::no;
}

Meaning::Gives Meaning::query_gives(const Source& source, const Token& column, const QName& table, int depth) const {
  if (source.query >= text_.scopes().size()) return Gives::unknown;
  const Scope& scope = text_.scopes()[source.query];
  Gives out = Gives::no;
  for (std::size_t at = 0; at < scope.items.size(); ++at) {
    const Item& item = scope.items[at];
    if (item.star) {
      const auto star = star_gives(scope, item.of, column, table, depth);
      if (star == Gives::ours || star == Gives::other) return star;
      if (star == Gives::unknown) out = star;
    } else if (at >= source.listed.size() && !item.name.empty() && token_names(column, item.name)) {
      return Gives::other;
    }
  }
  return out;
}

Meaning::Gives Meaning::star_gives(const Scope& scope, const std::string& of, const Token& column, const QName& table,
                                   int depth) const {
  Gives out = Gives::no;
  for (const auto& source : scope.sources) {
    if (!of.empty() && source.called != of) continue;
    const auto one = gives(source, column, table, depth);
    if (one == Gives::ours || one == Gives::other) return one;
    if (one == Gives::unknown) out = one;
  }
  return out;
}

std::size_t Meaning::owner_at(std::size_t i) const {
  if (i < 2 || !tokens_.is(i - 1, ".")) return kNone;
  if (is_name(tokens_[i - 2])) return i - 2;
  // (a).column
  return i >= 4 && tokens_.is(i - 2, ")") && is_name(tokens_[i - 3]) && tokens_.is(i - 4, "(") ? i - 3 : kNone;
}

Means Meaning::qualified(std::size_t i, const QName& table) const {
  const auto owner = owner_at(i);
  if (owner == kNone) return Means::no;
  const bool schema = owner >= 2 && tokens_.is(owner - 1, ".") && is_name(tokens_[owner - 2]);
  if (schema && !same_schema({token_name(tokens_[owner - 2]), {}}, table)) return Means::no;
  const Source* source = called(text_.scope_index(i), tokens_[owner]);
  if (!source)
    return token_names(tokens_[owner], table.name) && !text_.declares(tokens_[owner]) ? Means::yes : Means::no;
  // Tables that are joined in parentheses under one name.
  if (source->function && source->at == kNone) return has_ ? Means::unclear : Means::no;
  if (source->query == kNone && !is_table(*source, table)) return Means::no;
  switch (gives(*source, tokens_[i], table)) {
    case Gives::ours:
      return Means::yes;
    case Gives::unknown:
      return has_ ? Means::unclear : Means::no;
    default:
      return Means::no;
  }
}

Means Meaning::bare(std::size_t i, const QName& table) const {
  bool doubtful = false;  // a thing further in may have such a column
  for (auto at = text_.scope_index(i); at != kNone; at = text_.scopes()[at].parent) {
    bool ours = false, other = false, unknown = false;
    for (const auto& source : text_.scopes()[at].sources) {
      if (source.row) continue;
      const auto one = gives(source, tokens_[i], table);
      ours = ours || one == Gives::ours;
      other = other || one == Gives::other;
      unknown = unknown || one == Gives::unknown;
    }
    // What has it beside the table is joined by it, or the server would not know which is meant.
    if (ours && !(gone_ && other)) return doubtful || text_.declares(tokens_[i]) ? Means::unclear : Means::yes;
    if (other || (unknown && !has_)) return Means::no;
    doubtful = doubtful || unknown;
  }
  return Means::no;
}

Means Meaning::written(std::size_t i, const QName& table) const {
  const auto scope = text_.scope_index(i);
  if (scope == 0) return text_.about().on == table ? Means::yes : Means::no;
  const auto& sources = text_.scopes()[scope].sources;
  if (sources.empty()) return Means::no;
  const auto target = gives(sources.front(), tokens_[i], table);
  if (target == Gives::ours) return Means::yes;
  const auto others = std::ranges::count_if(sources, [](const Source& one) { return !one.row; });
  return target == Gives::other || others == 1 ? Means::no : bare(i, table);
}

bool Meaning::joined(std::size_t i, const QName& table) const {
  return std::ranges::any_of(text_.scope_of(i).sources,
                             [&](const Source& one) { return gives(one, tokens_[i], table) == Gives::ours; });
}

Means Meaning::column(std::size_t i, const QName& table, std::string_view column) const {
  if (!is_name(tokens_[i]) || !token_names(tokens_[i], column)) return Means::no;
  switch (text_.role(i)) {
    case Role::plain:
    case Role::ordering:
      if (tokens_.is(i + 1, ".")) return Means::no;
      return i > 0 && tokens_.is(i - 1, ".") ? qualified(i, table) : bare(i, table);
    case Role::written:
      return written(i, table);
    case Role::joining:
      return joined(i, table) ? Means::yes : Means::no;
    default:
      return Means::no;
  }
}

bool Meaning::another_column(std::size_t i, const QName& table, std::string_view to) const {
  if (text_.role(i) == Role::written || text_.role(i) == Role::joining || (i > 0 && tokens_.is(i - 1, ".")))
    return false;
  const Token named{TokenKind::word, to};
  if (text_.declares(named)) return true;
  if (text_.role(i) == Role::ordering && std::ranges::any_of(text_.scope_of(i).items, [&](const Item& one) {
        return one.alias != kNone && token_names(named, one.name);
      }))
    return true;
  for (auto at = text_.scope_index(i); at != kNone; at = text_.scopes()[at].parent) {
    bool ours = false;
    for (const auto& source : text_.scopes()[at].sources) {
      if (source.row) continue;
      if (gives(source, tokens_[i], table) == Gives::ours)
        ours = true;
      else if (gives(source, named, table) == Gives::other)
        return true;
    }
    if (ours) return false;
  }
  return false;
}

std::optional<bool> Meaning::result_has(const Token& column) const {
  if (text_.top() == kNone) return std::nullopt;
  Source whole;
  whole.query = text_.top();
  const auto one = gives(whole, column, {});
  return one == Gives::unknown ? std::nullopt : std::optional(one != Gives::no);
}

bool Meaning::captured(std::size_t i, const QName& table, std::string_view from, std::string_view to) const {
  const bool says = text_.role(i) == Role::plain || text_.role(i) == Role::ordering;
  const bool bare =
      says && token_names(tokens_[i], to) && !tokens_.is(i + 1, ".") && !(i > 0 && tokens_.is(i - 1, "."));
  if (!bare || !has_) return false;
  const Token old{TokenKind::word, from};
  bool beside = false;  // the renamed table is read there
  for (auto at = text_.scope_index(i); at != kNone; at = text_.scopes()[at].parent) {
    bool other = false;
    for (const auto& source : text_.scopes()[at].sources) {
      if (source.row) continue;
      if (gives(source, old, table) == Gives::ours)
        beside = true;
      else
        other = other || gives(source, tokens_[i], table) == Gives::other;
    }
    if (other) return beside;
  }
  return beside && text_.declares(tokens_[i]);
}

// --- tables ---------------------------------------------------------------------------------------

// A table's name by itself, for its whole row.
bool Meaning::whole_row(std::size_t i) const {
  if (!has_ || text_.role(i) != Role::plain) return false;
  for (auto at = text_.scope_index(i); at != kNone; at = text_.scopes()[at].parent) {
    for (const auto& source : text_.scopes()[at].sources) {
      if (!source.row && gives(source, tokens_[i], {}) != Gives::no) return false;
    }
  }
  return true;
}

Means Meaning::table(std::size_t i, const QName& table) const {
  if (!is_name(tokens_[i]) || !token_names(tokens_[i], table.name)) return Means::no;
  const bool schema = i >= 2 && tokens_.is(i - 1, ".") && is_name(tokens_[i - 2]);
  if (text_.role(i) == Role::table)
    return !schema || same_schema({token_name(tokens_[i - 2]), {}}, table) ? Means::yes : Means::no;
  if (text_.role(i) != Role::plain) return Means::no;
  if (schema && !(text_.role(i - 2) == Role::plain && same_schema({token_name(tokens_[i - 2]), {}}, table) &&
                  !table.schema.empty()))
    return Means::no;
  const bool qualifies = tokens_.is(i + 1, ".") || (tokens_.is(i + 1, "%") && tokens_.is(i + 2, "rowtype"));
  const Source* source = called(text_.scope_index(i), tokens_[i]);
  if (!qualifies)
    return source && !source->aliased && is_table(*source, table) && whole_row(i) ? Means::yes : Means::no;
  if (!source) return text_.declares(tokens_[i]) ? Means::no : Means::yes;
  return !source->aliased && is_table(*source, table) ? Means::yes : Means::no;
}

bool Meaning::another_table(std::size_t i, std::string_view to) const {
  const Token named{TokenKind::word, to};
  const Source* source = called(text_.scope_index(i), named);
  if (source && (source->aliased || source->query != kNone)) return true;
  for (auto at = text_.scope_index(i); at != kNone; at = text_.scopes()[at].parent) {
    if (text_.scopes()[at].named.contains(low_name(named))) return true;
  }
  return false;
}

}  // namespace forge::sql
