#include <catch2/catch_test_macros.hpp>

#include "engine/model/lower.hpp"

using namespace forge;

namespace {

LowerRules rules() {
  LowerRules made;
  made.engine = "SQLite";
  made.naming = Naming::sqlite;
  made.canonical_type = [](const Type& type, std::string&) -> Result<Type> { return type; };
  return made;
}

Table lowered(Table table, std::vector<std::string>* notes = nullptr) {
  Schema schema;
  const QName name = table.name;
  schema.put_table(std::move(table));
  Lowering lowering(rules());
  REQUIRE(lowering.run(schema));
  if (notes) *notes = lowering.notes();
  Schema again = schema;
  REQUIRE(Lowering(rules()).run(again));
  CHECK(first_difference(schema, again) == "");
  return *schema.table(name);
}

Column column(const std::string& name, const std::string& type) {
  Column made;
  made.name = name;
  made.type.name = type;
  return made;
}

Table keyed(std::vector<Column> columns) {
  Table table;
  table.name.name = "t";
  table.columns = std::move(columns);
  Key key;
  key.primary = true;
  key.parts.push_back({.column = table.columns.front().name});
  table.primary_key = key;
  return table;
}

}  // namespace

TEST_CASE("a key that counts up is INTEGER and never NULL on SQLite", "[lower][sqlite]") {
  Table table = keyed({column("id", "bigint"), column("n", "integer")});
  table.columns[0].more.edit().identity = Identity{true, 100, {}};
  table.columns[1].more.edit().identity.emplace();
  std::vector<std::string> notes;
  const Table t = lowered(table, &notes);
  CHECK(t.columns[0].type.name == "integer");
  CHECK_FALSE(t.columns[0].nullable);
  CHECK(*t.columns[0].more->identity == Identity{});
  CHECK_FALSE(t.columns[1].more->identity.has_value());
  CHECK(notes.size() == 2);
}

TEST_CASE("other keys of SQLite stay as they are", "[lower][sqlite]") {
  CHECK_FALSE(lowered(keyed({column("id", "integer")})).columns[0].nullable);
  CHECK(lowered(keyed({column("id", "text")})).columns[0].nullable);
  CHECK(lowered(keyed({column("id", "bigint")})).columns[0].type.name == "bigint");
  Table table = keyed({column("id", "text")});
  table.options.without_rowid = true;
  CHECK_FALSE(lowered(table).columns[0].nullable);
}

TEST_CASE("a STRICT table holds six types", "[lower][sqlite]") {
  Table table = keyed({column("id", "integer"), column("a", "varchar"), column("b", "boolean"), column("c", "numeric"),
                       column("d", "double"), column("e", "longblob"), column("f", "timestamp")});
  table.options.strict = true;
  const Table t = lowered(table);
  std::vector<std::string> types;
  for (const Column& one : t.columns) types.push_back(one.type.name);
  CHECK(types == std::vector<std::string>{"integer", "text", "integer", "native", "real", "blob", "text"});
  CHECK(t.columns[3].type.more->ref == "ANY");
}

TEST_CASE("what nobody named: an index gets a name on SQLite, a constraint is told by what it says",
          "[lower][sqlite]") {
  Table table = keyed({column("id", "integer"), column("a", "text")});
  table.indexes.push_back({.parts = {{.column = "a"}}});
  table.checks.push_back({.expr = "a <> ''"});
  table.columns[1].default_value = Expr{Expr::Kind::sql, "now()"};
  const Table t = lowered(table);
  CHECK(t.indexes[0].name == "t_a_idx");
  CHECK(t.checks[0].name.starts_with(kUnnamed));
  CHECK(t.columns[1].default_value->text == "CURRENT_TIMESTAMP");
}

TEST_CASE("of what a counter may state MySQL and MariaDB keep where it starts", "[lower]") {
  for (const auto naming : {Naming::mysql, Naming::mariadb}) {
    LowerRules made = rules();
    made.naming = naming;
    Table table = keyed({column("id", "bigint"), column("n", "integer")});
    table.columns[0].more.edit().identity = Identity{.always = true, .start = 100, .cache = 5, .sequence = "s"};
    Schema schema;
    schema.put_table(std::move(table));
    Lowering lowering(made);
    REQUIRE(lowering.run(schema));
    CHECK(*schema.table({"", "t"})->columns[0].more->identity == Identity{.start = 100});
    CHECK(lowering.notes().size() == 1);
  }
}
