#include "engine/model/law_keys.hpp"

#include <algorithm>

namespace forge {
namespace {

bool covers(const std::vector<IndexPart>& parts, const std::vector<std::string>& columns) {
  if (parts.size() != columns.size()) return false;
  return std::ranges::all_of(columns, [&](const std::string& column) {
    return std::ranges::any_of(parts, [&](const IndexPart& part) { return part.column == column; });
  });
}

}  // namespace

bool begins_an_index(const Table& t, const std::vector<std::string>& columns) {
  std::vector<std::string> primary;
  for (const auto& part : t.primary_key ? t.primary_key->parts : std::vector<IndexPart>{})
    primary.push_back(part.column);
  const auto begins = [&](std::vector<std::string> names) {
    names.insert(names.end(), primary.begin(), primary.end());
    return names.size() >= columns.size() && std::equal(columns.begin(), columns.end(), names.begin());
  };
  const auto parts_begin = [&](const std::vector<IndexPart>& parts) {
    std::vector<std::string> names;
    names.reserve(parts.size());
    for (const auto& part : parts) names.push_back(part.length > 0 ? "" : part.column);
    return begins(std::move(names));
  };
  return begins({}) || std::ranges::any_of(t.uniques, [&](const Key& key) { return parts_begin(key.parts); }) ||
         std::ranges::any_of(t.indexes, [&](const Index& index) { return parts_begin(index.parts); }) ||
         std::ranges::any_of(t.foreign_keys, [&](const ForeignKey& key) { return begins(key.columns); });
}

bool made_unique(const Table& t, const std::vector<std::string>& columns) {
  if (t.primary_key && covers(t.primary_key->parts, columns)) return true;
  for (const auto& key : t.uniques) {
    if (covers(key.parts, columns)) return true;
  }
  return std::ranges::any_of(t.indexes, [&](const Index& index) {
    return index.unique && index.where.empty() && covers(index.parts, columns);
  });
}

}  // namespace forge
