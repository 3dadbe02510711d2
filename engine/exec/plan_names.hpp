// Which name an object bears before a plan that it is known by after it.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/diff/change.hpp"

namespace forge {

class NamesBefore {
 public:
  explicit NamesBefore(const std::vector<Change>& changes) {
    for (const auto& change : changes) {
      if (const auto* shell = std::get_if<Delta<TableShell>>(&change); shell && shell->before && shell->after) {
        tables_[shell->after->name] = shell->before->name;
      }
      if (const auto* column = std::get_if<Delta<Column>>(&change); column && column->before && column->after) {
        columns_[{column->table, column->after->name}] = column->before->name;
      }
    }
  }
  QName table(const QName& after) const {
    const auto found = tables_.find(after);
    return found == tables_.end() ? after : found->second;
  }
  // `table` by either of its names.
  std::string column(const QName& table_after, const std::string& after) const {
    for (const auto& one : {table_after, table(table_after)}) {
      const auto found = columns_.find({one, after});
      if (found != columns_.end()) return found->second;
    }
    return after;
  }

 private:
  std::map<QName, QName> tables_;                                 // after → before
  std::map<std::pair<QName, std::string>, std::string> columns_;  // table, column after → column before
};

}  // namespace forge
