// Who refers to whom, so that a rename or a drop among 10,000 tables does not read them all.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "engine/model/schema.hpp"

namespace forge {

// An index over a schema that is being changed. It may name a table or view that has stopped referring; users look
// again at the object itself. Made on first use, and kept up by `note`.
class References {
 public:
  // Tables that have a foreign key to `table`, itself among them, by name.
  std::vector<QName> tables_referring_to(const Schema& schema, const QName& table);
  // Tables that inherit from `table`, its partitions among them, by name.
  std::vector<QName> heirs_of(const Schema& schema, const QName& table);
  // Views that read `object`, by name.
  std::vector<QName> views_reading(const Schema& schema, const QName& object);
  // Each must be called once the object stands in the schema under its present name.
  void note(const Table& table);
  void note(const ForeignKey& key, const QName& table);
  void note(const View& view);

 private:
  void build(const Schema& schema);

  bool built_ = false;
  std::map<QName, std::set<QName>> tables_, heirs_, views_;
};

bool refers_to(const Table& table, const QName& other);
bool inherits_from(const Table& table, const QName& other);
bool reads(const View& view, const QName& object);

}  // namespace forge
