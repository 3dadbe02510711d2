// The parts that random schemas and random changes are made of.
#pragma once

#include <optional>
#include <string>

#include "tests/support/random_schema.hpp"

namespace forge::test {

bool is_integer(const Column& column);
// Random rows hold a different value in each row of such a column, so it can be unique.
bool is_distinct(const Column& column);

// Makes objects for one schema; each name is used once.
class Maker {
 public:
  Maker(Rng& source, const GeneratorOptions& what, Schema& target);

  std::string name(const std::string& stem);
  Type type();
  std::optional<Expr> default_for(const Type& type);
  Column column();
  Table table();
  // A column that `suits`, no generated one, or null.
  const Column* pick_column(const Table& table, bool (*suits)(const Column&));
  void add_members(Table& table);
  void add_index(Table& table);
  void add_unique(Table& table);
  void add_check(Table& table);
  void add_generated(Table& table);
  void add_foreign_key(Table& table);  // and the column that holds it
  void add_view();
  void add_enum();

  Rng& rng;
  const GeneratorOptions& options;
  Schema& schema;

 private:
  std::size_t counter_;
};

}  // namespace forge::test
