#include "engine/db/catalog.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>

using namespace forge;

namespace {

using Cell = std::optional<std::string>;
using Cells = std::vector<std::vector<Cell>>;

// Answers each query by the section's name.
class Fake : public Session {
 public:
  std::map<std::string, Rows> answers;
  const std::string& engine() const override { return engine_; }
  const std::string& version() const override { return version_; }
  Result<Rows> query(std::string_view sql, const std::vector<Cell>&) override { return answers.at(std::string(sql)); }
  Failure failure() const override { return Failure::none; }
  Result<std::vector<std::string>> statements(std::string_view) const override { return {}; }
  Result<void> run_script(std::string_view, const std::string&) override { return {}; }

 private:
  std::string engine_ = "postgres", version_ = "15";
};

class Catalog {
 public:
  void add(const std::string& section, std::vector<std::string> columns, Cells rows) {
    fake_.answers[section] = {std::move(columns), std::move(rows)};
    rules_.queries.push_back({section, section});
  }
  Schema read() {
    rules_.column = [](const CatalogColumn& given) -> Result<ReadColumn> {
      return ReadColumn{Type{given.type, {}, {}},
                        given.has_default ? std::optional(Expr{Expr::Kind::sql, given.default_text}) : std::nullopt};
    };
    rules_.expression = [](const std::string& text) -> Result<std::string> { return "<" + text + ">"; };
    auto schema = read_catalog(fake_, rules_);
    if (!schema) FAIL(render(schema.error()));
    return *schema;
  }
  Result<Schema> try_read() { return read_catalog(fake_, rules_); }

 private:
  Fake fake_;
  CatalogRules rules_;
};

}  // namespace

TEST_CASE("tables are put together from the rows of their sections", "[db][catalog]") {
  Catalog catalog;
  catalog.add("tables", {"schema", "name", "comment", "unlogged", "storage"},
              {{"", "t", "c", "t", "b=2\na=1"}, {"app", "t", Cell{}, "f", Cell{}}});
  catalog.add("columns",
              {"schema", "table", "name", "type", "nullable", "default", "identity", "start", "generated", "stored",
               "collation"},
              {{"", "t", "id", "bigint", "f", Cell{}, "always", "5", Cell{}, "f", Cell{}},
               {"", "t", "a", "text", "t", "now()", Cell{}, Cell{}, Cell{}, "f", "C"},
               {"app", "t", "g", "text", "t", Cell{}, Cell{}, Cell{}, "x[1]", "t", Cell{}},
               {"gone", "t", "g", "text", "t", Cell{}, Cell{}, Cell{}, Cell{}, "t", Cell{}}});
  catalog.add("keys", {"schema", "table", "name", "primary", "deferrable"},
              {{"", "t", "t_pkey", "t", "f"}, {"", "t", "u", "f", "t"}});
  catalog.add("indexes", {"schema", "table", "name", "unique", "where"}, {{"", "t", "i", "t", "a > 1"}});
  catalog.add("parts", {"schema", "table", "of", "column", "expr", "desc", "included"},
              {{"", "t", "t_pkey", "id", Cell{}, "f", "f"},
               {"", "t", "u", "a", Cell{}, "f", "f"},
               {"", "t", "u", "id", Cell{}, "f", "t"},
               {"", "t", "i", Cell{}, "lower(a)", "t", "f"},
               {"app", "t", "i", "g", Cell{}, "f", "f"}});
  catalog.add("foreign_keys",
              {"schema", "table", "name", "column", "ref_schema", "ref_table", "ref_column", "on_delete"},
              {{"", "t", "f", "a", "app", "t", "g", "cascade"}, {"", "t", "f", "id", "app", "t", "h", "cascade"}});
  const Schema schema = catalog.read();
  CHECK(schema.read_from_server);
  REQUIRE(schema.tables.size() == 2);
  const Table& table = *schema.table({"", "t"});
  CHECK(table.comment == "c");
  CHECK(table.options.unlogged);
  CHECK(table.options.storage == Settings{{"b", "2"}, {"a", "1"}});
  REQUIRE(table.columns.size() == 2);
  CHECK(table.columns[0].more->identity == Identity{true, 5, std::nullopt});
  CHECK_FALSE(table.columns[0].nullable);
  CHECK(table.columns[1].more->collation == "C");
  CHECK(table.columns[1].default_value == Expr{Expr::Kind::sql, "now()"});
  REQUIRE(table.primary_key);
  CHECK(table.primary_key->parts.at(0).column == "id");
  REQUIRE(table.uniques.size() == 1);
  CHECK(table.uniques[0].deferrable);
  CHECK(table.uniques[0].include == std::vector<std::string>{"id"});
  REQUIRE(table.indexes.size() == 1);
  CHECK(table.indexes[0].unique);
  CHECK(table.indexes[0].where == "a > 1");
  CHECK(table.indexes[0].parts.at(0).expr == "lower(a)");
  CHECK(table.indexes[0].parts.at(0).desc);
  REQUIRE(table.foreign_keys.size() == 1);
  CHECK(table.foreign_keys[0].columns == std::vector<std::string>{"a", "id"});
  CHECK(table.foreign_keys[0].ref == QName{"app", "t"});
  CHECK(table.foreign_keys[0].ref_columns == std::vector<std::string>{"g", "h"});
  // A text with a bracket is given to the dialect.
  CHECK(schema.table({"app", "t"})->columns.at(0).more->generated == Generated{"<x[1]>", true});
}

TEST_CASE("what the model does not hold is named, with a hash of its definition", "[db][catalog]") {
  Catalog catalog;
  catalog.add("unmanaged", {"kind", "name", "definition"}, {{"policy", "p on t", "x"}, {"cast", "a as b", "y"}});
  const Schema schema = catalog.read();
  CHECK(schema.unmanaged == std::vector<std::string>{"cast a as b", "policy p on t"});
  CHECK(schema.unmanaged_hashes.at("cast a as b") != schema.unmanaged_hashes.at("policy p on t"));
}

TEST_CASE("definitions come with their parts", "[db][catalog]") {
  Catalog catalog;
  catalog.add("definitions", {"kind", "own", "on_schema", "on_table", "create", "drop", "replaces"},
              {{"trigger", "a", "", "t", "CREATE TRIGGER a", "DROP TRIGGER a ON t", "f"},
               {"function", "f()", Cell{}, Cell{}, "CREATE", "DROP", "t"}});
  catalog.add("definition_parts", {"kind", "own", "on_schema", "on_table", "key", "make", "undo"},
              {{"trigger", "a", "", "t", "comment", "COMMENT", Cell{}}});
  const Schema schema = catalog.read();
  REQUIRE(schema.definitions.size() == 2);
  const Definition& trigger = schema.definitions.at({"", "trigger a on t"});
  CHECK(trigger.on == QName{"", "t"});
  CHECK(trigger.drop == "DROP TRIGGER a ON t");
  REQUIRE(trigger.parts.size() == 1);
  CHECK(trigger.parts[0].make == "COMMENT");
  CHECK(schema.definitions.at({"", "function f()"}).replaces);
}

TEST_CASE("a section that nobody knows is an error of the dialect", "[db][catalog]") {
  Catalog catalog;
  catalog.add("tabels", {"schema"}, {{""}});
  const auto read = catalog.try_read();
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().message == "the catalog queries have an unknown section 'tabels'");
}
