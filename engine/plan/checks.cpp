#include "engine/plan/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/diff/editor.hpp"
#include "engine/plan/plan.hpp"

namespace forge {
namespace {

std::unexpected<Error> illegal(const Step& step, std::string what, std::string note = {}) {
  Error error{ErrorCode::policy, fmt::format("step '{}': {}", step.id, std::move(what)), {}, {}, {}, {}};
  if (!note.empty()) error.notes.push_back(std::move(note));
  if (!step.strategy.empty()) {
    error.notes.push_back(
        fmt::format("the step is from strategy '{}', for the changes of '{}'", step.strategy, step.group));
  }
  return fail(std::move(error));
}

Result<void> check_form(const std::vector<Step>& steps) {
  std::set<std::string> ids;
  Phase phase = Phase::expand;
  for (const auto& step : steps) {
    if (step.id.empty()) return illegal(step, "it has no id");
    if (!ids.insert(step.id).second) return illegal(step, "another step has the same id");
    if (step.phase < phase) {
      return illegal(step, fmt::format("it is of phase {}, but stands after a step of phase {}", word_of(step.phase),
                                       word_of(phase)));
    }
    phase = step.phase;
    if (step.work && !step.ops.empty()) {
      return illegal(step, "it changes the schema and moves rows: these must be two steps");
    }
  }
  return {};
}

// Which tables and columns hold the user's own rows, whatever they are called by now.
class Owned {
 public:
  explicit Owned(const Schema& before) : before_(before) {}

  // The user's data that the operation removes, in words; keeps up with renames.
  std::string lost_by(const Change& op) {
    if (const auto* table = std::get_if<Delta<Table>>(&op)) return of(*table);
    if (const auto* shell = std::get_if<Delta<TableShell>>(&op)) return of(*shell);
    if (const auto* column = std::get_if<Delta<Column>>(&op)) return of(*column);
    return {};
  }

 private:
  // Tables are followed from the first operation that renames or remakes them.
  struct State {
    bool owned = false;
    std::set<std::string> columns;
  };

  State& state(const QName& name) {
    const auto [found, is_new] = tables_.try_emplace(name);
    const Table* table = is_new ? before_.table(name) : nullptr;
    if (table) {
      found->second.owned = true;
      for (const auto& column : table->columns) {
        // What the engine computes comes back by itself.
        if (!column.more->generated) found->second.columns.insert(column.name);
      }
    }
    return found->second;
  }

  std::string of(const Delta<Table>& delta) {
    if (delta.after) {
      state(delta.after->name) = {};
      return {};
    }
    State& gone = state(delta.before->name);
    const bool owned = gone.owned;
    gone = {};
    return owned ? fmt::format("table '{}' and its rows", display(delta.before->name)) : "";
  }
  std::string of(const Delta<TableShell>& delta) {
    if (delta.before->name == delta.after->name) return {};
    State& from = state(delta.before->name);
    State moved = std::move(from);
    from = {};
    state(delta.after->name) = std::move(moved);
    return {};
  }
  std::string of(const Delta<Column>& delta) {
    State& table = state(delta.table);
    if (!delta.before) return {};
    const bool owned = table.columns.erase(delta.before->name) > 0;
    if (!delta.after) {
      return owned ? fmt::format("column '{}.{}' and its values", display(delta.table), delta.before->name) : "";
    }
    if (owned) table.columns.insert(delta.after->name);
    return {};
  }

  const Schema& before_;
  std::map<QName, State> tables_;
};

Result<void> apply_all(SchemaEditor& editor, const Step& step, const std::vector<Change>& ops,
                       std::string_view direction) {
  for (const auto& op : ops) {
    if (auto done = editor.apply(op); !done) {
      return illegal(step, fmt::format("{}{}", direction, done.error().message),
                     fmt::format("by its operation {} {}", word_of(op), object_of(op)));
    }
  }
  return {};
}

std::vector<Change> reversed(const std::vector<Change>& ops) {
  std::vector<Change> out;
  for (auto op = ops.rbegin(); op != ops.rend(); ++op) out.push_back(reverse(*op));
  return out;
}

// All steps forward; what each touched is written down beside it.
Result<void> run_forward(SchemaEditor& editor, const std::vector<Step>& steps, Owned& owned,
                         std::vector<Journal>& journals) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    editor.set_journal(&journals[i]);
    FORGE_TRY(apply_all(editor, step, step.ops, ""));
    for (const auto& op : step.ops) {
      const auto lost = owned.lost_by(op);
      // A big bang stops the application for the whole of its one sitting: its phases are not lived in.
      // What an attached table drops its parent has.
      const bool passes = step.form == "attach" && std::holds_alternative<Delta<Column>>(op);
      if (!lost.empty() && !passes && step.phase != Phase::contract && step.strategy != "big_bang") {
        return illegal(step,
                       fmt::format("it drops {} in phase {}: data may only go in contract", lost, word_of(step.phase)));
      }
    }
  }
  editor.set_journal(nullptr);
  return {};
}

Result<void> run_backward(SchemaEditor& editor, const std::vector<Step>& steps, const std::vector<Journal>& journals) {
  for (std::size_t i = steps.size(); i-- > 0;) {
    FORGE_TRY(apply_all(editor, steps[i], reversed(steps[i].ops), "on the way back, "));
    const auto different = journals[i].first_difference_from(editor.schema());
    if (!different.empty()) {
      return illegal(steps[i], "undoing it does not bring back what stood before: " + different);
    }
  }
  return {};
}

}  // namespace

Result<void> check_plan(const Schema& before, const Schema& after, const std::vector<Step>& steps,
                        bool missing_targets) {
  FORGE_TRY(check_form(steps));
  Schema schema = before;
  SchemaEditor editor(schema);
  if (missing_targets) editor.carry_missing_targets(before, after);
  Owned owned(before);
  std::vector<Journal> journals(steps.size());
  FORGE_TRY(run_forward(editor, steps, owned, journals));
  if (const auto different = first_difference(schema, after); !different.empty()) {
    return fail(ErrorCode::policy,
                "the steps do not lead to the schema that is asked for: " + different +
                    " (the first is what the steps give, the second what is asked for)",
                "a strategy left a change out, or did something else");
  }
  FORGE_TRY(run_backward(editor, steps, journals));
  if (const auto different = first_difference(schema, before); !different.empty()) {
    return fail(ErrorCode::policy, "all steps undone do not give the old schema back: " + different);
  }
  return {};
}

}  // namespace forge
