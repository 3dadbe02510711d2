// Which changes belong together: a strategy sees a group, so that five changes of one table cost at most one copy of it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/diff/change.hpp"
#include "engine/model/schema.hpp"

namespace forge {

// A foreign key of another table that points at one of a group's tables.
struct IncomingKey {
  QName table;
  ForeignKey foreign_key;

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("table", self.table);
    visit("foreign_key", self.foreign_key);
  }
};

// A table of `before` that inherits from another one.
struct Heir {
  QName of;                // the table that it inherits from
  QName table;             // the heir
  bool partition = false;  // a partition of it: the server fires its triggers there, too

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("of", self.of);
    visit("table", self.table);
    visit("partition", self.partition);
  }
};

struct Group {
  std::string id;                    // the display name of its first table, or of its first change's object
  std::vector<QName> tables;         // as they are called before; those that the plan creates, as they are called after
  std::vector<std::size_t> changes;  // indices into the change list, ascending
  std::vector<View> views;  // views of `before` that read these tables, directly or through views; a view stands
                            // after those that it reads
  std::vector<IncomingKey> incoming;  // foreign keys of `before` from tables outside the group
  std::vector<Heir> heirs;            // of its tables, in the group or not
};

// Every change stands in exactly one group. Groups hold together what shares a table, the column types at both ends of a
// foreign key where both change, a view that changes with a table that it reads, and an enum whose values change
// with the tables that use it. Groups come in the order of their first change. Linear in schema and changes.
std::vector<Group> group_changes(const std::vector<Change>& changes, const Schema& before);

}  // namespace forge
