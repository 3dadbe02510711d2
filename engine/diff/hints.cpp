#include "engine/diff/hints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/spelling.hpp"

namespace forge {
namespace {

// Comparing every drop with every add is worth it only while they are few.
constexpr std::size_t kMostCandidates = 64;

struct Columns {
  std::vector<const Column*> gone, come;
};

bool alike(const Column& a, const Column& b) { return a.type == b.type && a.more->generated == b.more->generated; }

// The share of a table's columns that the other has too, by name and type.
bool alike(const Table& a, const Table& b) {
  constexpr double kEnough = 0.7;
  std::size_t common = 0;
  for (const auto& column : a.columns) {
    const Column* other = find_column(b, column.name);
    if (other && other->type == column.type) ++common;
  }
  const auto most = std::max(a.columns.size(), b.columns.size());
  return most > 0 && static_cast<double>(common) >= kEnough * static_cast<double>(most);
}

// Pairs what goes with what comes: the nearest names first, each once.
template <class T, class Name>
std::vector<std::pair<const T*, const T*>> likely_pairs(const std::vector<const T*>& gone,
                                                        const std::vector<const T*>& come, Name name) {
  struct Candidate {
    std::size_t distance, from, to;
    auto operator<=>(const Candidate&) const = default;
  };
  std::vector<std::pair<const T*, const T*>> out;
  if (gone.size() > kMostCandidates || come.size() > kMostCandidates) return out;
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < gone.size(); ++i) {
    for (std::size_t j = 0; j < come.size(); ++j) {
      if (alike(*gone[i], *come[j])) {
        candidates.push_back({edit_distance(name(*gone[i]), name(*come[j])), i, j});
      }
    }
  }
  std::ranges::sort(candidates);
  std::set<std::size_t> from, to;
  for (const auto& one : candidates) {
    if (from.contains(one.from) || to.contains(one.to)) continue;
    from.insert(one.from);
    to.insert(one.to);
    out.emplace_back(gone[one.from], come[one.to]);
  }
  return out;
}

}  // namespace

std::vector<std::string> rename_hints(const std::vector<Change>& changes) {
  std::map<QName, Columns> columns;
  std::vector<const Table*> gone, come;
  for (const auto& change : changes) {
    if (const auto* column = std::get_if<Delta<Column>>(&change)) {
      if (!column->after) columns[column->table].gone.push_back(&*column->before);
      if (!column->before) columns[column->table].come.push_back(&*column->after);
    } else if (const auto* table = std::get_if<Delta<Table>>(&change)) {
      if (!table->after) gone.push_back(&*table->before);
      if (!table->before) come.push_back(&*table->after);
    }
  }
  std::vector<std::string> out;
  const auto table_name = [](const Table& table) { return display(table.name); };
  for (const auto& [from, to] : likely_pairs(gone, come, table_name)) {
    out.push_back(
        fmt::format("table '{}' goes and '{}' comes with nearly the same columns: if this is a rename, add "
                    ":renamed_from \"{}\" to table \"{}\"",
                    display(from->name), display(to->name), display(from->name), display(to->name)));
  }
  const auto column_name = [](const Column& column) { return column.name; };
  for (const auto& [table, lists] : columns) {
    for (const auto& [from, to] : likely_pairs(lists.gone, lists.come, column_name)) {
      out.push_back(
          fmt::format("column '{0}.{1}' goes and '{0}.{2}' of the same type comes: if this is a rename, add "
                      ":renamed_from \"{1}\" to column \"{2}\"",
                      display(table), from->name, to->name));
    }
  }
  return out;
}

}  // namespace forge
