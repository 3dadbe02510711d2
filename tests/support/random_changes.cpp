#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/diff/change.hpp"
#include "engine/diff/rewrite.hpp"
#include "engine/model/equivalence.hpp"
#include "engine/model/sql/renaming.hpp"
#include "engine/model/sql/text.hpp"
#include "tests/support/random_parts.hpp"

namespace forge::test {

void remove_table(Schema& schema, const QName& name) {
  schema.tables.erase(name);
  std::vector<QName> referring;
  for (const auto& [other, table] : schema.tables) {
    const auto refers = [&](const ForeignKey& key) { return key.ref == name; };
    if (std::ranges::any_of(table->foreign_keys, refers)) referring.push_back(other);
  }
  for (const auto& other : referring) {
    std::erase_if(schema.edit_table(other)->foreign_keys, [&](const ForeignKey& key) { return key.ref == name; });
  }
  std::erase_if(schema.views, [&](const auto& entry) {
    return std::ranges::find(entry.second.uses, name) != entry.second.uses.end();
  });
}

bool remove_column(Schema& schema, const QName& name, const std::string& column) {
  const Table* found = schema.table(name);
  if (!found || !find_column(*found, column) || found->columns.size() < 2) return false;
  for (const auto& [other, table] : schema.tables) {
    for (const auto& key : table->foreign_keys) {
      const bool named = std::ranges::find(key.ref_columns, column) != key.ref_columns.end();
      if (key.ref == name && named) return false;
    }
  }
  Table table = *found;
  Table only;
  const auto names_it = [&](const auto& member, auto list) {
    Table alone;
    (alone.*list).push_back(member);
    return !names_column(alone, column).empty();
  };
  const auto drop = [&](auto list) {
    std::erase_if(table.*list, [&](const auto& member) { return names_it(member, list); });
  };
  if (table.primary_key) {
    only.primary_key = table.primary_key;
    if (!names_column(only, column).empty()) return false;
  }
  std::erase_if(table.columns, [&](const Column& one) { return one.name == column; });
  drop(&Table::columns);
  drop(&Table::uniques);
  drop(&Table::indexes);
  drop(&Table::foreign_keys);
  drop(&Table::checks);
  drop(&Table::exclusions);
  // A generated column that went may itself have been indexed or read by a view: such a schema is no use.
  for (const auto& one : found->columns) {
    if (one.name != column && !find_column(table, one.name) && !names_column(table, one.name).empty()) return false;
  }
  std::erase_if(schema.views, [&](const auto& entry) {
    const auto& view = entry.second;
    if (std::ranges::find(view.uses, name) == view.uses.end()) return false;
    return std::ranges::any_of(found->columns, [&](const Column& one) {
      return !find_column(table, one.name) && query_reads_column(view.query, name, one.name);
    });
  });
  schema.put_table(std::move(table));
  return true;
}

namespace {

// Changes one schema step by step and remembers what was renamed.
class Mutator {
 public:
  Mutator(const Schema& before, Rng& rng, const GeneratorOptions& options)
      : rng_(rng), options_(options), pair_{before, before, {}}, maker_(rng, options, pair_.after) {}

  Pair run() {
    for (int i = 0; i < options_.changes; ++i) change();
    for (const auto& [now, was] : tables_) {
      if (pair_.after.tables.contains(now)) pair_.intents.tables[now].renamed_from = was;
    }
    for (const auto& [table, columns] : columns_) {
      for (const auto& [now, was] : columns) pair_.intents.tables[table].columns[now].renamed_from = was;
    }
    for (const auto& [table, columns] : backfills_) {
      for (const auto& [now, up] : columns) pair_.intents.tables[table].columns[now].backfill_up = up;
    }
    return std::move(pair_);
  }

 private:
  using Names = std::map<std::string, std::string>;

  Schema& after() { return pair_.after; }

  QName any_table() {
    auto at = after().tables.begin();
    std::advance(at, static_cast<long>(rng_.below(after().tables.size())));
    return at->first;
  }

  void change() {
    const std::size_t what = rng_.below(100);
    if (after().tables.empty() || what < 6) return add_table();
    const QName name = any_table();
    if (what < 10) return drop_table(name);
    if (what < 14) return rename_table(name);
    if (what < 18) return change_views();
    if (what < 21) return add_enum_value();
    if (what < 33) return add_column(name);
    if (what < 41) return drop_column(name);
    if (what < 50) return rename_column(name);
    if (what < 62) return retype(name);
    if (what < 70) return change_null(name);
    if (what < 77) return change_default(name);
    change_members(name, what);
  }

  void add_table() {
    Table made = maker_.table();
    const QName name = made.name;
    after().put_table(made);
    if (rng_.chance(50)) maker_.add_foreign_key(made);
    maker_.add_members(made);
    after().put_table(made);
  }

  void drop_table(const QName& name) {
    if (after().tables.size() < 2) return;
    remove_table(after(), name);
    forget(name);
  }

  void forget(const QName& name) {
    tables_.erase(name);
    columns_.erase(name);
    backfills_.erase(name);
  }

  // The change as a server would carry it out; what it cannot do is not done.
  bool apply_change(const Change& change) {
    Schema tried = after();
    if (!forge::apply(tried, change)) return false;
    after() = std::move(tried);
    return true;
  }

  void rename_table(const QName& name) {
    const TableShell from = shell_of(*after().table(name));
    TableShell to = from;
    to.name.name = maker_.name("t");
    if (!apply_change(Delta<TableShell>{{}, from, to})) return;
    const auto was = tables_.find(name);
    if (was != tables_.end()) {
      tables_[to.name] = was->second;
      tables_.erase(was);
    } else if (pair_.before.tables.contains(name)) {
      tables_[to.name] = name;
    }
    move_key(columns_, name, to.name);
    move_key(backfills_, name, to.name);
  }
  template <class Map>
  static void move_key(Map& map, const QName& from, const QName& to) {
    auto node = map.extract(from);
    if (!node) return;
    node.key() = to;
    map.insert(std::move(node));
  }

  // The table as it is in `before`, or null.
  const Table* original(const QName& name) const {
    const auto was = tables_.find(name);
    return pair_.before.table(was == tables_.end() ? name : was->second);
  }

  void rename_column(const QName& name) {
    const Column from = rng_.pick(after().table(name)->columns);
    Column to = from;
    to.name = maker_.name("c");
    const auto views = after().views;
    if (!apply_change(Delta<Column>{name, from, to})) return;
    if (rng_.chance(50)) {
      // Half of the time views are written as a person would: what they give is renamed too.
      for (auto& [view_name, view] : after().views) {
        if (view.query != views.at(view_name).query)
          forge::rename_column(view = views.at(view_name), name, from.name, to.name);
      }
    }
    const auto was = columns_[name].find(from.name);
    const Table* table = original(name);
    if (was != columns_[name].end()) {
      columns_[name][to.name] = was->second;
      columns_[name].erase(from.name);
    } else if (table && find_column(*table, from.name)) {
      columns_[name][to.name] = from.name;
    }
    if (columns_[name].empty()) columns_.erase(name);
    auto& fills = backfills_[name];
    if (const auto fill = fills.find(from.name); fill != fills.end()) {
      fills[to.name] = fill->second;
      fills.erase(fill);
    }
    if (fills.empty()) backfills_.erase(name);
  }

  void add_column(const QName& name) {
    Table table = *after().table(name);
    Column made = maker_.column();
    if (!made.nullable && !made.default_value) {
      const auto value = maker_.default_for(made.type);
      if (!value) {
        made.nullable = true;
      } else if (original(name)) {
        backfills_[name][made.name] = value->kind == Expr::Kind::string ? sql_string(value->text) : value->text;
      }
    }
    table.columns.push_back(std::move(made));
    if (rng_.chance(25)) maker_.add_generated(table);
    after().put_table(std::move(table));
  }

  static std::string sql_string(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
    return out + "'";
  }

  void drop_column(const QName& name) {
    const std::string column = rng_.pick(after().table(name)->columns).name;
    if (!remove_column(after(), name, column)) return;
    const Table& table = *after().table(name);
    // Generated columns may have gone with it.
    const auto gone = [&](const auto& entry) { return !find_column(table, entry.first); };
    if (const auto found = columns_.find(name); found != columns_.end()) std::erase_if(found->second, gone);
    if (const auto found = backfills_.find(name); found != backfills_.end()) std::erase_if(found->second, gone);
  }

  bool in_key(const QName& name, const std::string& column) {
    for (const auto& entry : after().tables) {
      for (const auto& key : entry.second->foreign_keys) {
        const bool own = entry.first == name && std::ranges::find(key.columns, column) != key.columns.end();
        const bool other = key.ref == name && std::ranges::find(key.ref_columns, column) != key.ref_columns.end();
        if (own || other) return true;
      }
    }
    return false;
  }

  void retype(const QName& name) {
    static const std::map<std::string, std::vector<Type>> kWider = {
        {"smallint", {{"integer", {}, {}}, {"bigint", {}, {}}}},
        {"integer", {{"bigint", {}, {}}, {"varchar", {40}, {}}, {"numeric", {14, 2}, {}}}},
        {"bigint", {{"text", {}, {}}, {"numeric", {20, 0}, {}}}},
        {"numeric", {{"numeric", {14, 4}, {}}, {"numeric", {12, 2}, {}}}},
        {"varchar", {{"varchar", {200}, {}}, {"text", {}, {}}}},
    };
    Table table = *after().table(name);
    const Column picked = rng_.pick(table.columns);
    const auto wider = kWider.find(picked.type.name);
    const bool held = picked.more->identity || picked.more->generated || in_key(name, picked.name);
    if (wider == kWider.end() || held) return retype_key(name, picked);
    const Type& type = rng_.pick(wider->second);
    Column& column = *find_column(table, picked.name);
    const bool stays_number = type.name == "integer" || type.name == "bigint" || type.name == "numeric";
    const bool stays_text = picked.type.name == "varchar" && type.name == "varchar";
    // Expressions and keys over the column must still mean something, on MySQL long text cannot be in an index at all.
    if (!stays_text && !names_column(table, picked.name).empty() && !stays_number) return;
    column.type = type;
    if (!stays_number) column.default_value.reset();
    after().put_table(std::move(table));
  }

  // A key of whole numbers widens together with all that refers to it.
  void retype_key(const QName& name, const Column& key) {
    if (key.type.name != "integer" || key.more->generated || options_.engine == "sqlite") return;
    const Table& table = *after().table(name);
    if (!table.primary_key || table.primary_key->parts[0].column != key.name) return;
    for (auto& [other, held] : Schema(after()).tables) {
      Table widened = *held;
      for (const auto& foreign : held->foreign_keys) {
        if (foreign.ref == name) find_column(widened, foreign.columns[0])->type.name = "bigint";
      }
      if (other == name) find_column(widened, key.name)->type.name = "bigint";
      if (!(widened == *held)) after().put_table(std::move(widened));
    }
  }

  void change_null(const QName& name) {
    Table table = *after().table(name);
    Column& column = table.columns[rng_.below(table.columns.size())];
    const bool primary = table.primary_key && table.primary_key->parts[0].column == column.name;
    if (primary || column.more->generated || in_key(name, column.name)) return;
    column.nullable = !column.nullable;
    after().put_table(std::move(table));
  }

  void change_default(const QName& name) {
    Table table = *after().table(name);
    Column& column = table.columns[rng_.below(table.columns.size())];
    if (column.more->generated || column.more->identity || in_key(name, column.name)) return;
    // A column that is being filled keeps insisting on a value.
    if (const auto found = backfills_.find(name); found != backfills_.end() && found->second.contains(column.name))
      return;
    const bool insists = !original(name) || !column.default_value || rng_.chance(50);
    column.default_value = insists ? maker_.default_for(column.type) : std::nullopt;
    const Table* was = original(name);
    const bool is_new = was && !find_column(*was, column.name) && !columns_[name].contains(column.name);
    if (is_new && !column.nullable && !column.default_value) column.nullable = true;
    if (columns_[name].empty()) columns_.erase(name);
    after().put_table(std::move(table));
  }

  template <class T>
  void drop_one(std::vector<T>& list) {
    if (!list.empty()) list.erase(list.begin() + static_cast<long>(rng_.below(list.size())));
  }
  template <class T>
  void rename_one(std::vector<T>& list, const char* stem) {
    if (!list.empty()) list[rng_.below(list.size())].name = maker_.name(stem);
  }

  void change_members(const QName& name, std::size_t what) {
    Table table = *after().table(name);
    if (what < 82) {
      maker_.add_index(table);
    } else if (what < 85) {
      drop_one(table.indexes);
    } else if (what < 87) {
      rename_one(table.indexes, "idx");
    } else if (what < 89) {
      maker_.add_unique(table);
    } else if (what < 90) {
      drop_one(table.uniques);
    } else if (what < 93) {
      maker_.add_check(table);
    } else if (what < 94) {
      drop_one(table.checks);
    } else if (what < 97) {
      maker_.add_foreign_key(table);
    } else if (what < 98) {
      drop_one(table.foreign_keys);
    } else if (what < 99) {
      rename_one(table.checks, "check");
    } else if (options_.comments) {
      table.comment = "Another comment";
    }
    after().put_table(std::move(table));
  }

  void change_views() {
    auto& views = after().views;
    if (!options_.views) return;
    if (views.empty() || rng_.chance(40)) return maker_.add_view();
    if (rng_.chance(50)) {
      views.erase(views.begin());
    } else {
      views.begin()->second.query += " AND 1 = 1";
    }
  }

  void add_enum_value() {
    if (after().enums.empty()) return;
    auto& values = after().enums.begin()->second.values;
    values.push_back(fmt::format("more {}", values.size()));
  }

  Rng& rng_;
  const GeneratorOptions& options_;
  Pair pair_;
  Maker maker_;
  std::map<QName, QName> tables_;     // now → in before
  std::map<QName, Names> columns_;    // table now → column now → in before
  std::map<QName, Names> backfills_;  // table now → column → value
};

}  // namespace

Pair mutate(const Schema& before, Rng& rng, const GeneratorOptions& options) {
  const IdentifierQuote quote(quoted_for(options, "two words")[0]);
  return Mutator(before, rng, options).run();
}

}  // namespace forge::test
