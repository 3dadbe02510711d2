// A view with a star over a table whose columns move: the server has written its columns out in another order than a fresh build
// would, there and back, and nothing is found to differ.
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/engines.hpp"
#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

using namespace forge::test;

namespace {

constexpr const char* kDatabase = "forgelua_stars";

constexpr const char* kBefore =
    "schema { table \"t\" { column \"id\" :integer() :primary_key(), column \"a\" :integer(), column \"b\" :varchar(9) "
    "},"
    " view \"v\" \"SELECT * FROM t WHERE a > 0\" }";
constexpr const char* kAfter =
    "schema { table \"t\" { column \"id\" :integer() :primary_key(), column \"a2\" :bigint() :renamed_from \"a\","
    " column \"b\" :varchar(9) }, view \"v\" \"SELECT * FROM t WHERE a2 > 0\" }";

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The migration, and one that states the old schema alone.
struct Files {
  TemporaryFolder folder;
  std::string there, old;
  Files() : there(folder.file("there.migration.lua")), old(folder.file("old.migration.lua")) {
    std::ofstream(there) << "migration \"there\" { before = " << kBefore << ", after = " << kAfter << " }";
    std::ofstream(old) << "migration \"old\" { before = schema {}, after = " << kBefore << " }";
  }
};

void nothing_is_left(const std::string& name, const char* variable) {
  const auto server = environment(variable);
  if (server.empty()) SKIP("no " << name << ": " << variable << " is not set");
  const Files files;
  const auto path = server.find('?');
  const auto url = server.substr(0, server.rfind('/', path) + 1) + kDatabase + server.substr(path);
  const auto product = [&](const std::string& arguments) {
    const auto made = run_product(arguments + " --db=" + name);
    INFO(made.err);
    REQUIRE(made.exit_code == 0);
    return made.out;
  };
  const auto differs = [&](const std::string& file) {
    const auto diff = run_product("diff --exit-code " + shell_quote(url) + " " + shell_quote(file) + " --db=" + name +
                                  " --dev-url=" + shell_quote(server));
    INFO(diff.out << diff.err);
    CHECK(diff.exit_code == 0);
  };
  const auto engine = open_engine(name);
  engine->create_database(kDatabase);
  const auto run = [&](const std::string& sql) {
    const auto outcome = engine->run_script(kDatabase, sql);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
  };
  run(product("inspect " + shell_quote(files.old) + " --format sql"));
  run("INSERT INTO t (id, a, b) VALUES (1, 5, 'x')");
  const auto out = files.folder.file("o");
  product("run " + shell_quote(files.there) + " --out " + shell_quote(out) + " --status " +
          shell_quote(files.folder.file("status.yml")));
  run(text_of(out + "/forward.sql"));
  CHECK(engine->query(kDatabase, "SELECT a2 FROM v")[0][0] == "5");
  differs(files.there);
  run(text_of(out + "/rollback.sql"));
  CHECK(engine->query(kDatabase, "SELECT a FROM v")[0][0] == "5");
  differs(files.old);
  engine->drop_database(kDatabase);
}

}  // namespace

TEST_CASE("a view with a star does not differ by its order on PostgreSQL", "[postgres][read]") {
  nothing_is_left("postgres", "FORGELUA_TEST_POSTGRES_URL");
}

TEST_CASE("a view with a star does not differ by its order on MySQL", "[mysql][read]") {
  nothing_is_left("mysql", "FORGELUA_TEST_MYSQL_URL");
}

TEST_CASE("a view with a star does not differ by its order on MariaDB", "[mariadb][read]") {
  nothing_is_left("mariadb", "FORGELUA_TEST_MARIADB_URL");
}
