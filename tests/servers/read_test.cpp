// Schemas read back from a real server.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "engine/cli/pipeline.hpp"
#include "engine/cli/schema_reader.hpp"
#include "engine/cli/schema_sql.hpp"
#include "tests/support/process.hpp"
#include "tests/support/random_schema.hpp"

using namespace forge;
using namespace forge::test;

namespace {

// What only the server can spell is compared by a second reading; everything else must be there at the first.
Schema without_expressions(const Schema& schema) {
  Schema out = schema;
  for (const auto& [name, table] : schema.tables) {
    Table copy = *table;
    for (auto& column : copy.columns) {
      if (column.default_value && column.default_value->kind == Expr::Kind::sql) column.default_value->text = "…";
      if (column.more->generated) column.more.edit().generated->expr = "…";
    }
    for (auto& index : copy.indexes) {
      if (!index.where.empty()) index.where = "…";
      for (auto& part : index.parts) {
        if (!part.expr.empty()) part.expr = "…";
      }
    }
    for (auto& check : copy.checks) check.expr = "…";
    out.put_table(std::move(copy));
  }
  for (auto& [name, view] : out.views) {
    view.query = "…";
    view.columns.clear();  // the server's query names its columns itself
    view.uses.clear();
  }
  return out;
}

// MySQL and MariaDB know one kind of unique index: a key is read as one.
Schema with_unique_indexes(const Schema& schema) {
  Schema out = schema;
  for (const auto& [name, table] : schema.tables) {
    Table copy = *table;
    for (const auto& key : table->uniques) copy.indexes.push_back({key.name, key.parts, true});
    copy.uniques.clear();
    out.put_table(std::move(copy));
  }
  return out;
}

std::string server_url(const std::string& engine) {
  if (engine == "mysql") return environment("FORGELUA_TEST_MYSQL_URL");
  return environment(engine == "mariadb" ? "FORGELUA_TEST_MARIADB_URL" : "FORGELUA_TEST_POSTGRES_URL");
}

class RoundTrip {
 public:
  explicit RoundTrip(const std::string& engine)
      : options_(options_for(engine)), reader_({engine, ""}, server_url(engine), {".", ""}) {}

  // What went wrong with the schema of a seed; "" where nothing did.
  std::string run(std::uint64_t seed) {
    Rng rng(seed);
    Schema schema = random_schema(rng, options_);
    auto dialect = reader_.dialect();
    if (!dialect) return render(dialect.error());
    std::vector<std::string> notes;
    if (auto done = lower_schema(schema, **dialect, notes); !done) return render(done.error());
    if (options_.engine != "postgres") schema = with_unique_indexes(schema);
    auto first = reader_.through_server(schema);
    if (!first) return render(first.error()) + first.error().sql;
    if (auto text = first_difference(without_expressions(schema), without_expressions(*first)); !text.empty()) {
      return "as the server holds it: " + text;
    }
    Schema again = *first;
    again.read_from_server = false;
    auto second = reader_.through_server(again);
    if (!second) return render(second.error()) + second.error().sql;
    if (auto text = first_difference(*first, *second); !text.empty()) return "read a second time: " + text;
    return second->unmanaged == std::vector<std::string>{} ? "" : "unmanaged: " + second->unmanaged.front();
  }

 private:
  GeneratorOptions options_;
  SchemaReader reader_;
};

// Seeds 1 to 200, or the one that FORGELUA_SEED names.
void round_trips(const std::string& engine) {
  // A reader's Lua has ten minutes, waiting for the server included: on a busy machine too few for all of them.
  constexpr int kSeedsOfOne = 20;
  std::optional<RoundTrip> trip;
  const auto only = environment("FORGELUA_SEED");
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    if (!only.empty() && std::to_string(seed) != only) continue;
    if (!trip || seed % kSeedsOfOne == 1) trip.emplace(engine);
    INFO("seed " << seed);
    const auto wrong = trip->run(seed);
    INFO(wrong);
    CHECK(wrong.empty());
  }
}

}  // namespace

TEST_CASE("random schemas come back from PostgreSQL as they were", "[postgres][read]") {
  if (server_url("postgres").empty()) SKIP("no PostgreSQL: FORGELUA_TEST_POSTGRES_URL is not set");
  round_trips("postgres");
}

TEST_CASE("random schemas come back from MySQL as they were", "[mysql][read]") {
  if (server_url("mysql").empty()) SKIP("no MySQL: FORGELUA_TEST_MYSQL_URL is not set");
  round_trips("mysql");
}

TEST_CASE("random schemas come back from MariaDB as they were", "[mariadb][read]") {
  if (server_url("mariadb").empty()) SKIP("no MariaDB: FORGELUA_TEST_MARIADB_URL is not set");
  round_trips("mariadb");
}
