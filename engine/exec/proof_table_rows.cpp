#include "engine/exec/proof_table_rows.hpp"

#include <algorithm>

#include "engine/exec/proof_chance.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

constexpr std::int64_t kAmple = 10'000;  // so many values serve as a key by themselves
constexpr std::uint64_t kOneInNull = 6;  // of the rows that may hold NULL

// Counted up by the database itself.
bool is_counter(const Column& column) {
  if (column.more->identity || column.type.name == "serial" || column.type.name == "bigserial") return true;
  return column.default_value && column.default_value->kind == Expr::Kind::sql &&
         column.default_value->text.find("nextval(") != std::string::npos;
}

}  // namespace

TableRows::TableRows(const Schema& schema, const Table& table, const TableWishes& wishes, std::vector<KeyRows> parents,
                     std::uint64_t seed)
    : schema_(schema), table_(table), wishes_(wishes), parents_(std::move(parents)), seed_(seed) {
  settle_columns();
  settle_checks();
  settle_uniques();
}

void TableRows::settle_columns() {
  const auto take = [&](const Column& column) {
    columns_.push_back(&column);
    auto range = range_of(column.type, schema_);
    const auto later = wishes_.later.find(column.name);
    ranges_.push_back(later == wishes_.later.end() ? range : range_within(std::move(range), later->second));
  };
  for (const auto& column : table_.columns) {
    if (!column.more->generated && (!is_counter(column) || key_of(column.name))) take(column);
  }
  if (columns_.empty() && !table_.columns.empty()) take(table_.columns.front());
}

void TableRows::settle_checks() {
  candidates_.resize(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const bool numbers = ranges_[i].kind == ValueRange::Kind::integer || ranges_[i].kind == ValueRange::Kind::decimal;
    for (const auto& check : wishes_.checks) {
      if (!names_object(check, columns_[i]->name)) continue;
      checked_.insert(i);
      for (auto& text : literals_in(check, numbers)) {
        const bool fits = numbers || ranges_[i].most == 0 || static_cast<std::int64_t>(text.size()) <= ranges_[i].most;
        if (fits) candidates_[i].push_back(std::move(text));
      }
    }
  }
}

void TableRows::settle_uniques() {
  for (const auto& unique : wishes_.uniques) {
    if (unique.size() != 1 || index_of(unique.front()) == columns_.size()) continue;
    distinct_.insert(unique.front());
    most_ = std::min(most_, domain_size(unique.front()));
  }
  for (const auto& unique : wishes_.uniques) {
    if (unique.size() > 1) settle_key(unique);
  }
}

// A key of several columns: one of them that differs in every row is enough; else its columns count through all combinations.
void TableRows::settle_key(const std::vector<std::string>& unique) {
  std::string widest;
  for (const auto& column : unique) {
    if (distinct_.contains(column) || index_of(column) == columns_.size()) return;
    if (!key_of(column) && (widest.empty() || domain_size(column) > domain_size(widest))) widest = column;
  }
  if (!widest.empty() && domain_size(widest) >= kAmple) {
    distinct_.insert(widest);
    return;
  }
  std::int64_t stride = 1;
  std::set<std::string> counted;
  for (const auto& column : unique) {
    const auto* key = key_of(column);
    const auto name = key ? "\n" + std::to_string(key - wishes_.keys.data()) : column;
    if (!counted.insert(name).second) continue;
    const auto size = std::max<std::int64_t>(1, domain_size(column));
    if (!parts_.contains(name)) parts_[name] = {stride, size};
    stride = stride > kAmple * kAmple ? stride : stride * size;
  }
  most_ = std::min(most_, stride);
}

std::size_t TableRows::index_of(const std::string& column) const {
  const auto found = std::ranges::find(columns_, column, &Column::name);
  return static_cast<std::size_t>(found - columns_.begin());
}

const ForeignKey* TableRows::key_of(const std::string& column) const {
  for (const auto& key : wishes_.keys) {
    if (std::ranges::find(key.columns, column) != key.columns.end()) return &key;
  }
  return nullptr;
}

std::int64_t TableRows::domain_size(const std::string& column) const {
  if (const auto* key = key_of(column)) {
    const auto& rows = parents_[static_cast<std::size_t>(key - wishes_.keys.data())];
    if (!rows.empty()) return static_cast<std::int64_t>(rows.size());
  }
  const auto index = index_of(column);
  return index == columns_.size() ? INT64_MAX : size_of(ranges_[index]);
}

std::uint64_t TableRows::chance(std::size_t salt, const RowNumber& number) const {
  return mixed(seed_ ^ mixed(hash_of(display(table_.name)) + salt * 1000003) ^
               mixed(static_cast<std::uint64_t>(number.row) * 64 + static_cast<std::uint64_t>(number.attempt)));
}

bool TableRows::may_be_null(const std::string& column) const {
  const auto index = index_of(column);
  return index < columns_.size() && columns_[index]->nullable && !wishes_.required.contains(column) &&
         !distinct_.contains(column);
}

std::optional<std::size_t> TableRows::pick_parent(std::size_t key, const std::map<std::size_t, RowValue>& fixed,
                                                  const RowNumber& number) const {
  const auto& rows = parents_[key];
  const auto fits = [&](const std::vector<RowValue>& row) {
    return std::ranges::all_of(fixed, [&](const auto& entry) { return row[entry.first] == entry.second; });
  };
  const auto& columns = wishes_.keys[key].columns;
  const auto count = static_cast<std::int64_t>(rows.size());
  std::int64_t at = static_cast<std::int64_t>(chance(key + 1000, number) % rows.size());
  if (std::ranges::any_of(columns, [&](const auto& column) { return distinct_.contains(column); })) {
    at = (number.row - 1) % count;
  } else if (const auto part = parts_.find("\n" + std::to_string(key)); part != parts_.end()) {
    at = (number.row - 1) / part->second.stride % count;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const auto row = static_cast<std::size_t>((at + i) % count);
    if (fits(rows[row])) return row;
  }
  return std::nullopt;
}

// False where a column that may not be NULL finds no row to point at.
bool TableRows::point_at_parents(std::vector<RowValue>& row, std::set<std::string>& set,
                                 const RowNumber& number) const {
  for (std::size_t k = 0; k < wishes_.keys.size(); ++k) {
    const auto& key = wishes_.keys[k];
    std::map<std::size_t, RowValue> fixed;
    bool nullable = true, is_null = false;
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      const auto at = index_of(key.columns[i]);
      if (set.contains(key.columns[i])) {
        fixed[i] = row[at];
        is_null = is_null || !row[at];
      } else {
        nullable = nullable && may_be_null(key.columns[i]);
      }
    }
    if (is_null || fixed.size() == key.columns.size()) continue;
    const bool none = parents_[k].empty();
    if (none && !nullable && key.ref == table_.name) continue;  // points at itself
    const bool left_out = nullable && chance(k + 2000, number) % kOneInNull == 0;
    const auto parent = none || left_out ? std::nullopt : pick_parent(k, fixed, number);
    if (!parent && !nullable) return false;
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      if (!set.insert(key.columns[i]).second) continue;
      row[index_of(key.columns[i])] = parent ? parents_[k][*parent][i] : std::nullopt;
    }
  }
  return true;
}

RowValue TableRows::column_value(std::size_t column, const RowNumber& number) const {
  const auto& name = columns_[column]->name;
  const auto& range = ranges_[column];
  if (distinct_.contains(name)) return value_of(range, number.row + std::int64_t{number.attempt} * 1'000'003);
  if (const auto part = parts_.find(name); part != parts_.end()) {
    return value_of(range, (number.row - 1) / part->second.stride % part->second.size + 1);
  }
  const auto luck = chance(column, number);
  if (may_be_null(name) && luck % kOneInNull == 0) return std::nullopt;
  const auto& candidates = candidates_[column];
  const bool counts = range.kind == ValueRange::Kind::integer || range.kind == ValueRange::Kind::decimal;
  if (!candidates.empty() && (number.attempt == 0 ? !counts : luck / 8 % 3 != 0))
    return candidates[luck / 64 % candidates.size()];
  constexpr std::int64_t kSpread[] = {100'000, 10, 1'000, 10'000'000};
  const auto spread = std::min(size_of(range), kSpread[number.attempt % 4]);
  return value_of(
      range, static_cast<std::int64_t>(luck / 64 % static_cast<std::uint64_t>(std::max<std::int64_t>(1, spread))) + 1);
}

std::optional<std::vector<RowValue>> TableRows::row(const RowNumber& number) const {
  std::vector<RowValue> row(columns_.size());
  std::set<std::string> set;
  if (!point_at_parents(row, set, number)) return std::nullopt;
  const auto* learnt = number.attempt == 0 && !learnt_.empty()
                           ? &learnt_[static_cast<std::size_t>(number.row) % learnt_.size()]
                           : nullptr;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (set.contains(columns_[i]->name)) continue;
    const bool follow = learnt && checked_.contains(i) && !distinct_.contains(columns_[i]->name);
    row[i] = follow ? (*learnt)[i] : column_value(i, number);
  }
  for (std::size_t k = 0; k < wishes_.keys.size(); ++k) {
    const auto& key = wishes_.keys[k];
    if (!parents_[k].empty() || key.ref != table_.name) continue;
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      const auto at = index_of(key.columns[i]), own = index_of(key.ref_columns[i]);
      if (set.contains(key.columns[i])) continue;
      if (own < columns_.size()) {
        row[at] = row[own];
      } else {
        row[at].emplace(std::to_string(number.row));
      }
    }
  }
  return row;
}

void TableRows::learn(const std::vector<RowValue>& row) {
  constexpr std::size_t kEnough = 64;
  if (learnt_.size() < kEnough) learnt_.push_back(row);
}

std::string TableRows::literal(std::size_t column, const RowValue& value, const Client& client) const {
  return value ? literal_of(ranges_[column], *value, client) : "NULL";
}

}  // namespace forge
