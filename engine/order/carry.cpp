#include "engine/order/carry.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "engine/diff/editor.hpp"
#include "engine/model/equivalence.hpp"
#include "engine/model/sql_text.hpp"

namespace forge {
namespace {

using Columns = std::set<std::string>;

// What a step moves under the definitions that stand when it begins.
struct Moves {
  std::set<QName> swapped;            // tables whose name passes to another table
  std::map<QName, Columns> replaced;  // columns whose name passes to another column
  std::map<QName, Columns> renamed;   // columns that are only renamed
  std::map<QName, Columns> gone;      // columns that are dropped
};

Moves moves_of(const Step& step) {
  Moves moves;
  std::set<QName> left;
  std::map<QName, Columns> left_columns;
  for (const auto& op : step.ops) {
    if (const auto* shell = std::get_if<Delta<TableShell>>(&op); shell && shell->before->name != shell->after->name) {
      if (left.contains(shell->after->name)) moves.swapped.insert(shell->after->name);
      left.insert(shell->before->name);
    }
    const auto* column = std::get_if<Delta<Column>>(&op);
    if (!column || !column->before) continue;
    if (!column->after) {
      moves.gone[column->table].insert(column->before->name);
    } else if (column->before->name != column->after->name) {
      if (left_columns[column->table].contains(column->after->name)) {
        moves.replaced[column->table].insert(column->after->name);
      }
      left_columns[column->table].insert(column->before->name);
      moves.renamed[column->table].insert(column->before->name);
    }
  }
  return moves;
}

bool names_one(const std::string& text, const Columns& columns) {
  return std::ranges::any_of(columns, [&](const std::string& column) { return names_object(text, column); });
}

bool concerns(const Definition& one, const QName& table) {
  return one.on == table || names_object(one.create, table.name);
}

class Carrier {
 public:
  Carrier(std::vector<Step>& steps, const Schema& before, const Schema& after)
      : steps_(steps), after_(after), schema_(before), editor_(schema_) {}

  void run() {
    for (auto& step : steps_) {
      if (!carry(step)) return;
    }
    settle();
  }

 private:
  bool carry(Step& step) {
    const Moves moves = moves_of(step);
    std::vector<Change> first, last;
    for (const auto& [name, one] : schema_.definitions) {
      if (touched_by(step, one) || !moved(moves, one)) continue;
      first.emplace_back(Delta<Definition>{{}, one, std::nullopt});
      if (auto back = comes_back(moves, one)) last.emplace_back(Delta<Definition>{{}, std::nullopt, std::move(back)});
    }
    step.ops.insert(step.ops.begin(), first.begin(), first.end());
    step.ops.insert(step.ops.end(), last.begin(), last.end());
    return std::ranges::all_of(step.ops, [&](const Change& op) { return editor_.apply(op).has_value(); });
  }

  static bool touched_by(const Step& step, const Definition& one) {
    return std::ranges::any_of(step.ops, [&](const Change& op) {
      const auto* delta = std::get_if<Delta<Definition>>(&op);
      return delta &&
             ((delta->before && delta->before->name == one.name) || (delta->after && delta->after->name == one.name));
    });
  }

  static bool moved(const Moves& moves, const Definition& one) {
    if (moves.swapped.contains(one.on)) return true;
    const auto meets = [&](const std::map<QName, Columns>& tables, bool body_only) {
      return std::ranges::any_of(tables, [&](const auto& entry) {
        if (!concerns(one, entry.first)) return false;
        return names_one(one.body, entry.second) || (!body_only && names_one(one.create, entry.second));
      });
    };
    return meets(moves.replaced, false) || meets(moves.gone, false) || meets(moves.renamed, true);
  }

  // As it was, or as the new schema has it where it names what is no longer there; nothing where that has none.
  std::optional<Definition> comes_back(const Moves& moves, const Definition& one) const {
    bool lost = false;
    for (const auto* tables : {&moves.gone, &moves.renamed}) {
      for (const auto& [table, columns] : *tables) {
        if (!concerns(one, table)) continue;
        Columns missing = columns;
        if (const auto found = moves.replaced.find(table); found != moves.replaced.end()) {
          for (const auto& name : found->second) missing.erase(name);
        }
        lost = lost || names_one(one.create, missing) || names_one(one.body, missing);
      }
    }
    if (!lost) return one;
    const auto wanted = after_.definitions.find(one.name);
    if (wanted == after_.definitions.end()) return std::nullopt;
    return wanted->second;
  }

  // What is still not as the new schema has it.
  void settle() {
    std::vector<Change> ops;
    for (const auto& [name, want] : after_.definitions) {
      const auto found = schema_.definitions.find(name);
      if (found == schema_.definitions.end()) {
        ops.emplace_back(Delta<Definition>{{}, std::nullopt, want});
      } else if (!equivalent(found->second, want)) {
        ops.emplace_back(Delta<Definition>{{}, found->second, want});
      }
    }
    if (ops.empty()) return;
    Step step;
    step.id = "definitions/contract/settle";
    step.title = "Give what names renamed columns its final text";
    step.why = "their names are final now";
    step.phase = Phase::contract;
    step.group = steps_.back().group;
    step.strategy = steps_.back().strategy;
    step.number = static_cast<int>(steps_.size()) + 1;
    step.ops = std::move(ops);
    steps_.push_back(std::move(step));
  }

  std::vector<Step>& steps_;
  const Schema& after_;
  Schema schema_;
  SchemaEditor editor_;
};

}  // namespace

void carry_definitions(std::vector<Step>& steps, const Schema& before, const Schema& after) {
  if (steps.empty() || (before.definitions.empty() && after.definitions.empty())) return;
  Carrier(steps, before, after).run();
}

}  // namespace forge
