#include "engine/emit/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/emit/markdown.hpp"
#include "engine/emit/mongo_questions.hpp"
#include "engine/model/derived_names.hpp"
#include "engine/model/sql/volatile.hpp"

namespace forge {
namespace {

constexpr int kSampleRows = 100;

// How two values of a column's type are told apart.
enum class How {
  skip,  // no equality (json), inexact (float), or rounded when it is stored (timestamp)
  plain,
  text,    // in one collation, as the two sides may have different ones
  number,  // within half a unit of the last place, as storing rounds
};

How how(const Column* column) {
  static const std::map<std::string, How, std::less<>> kTypes = {
      {"smallint", How::number},  {"integer", How::number},  {"bigint", How::number},    {"tinyint", How::number},
      {"mediumint", How::number}, {"serial", How::number},   {"bigserial", How::number}, {"numeric", How::number},
      {"decimal", How::number},   {"char", How::text},       {"varchar", How::text},     {"text", How::text},
      {"tinytext", How::text},    {"mediumtext", How::text}, {"longtext", How::text},    {"enum", How::text},
      {"set", How::text},         {"boolean", How::plain},   {"uuid", How::plain},       {"binary", How::plain},
      {"varbinary", How::plain},  {"blob", How::plain},      {"bytea", How::plain},      {"tinyblob", How::plain},
      {"mediumblob", How::plain}, {"longblob", How::plain},  {"inet", How::plain},       {"cidr", How::plain},
      {"macaddr", How::plain}};
  if (!column || column->type.more->array > 0) return How::skip;
  const auto found = kTypes.find(column->type.name);
  return found == kTypes.end() ? How::skip : found->second;
}

std::string in_one_collation(const Client& client, std::string_view value) {
  if (client.postgres()) return fmt::format("CAST({} AS text) COLLATE \"C\"", value);
  if (client.mysql()) return fmt::format("CONVERT({} USING utf8mb4) COLLATE utf8mb4_bin", value);
  return std::string(value);
}

// What a text of fixed length is filled up with says nothing.
std::string padded_alike(const Client& client, const Type& type, const std::string& text) {
  return client.postgres() && type.name == "char" ? fmt::format("rtrim({})", text) : text;
}

// Half a unit of the last place that the type keeps: "0.005" of numeric(12,2).
std::string half_unit(const Type& type) {
  const auto scale = type.args.size() > 1 ? type.args[1] : 0;
  return scale <= 0 ? "0.5" : "0." + std::string(static_cast<std::size_t>(scale), '0') + "5";
}

// A condition that is true where `stored`, a value of the column, is not `given`; "" where that cannot be told.
std::string differ(const Client& client, const Column* column, const std::string& stored, const std::string& given) {
  const bool whole = column && column->type.name != "numeric" && column->type.name != "decimal";
  switch (how(column)) {
    case How::skip:
      return "";
    case How::plain:
      return fmt::format("NOT ({})", sql_same(client, stored, given));
    case How::text:
      return fmt::format("NOT ({})",
                         sql_same(client, padded_alike(client, column->type, in_one_collation(client, stored)),
                                  padded_alike(client, column->type, in_one_collation(client, given))));
    case How::number:
      // Unsigned numbers have no negative difference there: as decimals they have. What is no number (NaN), or infinite,
      // has no difference from itself.
      return fmt::format("(({0}) IS NULL) <> (({1}) IS NULL) OR {4}abs({0}{3} - {1}) > {2}", stored, given,
                         half_unit(column->type), client.mysql() ? " + 0.0" : "",
                         client.postgres() && !whole ? fmt::format("{} <> {} AND ", stored, given) : "");
  }
  return "";
}

// The column of the wanted table that a step fills, under the name that a shadow has until the swap or its own.
const Column* filled_column(const Plan& plan, const Work& work, const std::string& name) {
  const QName& to = work.kind == "copy" ? work.target : work.table;
  for (const Schema* schema : {&plan.after, &plan.before}) {
    const Table* table = schema->table({to.schema, own_name(to.name)});
    const Column* column = table ? find_column(*table, own_name(name)) : nullptr;
    if (column) return column;
  }
  return nullptr;
}

Assertion verified(const Work& work) {
  if (work.verify.empty()) return {};
  return {fmt::format("every row of {} holds what its source gives", display(work.table)), work.verify, "0"};
}

// Rows that a backfill still has to do: none are left, those included that were written meanwhile. Where an expression
// gives NULL, the row is as full as it can be.
Assertion unfilled(const Client& client, const Work& work) {
  if (work.where.empty() || work.set.empty()) return {};
  if (client.mongodb()) {
    std::vector<std::pair<std::string, std::string>> set;
    set.reserve(work.set.size());
    for (const auto& column : work.set) set.emplace_back(column.to, column.expr);
    return {fmt::format("no document of {} is left to fill, those written lately included", display(work.table)),
            mongo::left_to_fill(work.table, work.where, set), "0"};
  }
  std::string given;
  for (const auto& column : work.set) {
    given += fmt::format("{}({} IS NULL AND ({}) IS NOT NULL)", given.empty() ? "" : " OR ",
                         sql_ident(client, column.to), column.expr);
  }
  return {fmt::format("no row of {} is left to fill, rows written lately included", display(work.table)),
          fmt::format("SELECT count(*) FROM {} WHERE ({}) AND ({})", sql_name(client, work.table), work.where, given),
          "0"};
}

// Some rows at random, as what stands behind FROM. Joined by the key, since `*` leaves out invisible columns.
std::string sampled(const Client& client, const Work& work) {
  const std::string table = sql_name(client, work.table);
  const std::string order = fmt::format("ORDER BY {}() LIMIT {}", client.mysql() ? "rand" : "random", kSampleRows);
  // An expression may say the table's own name.
  if (work.key.empty()) {
    return client.mysql()
               ? ""
               : fmt::format("(SELECT * FROM {} {}) AS {}", table, order, sql_ident(client, work.table.name));
  }
  std::string key;
  for (const auto& column : work.key) key += (key.empty() ? "" : ", ") + sql_ident(client, column);
  return fmt::format("{0} JOIN (SELECT {1} FROM {0} {2}) AS forgelua_sample USING ({1})", table, key, order);
}

Assertion sample(const Plan& plan, const Client& client, const Work& work) {
  if (client.mongodb()) return {};  // `verify` compares every document
  std::string wrong;
  for (const auto& column : work.set) {
    if (gives_another_value(column.expr)) continue;
    const auto one = differ(client, filled_column(plan, work, column.to), sql_ident(client, column.to),
                            fmt::format("({})", column.expr));
    if (!one.empty()) wrong += (wrong.empty() ? "" : " OR ") + one;
  }
  if (wrong.empty()) return {};
  const auto rows = sampled(client, work);
  if (rows.empty()) return {};
  return {fmt::format("{} random rows of {}: new column against old", kSampleRows, display(work.table)),
          fmt::format("SELECT count(*) FROM {} WHERE {}", rows, wrong), "0"};
}

// The table that `work` copies, in one of the two schemas; null where that has none.
const Table* copied_in(const Schema& schema, const Work& work) {
  for (const QName* name : {&work.table, &work.target}) {
    if (const Table* table = schema.table({name->schema, own_name(name->name)})) return table;
  }
  return nullptr;
}

bool has_all(const Table* table, const std::vector<std::string>& columns) {
  return std::ranges::all_of(columns, [&](const auto& column) { return !table || find_column(*table, column); });
}

std::vector<std::string> plain_columns(const std::vector<IndexPart>& parts) {
  std::vector<std::string> out;
  for (const auto& part : parts) {
    if (part.column.empty() || part.length > 0) return {};
    out.push_back(part.column);
  }
  return out;
}

std::vector<std::vector<std::string>> unique_keys(const Table* table) {
  std::vector<std::vector<std::string>> out;
  if (table && table->primary_key) out.push_back(plain_columns(table->primary_key->parts));
  for (const auto& key : table ? table->uniques : std::vector<Key>{}) out.push_back(plain_columns(key.parts));
  for (const auto& index : table ? table->indexes : std::vector<Index>{}) {
    if (index.unique && index.where.empty()) out.push_back(plain_columns(index.parts));
  }
  return out;
}

// What a row and its copy have in common: the key that the rows are walked by, or, where the other table lacks that, one
// that both have.
std::vector<std::string> common_key(const Plan& plan, const Work& work) {
  const Table* before = copied_in(plan.before, work);
  const Table* after = copied_in(plan.after, work);
  if (has_all(before, work.key) && has_all(after, work.key)) return work.key;
  for (const Table* table : {after, before}) {
    for (const auto& key : unique_keys(table)) {
      if (!key.empty() && has_all(before, key) && has_all(after, key)) return key;
    }
  }
  return {};
}

// A key that rows of two tables, `a` and `b`, share.
struct SharedKey {
  std::vector<std::string> columns;
  const Table* a = nullptr;
  const Table* b = nullptr;
};

// The character set and the collation of a text column, as far as it or its table says them.
std::pair<std::string, std::string> text_rules(const Table& table, const Column& column) {
  auto charset = column.more->charset, collation = column.more->collation;
  if (charset.empty() && collation.empty()) {
    charset = table.options.charset;
    collation = table.options.collation;
  }
  if (charset.empty()) charset = collation.substr(0, collation.find('_'));
  return {std::move(charset), std::move(collation)};
}

// Two columns with different collations are compared only where one of those is said; in `b`'s own, its index serves.
std::string same_key_column(const Client& client, const SharedKey& key, const std::string& name) {
  const std::string left = "a." + sql_ident(client, name), right = "b." + sql_ident(client, name);
  const Column* a = key.a ? find_column(*key.a, name) : nullptr;
  const Column* b = key.b ? find_column(*key.b, name) : nullptr;
  const std::string plain = fmt::format("{} = {}", left, right);
  const bool texts = a && b && how(a) == How::text && how(b) == How::text && !client.sqlite();
  if (!texts) return plain;
  const auto rules = text_rules(*key.a, *a), own = text_rules(*key.b, *b);
  if (rules == own) return plain;
  const std::string exact = fmt::format("{} = {}", in_one_collation(client, left), in_one_collation(client, right));
  if (client.postgres()) return exact;
  const auto& [charset, collation] = own;
  // Of two character sets the server itself takes the larger one.
  if (!charset.empty() && !rules.first.empty() && charset != rules.first) return plain;
  if (collation.empty()) return exact;
  return fmt::format("CONVERT({} USING {}) COLLATE {} = {}", left, charset, collation, right);
}

std::string key_match(const Client& client, const SharedKey& key) {
  std::string out;
  for (const auto& column : key.columns) {
    out += (out.empty() ? "" : " AND ") + same_key_column(client, key, column);
  }
  return out;
}

Assertion missing(const Client& client, const Work& work, SharedKey key, bool forward) {
  if (!forward) std::swap(key.a, key.b);
  const QName& from = forward ? work.table : work.target;
  const QName& to = forward ? work.target : work.table;
  return {fmt::format("every key of {} is in {}", display(from), display(to)),
          fmt::format("SELECT count(*) FROM {} AS a WHERE NOT EXISTS (SELECT 1 FROM {} AS b WHERE {})",
                      sql_name(client, from), sql_name(client, to), key_match(client, key)),
          "0"};
}

Assertion counts(const Client& client, const Work& work) {
  return {fmt::format("{} and {} have as many rows", display(work.table), display(work.target)),
          fmt::format("SELECT (SELECT count(*) FROM {}) - (SELECT count(*) FROM {})", sql_name(client, work.table),
                      sql_name(client, work.target)),
          "0"};
}

// The sum of a column as text. SQLite's own stops beyond 64 bits: there the two halves of each number are summed.
std::string sum_of(const Client& client, const std::string& expr, const std::string& table) {
  if (!client.sqlite()) return fmt::format("(SELECT sum({}) FROM {})", expr, table);
  const auto half = [&](char op) { return fmt::format("sum(CAST({} AS integer) {} 4294967296)", expr, op); };
  return fmt::format("(SELECT {} || ' ' || {} FROM {})", half('/'), half('%'), table);
}

// What a column that holds whole numbers makes of a value that may be none. SQLite keeps it, and sums halves of both.
std::string as_whole(const Client& client, const Table* source, const Type& type, const std::string& expr) {
  if (client.sqlite() || expr.starts_with("CAST(")) return expr;
  for (const auto& column : source ? source->columns : std::vector<Column>{}) {
    if (column.name != expr && sql_ident(client, column.name) != expr) continue;
    if (how(&column) == How::number && column.type.args.size() <= 1) return expr;
  }
  if (client.mysql()) return fmt::format("ROUND({})", expr);
  const bool decimal = type.name == "numeric" || type.name == "decimal";
  if (!decimal) return fmt::format("CAST({} AS bigint)", expr);
  return type.args.empty() ? expr : fmt::format("CAST({} AS numeric({}))", expr, type.args[0]);
}

void sums(std::vector<Assertion>& out, const Plan& plan, const Client& client, const Work& work) {
  const Table* source = copied_in(plan.before, work);
  for (const auto& column : work.set) {
    const Column* filled = filled_column(plan, work, column.to);
    // A sum of rounded values is another one than the sum of the exact ones: only what is whole is summed.
    if (how(filled) != How::number || filled->type.args.size() > 1 || gives_another_value(column.expr)) continue;
    const auto whole = as_whole(client, source, filled->type, column.expr);
    const auto old_sum = sum_of(client, whole, sql_name(client, work.table));
    const auto new_sum = sum_of(client, sql_ident(client, column.to), sql_name(client, work.target));
    out.push_back(
        {fmt::format("the sum of {} is the same in {} and {}", column.to, display(work.table), display(work.target)),
         fmt::format("SELECT CASE WHEN {} THEN 0 ELSE 1 END", sql_same(client, old_sum, new_sum)), "0"});
  }
}

Assertion same_rows(const Plan& plan, const Client& client, const Work& work, const SharedKey& key) {
  std::string given, wrong;
  for (const auto& column : key.columns)
    given += fmt::format("{}{}", given.empty() ? "" : ", ", sql_ident(client, column));
  for (std::size_t i = 0; i < work.set.size(); ++i) {
    const auto& column = work.set[i];
    if (gives_another_value(column.expr)) continue;
    const auto one = differ(client, filled_column(plan, work, column.to), "b." + sql_ident(client, column.to),
                            fmt::format("a.forgelua_{}", i + 1));
    if (one.empty()) continue;
    given += fmt::format(", {} AS forgelua_{}", column.expr, i + 1);
    wrong += (wrong.empty() ? "" : " OR ") + one;
  }
  if (wrong.empty()) return {};
  return {fmt::format("rows of {} and {} with the same key hold the same values", display(work.table),
                      display(work.target)),
          fmt::format("SELECT count(*) FROM (SELECT {} FROM {}) AS a JOIN {} AS b ON {} WHERE {}", given,
                      sql_name(client, work.table), sql_name(client, work.target), key_match(client, key), wrong),
          "0"};
}

}  // namespace

std::vector<Assertion> comparisons(const Plan& plan, const Client& client, const Step& step) {
  const Work& work = *step.work;
  std::vector<Assertion> out{verified(work)};
  // What the application has written itself stands, whatever the expression gives.
  const bool own_values = std::ranges::find(step.hazards, "own_values") != step.hazards.end();
  if (work.kind != "copy") {
    out.push_back(unfilled(client, work));
    if (!own_values) out.push_back(sample(plan, client, work));
  } else {
    out.push_back(counts(client, work));
    sums(out, plan, client, work);
    const SharedKey key{common_key(plan, work), copied_in(plan.before, work), copied_in(plan.after, work)};
    if (!key.columns.empty()) {
      out.push_back(missing(client, work, key, true));
      out.push_back(missing(client, work, key, false));
      out.push_back(same_rows(plan, client, work, key));
    }
  }
  std::erase_if(out, [](const Assertion& check) { return check.sql.empty(); });
  return out;
}

}  // namespace forge
