#include "engine/emit/compare.hpp"

#include <fmt/format.h>

#include <set>

#include "engine/emit/markdown.hpp"

namespace forge {
namespace {

constexpr int kSampleRows = 100;

struct Side {
  std::string rows;    // a FROM item without its alias
  std::string column;  // its key or value, unquoted
};

std::string differ(const Client& client, std::string_view a, std::string_view b) {
  return fmt::format("NOT ({})", sql_same(client, a, b));
}

Assertion verified(const Work& work) {
  if (work.verify.empty()) return {};
  return {fmt::format("every row of {} holds what its source gives", display(work.table)), work.verify, "0"};
}

std::string needed(const Work& work) { return work.where.empty() ? "" : fmt::format(" WHERE {}", work.where); }

// The rows that a backfill still has to do: none are left, those included that were written meanwhile.
Assertion unfilled(const Client& client, const Work& work) {
  if (work.where.empty()) return {};
  return {fmt::format("no row of {} is left to fill, rows written lately included", display(work.table)),
          fmt::format("SELECT count(*) FROM {}{}", sql_name(client, work.table), needed(work)), "0"};
}

Assertion sample(const Client& client, const Work& work) {
  if (work.set.empty()) return {};
  std::string wrong;
  for (const auto& column : work.set) {
    wrong += fmt::format("{}{}", wrong.empty() ? "" : " OR ",
                         differ(client, sql_ident(client, column.to), fmt::format("({})", column.expr)));
  }
  return {fmt::format("{} random rows of {}: new column against old", kSampleRows, display(work.table)),
          fmt::format("SELECT count(*) FROM (SELECT * FROM {} ORDER BY {}() LIMIT {}) AS r WHERE {}",
                      sql_name(client, work.table), client.mysql() ? "rand" : "random", kSampleRows, wrong),
          "0"};
}

std::string key_match(const Client& client, const Work& work) {
  std::string out;
  for (const auto& column : work.key) {
    out += fmt::format("{0}a.{1} = b.{1}", out.empty() ? "" : " AND ", sql_ident(client, column));
  }
  return out;
}

Assertion missing(const Client& client, const Work& work, bool forward) {
  const QName& from = forward ? work.table : work.target;
  const QName& to = forward ? work.target : work.table;
  return {fmt::format("every key of {} is in {}", display(from), display(to)),
          fmt::format("SELECT count(*) FROM {} AS a WHERE NOT EXISTS (SELECT 1 FROM {} AS b WHERE {})",
                      sql_name(client, from), sql_name(client, to), key_match(client, work)),
          "0"};
}

Assertion counts(const Client& client, const Work& work) {
  return {fmt::format("{} and {} have as many rows", display(work.table), display(work.target)),
          fmt::format("SELECT (SELECT count(*) FROM {}) - (SELECT count(*) FROM {})",
                      sql_name(client, work.table), sql_name(client, work.target)),
          "0"};
}

const Column* source_column(const Plan& plan, const Work& work, const SyncColumn& column) {
  const Table* table = plan.before.table(work.table);
  return table ? find_column(*table, column.to) : nullptr;
}

bool is_exact_number(const Column* column) {
  static const std::set<std::string, std::less<>> kExact = {"smallint", "integer",   "bigint",
                                                            "tinyint",  "mediumint", "serial",
                                                            "bigserial", "numeric",  "decimal"};
  return column && column->type.more->array == 0 && kExact.contains(column->type.name);
}

// Values that some engines cannot compare for equality.
bool comparable(const Column* column) {
  static const std::set<std::string, std::less<>> kNot = {"json",  "xml",      "point", "geometry",
                                                          "float", "real",     "native", "user",
                                                          "double", "tsvector", "hstore"};
  return !column || !kNot.contains(column->type.name);
}

void sums(std::vector<Assertion>& out, const Plan& plan, const Client& client, const Work& work) {
  for (const auto& column : work.set) {
    if (!is_exact_number(source_column(plan, work, column))) continue;
    const auto old_sum = fmt::format("(SELECT sum({}) FROM {})", column.expr, sql_name(client, work.table));
    const auto new_sum = fmt::format("(SELECT sum({}) FROM {})", sql_ident(client, column.to),
                                     sql_name(client, work.target));
    out.push_back({fmt::format("the sum of {} is the same in {} and {}", column.to, display(work.table),
                               display(work.target)),
                   fmt::format("SELECT CASE WHEN {} THEN 0 ELSE 1 END", sql_same(client, old_sum, new_sum)),
                   "0"});
  }
}

Assertion same_rows(const Plan& plan, const Client& client, const Work& work) {
  std::string given = "", wrong;
  for (const auto& key : work.key) {
    given += fmt::format("{}{}", given.empty() ? "" : ", ", sql_ident(client, key));
  }
  for (std::size_t i = 0; i < work.set.size(); ++i) {
    const auto& column = work.set[i];
    if (!comparable(source_column(plan, work, column))) continue;
    given += fmt::format(", {} AS forgelua_{}", column.expr, i + 1);
    wrong += fmt::format("{}{}", wrong.empty() ? "" : " OR ",
                         differ(client, "b." + sql_ident(client, column.to), fmt::format("a.forgelua_{}", i + 1)));
  }
  if (wrong.empty()) return {};
  return {fmt::format("rows of {} and {} with the same key hold the same values", display(work.table),
                      display(work.target)),
          fmt::format("SELECT count(*) FROM (SELECT {} FROM {}) AS a JOIN {} AS b ON {} WHERE {}", given,
                      sql_name(client, work.table), sql_name(client, work.target), key_match(client, work),
                      wrong),
          "0"};
}

}  // namespace

std::vector<Assertion> comparisons(const Plan& plan, const Client& client, const Work& work) {
  std::vector<Assertion> out{verified(work)};
  if (work.kind != "copy") {
    out.push_back(unfilled(client, work));
    out.push_back(sample(client, work));
  } else {
    out.push_back(counts(client, work));
    sums(out, plan, client, work);
    if (!work.key.empty()) {
      out.push_back(missing(client, work, true));
      out.push_back(missing(client, work, false));
      out.push_back(same_rows(plan, client, work));
    }
  }
  std::erase_if(out, [](const Assertion& check) { return check.sql.empty(); });
  return out;
}

}  // namespace forge
