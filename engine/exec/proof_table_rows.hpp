// The rows of one table, as texts: what each column holds in which row.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/exec/proof_values.hpp"
#include "engine/exec/proof_wishes.hpp"

namespace forge {

using RowValue = std::optional<std::string>;         // none: NULL
using KeyRows = std::vector<std::vector<RowValue>>;  // the keys that a foreign key may point at, in order

// Which row of those that are tried for a place in the table.
struct RowNumber {
  std::int64_t row = 1;  // from 1 on
  int attempt = 0;       // 0: the first guess
};

class TableRows {
 public:
  // `parents`: for each of wishes.keys the rows that it may point at; empty where its table has none (yet).
  TableRows(const Schema& schema, const Table& table, const TableWishes& wishes, std::vector<KeyRows> parents,
            std::uint64_t seed);

  // How many different rows can be made.
  std::int64_t most() const { return most_; }
  // The columns that are written; the others are the database's own affair.
  const std::vector<const Column*>& columns() const { return columns_; }
  // One value for each of `columns`; none where this row cannot be made.
  std::optional<std::vector<RowValue>> row(const RowNumber& number) const;
  // A row that the server has taken: others follow it in what checks are about.
  void learn(const std::vector<RowValue>& row);
  std::string literal(std::size_t column, const RowValue& value, const Client& client) const;

 private:
  struct Part {  // a foreign key or a column that has a place in a key of several
    std::int64_t stride = 1, size = 1;
  };
  void settle_columns();
  void settle_uniques();
  void settle_key(const std::vector<std::string>& unique);
  void settle_checks();
  std::size_t index_of(const std::string& column) const;
  const ForeignKey* key_of(const std::string& column) const;
  std::int64_t domain_size(const std::string& column) const;
  std::uint64_t chance(std::size_t salt, const RowNumber& number) const;
  bool point_at_parents(std::vector<RowValue>& row, std::set<std::string>& set, const RowNumber& number) const;
  std::optional<std::size_t> pick_parent(std::size_t key, const std::map<std::size_t, RowValue>& fixed,
                                         const RowNumber& number) const;
  RowValue column_value(std::size_t column, const RowNumber& number) const;
  bool may_be_null(const std::string& column) const;

  const Schema& schema_;
  const Table& table_;
  const TableWishes& wishes_;
  std::vector<KeyRows> parents_;
  std::uint64_t seed_;
  std::vector<const Column*> columns_;
  std::vector<ValueRange> ranges_;                    // of columns_
  std::set<std::string> distinct_;                    // columns that differ in every row
  std::map<std::string, Part> parts_;                 // by column, or "\n" and the number of a foreign key
  std::set<std::size_t> checked_;                     // columns_ that checks are about
  std::vector<std::vector<std::string>> candidates_;  // of columns_: texts that their checks hold
  std::vector<std::vector<RowValue>> learnt_;         // rows that were taken
  std::int64_t most_ = INT64_MAX;
};

}  // namespace forge
