// Specs as a whole: what they become.
#include "engine/lua/spec.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/emit/spec_writer.hpp"
#include "engine/lua/embedded.hpp"
#include "engine/model/schema_json.hpp"
#include "tests/unit/lua/spec_support.hpp"

using namespace forge;
using namespace forge::test;
namespace fs = std::filesystem;

namespace {

// The line of a case's case.yml that names its engines; empty where it is for all.
std::string engines_of_case(const fs::path& folder) {
  std::ifstream file(folder / "case.yml");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("engines:")) return line;
  }
  return {};
}

}  // namespace

TEST_CASE("every case and example reads on every engine that it is for", "[spec]") {
  std::size_t read = 0;
  for (const auto* folder : {"tests/cases", "examples"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(source_root()) / folder)) {
      if (!entry.path().string().ends_with(".migration.lua")) continue;
      const auto only = engines_of_case(entry.path().parent_path());
      for (const auto* engine : {"sqlite", "postgres", "mysql", "mariadb"}) {
        if (!only.empty() && only.find(engine) == std::string::npos) continue;
        EvaluateOptions options;
        options.engine = engine;
        options.source = [](std::string_view, const std::string&, const fs::path&, const Place&) -> Result<Schema> {
          return Schema{};
        };
        const auto spec = evaluate_spec(entry.path().string(), options);
        if (!spec) UNSCOPED_INFO(engine << ": " << render(spec.error()));
        CHECK(spec.has_value());
        ++read;
      }
    }
  }
  CHECK(read > 200);
}

TEST_CASE("a table has what its words say", "[spec]") {
  const auto spec = evaluate(in_schema(R"lua(
    enum "status" { "new", "paid" },
    table "people" { column "id" :bigint() :identity { always = true, start = 5 } :primary_key() },
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "person" :references "people.id" :on_delete "cascade" :on_update "no action",
      column "status" :enum "status" :not_null() :default "new",
      column "total" :numeric(12, 2) :not_null() :default(0.1) :check "total >= 0",
      column "tags" :text() :array(),
      column "small" :smallint() :unsigned() :default(null),
      column "paid" :boolean() :default(false),
      column "at" :timestamptz(3) :default(sql "now()") :comment "when",
      column "net" :numeric(12, 2) :generated("total * 0.8", "virtual"),
      column "code" :char(3) :collate "C" :unique "code_key",
      column "place" :type "geometry(Point,4326)" :invisible(),
      unique { "person", "at" } :name "once" :deferrable "deferred",
      index "open_idx" { "person", desc "at", expr "lower(code)", asc "code" :nulls "first" :opclass "text_ops" }
        :where "status <> 'paid'" :unique() :include { "total" } :using "btree" :storage { fillfactor = 70 },
      check "positive" "total > 0",
    } :comment "Orders" :storage { fillfactor = 80, autovacuum_enabled = false },
    view "open" "SELECT id FROM orders WHERE status = 'new'",
    sequence "numbers" { start = 5, cycle = true } :increment(2),
  )lua"),
                             "postgres");
  const auto& schema = spec.after;
  const auto& orders = *schema.table({"", "orders"});
  REQUIRE(orders.columns.size() == 11);
  CHECK(orders.columns[0].nullable == false);
  CHECK(orders.columns[1].type == Type{"bigint", {}, {}});
  CHECK(orders.columns[1].nullable);
  CHECK(orders.columns[2].type.more->ref == "status");
  CHECK(orders.columns[2].default_value == Expr{Expr::Kind::string, "new"});
  CHECK(orders.columns[3].type == Type{"numeric", {12, 2}, {}});
  CHECK(orders.columns[3].default_value == Expr{Expr::Kind::number, "0.1"});
  CHECK(orders.columns[4].type.more->array == 1);
  CHECK(orders.columns[5].type.more->is_unsigned);
  CHECK(orders.columns[5].default_value == Expr{Expr::Kind::null, ""});
  CHECK(orders.columns[6].default_value == Expr{Expr::Kind::boolean, "false"});
  CHECK(orders.columns[7].default_value == Expr{Expr::Kind::sql, "now()"});
  CHECK(orders.columns[7].more->comment == "when");
  CHECK(orders.columns[8].more->generated == Generated{"total * 0.8", false});
  CHECK(orders.columns[9].more->collation == "C");
  CHECK(orders.columns[10].type.name == "native");
  CHECK(orders.columns[10].type.more->ref == "geometry(Point,4326)");
  REQUIRE(orders.foreign_keys.size() == 1);
  CHECK(orders.foreign_keys[0].ref == QName{"", "people"});
  CHECK(orders.foreign_keys[0].ref_columns == std::vector<std::string>{"id"});
  CHECK(orders.foreign_keys[0].on_delete == "cascade");
  CHECK(orders.foreign_keys[0].on_update == "no action");
  REQUIRE(orders.uniques.size() == 2);
  CHECK(orders.uniques[0].name == "code_key");
  CHECK(orders.uniques[1].deferred);
  REQUIRE(orders.indexes.size() == 1);
  const auto& index = orders.indexes[0];
  CHECK(index.unique);
  CHECK(index.method == "btree");
  REQUIRE(index.parts.size() == 4);
  CHECK(index.parts[1].desc);
  CHECK(index.parts[2].expr == "lower(code)");
  CHECK(index.parts[3].nulls == "first");
  CHECK(index.storage == Settings{{"fillfactor", "70"}});
  REQUIRE(orders.checks.size() == 2);
  CHECK(orders.checks[1].name == "positive");
  CHECK(orders.options.storage == Settings{{"autovacuum_enabled", "false"}, {"fillfactor", "80"}});
  CHECK(schema.views.at({"", "open"}).uses == std::vector<QName>{{"", "orders"}});
  CHECK(schema.sequences.at({"", "numbers"}).start == 5);
  CHECK(schema.sequences.at({"", "numbers"}).increment == 2);
  CHECK(schema.sequences.at({"", "numbers"}).cycle);
  CHECK(schema.table({"", "people"})->columns[0].more->identity == Identity{true, 5, {}});
}

TEST_CASE("a spec that is written out reads back equal", "[spec]") {
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(source_root()) / "tests/cases")) {
    if (entry.path().filename() != "spec.migration.lua") continue;
    for (const auto* engine : {"postgres", "mysql"}) {
      EvaluateOptions options;
      options.engine = engine;
      const auto first = evaluate_spec(entry.path().string(), options);
      REQUIRE(first.has_value());
      INFO(entry.path().string() << "\n" << write_spec(*first));
      const auto second = evaluate(write_spec(*first), engine);
      CHECK(first_difference(first->before, second.before) == "");
      CHECK(first_difference(first->after, second.after) == "");
      CHECK(write_spec(*first) == write_spec(second));
    }
  }
}

TEST_CASE("a number that a database has as its default is written so that it reads back as it was", "[spec]") {
  auto spec = evaluate(in_schema("table \"t\" { column \"a\" :numeric(20, 10) :default(1) }"), "postgres");
  for (const auto* text : {"0", "5", "-7", "1.5", "0.0001", "0.0", "-0.0", "-0", "1.50", "0x10", "1e3", "0.00001", ".5",
                           "007", "9223372036854775807", "123456789.123456789"}) {
    auto& column = spec.after.edit_table({"", "t"})->columns[0];
    column.default_value = Expr{Expr::Kind::number, text};
    INFO(write_spec(spec));
    const auto again = evaluate(write_spec(spec), "postgres");
    CHECK(again.after.table({"", "t"})->columns[0].default_value->text == text);
  }
  const auto plain = write_spec(spec);
  spec.after.edit_table({"", "t"})->columns[0].default_value = Expr{Expr::Kind::number, "-1.25"};
  CHECK(write_spec(spec).find(":default(-1.25)") != std::string::npos);
  CHECK(plain.find(":default(sql \"123456789.123456789\")") != std::string::npos);
}

TEST_CASE("two readings of one spec are equal to the byte", "[spec]") {
  const auto file = (fs::path(source_root()) / "examples/orders.migration.lua").string();
  EvaluateOptions options;
  options.engine = "postgres";
  const auto first = evaluate_spec(file, options), second = evaluate_spec(file, options);
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  CHECK(to_json(first->after).dump() == to_json(second->after).dump());
  CHECK(write_spec(*first) == write_spec(*second));
}

TEST_CASE("a constraint of a table in a namespace goes by three names in one", "[spec]") {
  const auto spec = evaluate(R"lua(migration "m" {
    before = schema {
      namespace "bill",
      table "bill.o" { column "id" :bigint() :primary_key(), check "cx" "id > 0", unique "ux" { "id" } },
    },
    changes = { drop_check "bill.o.cx", drop_constraint "bill.o.ux" },
  })lua",
                             "postgres");
  const auto& table = *spec.after.table({"bill", "o"});
  CHECK(table.checks.empty());
  CHECK(table.uniques.empty());
}

TEST_CASE("changes are applied to before, in order", "[spec]") {
  const auto spec = evaluate(R"lua(migration "m" {
    before = schema {
      enum "mood" { "good", "bad" },
      table "people" {
        column "id" :bigint() :primary_key(),
        column "name" :varchar(20) :not_null() :default "x",
        column "legacy" :text(),
        check "name_ok" "name <> ''",
        index "people_name_idx" { "name" },
      },
      table "pets" { column "id" :bigint() :primary_key(), column "person" :references "people.id" },
      table "old" { column "id" :bigint() },
      view "names" "SELECT name FROM people",
    },
    changes = {
      rename_table "people" "persons",
      rename_column "persons.name" "full_name",
      rename_column "persons.full_name" "whole_name",
      alter_column "persons.whole_name" :varchar(80) :drop_default() :backfill "trim(name)",
      add_column "persons" { column "phone" :varchar(20) :not_null() :backfill "''" },
      add_index "persons" { index "persons_phone_idx" { "phone" } },
      add_foreign_key "pets" { foreign_key { "id" } :references "persons.id" :name "strange" },
      drop_column "persons.legacy",
      drop_table "old" :archive() :approved_by "ada",
      add_value "mood" "so-so" :after "good",
      drop_constraint "pets" "strange",
      add_check "pets" { check "odd" "id > 0" },
      drop_check "pets.odd",
      add_foreign_key "pets" { foreign_key { "id" } :references "persons.id" :name "odd_key" },
      drop_foreign_key "pets.odd_key",
      create_table "tags" { column "id" :bigint() :primary_key() } :comment "Tags",
      comment "tags.id" "number",
      execute { up = "UPDATE persons SET phone = '1'", why = "test" },
    },
    hints = { people = { rows = 480e6, hot = true } },
  })lua",
                             "postgres");
  const auto& persons = *spec.after.table({"", "persons"});
  CHECK(spec.after.table({"", "people"}) == nullptr);
  CHECK(persons.columns[1].name == "whole_name");
  CHECK(persons.columns[1].type == Type{"varchar", {80}, {}});
  CHECK_FALSE(persons.columns[1].default_value.has_value());
  CHECK_FALSE(persons.columns[1].nullable);
  CHECK(persons.columns[2].name == "phone");
  CHECK(persons.indexes[0].parts[0].column == "whole_name");
  CHECK(persons.checks[0].expr == "whole_name <> ''");
  CHECK(spec.after.table({"", "pets"})->foreign_keys.size() == 1);
  CHECK(spec.after.table({"", "pets"})->checks.empty());
  CHECK(spec.after.table({"", "pets"})->foreign_keys[0].ref == QName{"", "persons"});
  CHECK(spec.after.enums.at({"", "mood"}).values == std::vector<std::string>{"good", "so-so", "bad"});
  CHECK(spec.after.table({"", "tags"})->columns[0].more->comment == "number");
  const auto& intent = spec.intents.tables.at({"", "persons"});
  CHECK(intent.renamed_from == QName{"", "people"});
  CHECK(intent.columns.at("whole_name").renamed_from == "name");
  CHECK(intent.columns.at("whole_name").backfill_up == "trim(name)");
  CHECK(intent.columns.at("phone").backfill_up == "''");
  CHECK(intent.columns.at("phone").renamed_from.empty());
  CHECK(spec.intents.tables.at({"", "old"}).archive);
  CHECK(spec.intents.tables.at({"", "old"}).approved_by == "ada");
  REQUIRE(spec.raws.size() == 1);
  CHECK(spec.raws[0].why == "test");
  CHECK(spec.hints.at({"", "people"}).rows == 480e6);
  CHECK(spec.hints.at({"", "people"}).hot == true);
}

TEST_CASE("a routine of MySQL is named as its catalog tells it", "[spec]") {
  const auto named = [](const std::string& name, const std::string& engine) {
    const auto spec = evaluate(in_schema("definition [[" + name + "]] \"CREATE PROCEDURE p() SELECT 1\""), engine);
    return spec.after.definitions.begin()->second;
  };
  CHECK(named("procedure p()", "mysql").name.name == "procedure p");
  CHECK(named("procedure p (a int)", "mariadb").name.name == "procedure p");
  CHECK(named("function `p`()", "mysql").name.name == "function p");
  CHECK(named("function `p q`()", "mysql").name.name == "function `p q`");
  CHECK(named("function `p``q(`", "mysql").name.name == "function `p``q(`");
  CHECK(named("procedure shop.p()", "mysql").name.name == "procedure shop.p");
  CHECK(named("procedure p()", "mysql").drop == "DROP PROCEDURE p");
  CHECK(named("event nightly()", "mysql").name.name == "event nightly()");
  CHECK(named("procedure p(integer)", "postgres").name.name == "procedure p(integer)");
}

TEST_CASE("changes find a routine of MySQL by any of its names", "[spec]") {
  const auto spec = evaluate(R"lua(migration "m" {
    before = schema {
      definition "procedure p()" "CREATE PROCEDURE p() SELECT 1",
      definition "procedure q" "CREATE PROCEDURE q() SELECT 1",
    },
    changes = {
      drop_definition "procedure p",
      alter_definition "procedure q()" "CREATE PROCEDURE q() SELECT 2",
      create_definition "function `f`()" "CREATE FUNCTION f() RETURNS int RETURN 1",
    },
  })lua",
                             "mysql");
  REQUIRE(spec.after.definitions.size() == 2);
  CHECK(spec.after.definitions.at({"", "procedure q"}).create == "CREATE PROCEDURE q() SELECT 2");
  CHECK(spec.after.definitions.contains({"", "function f"}));
}

TEST_CASE("a view that changes make follows what they rename below it afterwards", "[spec]") {
  const auto spec = evaluate(R"lua(migration "m" {
    before = schema { table "t" { column "id" :integer() :primary_key(), column "nm" :varchar(9) } },
    changes = {
      create_view "named" "SELECT nm FROM t",
      create_view "above" "SELECT nm FROM named UNION SELECT word FROM words",
      rename_column "t.nm" "name",
      rename_table "t" "people",
      create_table "words" { column "word" :varchar(9) },
    },
  })lua",
                             "sqlite");
  CHECK(spec.after.views.at({"", "named"}).query == "SELECT name AS nm FROM people");
  CHECK(spec.after.views.at({"", "named"}).uses == std::vector<QName>{{"", "people"}});
  CHECK(spec.after.views.at({"", "above"}).uses == std::vector<QName>{{"", "named"}, {"", "words"}});
}

TEST_CASE("an expression is the engine's own", "[spec]") {
  const auto text = in_schema(R"lua(table "t" { column "at" :timestamp()
    :default(sql { "CURRENT_TIMESTAMP", postgres = "now()", mysql = "NOW(6)" }) })lua");
  const auto at = [&](const std::string& engine) {
    return evaluate(text, engine).after.table({"", "t"})->columns[0].default_value->text;
  };
  CHECK(at("postgres") == "now()");
  CHECK(at("mysql") == "NOW(6)");
  CHECK(at("mariadb") == "NOW(6)");
  CHECK(at("sqlite") == "CURRENT_TIMESTAMP");
}

TEST_CASE("states come from snapshots, other specs and the engine's own readers", "[spec]") {
  const Scratch folder;
  folder.write("snapshot.json", R"lua({"format": "forgelua-snapshot", "version": 1,
    "schema": {"tables": [{"name": {"name": "t"}, "columns": [{"name": "a", "type": {"name": "text"}}]}]}})lua");
  folder.write("first.migration.lua", R"lua(migration "first" { before = from_snapshot "snapshot.json",
    after = schema { table "t" { column "a" :text(), column "b" :text() } } })lua");
  folder.write("second.migration.lua", R"lua(migration "second" { before = from_spec "first.migration.lua",
    changes = { drop_column "t.a" } })lua");
  folder.write("third.migration.lua",
               R"lua(migration "third" { before = from_sql "old.sql", after = from_db "env:URL" })lua");
  EvaluateOptions options;
  options.engine = "sqlite";
  const auto second = evaluate_spec(folder.file("second.migration.lua"), options);
  if (!second) FAIL(render(second.error()));
  CHECK(second->before.table({"", "t"})->columns.size() == 2);
  CHECK(second->after.table({"", "t"})->columns.size() == 1);
  std::vector<std::string> asked;
  options.source = [&](std::string_view kind, const std::string& argument, const fs::path& base,
                       const Place& place) -> Result<Schema> {
    asked.push_back(std::string(kind) + " " + argument + " " + base.filename().string() + " " +
                    std::to_string(place.line));
    return Schema{};
  };
  REQUIRE(evaluate_spec(folder.file("third.migration.lua"), options).has_value());
  CHECK(asked == std::vector<std::string>{"sql old.sql " + folder.path.filename().string() + " 1",
                                          "db env:URL " + folder.path.filename().string() + " 1"});
}

TEST_CASE("a spec that takes itself for its before is an error", "[spec]") {
  const Scratch folder;
  folder.write("a.migration.lua", R"lua(migration "a" { before = from_spec "b.migration.lua", changes = {} })lua");
  folder.write("b.migration.lua", R"lua(migration "b" { before = from_spec "a.migration.lua", changes = {} })lua");
  EvaluateOptions options;
  options.engine = "sqlite";
  const auto result = evaluate_spec(folder.file("a.migration.lua"), options);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message.find("from_spec comes round to where it began") == 0);
}

TEST_CASE("targets are read before any engine is known", "[spec]") {
  const Scratch folder;
  folder.write("t.migration.lua", R"lua(migration "t" { targets = { "postgres:15", "sqlite" },
    before = schema {}, after = schema { table "t" { column "a" :text() :default(sql { postgres = "now()" }) } } })lua");
  EvaluateOptions options;
  const auto targets = spec_targets(folder.file("t.migration.lua"), options);
  REQUIRE(targets.has_value());
  CHECK(*targets == std::vector<std::string>{"postgres:15", "sqlite"});
}

TEST_CASE("words can be shared between specs by modules", "[spec]") {
  const Scratch folder;
  folder.write("common.lua", R"lua(local M = {}
    function M.timestamps() return column "created_at" :timestamptz() :not_null() end
    return M)lua");
  folder.write("s.migration.lua", R"lua(local common = require "common"
    migration "s" { before = schema {}, after = schema { table "t" { column "id" :bigint(), common.timestamps() } } })lua");
  EvaluateOptions options;
  options.engine = "sqlite";
  options.roots.project = folder.path.string();
  std::vector<UsedModule> modules;
  options.modules = &modules;
  const auto spec = evaluate_spec(folder.file("s.migration.lua"), options);
  if (!spec) FAIL(render(spec.error()));
  CHECK(spec->after.table({"", "t"})->columns[1].name == "created_at");
  REQUIRE(modules.size() == 1);
  CHECK(modules[0].name == "common");
}
