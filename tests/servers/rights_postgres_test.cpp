// Owners and grants on PostgreSQL: read, compared, kept where objects are made anew, and taken back.
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>

#include "tests/support/engines.hpp"
#include "tests/support/process.hpp"
#include "tests/support/product.hpp"
#include "tests/support/texts.hpp"

using namespace forge::test;

namespace {

std::vector<Row> rights_on_postgres(Engine& engine, const std::string& database) {
  return engine.query(database, R"sql(
    SELECT c.oid::regclass::text || ' ' || c.relowner::regrole || ' ' || coalesce(g.list, '') AS r FROM pg_class c
    LEFT JOIN LATERAL (SELECT string_agg(concat_ws('=', x.grantee::regrole::text, x.privilege_type, x.is_grantable::text), ',' ORDER BY x.grantee::regrole::text, x.privilege_type) AS list
      FROM aclexplode(c.relacl) x WHERE x.grantee <> c.relowner) g ON true
    WHERE c.relnamespace IN ('public'::regnamespace, to_regnamespace('app')) AND c.relkind IN ('r', 'v', 'm', 'S', 'p')
    UNION ALL SELECT p.oid::regprocedure::text || ' ' || p.proowner::regrole || ' ' || coalesce((SELECT string_agg(x.grantee::text, ',' ORDER BY x.grantee) FROM aclexplode(p.proacl) x WHERE x.grantee NOT IN (0, p.proowner)), '')
      FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    UNION ALL SELECT t.oid::regtype::text || ' ' || t.typowner::regrole FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'd')
    UNION ALL SELECT a.attrelid::regclass || '.' || a.attname || ' ' || a.attacl::text FROM pg_attribute a WHERE a.attacl IS NOT NULL AND a.attrelid >= 16384
    UNION ALL SELECT nspname || ' ' || nspowner::regrole FROM pg_namespace WHERE nspname = 'app'
    ORDER BY r)sql");
}

constexpr const char* kPostgres = R"sql(
CREATE SCHEMA app;
CREATE SEQUENCE counted;
CREATE TYPE mood AS ENUM ('sad', 'ok'@value@);
CREATE DOMAIN amount AS integer;
CREATE FUNCTION area(x integer) RETURNS @result@ LANGUAGE sql IMMUTABLE AS 'SELECT x';
CREATE TABLE orders (id integer PRIMARY KEY, total @total@, mood mood);
CREATE TABLE app.items (id @id@ PRIMARY KEY, owner text);
CREATE VIEW totals AS SELECT @columns@ FROM orders;
CREATE MATERIALIZED VIEW summed AS SELECT sum(total) AS s@more@ FROM orders;
GRANT SELECT, INSERT ON orders TO fl_app;
GRANT UPDATE (total) ON orders TO fl_app;
GRANT SELECT ON totals TO fl_app WITH GRANT OPTION;
GRANT SELECT ON summed TO fl_app;
GRANT SELECT ON app.items TO fl_app;
GRANT USAGE ON SEQUENCE counted TO fl_app;
GRANT EXECUTE ON FUNCTION area(integer) TO fl_app;
)sql";

constexpr const char* kOwned = R"sql(
ALTER SCHEMA app OWNER TO @role@;
ALTER SEQUENCE counted OWNER TO @role@;
ALTER TYPE mood OWNER TO @role@;
ALTER DOMAIN amount OWNER TO @role@;
ALTER FUNCTION area(integer) OWNER TO @role@;
ALTER TABLE orders OWNER TO @role@;
ALTER TABLE app.items OWNER TO @role@;
ALTER VIEW totals OWNER TO @role@;
ALTER MATERIALIZED VIEW summed OWNER TO @role@;
)sql";

std::string on_postgres(bool now) {
  std::string out = kPostgres;
  const std::vector<std::array<std::string, 3>> parts{
      {"@value@", "", ", 'glad'"},   {"@result@", "integer", "bigint"},       {"@total@", "integer", "bigint"},
      {"@id@", "integer", "bigint"}, {"@columns@", "id, total", "total, id"}, {"@more@", "", ", count(*) AS n"}};
  for (const auto& part : parts) out = replaced(out, part[0], part[now ? 2 : 1]);
  return out;
}

class PostgresServer {
 public:
  PostgresServer() : engine(open_engine("postgres")) {
    if (engine) roles("CREATE ROLE ");
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer() {
    if (!engine) return;
    engine->drop_database("fl_rights");
    roles("DROP ROLE IF EXISTS ");
  }
  void run(const std::string& sql) const {
    const auto outcome = engine->run_script("fl_rights", sql);
    INFO(outcome.err << sql);
    REQUIRE(outcome.exit_code == 0);
    REQUIRE(outcome.err.find("ERROR") == std::string::npos);
  }
  std::string read(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(folder.file(file), std::ios::binary).rdbuf();
    return text.str();
  }
  std::string write(const std::string& file, const std::string& text) const {
    std::ofstream(folder.file(file), std::ios::binary) << text;
    return folder.file(file);
  }
  Outcome product(const std::string& arguments) const {
    return run_product(arguments + " --db=postgres --dev-url=" + shell_quote(engine->url("postgres")));
  }

  std::unique_ptr<Engine> engine;
  TemporaryFolder folder;

 private:
  void roles(const std::string& words) const {
    for (const char* role : {"fl_owner", "fl_heir", "fl_app"}) engine->run_script("postgres", words + role + ";");
  }
};

}  // namespace

TEST_CASE("what is made anew on PostgreSQL keeps its owner and grants", "[postgres][rights]") {
  const PostgresServer server;
  if (!server.engine) SKIP("no PostgreSQL: FORGELUA_TEST_PSQL is not set");
  server.engine->create_database("fl_rights");
  server.run(on_postgres(false) + replaced(kOwned, "@role@", "fl_owner"));
  const auto before = rights_on_postgres(*server.engine, "fl_rights");
  server.write("after.sql", on_postgres(true));
  const auto spec =
      server.write("spec.migration.lua", "migration \"rights\" { before = from_db \"" +
                                             server.engine->url("fl_rights") + "\", after = from_sql \"after.sql\" }");
  const auto made =
      server.product("run " + spec + " --out " + server.folder.file("o") + " --status " + server.folder.file("s.yml"));
  INFO(made.out << made.err);
  REQUIRE(made.exit_code == 0);
  server.run(server.read("o/forward.sql"));
  CHECK(rights_on_postgres(*server.engine, "fl_rights") == before);
  const auto diff = server.product("diff --exit-code " + shell_quote(server.engine->url("fl_rights")) + " " +
                                   server.folder.file("after.sql"));
  INFO(diff.out << diff.err);
  CHECK(diff.exit_code == 0);
  server.run(server.read("o/rollback.sql"));
  CHECK(rights_on_postgres(*server.engine, "fl_rights") == before);
}

TEST_CASE("owners on PostgreSQL are read, changed, and given back", "[postgres][rights]") {
  const PostgresServer server;
  if (!server.engine) SKIP("no PostgreSQL: FORGELUA_TEST_PSQL is not set");
  server.engine->create_database("fl_rights");
  server.run(on_postgres(false) + replaced(kOwned, "@role@", "fl_owner"));
  const auto before = rights_on_postgres(*server.engine, "fl_rights");
  const auto url = server.engine->url("fl_rights");
  const auto written = server.product("inspect --format lua " + shell_quote(url));
  CHECK(written.out.find("ALTER TABLE orders OWNER TO fl_owner") != std::string::npos);
  const auto same =
      server.product("diff --exit-code " + shell_quote(url) + " " + server.write("same.migration.lua", written.out));
  INFO(same.out << same.err);
  CHECK(same.exit_code == 0);
  // A script that names no owner leaves all with theirs; so does one that names them.
  CHECK(server.product("diff --exit-code " + shell_quote(url) + " " + server.write("none.sql", on_postgres(false)))
            .exit_code == 0);
  CHECK(server
            .product("diff --exit-code " + shell_quote(url) + " " +
                     server.write("all.sql", on_postgres(false) + replaced(kOwned, "@role@", "fl_owner")))
            .exit_code == 0);
  server.write("after.sql", on_postgres(false) + replaced(kOwned, "@role@", "fl_heir"));
  const auto spec = server.write("spec.migration.lua", "migration \"rights\" { before = from_db \"" + url +
                                                           "\", after = from_sql \"after.sql\" }");
  const auto made =
      server.product("run " + spec + " --out " + server.folder.file("o") + " --status " + server.folder.file("s.yml"));
  INFO(made.out << made.err);
  REQUIRE(made.exit_code == 0);
  server.run(server.read("o/forward.sql"));
  auto wanted = before;
  for (auto& row : wanted) row[0] = replaced(row[0], "fl_owner", "fl_heir");
  CHECK(rights_on_postgres(*server.engine, "fl_rights") == wanted);
  server.run(server.read("o/rollback.sql"));
  CHECK(rights_on_postgres(*server.engine, "fl_rights") == before);
}

TEST_CASE("a grant on a column of PostgreSQL's bears the column's new name", "[postgres][rights]") {
  const PostgresServer server;
  if (!server.engine) SKIP("no PostgreSQL: FORGELUA_TEST_PSQL is not set");
  server.engine->create_database("fl_rights");
  const std::string old =
      "CREATE TABLE people (id integer PRIMARY KEY, nm text, \"odd nm\" text);\n"
      "GRANT SELECT (nm), UPDATE (nm), SELECT (\"odd nm\") ON people TO fl_app;\n";
  server.run(old);
  const auto before = rights_on_postgres(*server.engine, "fl_rights");
  server.write("old.sql", old);
  const auto spec =
      server.write("spec.migration.lua", R"lua(migration "rights" { before = from_sql "old.sql", changes = {
    rename_column "people.nm" "name", rename_column "people.odd nm" "odd name" } })lua");
  const auto made =
      server.product("run " + spec + " --out " + server.folder.file("o") + " --status " + server.folder.file("s.yml"));
  INFO(made.out << made.err);
  REQUIRE(made.exit_code == 0);
  server.run(server.read("o/forward.sql"));
  const auto diff =
      server.product("diff --exit-code " + shell_quote(server.engine->url("fl_rights")) + " " + shell_quote(spec));
  INFO(diff.out << diff.err);
  CHECK(diff.out.find("grant") == std::string::npos);
  server.run(server.read("o/rollback.sql"));
  CHECK(rights_on_postgres(*server.engine, "fl_rights") == before);
}
