#include "tests/support/apply_bench.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>

#include "tests/support/product.hpp"

namespace forge::test {
namespace {

bool is_ours(const std::string& entry) {
  for (const char* name : {"forgelua.", "SCHEMA forgelua", "forgelua_schema_migrations", "forgelua_steps",
                           "forgelua_runner", "forgelua_pace", "__archive"}) {
    if (entry.find(name) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

ApplyBench::ApplyBench(const Case& given, Engine& engine) : case_(given), engine_(engine) {
  const std::string spec = shell_quote("tests/cases/" + given.name + "/spec.migration.lua") + " --db=" + engine.name();
  std::string options;
  for (const auto& option : given.run) options += " " + shell_quote(option);
  const auto made = run_product("run " + spec + options + " --out " + shell_quote(package()) +
                                " --now 2026-01-01T00:00:00Z --status " + shell_quote(folder_.file("status.yml")));
  INFO(made.err << made.out);
  REQUIRE(made.exit_code == 0);
  const auto old = run_product("inspect " + spec + " --format sql --state before");
  INFO(old.err);
  REQUIRE(old.exit_code == 0);
  before_ = old.out;
}

std::string ApplyBench::name(const std::string& what) const { return "fl_" + what + "_" + std::to_string(::getpid()); }

void ApplyBench::fresh(const std::string& database) {
  engine_.create_database(database);
  // A schema with nothing in it is a file with nothing in it.
  const std::string made = engine_.name() == "sqlite" ? "PRAGMA user_version = 1;\nPRAGMA user_version = 0;\n" : "";
  for (const auto& sql : {made, before_, seed_sql(case_)}) {
    if (sql.empty()) continue;
    const auto outcome = engine_.run_script(database, sql);
    INFO(outcome.err << outcome.out);
    REQUIRE(outcome.exit_code == 0);
  }
}

std::string ApplyBench::command(const std::string& command, const std::string& database,
                                const std::string& arguments) const {
  const bool runs = command != "verify";
  const bool asks_server = runs && engine_.name() != "sqlite";
  return product_line(command + " " + shell_quote(package()) + " --url " + shell_quote(engine_.url(database)) +
                      (asks_server ? " --dev-url " + shell_quote(engine_.url("")) : "") + (runs ? " --yes " : " ") +
                      arguments);
}

Outcome ApplyBench::product(const std::string& command, const std::string& database, const std::string& arguments,
                            const std::string& variables) {
  return run_shell(variables + this->command(command, database, arguments), {}, source_folder());
}

void ApplyBench::must(const std::string& command, const std::string& database, const std::string& arguments) {
  const auto done = product(command, database, arguments);
  INFO(command << " " << arguments << " on " << engine_.name() << "\n" << done.err << done.out);
  REQUIRE(done.exit_code == 0);
}

void ApplyBench::age(const std::string& database) {
  const std::string sql =
      engine_.name() == "postgres" ? "UPDATE forgelua.steps SET finished_at = finished_at - interval '30 days'"
      : engine_.name() == "sqlite"
          ? "UPDATE forgelua_steps SET finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', finished_at, '-30 days')"
          : "UPDATE forgelua_steps SET finished_at = finished_at - INTERVAL 30 DAY";
  const auto done = engine_.run_script(database, sql + ";\n");
  INFO(done.err);
  REQUIRE(done.exit_code == 0);
}

void ApplyBench::apply(const std::string& database, const std::string& arguments) {
  must("apply", database, "--to switch " + arguments);
  age(database);
  must("apply", database, arguments);
}

std::vector<std::string> ApplyBench::schema(const std::string& database) {
  auto dump = engine_.dump_schema(database);
  std::erase_if(dump, is_ours);
  return dump;
}

std::map<std::string, std::string> ApplyBench::rows(const std::string& database) {
  auto all = engine_.dump_rows(database);
  std::erase_if(all, [](const auto& entry) { return is_ours(entry.first); });
  return all;
}

std::string ApplyBench::text(const std::string& file) const {
  std::ifstream in(package() + "/" + file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace forge::test
