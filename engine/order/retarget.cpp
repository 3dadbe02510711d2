#include "engine/order/retarget.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "engine/diff/editor.hpp"
#include "engine/diff/rewrite.hpp"
#include "engine/model/equivalence.hpp"
#include "engine/model/schema_columns.hpp"
#include "engine/model/sql/renaming.hpp"
#include "engine/model/sql/text.hpp"
#include "engine/order/order.hpp"
#include "engine/order/remake.hpp"

namespace forge {
namespace {

// The schema as it stands between two operations, and the renames that led there.
class Retargeter {
 public:
  Retargeter(const std::vector<Step>& steps, const Schema& before) : schema_(before), editor_(schema_) {
    for (const auto& step : steps) {
      for (const auto& op : step.ops) {
        const auto* shell = std::get_if<Delta<TableShell>>(&op);
        if (shell && shell->before && shell->after && shell->before->name != shell->after->name) {
          coming_.try_emplace(shell->after->name, shell->before->name);
        }
        const auto* column = std::get_if<Delta<Column>>(&op);
        if (column && column->before && column->after && column->before->name != column->after->name) {
          coming_columns_[column->after->name].insert(column->before->name);
        }
      }
    }
  }

  const Schema& schema() const { return schema_; }

  // False where an operation does not fit: what follows cannot be known, and the plan checks will say what is wrong.
  bool step(Step& step) {
    if (step.ops.size() == 1) return run(step.ops) && finish(step);
    const auto given = step.ops;
    Journal journal;
    editor_.set_journal(&journal);
    bool fits = run(step.ops);
    if (!fits) {
      // A strategy may have put a step's operations in an order that cannot be carried out one by one.
      journal.restore(schema_);
      step.ops = sorted_operations(given);
      fits = run(step.ops);
      if (!fits) step.ops = given;
    }
    editor_.set_journal(nullptr);
    return fits && finish(step);
  }

 private:
  bool run(std::vector<Change>& ops) {
    for (auto& op : ops) {
      std::visit([&](auto& delta) { fit(delta); }, op);
      if (!editor_.apply(op)) return false;
      note(op);
    }
    return true;
  }
  bool finish(Step& step) const {
    if (step.work) fit(*step.work);
    if (step.reverse_work) fit(*step.reverse_work);
    return true;
  }

  bool stands(const QName& name) const { return schema_.tables.contains(name) || schema_.views.contains(name); }

  // A name that does not stand is an old one, or one that a table will only get.
  void fit(QName& name) const {
    if (name.empty() || stands(name)) return;
    QName at = name;
    for (int steps = 0; steps < 16; ++steps) {  // a chain of renames; longer ones are circles
      const auto found = renamed_.find(at);
      if (found == renamed_.end()) break;
      at = found->second;
      if (stands(at)) {
        name = at;
        return;
      }
    }
    const auto found = coming_.find(name);
    if (found != coming_.end() && stands(found->second)) name = found->second;
  }

  // Expressions may say the table that the rows are read from by a name that it had.
  void fit(Work& work) const {
    fit(work.table);
    fit(work.target);
    for (const auto& [from, to] : renamed_) {
      if (to != work.table) continue;
      for (auto& column : work.set) column.expr = rename_table_in_query(column.expr, from, to);
      work.where = rename_table_in_query(work.where, from, to);
      work.verify = rename_table_in_query(work.verify, from, to);
    }
  }

  // A member's `before` is what stands under its name, where the renames of columns since explain the difference.
  template <class T>
  void follow(const QName& table, std::optional<T>& before, const std::vector<T>& standing) const {
    if (!before) return;
    const auto found = std::ranges::find(standing, before->name, &T::name);
    if (found == standing.end() || equivalent(*found, *before)) return;
    T renamed = *before;
    rename_columns(renamed, table);
    if (equivalent(renamed, *found)) before = *found;
  }

  // A member that only changes its name: whatever stands under the old one is renamed.
  template <class T>
  static void follow_rename(Delta<T>& delta, const std::vector<T>& standing) {
    if (!delta.before || !delta.after || verb_of(delta) != Verb::rename) return;
    const auto found = std::ranges::find(standing, delta.before->name, &T::name);
    if (found == standing.end()) return;
    const std::string name = delta.after->name;
    delta.before = delta.after = *found;
    delta.after->name = name;
  }

  template <class T>
  void rename_columns(T& member, const QName& table) const {
    if (const auto found = columns_.find(table); found != columns_.end()) {
      for (const auto& [from, to] : found->second) rename_column(member, table, from, to);
    }
    if constexpr (std::is_same_v<T, ForeignKey>) {
      const auto other = columns_.find(member.ref);
      if (other == columns_.end() || member.ref == table) return;
      for (const auto& [from, to] : other->second) rename_referred_column(member, from, to);
    }
  }

  // What is made names a column that only a later rename will call so: until then it goes by the name that it has.
  template <class T>
  void name_as_now(const Table& table, std::optional<T>& after) const {
    if (!after) return;
    for (const auto& [to, names] : coming_columns_) {
      if (find_column(table, to)) continue;
      for (const auto& from : names) {
        if (find_column(table, from)) rename_column(*after, table.name, to, from);
      }
    }
  }

  // The same for the columns that a foreign key of another table refers to.
  void name_target_as_now(ForeignKey& key) const {
    const Table* target = schema_.table(key.ref);
    if (!target) return;
    for (const auto& [to, names] : coming_columns_) {
      if (find_column(*target, to)) continue;
      for (const auto& from : names) {
        if (find_column(*target, from)) rename_referred_column(key, to, from);
      }
    }
  }

  template <class T>
  void fit_member(Delta<T>& delta, std::vector<T> Table::* members) {
    fit(delta.table);
    const Table* table = schema_.table(delta.table);
    if (!table) return;
    follow_rename(delta, table->*members);
    name_as_now(*table, delta.after);
    follow(delta.table, delta.before, table->*members);
  }

  void fit(Delta<Column>& delta) {
    fit(delta.table);
    const Table* table = schema_.table(delta.table);
    if (table) name_as_now(*table, delta.after);
    if (!table || !delta.before) return;
    if (!find_column(*table, delta.before->name)) {
      const auto found = columns_.find(delta.table);
      if (found == columns_.end()) return;
      for (const auto& [from, to] : found->second) {
        if (delta.before->name == from) delta.before->name = to;
      }
    }
    follow(delta.table, delta.before, table->columns);
  }
  void fit(Delta<Key>& delta) {
    fit_member(delta, &Table::uniques);
    const Table* table = schema_.table(delta.table);
    if (!table || !table->primary_key || !delta.before || !delta.before->primary) return;
    follow_rename(delta, {*table->primary_key});
    follow(delta.table, delta.before, {*table->primary_key});
  }
  void fit(Delta<Index>& delta) { fit_member(delta, &Table::indexes); }
  void fit(Delta<Check>& delta) { fit_member(delta, &Table::checks); }
  void fit(Delta<Exclusion>& delta) { fit_member(delta, &Table::exclusions); }
  void fit(Delta<ForeignKey>& delta) {
    for (auto* side : {&delta.before, &delta.after}) {
      if (*side) fit((*side)->ref);
    }
    if (delta.after) name_target_as_now(*delta.after);
    fit_member(delta, &Table::foreign_keys);
  }
  void fit(Delta<Table>& delta) {
    for (auto* side : {&delta.before, &delta.after}) {
      if (!*side) continue;
      const QName own = (*side)->name;
      for (auto& key : (*side)->foreign_keys) {
        if (key.ref == own) continue;
        fit(key.ref);
        if (side == &delta.after) name_target_as_now(key);
      }
    }
    if (!delta.before) return;
    fit(delta.before->name);
    const Table* table = schema_.table(delta.before->name);
    if (!table || equivalent(*table, *delta.before)) return;
    Table renamed = *delta.before;
    if (const auto found = columns_.find(renamed.name); found != columns_.end()) {
      for (const auto& [from, to] : found->second) rename_column_in_table(renamed, from, to);
    }
    for (auto& key : renamed.foreign_keys) rename_columns(key, {});
    if (equivalent(*table, renamed)) delta.before = *table;
  }
  // How a server rewrites a view's text after a rename is its own affair: what stands is what goes.
  void fit(Delta<View>& delta) {
    if (!delta.before) return;
    const auto found = schema_.views.find(delta.before->name);
    if (found == schema_.views.end()) return;
    View plain = *delta.before;
    plain.query = found->second.query;
    plain.uses = found->second.uses;
    if (plain == found->second) delta.before = found->second;
  }
  // What it is at this point is the server's affair, too; its table may have another name now.
  void fit(Delta<Definition>& delta) {
    const auto at_present = [&](Definition& one) {
      if (one.on.empty() || stands(one.on)) return;
      QName on = one.on;
      fit(on);
      if (on != one.on) rename_table(one, one.on, on, columns_of(schema_));
    };
    if (delta.after) at_present(*delta.after);
    if (!delta.before) return;
    at_present(*delta.before);
    const auto found = schema_.definitions.find(delta.before->name);
    if (found != schema_.definitions.end()) delta.before = found->second;
  }
  void fit(Delta<Sequence>& delta) {
    if (!delta.before) return;
    const auto found = schema_.sequences.find(delta.before->name);
    if (found == schema_.sequences.end()) return;
    Sequence plain = *delta.before;
    plain.owned_by = found->second.owned_by;
    if (plain == found->second) delta.before = found->second;
  }
  void fit(Delta<Sync>& delta) {
    if (delta.after && !delta.before) {
      fit(delta.after->table);
      if (!delta.after->target.empty()) fit(delta.after->target);
    }
    if (!delta.before) return;
    const auto found = schema_.syncs.find(delta.before->name);
    if (found != schema_.syncs.end()) delta.before = found->second;
  }
  template <class T>
  void fit(Delta<T>&) {}

  void note(const Change& op) {
    if (const auto* shell = std::get_if<Delta<TableShell>>(&op)) {
      const QName& from = shell->before->name;
      const QName& to = shell->after->name;
      if (from == to) return;
      renamed_[from] = to;
      auto node = columns_.extract(from);
      if (!node) return;
      columns_.erase(to);
      node.key() = to;
      columns_.insert(std::move(node));
    } else if (const auto* column = std::get_if<Delta<Column>>(&op);
               column && column->before && column->after && column->before->name != column->after->name) {
      columns_[column->table].emplace_back(column->before->name, column->after->name);
    }
  }

  Schema schema_;
  SchemaEditor editor_;
  std::map<QName, QName> coming_;  // the name that a table will get → the one that it has before
  // The name that a column of some table will get → those that such columns have before.
  std::map<std::string, std::set<std::string>> coming_columns_;
  std::map<QName, QName> renamed_;  // the name that a table had → the one that it got
  std::map<QName, std::vector<std::pair<std::string, std::string>>> columns_;  // renames so far, in order
};

}  // namespace

Result<void> retarget(std::vector<Step>& steps, const Schema& before, const Schema& after, bool bound) {
  Retargeter retargeter(steps, before);
  for (auto& step : steps) {
    FORGE_TRY(remake_dependents(step, before, retargeter.schema(), after, bound));
    if (!retargeter.step(step)) return {};
  }
  return {};
}

}  // namespace forge
