#include "engine/diff/spelling.hpp"

#include <algorithm>
#include <vector>

#include "engine/model/equivalence.hpp"

namespace forge {
namespace {

template <class T>
void keep(const std::vector<T>& before, std::vector<T>& after) {
  for (auto& one : after) {
    const auto found = std::ranges::find(before, one.name, &T::name);
    if (found != before.end() && !(*found == one) && equivalent(*found, one)) one = *found;
  }
}

}  // namespace

void keep_spelling(const Schema& before, Schema& after) {
  std::vector<QName> names;
  for (const auto& [name, table] : after.tables) {
    const Table* held = before.table(name);
    if (held && !(*held == *table)) names.push_back(name);
  }
  for (const auto& name : names) {
    const Table& was = *before.table(name);
    Table now = *after.table(name);
    keep(was.columns, now.columns);
    keep(was.uniques, now.uniques);
    keep(was.indexes, now.indexes);
    keep(was.checks, now.checks);
    keep(was.exclusions, now.exclusions);
    if (equivalent(TableShell{name, was.options, ""}, TableShell{name, now.options, ""})) now.options = was.options;
    if (!(now == *after.table(name))) after.put_table(std::move(now));
  }
}

}  // namespace forge
