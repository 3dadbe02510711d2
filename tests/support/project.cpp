#include "tests/support/project.hpp"

#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "tests/support/product.hpp"

namespace forge::test {

void write_file(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

Project::Project(Engine& engine, std::string database) : engine_(engine), database_(std::move(database)) {
  engine_.create_database(database_);
}

Project::~Project() { engine_.drop_database(database_); }

void Project::configure(const std::string& more) {
  write_file(folder_.file("forgelua.yml"),
             fmt::format("db: {}\nenvironment: live\nbake: 0m\n{}", engine_.target(), more));
}

void Project::make_notes() {
  sql(engine_.name() == "sqlite" ? "CREATE TABLE notes (id integer PRIMARY KEY NOT NULL);\n"
                                 : "CREATE TABLE notes (id integer NOT NULL, PRIMARY KEY (id));\n");
}

void Project::plan(const std::string& id, const std::vector<std::string>& before, const std::string& added) {
  const auto table = [](const std::vector<std::string>& columns) {
    std::string out = "table \"notes\" { column \"id\" :integer() :primary_key()";
    for (const auto& column : columns) out += ", column \"" + column + "\" :integer()";
    return out + " }";
  };
  auto after = before;
  after.push_back(added);
  write_file(folder_.file(id + ".migration.lua"),
             fmt::format("migration \"{}\" {{ before = schema {{ {} }}, after = schema {{ {} }} }}\n", id,
                         table(before), table(after)));
  must("run " + id + ".migration.lua");
}

Outcome Project::product(const std::string& arguments) {
  return run_shell("DATABASE=" + shell_quote(engine_.url(database_)) + " DEV=" + shell_quote(engine_.url("")) + " " +
                       product_line(arguments),
                   {}, folder_.path());
}

Outcome Project::must(const std::string& arguments) {
  auto done = product(arguments);
  INFO(arguments << "\n" << done.err << done.out);
  REQUIRE(done.exit_code == 0);
  return done;
}

void Project::sql(const std::string& text) {
  const auto done = engine_.run_script(database_, text);
  INFO(done.err);
  REQUIRE(done.exit_code == 0);
}

std::string Project::dev() const { return engine_.name() == "sqlite" ? "" : " --dev-url env:DEV"; }

}  // namespace forge::test
