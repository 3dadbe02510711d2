#include "engine/model/equivalence.hpp"

#include "engine/model/publication.hpp"
#include "engine/model/sql/text.hpp"
#include "engine/model/statistics.hpp"

namespace forge {
namespace {

std::string trimmed(const std::string& text) {
  constexpr std::string_view kEnds = " \t\r\n;";
  const auto first = text.find_first_not_of(kEnds);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kEnds) - first + 1);
}

void normalize(std::string& expression) { expression = normalize_expression(expression); }
void normalize(IndexPart& part) { normalize(part.expr); }
void normalize(ExclusionPart& part) { normalize(part.expr); }
void normalize(Expr& expr) {
  if (expr.kind == Expr::Kind::sql) normalize(expr.text);
}
void normalize(Column& column) {
  if (column.default_value) normalize(*column.default_value);
  if (column.more->generated) normalize(column.more.edit().generated->expr);
}
void normalize(Key& key) {
  for (auto& part : key.parts) normalize(part);
}
void normalize(Index& index) {
  for (auto& part : index.parts) normalize(part);
  normalize(index.where);
  std::ranges::sort(index.storage);
}
void normalize(Check& check) { normalize(check.expr); }
void normalize(Exclusion& exclusion) {
  for (auto& part : exclusion.parts) normalize(part);
  normalize(exclusion.where);
}
void normalize(View& view) {
  normalize(view.query);
  std::ranges::sort(view.uses);
}
// How it is taken away and what it needs follow from what it is.
void normalize(Definition& definition) {
  // In which order their columns are shown is the server's affair.
  if (definition.kind == "statistics") definition.create = sorted_statistics(definition.create);
  normalize(definition.create);
  definition.body = trimmed(definition.body);
  definition.drop.clear();
  definition.uses.clear();
  std::ranges::sort(definition.parts, {}, &DefinitionPart::key);
  for (auto& part : definition.parts) {
    if (definition.kind == "publication") part.make = sorted_columns(part.make);
    normalize(part.make);
    part.undo.clear();
  }
}
// In which order a server keeps them follows from the order in which they were set.
void normalize(TableShell& shell) { std::ranges::sort(shell.options.storage); }
void normalize(Sync& sync) {
  for (auto& pair : sync.pairs) {
    normalize(pair.up);
    normalize(pair.down);
  }
  for (auto& column : sync.columns) normalize(column.expr);
}

// Most comparisons are of equal values: the costly form is made only where the plain one differs.
template <class T>
bool same_normalized(const T& a, const T& b) {
  if (a == b) return true;
  T x = a, y = b;
  normalize(x);
  normalize(y);
  return x == y;
}

}  // namespace

bool equivalent(const Expr& a, const Expr& b) { return same_normalized(a, b); }
bool equivalent(const Column& a, const Column& b) { return same_normalized(a, b); }
bool equivalent(const Key& a, const Key& b) { return same_normalized(a, b); }
bool equivalent(const Index& a, const Index& b) { return same_normalized(a, b); }
bool equivalent(const ForeignKey& a, const ForeignKey& b) { return a == b; }
bool equivalent(const Check& a, const Check& b) { return same_normalized(a, b); }
bool equivalent(const Exclusion& a, const Exclusion& b) { return same_normalized(a, b); }
bool equivalent(const TableShell& a, const TableShell& b) { return same_normalized(a, b); }
bool equivalent(const Namespace& a, const Namespace& b) { return a == b; }
bool equivalent(const EnumType& a, const EnumType& b) { return a == b; }
bool equivalent(const Sequence& a, const Sequence& b) { return a == b; }
bool equivalent(const View& a, const View& b) { return same_normalized(a, b); }
bool equivalent(const Definition& a, const Definition& b) { return same_normalized(a, b); }
bool equivalent(const Sync& a, const Sync& b) { return same_normalized(a, b); }
bool equivalent(const Raw& a, const Raw& b) { return a == b; }

Column normalized(Column value) {
  normalize(value);
  return value;
}
Key normalized(Key value) {
  normalize(value);
  return value;
}
Index normalized(Index value) {
  normalize(value);
  return value;
}
Check normalized(Check value) {
  normalize(value);
  return value;
}
Exclusion normalized(Exclusion value) {
  normalize(value);
  return value;
}
View normalized(View value) {
  normalize(value);
  return value;
}
Definition normalized(Definition value) {
  normalize(value);
  return value;
}
Sync normalized(Sync value) {
  normalize(value);
  return value;
}
ForeignKey normalized(ForeignKey value) { return value; }
TableShell normalized(TableShell value) {
  normalize(value);
  return value;
}
Namespace normalized(Namespace value) { return value; }
EnumType normalized(EnumType value) { return value; }
Sequence normalized(Sequence value) { return value; }
Raw normalized(Raw value) { return value; }

TableShell shell_of(const Table& table) { return {table.name, table.options, table.comment}; }

bool equivalent(const Table& a, const Table& b) {
  if (&a == &b || a == b) return true;
  const bool keys = a.primary_key.has_value() == b.primary_key.has_value() &&
                    (!a.primary_key || equivalent(*a.primary_key, *b.primary_key));
  return keys && equivalent(shell_of(a), shell_of(b)) && same_members(a.columns, b.columns) &&
         same_members(a.uniques, b.uniques) && same_members(a.indexes, b.indexes) &&
         same_members(a.foreign_keys, b.foreign_keys) && same_members(a.checks, b.checks) &&
         same_members(a.exclusions, b.exclusions);
}

}  // namespace forge
