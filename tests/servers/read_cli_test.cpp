// `inspect` and `diff` as their users have them, on PostgreSQL.
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/engines.hpp"
#include "tests/support/left_behind.hpp"
#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

using namespace forge::test;

namespace {

// Much of what a PostgreSQL database can hold, in the words of the language where it has them.
constexpr const char* kWholeSchema = R"sql(
CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'it''s ok');
COMMENT ON TYPE app.mood IS 'how one feels';
CREATE DOMAIN positive AS integer NOT NULL DEFAULT 1 CONSTRAINT over_zero CHECK (VALUE > 0);
CREATE TYPE pair AS (a int, b text);
CREATE TABLE customers (
  id serial PRIMARY KEY, "Odd name" varchar(20) DEFAULT 'x''y' NOT NULL, mood app.mood DEFAULT 'it''s ok',
  moods app.mood[] DEFAULT '{}', amount numeric(12,2) DEFAULT 0, at timestamptz(3) DEFAULT now(), doc jsonb DEFAULT '{}',
  length int GENERATED ALWAYS AS (length("Odd name")) STORED, code char(3) DEFAULT 'USD', open boolean DEFAULT false,
  low int DEFAULT -1, name text COLLATE "C", span interval, bits bit(4), tags text[] DEFAULT '{}', p positive,
  status varchar(10) CHECK (status IN ('new', 'paid')), CONSTRAINT enough CHECK (amount >= 0 AND amount < 1000) NOT VALID);
COMMENT ON COLUMN customers.name IS 'as written';
CREATE TABLE app.orders (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5) PRIMARY KEY,
  customer int CONSTRAINT who REFERENCES customers ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,
  days int4range, parent bigint REFERENCES app.orders, UNIQUE NULLS NOT DISTINCT (customer) INCLUDE (days),
  EXCLUDE USING gist (days WITH &&) WHERE (parent IS NULL)) WITH (fillfactor = 70);
CREATE SEQUENCE counter AS smallint INCREMENT BY -1 CYCLE;
CREATE TABLE counted (n bigint DEFAULT nextval('counter'));
ALTER SEQUENCE counter OWNED BY counted.n;
CREATE INDEX by_name ON customers (name text_pattern_ops, lower("Odd name") DESC NULLS LAST, amount DESC) INCLUDE (open)
  WHERE status IN ('new', 'paid');
CREATE INDEX by_doc ON customers USING gin (doc jsonb_path_ops) WITH (fastupdate = off);
CREATE VIEW open_customers WITH (security_invoker = true) AS SELECT id, name FROM customers WHERE open WITH LOCAL CHECK OPTION;
CREATE VIEW names AS SELECT name FROM open_customers;
CREATE MATERIALIZED VIEW sums AS SELECT status, sum(amount) AS total FROM customers GROUP BY status;
CREATE UNIQUE INDEX sums_status ON sums (status);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := now(); RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON customers FOR SELECT USING (id > 3);
COMMENT ON POLICY mine ON customers IS 'whose';
CREATE TABLE app."Log" (id bigint NOT NULL, at date NOT NULL, note text DEFAULT 'n' CHECK (note <> ''), PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX ON app."Log" (note);
CREATE TABLE app.log_old PARTITION OF app."Log" FOR VALUES FROM (MINVALUE) TO ('2024-01-01');
CREATE TABLE log_new PARTITION OF app."Log" (note DEFAULT 'new') FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (id);
CREATE TABLE log_few PARTITION OF log_new FOR VALUES IN (1, 2, 3);
CREATE TABLE log_rest PARTITION OF log_new DEFAULT;
ALTER TABLE log_few ALTER note SET NOT NULL;
CREATE INDEX log_few_own ON log_few (note, at);
CREATE TABLE place (id int NOT NULL, name text);
CREATE TABLE city (people bigint CHECK (people > 0), PRIMARY KEY (id)) INHERITS (place);
CREATE TABLE port () INHERITS (city);
ALTER TABLE port ALTER name SET DEFAULT 'port';
CREATE TABLE lives (city int REFERENCES city);
CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE AGGREGATE total(int) (SFUNC = plus, STYPE = int, INITCOND = '0');
CREATE FUNCTION same(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT lower($1) = lower($2)';
CREATE OPERATOR === (FUNCTION = same, LEFTARG = text, RIGHTARG = text, COMMUTATOR = ===);
CREATE OPERATOR CLASS loose FOR TYPE text USING hash AS OPERATOR 1 ===(text, text), FUNCTION 1 hashtext(text);
CREATE CAST (pair AS text) WITH INOUT;
CREATE COLLATION posix FROM "POSIX";
CREATE TYPE spread AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);
CREATE TEXT SEARCH CONFIGURATION plain (COPY = simple);
CREATE FOREIGN DATA WRAPPER far;
CREATE SERVER away FOREIGN DATA WRAPPER far OPTIONS (host 'h');
CREATE FOREIGN TABLE distant (a int NOT NULL, b text OPTIONS (name 'bb') COLLATE posix) SERVER away OPTIONS (at 'there');
CREATE VIEW near WITH (security_barrier) AS SELECT a FROM distant;
ALTER TABLE place REPLICA IDENTITY FULL;
ALTER TABLE place ALTER name SET STORAGE EXTERNAL, ALTER name SET (n_distinct = 7);
)sql";

// That, less what the servers that are tested on do not have yet.
std::string schema_text() {
  std::string out = kWholeSchema;
  const auto version = environment("FORGELUA_TEST_POSTGRES_VERSION");
  constexpr int kBoth = 15;  // NULLS NOT DISTINCT and security_invoker
  if (version.empty() || std::stoi(version) >= kBoth) return out;
  for (const std::string word : {" NULLS NOT DISTINCT", " WITH (security_invoker = true)"}) {
    out.erase(out.find(word), word.size());
  }
  return out;
}

struct Files {
  TemporaryFolder folder;
  std::string url = environment("FORGELUA_TEST_POSTGRES_URL");

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder.file(name), std::ios::binary) << text;
    return folder.file(name);
  }
  Outcome product(const std::string& arguments) {
    return run_product(arguments + " --db=postgres --dev-url=" + shell_quote(url));
  }
  // The URL of another database on the test server.
  std::string database(const std::string& name) const {
    const auto path = url.find("/postgres?");
    return url.substr(0, path) + "/" + name + url.substr(path + 9);
  }
};

bool no_server() { return environment("FORGELUA_TEST_POSTGRES_URL").empty(); }

}  // namespace

TEST_CASE("SQL, the database it makes, its spec and its snapshot are equal to each other", "[postgres][read]") {
  if (no_server()) SKIP("no PostgreSQL: FORGELUA_TEST_POSTGRES_URL is not set");
  Files files;
  const auto engine = open_engine("postgres");
  engine->create_database("forgelua_read");
  REQUIRE(engine->run_script("forgelua_read", schema_text()).err.empty());
  const auto url = files.database("forgelua_read");
  const auto spec = files.product("inspect " + shell_quote(url) + " --format lua");
  INFO(spec.out << spec.err);
  REQUIRE(spec.exit_code == 0);
  CHECK(spec.err.empty());
  const auto snapshot = files.product("inspect " + shell_quote(url) + " --format json");
  const auto sql = files.product("inspect " + shell_quote(url) + " --format sql");
  CHECK(files.product("inspect " + shell_quote(url) + " --format json").out == snapshot.out);
  const std::vector<std::string> sources{url, files.write("a.sql", schema_text()), files.write("b.sql", sql.out),
                                         files.write("c.migration.lua", spec.out), files.write("d.json", snapshot.out)};
  for (std::size_t i = 1; i < sources.size(); ++i) {
    const auto diff = files.product("diff --exit-code " + shell_quote(sources[i - 1]) + " " + shell_quote(sources[i]));
    INFO(sources[i - 1] << " and " << sources[i] << "\n" << diff.out << diff.err);
    CHECK(diff.exit_code == 0);
  }
  engine->drop_database("forgelua_read");
}

TEST_CASE("a difference is told, and exits with 2 when it is asked to", "[postgres][read]") {
  if (no_server()) SKIP("no PostgreSQL: FORGELUA_TEST_POSTGRES_URL is not set");
  Files files;
  const auto old = files.write("old.sql", "CREATE TABLE t (a int);"),
             now = files.write("now.sql", "CREATE TABLE t (a bigint NOT NULL);");
  const auto diff = files.product("diff --exit-code " + old + " " + now);
  CHECK(diff.exit_code == 2);
  CHECK(diff.out == "alter_column t.a: type, nullable\n");
  CHECK(files.product("diff " + old + " " + now).exit_code == 0);
}

TEST_CASE("what is not managed and differs stops a diff and a run, unless it may", "[postgres][read]") {
  if (no_server()) SKIP("no PostgreSQL: FORGELUA_TEST_POSTGRES_URL is not set");
  Files files;
  const std::string table = "CREATE TYPE p AS (a int); CREATE TABLE one OF p (a DEFAULT ";
  const auto old = files.write("old.sql", table + "2);"), now = files.write("now.sql", table + "3);");
  const auto spec =
      files.write("p.migration.lua", "migration \"p\" { before = from_sql \"old.sql\", after = from_sql \"now.sql\" }");
  for (const auto& command : {"diff " + old + " " + now, "run " + spec + " --out " + files.folder.file("o") +
                                                             " --status " + files.folder.file("s.yml")}) {
    const auto stopped = files.product(command);
    CHECK(stopped.exit_code == 1);
    CHECK(stopped.err.find("typed table one (changed)") != std::string::npos);
    CHECK(files.product(command + " --allow-unmanaged").exit_code == 0);
  }
}

TEST_CASE("a script that fails says the server's words and the place", "[postgres][read]") {
  if (no_server()) SKIP("no PostgreSQL: FORGELUA_TEST_POSTGRES_URL is not set");
  Files files;
  const auto outcome = files.product(
      "inspect " + files.write("bad.sql", "CREATE TABLE t (a int);\n\nALTER TABLE t ADD\n  COLUMN ä nosuch;\n"));
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("bad.sql:4:13: PostgreSQL: type \"nosuch\" does not exist (SQLSTATE 42704)") !=
        std::string::npos);
  const auto engine = open_engine("postgres");
  CHECK(left_behind(*engine) == std::vector<std::string>{});
}

TEST_CASE("a dump loads: owners, grants, data and psql's commands", "[postgres][read]") {
  if (no_server()) SKIP("no PostgreSQL: FORGELUA_TEST_POSTGRES_URL is not set");
  Files files;
  const auto outcome = files.product("inspect --format lua " + files.write("dump.sql", R"(\restrict x
SET statement_timeout = 0;
SET transaction_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.t (a integer);
ALTER TABLE public.t OWNER TO forgelua_nobody;
GRANT SELECT ON TABLE public.t TO "forgelua reader";
COPY public.t (a) FROM stdin;
1
\.
INSERT INTO public.t VALUES (2);
\unrestrict x
)"));
  INFO(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.find("table \"t\" {\n      column \"a\" :integer(),\n    }") != std::string::npos);
  CHECK(outcome.err.empty());
  const auto engine = open_engine("postgres");
  CHECK(engine->query("postgres", "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'forgelua%'") ==
        std::vector<Row>{{"0"}});
}

TEST_CASE("no password is ever shown", "[postgres][read]") {
  if (no_server()) SKIP("no PostgreSQL: FORGELUA_TEST_POSTGRES_URL is not set");
  for (const char* url :
       {"postgres://u:hush%20hush@127.0.0.1:1/x", "postgres://u:hush hush@[::1/x", "postgrs://u:hush@h/x",
        "postgres://u@127.0.0.1:1/x?password=hush", "postgres://u:hush@h/x?nosuch=hush"}) {
    const auto outcome = run_product("inspect " + shell_quote(url));
    INFO(outcome.err);
    CHECK(outcome.exit_code != 0);
    CHECK((outcome.out + outcome.err).find("hush") == std::string::npos);
  }
}

TEST_CASE("the throw-away server goes when nobody uses it, with its folder", "[postgres][read]") {
  if (no_server()) SKIP("no PostgreSQL: FORGELUA_TEST_POSTGRES_URL is not set");
  Files files;
  std::filesystem::permissions(files.folder.path(), std::filesystem::perms(0755));
  const auto sql = files.write("t.sql", "CREATE TABLE t (a int);");
  const auto command =
      "env -u XDG_RUNTIME_DIR FORGELUA_DEV_KEEP=1 TMPDIR=" + shell_quote(files.folder.path()) + " " +
      shell_quote((std::filesystem::read_symlink("/proc/self/exe").parent_path() / "forgelua").string()) +
      " inspect --db=postgres " + sql;
  const auto first = run_shell(command);
  INFO(first.err);
  REQUIRE(first.exit_code == 0);
  const auto places = [&] { return run_shell("ls -d " + shell_quote(files.folder.path()) + "/forgelua*").out; };
  CHECK_FALSE(places().empty());
  for (int tries = 0; tries < 200 && !places().empty(); ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(places().empty());
}
