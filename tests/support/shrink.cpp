#include <algorithm>

#include "engine/diff/diff.hpp"
#include "engine/model/schema_json.hpp"
#include "tests/support/random_schema.hpp"

namespace forge::test {
namespace {

// The name that a table of `after` has in `before`.
QName before_name(const Pair& pair, const QName& name) {
  const auto found = pair.intents.tables.find(name);
  return found == pair.intents.tables.end() || found->second.renamed_from.empty() ? name : found->second.renamed_from;
}

std::string before_column(const Pair& pair, const QName& table, const std::string& column) {
  const auto found = pair.intents.tables.find(table);
  if (found == pair.intents.tables.end()) return column;
  const auto intent = found->second.columns.find(column);
  const bool renamed = intent != found->second.columns.end() && !intent->second.renamed_from.empty();
  return renamed ? intent->second.renamed_from : column;
}

class Shrinker {
 public:
  Shrinker(Pair pair, const std::function<bool(const Pair&)>& fails) : pair_(std::move(pair)), fails_(fails) {}

  Pair run() {
    while (drop_tables() || drop_views() || drop_members() || drop_columns() || undo_columns() || drop_enums()) {
    }
    return std::move(pair_);
  }

 private:
  // Keeps the smaller pair if it still fails.
  bool accept(Pair smaller) {
    if (!fails_(smaller)) return false;
    pair_ = std::move(smaller);
    return true;
  }

  bool drop_tables() {
    for (const auto& entry : Schema(pair_.after).tables) {
      Pair smaller = pair_;
      remove_table(smaller.after, entry.first);
      remove_table(smaller.before, before_name(pair_, entry.first));
      smaller.intents.tables.erase(entry.first);
      if (accept(std::move(smaller))) return true;
    }
    for (const auto& entry : Schema(pair_.before).tables) {
      Pair smaller = pair_;
      remove_table(smaller.before, entry.first);
      if (accept(std::move(smaller))) return true;
    }
    return false;
  }

  bool drop_views() {
    for (Schema Pair::* side : {&Pair::before, &Pair::after}) {
      for (const auto& entry : std::map((pair_.*side).views)) {
        Pair both = pair_;
        both.before.views.erase(entry.first);
        both.after.views.erase(entry.first);
        if (accept(std::move(both))) return true;
        Pair one = pair_;
        (one.*side).views.erase(entry.first);
        if (accept(std::move(one))) return true;
      }
    }
    return false;
  }

  bool drop_enums() {
    for (const auto& [name, type] : std::map(pair_.after.enums)) {
      const auto was = pair_.before.enums.find(name);
      if (was == pair_.before.enums.end() || was->second == type) continue;
      Pair smaller = pair_;
      smaller.after.enums[name] = was->second;
      if (accept(std::move(smaller))) return true;
    }
    return false;
  }

  // Members of one list: each out of both sides, else out of one.
  template <class T>
  bool drop_from(const QName& name, std::vector<T> Table::* list) {
    const QName was = before_name(pair_, name);
    std::vector<std::string> names;
    for (const Table* table : {pair_.after.table(name), pair_.before.table(was)}) {
      if (!table) continue;
      for (const auto& member : table->*list) names.push_back(member.name);
    }
    for (const auto& member : names) {
      for (const int sides : {3, 1, 2}) {
        Pair smaller = pair_;
        const auto erase = [&](Schema& schema, const QName& table) {
          if (!schema.tables.contains(table)) return false;
          return std::erase_if(schema.edit_table(table)->*list, [&](const T& one) { return one.name == member; }) > 0;
        };
        bool changed = false;
        if (sides & 1) changed = erase(smaller.before, was) || changed;
        if (sides & 2) changed = erase(smaller.after, name) || changed;
        if (changed && accept(std::move(smaller))) return true;
      }
    }
    return false;
  }

  bool drop_members() {
    for (const auto& entry : Schema(pair_.after).tables) {
      const QName& name = entry.first;
      if (drop_from(name, &Table::indexes) || drop_from(name, &Table::uniques) || drop_from(name, &Table::checks) ||
          drop_from(name, &Table::foreign_keys) || drop_from(name, &Table::exclusions)) {
        return true;
      }
    }
    return false;
  }

  bool drop_columns() {
    for (const auto& [name, table] : Schema(pair_.after).tables) {
      for (const auto& column : table->columns) {
        Pair smaller = pair_;
        bool changed = remove_column(smaller.after, name, column.name);
        changed =
            remove_column(smaller.before, before_name(pair_, name), before_column(pair_, name, column.name)) || changed;
        if (changed && accept(std::move(smaller))) return true;
      }
    }
    for (const auto& [name, table] : Schema(pair_.before).tables) {
      for (const auto& column : table->columns) {
        Pair smaller = pair_;
        if (remove_column(smaller.before, name, column.name) && accept(std::move(smaller))) return true;
      }
    }
    return false;
  }

  // A column back to what it was, save for its name.
  bool undo_columns() {
    for (const auto& [name, table] : Schema(pair_.after).tables) {
      const Table* old_table = pair_.before.table(before_name(pair_, name));
      if (!old_table) continue;
      for (const auto& column : table->columns) {
        const Column* old_column = find_column(*old_table, before_column(pair_, name, column.name));
        if (!old_column || column.more->generated) continue;
        Column undone = *old_column;
        undone.name = column.name;
        if (undone == column) continue;
        Pair smaller = pair_;
        *find_column(*smaller.after.edit_table(name), column.name) = undone;
        if (accept(std::move(smaller))) return true;
      }
    }
    return false;
  }

  Pair pair_;
  const std::function<bool(const Pair&)>& fails_;
};

}  // namespace

Pair shrink(Pair pair, const std::function<bool(const Pair&)>& fails) { return Shrinker(std::move(pair), fails).run(); }

std::string describe(const Pair& pair) {
  std::string out = "before: " + to_json(pair.before).dump() + "\nafter: " + to_json(pair.after).dump() + "\nrenames:";
  for (const auto& [name, intent] : pair.intents.tables) {
    if (!intent.renamed_from.empty()) out += " " + display(intent.renamed_from) + "→" + display(name);
    for (const auto& [column, what] : intent.columns) {
      if (!what.renamed_from.empty()) out += " " + display(name) + "." + what.renamed_from + "→" + column;
    }
  }
  out += "\nchanges:";
  for (const auto& change : diff(pair.before, pair.after, pair.intents).changes) {
    out += "\n  " + word_of(change) + " " + object_of(change);
  }
  return out;
}

}  // namespace forge::test
