// Errors that come up while a plan is made: they show the line of the specification that they are about.
#include "engine/cli/error_places.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "engine/cli/pipeline.hpp"
#include "engine/cli/request.hpp"

namespace fs = std::filesystem;
using namespace forge;

namespace {

// The error that a specification gives in the end, as people see it, without the folder that the file is in.
std::string shown(const std::string& text, const std::string& db) {
  const fs::path folder = fs::temp_directory_path() / fmt::format("forgelua-places-{}", ::getpid());
  fs::create_directories(folder);
  std::ofstream(folder / "m.migration.lua") << text;
  SpecRequest request;
  request.spec = (folder / "m.migration.lua").string();
  request.db = db;
  std::string out = "no error";
  auto prepared = prepare(request);
  if (!prepared) {
    out = render(prepared.error());
  } else if (auto plan = make_plan(*prepared, "2026-01-01T00:00:00Z"); !plan) {
    out = render(plan.error());
  }
  fs::remove_all(folder);
  const auto path = folder.string() + "/";
  for (auto at = out.find(path); at != std::string::npos; at = out.find(path)) out.erase(at, path.size());
  return out;
}

}  // namespace

TEST_CASE("a strategy that there is not is refused where it is asked for", "[cli][places]") {
  CHECK(shown("migration \"m\" {\n"
              "  strategy = \"shadow_colum\",\n"
              "  before = schema { table \"strategy\" { column \"a\" :integer() } },\n"
              "  after = schema { table \"strategy\" { column \"a\" :bigint() } },\n"
              "}\n",
              "postgres") ==
        "m.migration.lua:2:14: there is no strategy 'shadow_colum'\n"
        "      strategy = \"shadow_colum\",\n"
        "                 ^~~~~~~~~~~~~~\n"
        "  hint: did you mean 'shadow_column'?\n");
  CHECK(shown("migration \"m\" {\n"
              "  before = schema { table \"t\" { column \"a\" :integer() } },\n"
              "  after = schema {\n"
              "    table \"t\" { column \"a\" :bigint() :strategy \"online\" },\n"
              "  },\n"
              "}\n",
              "postgres") ==
        "m.migration.lua:4:24: there is no strategy 'online'\n"
        "        table \"t\" { column \"a\" :bigint() :strategy \"online\" },\n"
        "                           ^~~\n"
        "  hint: one of direct, expand_migrate_contract, dual_write, shadow_column, shadow_table, blue_green, "
        "big_bang\n");
}

TEST_CASE("a target that is no database is refused where it stands", "[cli][places]") {
  const std::string spec =
      "migration \"m\" {\n"
      "  targets = { \"postgres:15\", \"postgers:16\" },\n"
      "  before = schema { },\n"
      "  after = schema { table \"targets\" { column \"a\" :bigint() } },\n"
      "}\n";
  const std::string expected =
      "m.migration.lua:2:30: 'targets' of the specification: unknown database 'postgers'; known are sqlite, postgres, "
      "mysql, mariadb, mongodb\n"
      "      targets = { \"postgres:15\", \"postgers:16\" },\n"
      "                                 ^~~~~~~~~~~~~\n"
      "  hint: did you mean 'postgres'?\n";
  CHECK(shown(spec, "postgres") == expected);
  CHECK(shown(spec, "") == expected);
}

TEST_CASE("what an engine cannot hold is refused at its object", "[cli][places]") {
  const std::string head = "migration \"m\" {\n  before = schema {},\n  after = schema {\n", foot = "  },\n}\n";
  CHECK(shown(head +
                  "    table \"t\" {\n"
                  "      column \"id\" :integer() :primary_key(),\n"
                  "      column \"mood\" :enum { \"good\", \"bad\" },\n"
                  "    },\n" +
                  foot,
              "postgres") ==
        "m.migration.lua:6:14: t.mood: postgres has no enum without a name\n"
        "          column \"mood\" :enum { \"good\", \"bad\" },\n"
        "                 ^~~~~~\n"
        "  hint: write enum \"name\" { … } in the schema, and :enum \"name\" for the column\n");
  const std::string name(70, 'n');
  for (const auto& object :
       {"table \"t\" {\n      column \"id\" :integer(),\n      index \"" + name + "\" { \"id\" },\n    },\n",
        "table \"t\" {\n      column \"id\" :integer() :primary_key(),\n      column \"" + name +
            "\" :integer(),\n    },\n",
        "table \"t\" {\n      column \"id\" :integer() :primary_key(),\n    },\n    view \"" + name +
            "\" \"SELECT id FROM t\",\n"}) {
    const auto text = shown(head + "    " + object + foot, "postgres");
    INFO(text);
    CHECK(text.find("'" + name + "' is 70 bytes long; postgres keeps 63\n") != std::string::npos);
    CHECK(text.find("\"" + name + "\"") != std::string::npos);
    CHECK(text.find("^~~~~") != std::string::npos);
    CHECK(text.starts_with("m.migration.lua:"));
  }
}

TEST_CASE("a change that cannot be carried out is refused where it is asked for", "[cli][places]") {
  CHECK(
      shown("migration \"m\" {\n"
            "  before = schema { table \"t\" { column \"id\" :integer() :primary_key(), column \"a\" :integer() } },\n"
            "  changes = {\n"
            "    rename_column \"t.a\" \"b\",\n"
            "    create_view \"v\" \"SELECT id, a FROM t\",\n"
            "  },\n"
            "}\n",
            "postgres") ==
      "m.migration.lua:5:17: this cannot be planned by strategy 'shadow_column': view 'v' still names column 't.a'\n"
      "        create_view \"v\" \"SELECT id, a FROM t\",\n"
      "                    ^~~\n"
      "  hint: let what names it say something else, or drop it, in this migration or one before it\n"
      "  note: in step 't.b/contract/drop-old' (Drop the old column a of t)\n"
      "  note: by its operation drop_column t.a\n"
      "  note: the step is from strategy 'shadow_column', for the changes of 't'\n");
}

TEST_CASE("an error about a step is said in the words of the specification", "[cli][places]") {
  const auto change = [](const char* table, const char* name) -> Change {
    Column column;
    column.name = name;
    return Delta<Column>{{"", table}, {}, column};
  };
  const std::vector<Change> changes = {change("s", "a"), change("t", "b")};
  Group first, second;
  first.id = "s";
  first.changes = {0};
  second.id = "t";
  second.changes = {1};
  Prepared prepared;
  prepared.spec.intents.tables[{"", "t"}].place = Place{"m.lua", 3, 5, 3, "table \"t\" {"};
  prepared.spec.intents.tables[{"", "s"}].place = Place{"m.lua", 2, 5, 3, "table \"s\" {"};
  Error error{ErrorCode::policy,
              "step 't/expand/create-copy': foreign key 'unnamed:foreign_key:b' of table 't__new' refers to table "
              "'nope', which is not there at this point",
              {},
              {},
              {},
              {}};
  error = at_its_step(error, {{"t/expand/create-copy", "Create t__new", "t", "shadow_table"}}, {first, second}, changes,
                      prepared);
  CHECK(render(error) ==
        "m.lua:3:5: this cannot be planned by strategy 'shadow_table': foreign key '(b)' of table 't' refers to table "
        "'nope', which is not there at this point\n"
        "    table \"t\" {\n"
        "        ^~~\n"
        "  hint: let another strategy do it (:strategy \"…\"), or make this change in a migration of its own\n"
        "  note: in step 't/expand/create-copy' (Create t__new)\n");
  Error end{ErrorCode::policy,
            "the steps do not lead to the schema that is asked for: table 't': column 'b'",
            "h",
            {},
            {},
            {}};
  end = at_its_step(end, {}, {first, second}, changes, prepared);
  CHECK(end.place->line == 3);
  CHECK(end.hint == "h");
}
