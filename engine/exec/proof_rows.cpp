#include "engine/exec/proof_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/exec/proof_table_rows.hpp"

namespace forge {
namespace {

constexpr std::int64_t kBatch = 500, kBatchesInOne = 20;
constexpr int kAttempts = 40;
constexpr int kHopeless = 3;  // so many rows in a row that nothing makes right, before any was: the table stays empty

// Takes out the rows that checks of the plan refuse; one that names what is not there yet asks nothing. Gives how many.
Result<std::int64_t> take_out(Session& session, const Client& client, const Table& table,
                              const std::vector<std::string>& checks) {
  std::int64_t gone = 0;
  for (const auto& check : checks) {
    FORGE_TRY(session.query("SAVEPOINT checked"));
    const auto done = session.query(fmt::format("DELETE FROM {} WHERE NOT ({})", sql_name(client, table.name), check));
    if (done) gone += done->affected;
    if (!done && session.failure() == Failure::gone) return std::unexpected(done.error());
    FORGE_TRY(session.query(done ? "RELEASE SAVEPOINT checked" : "ROLLBACK TO SAVEPOINT checked"));
  }
  return gone;
}

// Makes the rows of one table and gives them to the server.
class Filler {
 public:
  Filler(Session& session, const Client& client, const Table& table, TableRows rows)
      : session_(session), client_(client), table_(table), rows_(std::move(rows)) {}

  // How many rows there are then.
  Result<std::int64_t> fill(std::int64_t wanted, const std::vector<std::string>& checks) {
    const auto count = std::min(wanted, rows_.most());
    if (count < wanted) note_ = fmt::format("its keys allow for {} rows", count);
    FORGE_TRY(session_.query("BEGIN"));
    FORGE_TRY(try_out(checks));
    int batches = 0;
    for (std::int64_t from = 1; from <= count && !hopeless(); from += kBatch) {
      FORGE_TRY(batch(from, std::min(from + kBatch - 1, count)));
      if (++batches % kBatchesInOne != 0) continue;
      FORGE_TRY(session_.query("COMMIT"));
      FORGE_TRY(session_.query("BEGIN"));
    }
    FORGE_ASSIGN(const auto gone, take_out(session_, client_, table_, checks));
    FORGE_TRY(session_.query("COMMIT"));
    if (gone > 0) why_ = "checks that the plan adds refuse the others";
    made_ -= gone;
    if (made_ < count && !why_.empty()) note_ = why_;
    return made_;
  }
  const std::string& note() const { return note_; }

 private:
  bool hopeless() const { return made_ == 0 && failed_ >= kHopeless; }

  std::string tuple(const std::vector<RowValue>& row) const {
    std::string out;
    for (std::size_t i = 0; i < row.size(); ++i) out += (i == 0 ? "(" : ", ") + rows_.literal(i, row[i], client_);
    return out + ")";
  }

  std::string insert(const std::string& tuples) const {
    std::string names;
    bool counts = false;
    for (const auto* column : rows_.columns()) {
      names += (names.empty() ? "" : ", ") + sql_ident(client_, column->name);
      counts = counts || column->more->identity.has_value();
    }
    return fmt::format("INSERT INTO {} ({}){} VALUES {}", sql_name(client_, table_.name), names,
                       counts && client_.postgres() ? " OVERRIDING SYSTEM VALUE" : "", tuples);
  }

  // Whether the server takes them; what it says else is kept.
  Result<bool> taken(const std::string& tuples) {
    FORGE_TRY(session_.query("SAVEPOINT rows_made"));
    const auto done = session_.query(insert(tuples));
    if (done) {
      FORGE_TRY(session_.query("RELEASE SAVEPOINT rows_made"));
      return true;
    }
    why_ = done.error().message;
    if (session_.failure() == Failure::gone) return std::unexpected(done.error());
    FORGE_TRY(session_.query("ROLLBACK TO SAVEPOINT rows_made"));
    return false;
  }

  // Finds rows that the plan's own checks let stand, too; what is tried out goes again.
  Result<void> try_out(const std::vector<std::string>& checks) {
    if (checks.empty()) return {};
    constexpr int kTried = 16;
    FORGE_TRY(session_.query("SAVEPOINT tried_out"));
    for (int row = 1; row <= kTried; ++row) {
      for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const auto values = rows_.row({row, attempt});
        if (!values) continue;
        FORGE_ASSIGN(const bool fits, taken(tuple(*values)));
        if (!fits) continue;
        FORGE_ASSIGN(const auto gone, take_out(session_, client_, table_, checks));
        if (gone > 0) continue;
        rows_.learn(*values);
        break;
      }
    }
    FORGE_TRY(session_.query("ROLLBACK TO SAVEPOINT tried_out"));
    return {};
  }

  Result<void> batch(std::int64_t from, std::int64_t to) {
    std::string tuples;
    std::int64_t rows = 0;
    for (auto i = from; i <= to; ++i) {
      const auto row = rows_.row({i, 0});
      if (!row) continue;
      tuples += (tuples.empty() ? "" : ", ") + tuple(*row);
      ++rows;
    }
    if (rows == 0) {
      why_ = "there are no rows that its foreign keys could point at";
      failed_ += kHopeless;
      return {};
    }
    FORGE_ASSIGN(const bool whole, taken(tuples));
    if (whole) {
      made_ += rows;
      return {};
    }
    for (auto i = from; i <= to && !hopeless(); ++i) FORGE_TRY(one(i));
    return {};
  }

  Result<void> one(std::int64_t number) {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const auto row = rows_.row({number, attempt});
      if (!row) continue;
      FORGE_ASSIGN(const bool fits, taken(tuple(*row)));
      if (!fits) continue;
      ++made_;
      rows_.learn(*row);
      return {};
    }
    ++failed_;
    return {};
  }

  Session& session_;
  const Client& client_;
  const Table& table_;
  TableRows rows_;
  std::int64_t made_ = 0;
  int failed_ = 0;
  std::string why_, note_;
};

class Maker {
 public:
  Maker(Session& session, const PlanFile& plan, const Schema& schema, std::map<QName, TableWishes> wishes)
      : session_(session), client_(plan.client), schema_(schema), wishes_(std::move(wishes)) {}

  Result<RowsMade> run(std::int64_t rows, std::uint64_t seed) {
    if (client_.mysql()) FORGE_TRY(session_.query("SET foreign_key_checks = 0"));
    for (const auto* table : parents_first(schema_, wishes_)) FORGE_TRY(fill(*table, rows, seed));
    if (client_.mysql()) FORGE_TRY(session_.query("SET foreign_key_checks = 1"));
    return std::move(out_);
  }

 private:
  Result<void> fill(const Table& table, std::int64_t rows, std::uint64_t seed) {
    if (!table.options.inherits.empty()) return {};  // rows of partitions come by the table that they are parts of
    const auto& wishes = wishes_[table.name];
    if (wishes.empty) {
      out_.rows[table.name] = 0;
      out_.notes.push_back(display(table.name) + ": 0 rows: the plan adds a column that none would have a value for");
      return {};
    }
    std::vector<KeyRows> parents;
    for (const auto& key : wishes.keys) {
      FORGE_ASSIGN(auto found, keys_of(key));
      parents.push_back(std::move(found));
    }
    Filler filler(session_, client_, table, TableRows(schema_, table, wishes, std::move(parents), seed));
    FORGE_ASSIGN(const auto made, filler.fill(rows, wishes.later_checks));
    out_.rows[table.name] = made;
    if (made < rows) {
      out_.notes.push_back(fmt::format("{}: {} rows: {}", display(table.name), made, filler.note()));
    }
    return {};
  }

  Result<KeyRows> keys_of(const ForeignKey& key) {
    KeyRows out;
    if (out_.rows.find(key.ref) == out_.rows.end()) return out;  // the table itself, or one that comes later
    std::string names;
    for (const auto& column : key.ref_columns) {
      names += (names.empty() ? "" : ", ") + sql_ident(client_, column);
    }
    FORGE_ASSIGN(auto rows, session_.query(fmt::format("SELECT {} FROM {} ORDER BY {}", names,
                                                       sql_name(client_, key.ref), names)));
    const auto whole = [](const auto& row) {
      return std::ranges::all_of(row, [](const auto& value) { return value.has_value(); });
    };
    std::erase_if(rows.rows, [&](const auto& row) { return !whole(row); });
    return std::move(rows.rows);
  }

  Session& session_;
  const Client& client_;
  const Schema& schema_;
  std::map<QName, TableWishes> wishes_;
  RowsMade out_;
};

}  // namespace

Result<RowsMade> make_rows(Session& session, const PlanFile& plan, const Schema& schema, std::int64_t rows,
                           std::uint64_t seed) {
  FORGE_ASSIGN(auto wishes, wishes_of(plan, schema));
  return Maker(session, plan, schema, std::move(wishes)).run(rows, seed);
}

}  // namespace forge
