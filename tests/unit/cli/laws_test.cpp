// What an engine always refuses is refused before a plan is made, at the spec's place; its nearest neighbours are not.
#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "engine/cli/request.hpp"
#include "tests/support/engines.hpp"

using namespace forge;
using namespace forge::test;

namespace {

struct Trial {
  std::string engine, after, says;  // says: empty where the engine takes it
};

// The new schema begins in line 4.
std::string verdict(const Trial& trial) {
  const TemporaryFolder folder;
  SpecRequest request;
  request.spec = folder.file("laws.migration.lua");
  request.db = trial.engine;
  std::ofstream(request.spec) << "migration \"laws\" {\n  before = schema {},\n  after = schema {\n"
                              << trial.after << "\n  },\n}\n";
  const auto prepared = prepare(request);
  if (prepared) return "";
  const auto& error = prepared.error();
  return (error.place ? std::to_string(error.place->line) + ": " : "?: ") + error.message;
}

void all_hold(const std::vector<Trial>& trials) {
  for (const auto& trial : trials) {
    INFO(trial.engine << ": " << trial.after);
    const auto found = verdict(trial);
    INFO(found);
    if (trial.says.empty()) {
      CHECK(found.empty());
    } else {
      CHECK(found.find(trial.says) != std::string::npos);
    }
  }
}

const std::string kKeyed = R"(column "id" :integer() :primary_key())";

}  // namespace

TEST_CASE("what a generated column may read", "[laws]") {
  const std::string reads_earlier =
      R"(table "t" { column "id" :integer() :primary_key(), column "a" :integer() :generated "id + 1",
      column "b" :integer() :generated "A + 1" })";
  const std::string reads_later =
      R"(table "t" { column "id" :integer() :primary_key(), column "a" :integer() :generated "b + 1",
      column "b" :integer() :generated "id + 1" })";
  const std::string reads_counter =
      R"(table "t" { column "id" :integer() :auto_increment() :primary_key(), column "a" :integer() :generated "id + 1" })";
  const std::string virtual_reads_counter =
      R"(table "t" { column "id" :integer() :auto_increment() :primary_key(), column "a" :integer() :generated("id + 1", "virtual") })";
  // Types, parts and units are called as columns are.
  const std::string words =
      R"lua(table "t" { column "id" :integer() :primary_key(), column "at" :timestamp(),
      column "date" :date() :generated "CAST(at AS date)", column "year" :integer() :generated "extract(year FROM at)",
      column "day" :integer() :generated "extract(day FROM CAST(at AS date))" })lua";
  all_hold({
      {"postgres", words, ""},
      {"mysql", words, ""},
      {"sqlite", reads_earlier, ""},
      {"sqlite", reads_later, ""},
      {"postgres", reads_earlier, "4: the generated column 'b' of 't' reads 'a', which is generated itself"},
      {"mysql", reads_earlier, ""},
      {"mysql", reads_later, "4: the generated column 'a' of 't' reads 'b', which is generated behind it"},
      {"mariadb", reads_earlier, ""},
      {"mariadb", reads_later, "reads 'b', which is generated behind it"},
      {"mysql", reads_counter, "4: the generated column 'a' of 't' reads 'id', which counts up"},
      {"mysql", virtual_reads_counter, "which counts up"},
      {"mariadb", reads_counter, "which counts up"},
      {"mariadb", virtual_reads_counter, ""},
      {"postgres", reads_counter, ""},
  });
}

TEST_CASE("MySQL refers to keys alone from 8.4 on", "[laws]") {
  const std::string to_an_index =
      R"(table "p" { column "id" :integer() :primary_key(), column "k" :integer(), index "p_k" { "k" } },
      table "c" { column "id" :integer() :primary_key(), column "k" :integer() :references "p.k" })";
  all_hold({
      {"mysql:8.0", to_an_index, ""},
      {"mysql:8.4", to_an_index, "5: a foreign key of 'c' refers to p (k), and no key makes it unique"},
      {"mysql:9.7", to_an_index, "and no key makes it unique"},
      {"mariadb", to_an_index, ""},
  });
}

TEST_CASE("names that an engine keeps to itself or has once", "[laws]") {
  all_hold({
      {"sqlite", "table \"sqlite_t\" { " + kKeyed + " }", "4: table 'sqlite_t' has a name that begins with 'sqlite_'"},
      {"mysql", "table \"sqlite_t\" { " + kKeyed + " }", ""},
      {"postgres", "table \"t\" { " + kKeyed + ", column \"a\" :integer(), column \"A\" :integer() }", ""},
      {"sqlite", "table \"t\" { " + kKeyed + " },\ntable \"T\" { " + kKeyed + " }", "have one name"},
      {"mysql", "table \"t\" { " + kKeyed + " }, table \"T\" { " + kKeyed + " }", ""},
      {"postgres", "table \"t\" { " + kKeyed + ",\n column \"ctid\" :integer() }",
       "4: 't.ctid' has the name of a column"},
      {"postgres", "table \"k\" { " + kKeyed + " },\ntable \"t\" { " + kKeyed + ", index \"k\" { \"id\" } }",
       "5: table 'k' and an index of 't' have one name, 'k'"},
      {"mysql", "table \"k\" { " + kKeyed + " }, table \"t\" { " + kKeyed + ", index \"k\" { \"id\" } }", ""},
      {"postgres", "table \"t\" { " + kKeyed + ", index \"t_pkey\" { \"id\" } }", "have one name, 't_pkey'"},
      {"postgres", "table \"t\" { " + kKeyed + " },\nsequence \"t\"", "have one name, 't'"},
      {"postgres", "table \"t\" { " + kKeyed + " },\nenum \"t\" { \"a\" }", "have one name, 't'"},
  });
}

TEST_CASE("keys and references as MySQL and MariaDB ask for them", "[laws]") {
  const std::string check = ",\n column \"n\" :integer(), check \"positive\" \"n > 0\" }";
  const std::string twice = "table \"a\" { " + kKeyed + check + ",\ntable \"b\" { " + kKeyed + check;
  const std::string linked =
      "table \"p\" { " + kKeyed + " },\ntable \"c\" { " + kKeyed + ",\n column \"p\" :bigint() :references \"p.id\" }";
  const auto pair = [](const std::string& columns) {
    return "table \"p\" { column \"a\" :integer() :not_null(), column \"b\" :integer() :not_null(), primary_key { "
           "\"a\", "
           "\"b\" } },\ntable \"c\" { " +
           kKeyed + ", column \"a\" :integer(), column \"b\" :integer(),\n foreign_key { " + columns +
           " } :references(\"p\", { " + columns + " }) }";
  };
  all_hold({
      {"mysql", "table \"t\" { " + kKeyed + ",\n column \"a\" :text(), index \"i\" { \"a\" } }",
       "4: index 'i' of 't' holds 'a', a text without a bound on its length"},
      {"mysql", "table \"t\" { " + kKeyed + ", column \"a\" :text(), index \"i\" { prefix(\"a\", 10) } }", ""},
      {"postgres", "table \"t\" { " + kKeyed + ", column \"a\" :text(), index \"i\" { \"a\" } }", ""},
      {"mysql", "table \"t\" { " + kKeyed + ", column \"a\" :varchar(769), index \"i\" { \"a\" } }",
       "takes 3076 bytes"},
      {"mysql", "table \"t\" { " + kKeyed + ", column \"a\" :varchar(768), index \"i\" { \"a\" } }", ""},
      {"mariadb", "table \"t\" { " + kKeyed + ", column \"a\" :varchar(769), index \"i\" { \"a\" } }", ""},
      {"mysql", "table \"t\" { " + kKeyed + ",\n column \"n\" :bigint() :identity() }",
       "4: 't.n' counts up, and no key"},
      {"mysql", "table \"t\" { " + kKeyed + ", column \"n\" :bigint() :identity() :unique() }", ""},
      {"mysql",
       "table \"t\" { column \"id\" :bigint() :identity() :primary_key(),\n column \"n\" :bigint() :identity() "
       ":unique() }",
       "4: 't.n' counts up, and so does 'id'"},
      {"mysql", twice, "6: a check of 'a' and a check of 'b' have one name, 'positive'"},
      {"mariadb", twice, ""},
      {"mysql", linked, "5: 'c.p' is bigint and refers to 'p.id', which is integer"},
      {"mariadb", linked, "5: 'c.p' is bigint"},
      {"postgres", linked, ""},
      {"mysql", pair("\"a\", \"b\""), ""},
      {"mysql", pair("\"b\", \"a\""),
       "5: a foreign key of 'c' refers to p (b, a), and no key or index of it begins with these in this order"},
      {"mariadb", pair("\"b\", \"a\""), "a foreign key of 'c' refers to p (b, a)"},
      {"postgres", pair("\"b\", \"a\""), ""},
      {"mysql:8.0", pair("\"a\""), ""},
      {"mysql:8.4", pair("\"a\""), "5: a foreign key of 'c' refers to p (a), and no key makes it unique"},
      {"mariadb", pair("\"a\""), ""},
      {"mysql", "table \"t\" { " + kKeyed + ",\n column \"a \" :integer() }",
       "4: the name of 't.a ' ends with a space"},
  });
}

TEST_CASE("foreign keys between types that do not compare, and checks of what counts", "[laws]") {
  const auto refers = [](const std::string& key, const std::string& own) {
    return "table \"p\" { column \"k\" " + key + " :primary_key() },\ntable \"c\" { " + kKeyed + ",\n column \"p\" " +
           own + " :references \"p.k\" }";
  };
  const auto checked = [](const std::string& expr) {
    return "table \"t\" {\n column \"id\" :integer() :identity() :primary_key(), check \"far\" \"" + expr + "\" }";
  };
  all_hold({
      {"postgres", refers(":integer()", ":varchar(5)"), "5: 'c.p' is varchar and refers to 'p.k', which is integer"},
      {"mysql", refers(":integer()", ":varchar(5)"), "5: 'c.p' is varchar and refers to 'p.k', which is integer"},
      {"sqlite", refers(":integer()", ":varchar(5)"), ""},
      {"postgres", refers(":numeric(10, 0)", ":integer()"), ""},
      {"mariadb", refers(":numeric(10, 0)", ":integer()"), "5: 'c.p' is integer and refers to 'p.k', which is numeric"},
      {"postgres", refers(":date()", ":timestamp()"), ""},
      {"mysql", refers(":varchar(9)", ":char(9)"), ""},
      {"mysql", refers(":varchar(9) :collate \"utf8mb4_bin\"", ":varchar(9) :collate \"utf8mb4_general_ci\""),
       "which is varchar in another collation"},
      {"mysql", checked("id > -100"), "4: the check 'far' of 't' names 'id', which counts up"},
      {"mariadb", checked("id > -100"), "the check 'far' of 't' names 'id'"},
      {"mariadb", checked("1 > 0"), ""},
      {"postgres", checked("id > -100"), ""},
  });
}

TEST_CASE("what no order of making could satisfy", "[laws]") {
  const std::string circle =
      "table \"t\" { " + kKeyed + " },\nview \"a\" \"SELECT id FROM b\",\nview \"b\" \"SELECT id FROM a\"";
  const std::string parted = R"x(table "t" { column "a" :integer() } :partition_by "range (a)", )x";
  const std::string share = R"x( :partition_bound "FOR VALUES FROM (0) TO (10)")x";
  all_hold({
      {"sqlite", "table \"t\" { column \"a\" :integer() } :without_rowid()", "4: table 't' is WITHOUT ROWID"},
      {"sqlite", "table \"t\" { " + kKeyed + " } :without_rowid()", ""},
      {"mysql", circle, "reads it in turn"},
      {"postgres", "table \"t\" { column \"a\" :integer() } :partition_by \"range (b)\"",
       "4: table 't' is partitioned by 'b'"},
      {"postgres", "table \"t\" { column \"a\" :integer() } :partition_by \"range (a)\"", ""},
      {"postgres", parted + "table \"p\" {\ncolumn \"a\" :integer() } :inherits { \"t\" }" + share,
       "4: 'p' is a partition of 't' and states columns"},
      {"postgres", parted + "table \"p\" {} :inherits { \"t\" }" + share, ""},
      {"postgres",
       "table \"t\" { column \"a\" :integer() }, table \"p\" { column \"b\" :integer() } :inherits { \"t\" }", ""},
  });
}

TEST_CASE("defaults that their column cannot hold", "[laws]") {
  const auto with = [](const std::string& rest) {
    return "table \"t\" { " + kKeyed + ",\n column \"a\" " + rest + " }";
  };
  all_hold({
      {"postgres", with(":varchar(2) :default \"abc\""), "the default of 't.a' has 3 characters, and its type holds 2"},
      {"mysql", with(":char(2) :default \"abc\""), "the default of 't.a' has 3 characters"},
      {"mariadb", with(":varchar(2) :default \"äöü\""), "has 3 characters"},
      {"mariadb", with(":varchar(3) :default \"äöü\""), ""},
      {"postgres", with(":varchar(2) :default \"ab  \""), ""},
      {"sqlite", with(":varchar(2) :default \"abc\""), ""},
  });
}
