#include "engine/emit/figures.hpp"

#include <fmt/format.h>

#include <set>

#include "engine/emit/mongo_questions.hpp"

namespace forge {
namespace {

// Types whose smallest and largest value say something.
bool ordered(const Type& type) {
  static const std::set<std::string, std::less<>> kOrdered = {
      "smallint",  "integer",     "bigint",  "tinyint", "mediumint", "serial", "bigserial",
      "numeric",   "decimal",     "real",    "double",  "float",     "date",   "datetime",
      "timestamp", "timestamptz", "varchar", "char",    "text"};
  return type.more->array == 0 && kOrdered.contains(type.name);
}

}  // namespace

std::vector<Assertion> column_figures(const Client& client, const QName& table, const Column& column) {
  const auto from = sql_name(client, table), name = sql_ident(client, column.name);
  const auto shown = fmt::format("{}.{}", display(table), column.name);
  std::vector<Assertion> out;
  if (client.mongodb()) {
    out.push_back({"documents without " + shown, mongo::without_value(table, column.name), ""});
  } else {
    out.push_back({"rows without " + shown, fmt::format("SELECT count(*) FROM {} WHERE {} IS NULL", from, name), ""});
  }
  if (!ordered(column.type)) return out;
  for (const auto* f : {"min", "max"}) {
    out.push_back(
        {fmt::format("{} of {}", f, shown),
         client.mongodb() ? mongo::extreme(table, column.name, f) : fmt::format("SELECT {}({}) FROM {}", f, name, from),
         ""});
  }
  return out;
}

// SQLite keeps no figure for one table: there it is the whole file's.
std::string size_query(const Client& client, const QName& table) {
  if (client.postgres()) {
    return fmt::format("SELECT pg_total_relation_size({})", sql_literal(client, sql_name(client, table)));
  }
  if (client.mongodb()) return mongo::size(table);
  if (client.sqlite()) return "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
  return fmt::format(
      "SELECT DATA_LENGTH + INDEX_LENGTH FROM information_schema.TABLES WHERE TABLE_SCHEMA = {} AND TABLE_NAME = {}",
      table.schema.empty() ? "DATABASE()" : sql_literal(client, table.schema), sql_literal(client, table.name));
}

}  // namespace forge
