#include "engine/exec/proof_sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/exec/proof_values.hpp"

namespace forge {
namespace {

constexpr std::size_t kKeysAtOnce = 200, kRowsAtOnce = 200;

using Literals = std::vector<std::string>;  // a row, as literals of the engine's

// How a column's value travels: as a text that the server gives, and the literal that gives it back.
class Carrier {
 public:
  Carrier(const Client& client, const Column& column, const Schema& schema)
      : client_(client), name_(sql_ident(client, column.name)) {
    const auto range = range_of(column.type, schema);
    using Kind = ValueRange::Kind;
    bytes_ = client.mysql() && (range.kind == Kind::bytes || range.kind == Kind::bits || range.word == "point" ||
                                range.word == "geometry");
  }
  std::string query() const {
    if (client_.postgres()) return name_ + "::text";
    if (client_.sqlite()) return "quote(" + name_ + ")";
    return bytes_ ? "HEX(" + name_ + ")" : name_;
  }
  std::string literal(const std::optional<std::string>& text) const {
    if (!text) return "NULL";
    if (client_.sqlite()) return *text;
    return bytes_ ? "X'" + *text + "'" : sql_literal(client_, *text);
  }

 private:
  const Client& client_;
  std::string name_;
  bool bytes_ = false;
};

// One table's part of the sample.
struct Sampled {
  const Table* table = nullptr;
  std::vector<const Column*> columns;
  std::vector<Carrier> carriers;
  std::set<Literals> rows;
  std::vector<Literals> fresh;  // whose foreign keys have not been followed yet

  std::size_t index_of(const std::string& column) const {
    return static_cast<std::size_t>(std::ranges::find(columns, column, &Column::name) - columns.begin());
  }
};

class Sampler {
 public:
  Sampler(Session& source, Session& copy, const Client& client, const Schema& schema)
      : source_(source), copy_(copy), client_(client), schema_(schema) {}

  Result<RowsMade> run(std::int64_t rows) {
    for (const auto& [name, table] : schema_.tables) {
      if (table->options.inherits.empty()) begin(name, *table);
    }
    for (auto& [name, sampled] : tables_) FORGE_TRY(take_ends(sampled, rows));
    FORGE_TRY(follow_keys());
    FORGE_TRY(write());
    return std::move(out_);
  }

 private:
  void begin(const QName& name, const Table& table) {
    auto& sampled = tables_[name];
    sampled.table = &table;
    for (const auto& column : table.columns) {
      if (column.more->generated) continue;
      sampled.columns.push_back(&column);
      sampled.carriers.emplace_back(client_, column, schema_);
    }
  }

  // Rows of a query behind FROM; those that are new count as fresh.
  Result<void> take(Sampled& sampled, const std::string& rest) {
    std::string list;
    for (const auto& carrier : sampled.carriers) list += (list.empty() ? "" : ", ") + carrier.query();
    if (list.empty()) return {};
    FORGE_ASSIGN(const auto rows,
                 source_.query(fmt::format("SELECT {} FROM {}{}", list, sql_name(client_, sampled.table->name), rest)));
    for (const auto& row : rows.rows) {
      Literals literals;
      for (std::size_t i = 0; i < row.size(); ++i) literals.push_back(sampled.carriers[i].literal(row[i]));
      if (sampled.rows.insert(literals).second) sampled.fresh.push_back(std::move(literals));
    }
    return {};
  }

  // The oldest and the newest rows, by an index; a table without a primary key gives the first that come.
  Result<void> take_ends(Sampled& sampled, std::int64_t rows) {
    std::string up, down;
    if (const auto& key = sampled.table->primary_key) {
      for (const auto& part : key->parts) {
        const auto name = sql_ident(client_, part.column);
        up += (up.empty() ? " ORDER BY " : ", ") + name;
        down += (down.empty() ? " ORDER BY " : ", ") + name + " DESC";
      }
    }
    if (up.empty()) return take(sampled, fmt::format(" LIMIT {}", rows));
    FORGE_TRY(take(sampled, fmt::format("{} LIMIT {}", up, (rows + 1) / 2)));
    return take(sampled, fmt::format("{} LIMIT {}", down, rows / 2));
  }

  // Until no row points at one that is not there.
  Result<void> follow_keys() {
    for (bool more = true; more;) {
      more = false;
      for (auto& [name, sampled] : tables_) {
        const auto fresh = std::exchange(sampled.fresh, {});
        if (fresh.empty()) continue;
        more = true;
        for (const auto& key : sampled.table->foreign_keys) FORGE_TRY(follow(sampled, key, fresh));
      }
    }
    return {};
  }

  Result<void> follow(const Sampled& child, const ForeignKey& key, const std::vector<Literals>& fresh) {
    const auto parent = tables_.find(key.ref);
    if (parent == tables_.end()) return {};
    std::set<Literals> wanted;
    for (const auto& row : fresh) {
      Literals values;
      for (const auto& column : key.columns) values.push_back(row[child.index_of(column)]);
      if (std::ranges::find(values, "NULL") == values.end()) wanted.insert(std::move(values));
    }
    for (const auto& row : parent->second.rows) {
      Literals values;
      for (const auto& column : key.ref_columns) values.push_back(row[parent->second.index_of(column)]);
      wanted.erase(values);
    }
    std::string list;
    std::size_t count = 0;
    for (const auto& values : wanted) {
      std::string one;
      for (std::size_t i = 0; i < values.size(); ++i)
        one += fmt::format("{}{} = {}", i == 0 ? "(" : " AND ", sql_ident(client_, key.ref_columns[i]), values[i]);
      list += (list.empty() ? " WHERE " : " OR ") + one + ")";
      ++count;
      if (count % kKeysAtOnce != 0 && count != wanted.size()) continue;
      FORGE_TRY(take(parent->second, list));
      list.clear();
    }
    return {};
  }

  // Tables that others point at come first; where they point at each other, the checks of keys are off as far as they may be.
  Result<void> write() {
    if (client_.mysql()) FORGE_TRY(copy_.query("SET foreign_key_checks = 0"));
    if (client_.postgres()) (void)copy_.query("SET session_replication_role = replica");
    for (const auto& [name, sampled] : tables_) FORGE_TRY(write_after_parents(name));
    if (client_.postgres()) (void)copy_.query("SET session_replication_role = DEFAULT");
    if (client_.mysql()) FORGE_TRY(copy_.query("SET foreign_key_checks = 1"));
    return {};
  }

  Result<void> write_after_parents(const QName& name) {
    const auto found = tables_.find(name);
    if (found == tables_.end() || !written_.insert(name).second) return {};
    for (const auto& key : found->second.table->foreign_keys) FORGE_TRY(write_after_parents(key.ref));
    return write(found->second);
  }

  Result<void> write(const Sampled& sampled) {
    std::string names;
    bool counts = false;
    for (const auto* column : sampled.columns) {
      names += (names.empty() ? "" : ", ") + sql_ident(client_, column->name);
      counts = counts || column->more->identity.has_value();
    }
    const auto head = fmt::format("INSERT INTO {} ({}){} VALUES ", sql_name(client_, sampled.table->name), names,
                                  counts && client_.postgres() ? " OVERRIDING SYSTEM VALUE" : "");
    FORGE_TRY(copy_.query("BEGIN"));
    std::string tuples;
    std::size_t count = 0;
    for (const auto& row : sampled.rows) {
      std::string tuple;
      for (const auto& value : row) tuple += (tuple.empty() ? "(" : ", ") + value;
      tuples += (tuples.empty() ? "" : ", ") + tuple + ")";
      ++count;
      if (count % kRowsAtOnce != 0 && count != sampled.rows.size()) continue;
      FORGE_TRY(copy_.query(head + tuples));
      tuples.clear();
    }
    if (client_.postgres() && count > 0) FORGE_TRY(set_counters(sampled));
    FORGE_TRY(copy_.query("COMMIT"));
    out_.rows[sampled.table->name] = static_cast<std::int64_t>(count);
    return {};
  }

  // Rows that are written without a number go on behind those that are there.
  Result<void> set_counters(const Sampled& sampled) {
    const auto table = sql_name(client_, sampled.table->name);
    for (const auto* column : sampled.columns) {
      const bool serial = column->type.name == "serial" || column->type.name == "bigserial";
      if (!serial && !column->more->identity) continue;
      FORGE_TRY(copy_.query(fmt::format("SELECT setval(pg_get_serial_sequence({}, {}), (SELECT max({}) FROM {}))",
                                        sql_literal(client_, table), sql_literal(client_, column->name),
                                        sql_ident(client_, column->name), table)));
    }
    return {};
  }

  Session& source_;
  Session& copy_;
  const Client& client_;
  const Schema& schema_;
  std::map<QName, Sampled> tables_;
  std::set<QName> written_;
  RowsMade out_;
};

}  // namespace

Result<RowsMade> sample_rows(Session& source, Session& copy, const Client& client, const Schema& schema,
                             std::int64_t rows) {
  return Sampler(source, copy, client, schema).run(rows);
}

}  // namespace forge
