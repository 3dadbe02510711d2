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
