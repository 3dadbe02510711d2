#include "tests/bench/specs.hpp"

#include <fmt/format.h>

namespace forge::bench {
namespace {

constexpr int kColumns = 20;

std::string spec_of(const std::string& before, const std::string& changes) {
  return fmt::format("migration \"bench\" {{\n  before = schema {{\n{}  }},\n  changes = {{\n{}  }},\n}}\n", before,
                     changes);
}

std::string column_text(int number) {
  switch (number % 4) {
    case 0:
      return fmt::format("      column \"c{}\" :varchar(80) :not_null(),\n", number);
    case 1:
      return fmt::format("      column \"c{}\" :integer() :default(0),\n", number);
    case 2:
      return fmt::format("      column \"c{}\" :timestamptz(),\n", number);
    default:
      return fmt::format("      column \"c{}\" :numeric(12, 2),\n", number);
  }
}

std::string table_text(int number, int columns) {
  std::string out =
      fmt::format("    table \"t{}\" {{\n      column \"id\" :bigint() :identity() :primary_key(),\n", number);
  for (int c = 1; c < columns; ++c) out += column_text(c);
  return out + fmt::format("      index \"t{}_c1_idx\" {{ \"c1\" }},\n    }},\n", number);
}

// What happens to a table; `turn` goes round the four kinds.
std::string change_text(int number, int turn) {
  switch (turn % 4) {
    case 0:
      return fmt::format("    add_column \"t{}\" {{ column \"extra\" :varchar(20) }},\n", number);
    case 1:
      return fmt::format("    add_index \"t{0}\" {{ index \"t{0}_c4_idx\" {{ \"c4\" }} }},\n", number);
    case 2:
      return fmt::format("    drop_column \"t{}.c7\",\n", number);
    default:
      return fmt::format("    rename_column \"t{}.c8\" \"renamed\",\n", number);
  }
}

std::string sql_column(int number, int turn) {
  if (turn % 4 == 2 && number == 7) return "";
  const std::string name = turn % 4 == 3 && number == 8 ? "renamed" : fmt::format("c{}", number);
  switch (number % 4) {
    case 0:
      return fmt::format(", {} varchar(80) NOT NULL", name);
    case 1:
      return fmt::format(", {} integer DEFAULT 0", name);
    case 2:
      return fmt::format(", {} timestamp", name);
    default:
      return fmt::format(", {} numeric(12, 2)", name);
  }
}

// `turn` below 0: as it is before the changes.
std::string sql_table(int number, int turn) {
  std::string out = fmt::format("CREATE TABLE t{} (id integer PRIMARY KEY", number);
  for (int c = 1; c < kColumns; ++c) out += sql_column(c, turn);
  if (turn >= 0 && turn % 4 == 0) out += ", extra varchar(20)";
  out += fmt::format(");\nCREATE INDEX t{0}_c1_idx ON t{0} (c1);\n", number);
  if (turn >= 0 && turn % 4 == 1) out += fmt::format("CREATE INDEX t{0}_c4_idx ON t{0} (c4);\n", number);
  return out;
}

}  // namespace

std::string wide_spec(int tables, int changes) {
  std::string before, after;
  for (int i = 1; i <= tables; ++i) before += table_text(i, kColumns);
  for (int i = 1; i <= changes; ++i) after += change_text(i * (tables / changes), i);
  return spec_of(before, after);
}

std::string wide_sql(int tables, int changes, bool after) {
  const int apart = tables / changes;
  std::string out;
  for (int i = 1; i <= tables; ++i) out += sql_table(i, after && i % apart == 0 ? i / apart : -1);
  return out;
}

std::string one_table_spec(int columns) {
  return spec_of(table_text(1, columns), change_text(1, 0) + change_text(1, 2));
}

std::string star_spec(int foreign_keys) {
  std::string before = "    table \"hub\" { column \"id\" :bigint() :primary_key() },\n";
  for (int i = 1; i <= foreign_keys; ++i) {
    before += fmt::format(
        "    table \"t{}\" {{ column \"id\" :bigint() :primary_key(), column \"hub\" :references \"hub.id\" }},\n", i);
  }
  return spec_of(before, "    add_column \"hub\" { column \"extra\" :varchar(20) },\n");
}

std::string chain_spec(int views) {
  std::string before = "    table \"v0\" { column \"id\" :bigint() :primary_key() },\n";
  for (int i = 1; i <= views; ++i) before += fmt::format("    view \"v{}\" \"SELECT id FROM v{}\",\n", i, i - 1);
  return spec_of(before, "    add_column \"v0\" { column \"extra\" :varchar(20) },\n");
}

std::string enum_spec(int enums) {
  std::string before, columns = "      column \"id\" :bigint() :primary_key(),\n";
  for (int i = 1; i <= enums; ++i) {
    before += fmt::format("    enum \"e{}\" {{ \"new\", \"paid\", \"sent\" }},\n", i);
    columns += fmt::format("      column \"c{0}\" :enum \"e{0}\",\n", i);
  }
  return spec_of(before + "    table \"t\" {\n" + columns + "    },\n", "    add_value \"e1\" \"back\",\n");
}

std::string changes_spec(int changes) { return wide_spec(changes, changes); }

}  // namespace forge::bench
