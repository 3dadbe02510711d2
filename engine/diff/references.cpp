#include "engine/diff/references.hpp"

#include <algorithm>

namespace forge {

bool refers_to(const Table& table, const QName& other) {
  return std::ranges::find(table.foreign_keys, other, &ForeignKey::ref) != table.foreign_keys.end();
}

bool inherits_from(const Table& table, const QName& other) {
  return std::ranges::find(table.options.inherits, display(other)) != table.options.inherits.end();
}

bool reads(const View& view, const QName& object) { return std::ranges::find(view.uses, object) != view.uses.end(); }

void References::build(const Schema& schema) {
  if (built_) return;
  built_ = true;
  for (const auto& entry : schema.tables) note(*entry.second);
  for (const auto& entry : schema.views) note(entry.second);
}

void References::note(const Table& table) {
  for (const auto& key : table.foreign_keys) note(key, table.name);
  if (!built_) return;
  for (const auto& parent : table.options.inherits) heirs_[parse_qname(parent)].insert(table.name);
}

void References::note(const ForeignKey& key, const QName& table) {
  if (built_) tables_[key.ref].insert(table);
}

void References::note(const View& view) {
  if (!built_) return;
  for (const auto& used : view.uses) views_[used].insert(view.name);
}

std::vector<QName> References::tables_referring_to(const Schema& schema, const QName& table) {
  build(schema);
  std::vector<QName> out;
  for (const auto& name : tables_[table]) {
    const Table* other = schema.table(name);
    if (other && refers_to(*other, table)) out.push_back(name);
  }
  return out;
}

std::vector<QName> References::heirs_of(const Schema& schema, const QName& table) {
  build(schema);
  std::vector<QName> out;
  for (const auto& name : heirs_[table]) {
    const Table* other = schema.table(name);
    if (other && inherits_from(*other, table)) out.push_back(name);
  }
  return out;
}

std::vector<QName> References::views_reading(const Schema& schema, const QName& object) {
  build(schema);
  std::vector<QName> out;
  for (const auto& name : views_[object]) {
    const auto view = schema.views.find(name);
    if (view != schema.views.end() && reads(view->second, object)) out.push_back(name);
  }
  return out;
}

}  // namespace forge
