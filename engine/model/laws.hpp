// What an engine refuses whatever the rows are, judged from the schema: told at the spec's place and not by the engine, halfway
// through a script.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/model/spec.hpp"

namespace forge {

// One engine's laws, stated by its dialect (`laws` in dialects/*/init.lua).
struct Laws {
  std::string reserved_prefix;              // of names that only the engine gives
  std::vector<std::string> system_columns;  // that every table has already
  bool one_namespace = false;               // tables, views, indexes, sequences, keys share their names
  bool keys_are_relations = false;          // … and primary keys, uniques and exclusions among them
  bool enums_are_rows = false;              // … and enums share theirs with tables and views
  bool checks_by_schema = false;            // a check's name is unique in its schema, not in its table
  bool foreign_keys_by_schema = false;
  bool one_counter = false;  // a table has one counting column, and a key begins with it
  bool text_keys_need_length = false;
  std::int64_t key_bytes = 0;        // the most that a key's columns take together; 0: no bound
  std::int64_t character_bytes = 1;  // of a text whose character set nothing states
  bool typed_references = false;     // both ends of a foreign key are of one integer type
  bool indexed_references = false;   // an index begins with the columns that a foreign key refers to, in their order
  bool no_final_space = false;       // no name ends with a space
  bool caseless_names = false;       // letter case tells no tables, views and indexes apart
  bool rowid_needs_key = false;      // WITHOUT ROWID asks for a primary key
  bool lengths_bind = false;         // a text's stated length is kept, by defaults too
  bool compared_references = false;  // both ends of a foreign key can be compared
  bool unchecked_counter = false;    // no check names a counting column
  bool unique_references = false;    // a key makes the columns unique that a foreign key refers to
  std::string generated_reads;       // which generated columns another one may read: "none", "earlier", or any
  std::string counter_computes;      // generated columns that may read a counting one: "none", "virtual", or any

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("reserved_prefix", self.reserved_prefix);
    visit("system_columns", self.system_columns);
    visit("one_namespace", self.one_namespace);
    visit("keys_are_relations", self.keys_are_relations);
    visit("enums_are_rows", self.enums_are_rows);
    visit("checks_by_schema", self.checks_by_schema);
    visit("foreign_keys_by_schema", self.foreign_keys_by_schema);
    visit("one_counter", self.one_counter);
    visit("text_keys_need_length", self.text_keys_need_length);
    visit("key_bytes", self.key_bytes);
    visit("character_bytes", self.character_bytes);
    visit("typed_references", self.typed_references);
    visit("indexed_references", self.indexed_references);
    visit("no_final_space", self.no_final_space);
    visit("caseless_names", self.caseless_names);
    visit("rowid_needs_key", self.rowid_needs_key);
    visit("lengths_bind", self.lengths_bind);
    visit("compared_references", self.compared_references);
    visit("unchecked_counter", self.unchecked_counter);
    visit("unique_references", self.unique_references);
    visit("generated_reads", self.generated_reads);
    visit("counter_computes", self.counter_computes);
  }
};

// Errors (spec): the first breach in `after` that `before` does not hold already, with its place. Both schemas are lowered.
Result<void> check_laws(const Spec& spec, const Laws& laws, const std::string& engine);

}  // namespace forge
