// A whole schema: what a database is to look like, for one engine.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/model/definition.hpp"
#include "engine/model/names.hpp"
#include "engine/model/objects.hpp"
#include "engine/model/table.hpp"

namespace forge {

// Objects are kept by name, so that equal schemas are equal byte for byte whatever order they were written in.
// Tables are shared between copies until one is edited: a schema and its successor cost little more than one.
struct Schema {
  std::map<QName, Namespace> namespaces;
  std::map<QName, EnumType> enums;
  std::map<QName, Sequence> sequences;
  std::map<QName, std::shared_ptr<const Table>> tables;
  std::map<QName, View> views;
  std::map<QName, Definition> definitions;  // triggers, routines, domains …: by kind and name
  std::map<QName, Sync> syncs;              // our own, while a plan is under way
  std::map<QName, Raw> raws;                // the user's own SQL that has been run
  std::vector<std::string> unmanaged;       // "kind name": seen in the database, not held by this model; sorted
  std::map<std::string, std::string> unmanaged_hashes;  // of their definitions, by the same text, where one is known
  // PostgreSQL: the role whose all is that states no owner, the database's own; "" is not told (see rights.hpp).
  std::string owner;
  // Where the schema comes from tells nothing of grants: that there are none means nothing (see rights.hpp).
  bool grants_untold = false;
  // A server has written its expressions and knows all that is there; else they stand as the user wrote them.
  bool read_from_server = false;

  // The table, or null. The pointer lives as long as the schema is not changed.
  const Table* table(const QName& name) const;
  // The table for editing (a private copy of it), or null.
  Table* edit_table(const QName& name);
  void put_table(Table table);
};

// The table for editing: where others hold it too, a private copy of it takes its place first.
Table& private_table(std::shared_ptr<const Table>& held);

// Equal up to the order of columns and of each table's members, and up to `raws`, what is unmanaged, and where it was read.
bool equivalent(const Schema& a, const Schema& b);
bool equivalent(const Table& a, const Table& b);

// The first difference in words, for tests and messages; empty where the two are equivalent.
std::string first_difference(const Schema& a, const Schema& b);

const Column* find_column(const Table& table, const std::string& name);
Column* find_column(Table& table, const std::string& name);

}  // namespace forge
