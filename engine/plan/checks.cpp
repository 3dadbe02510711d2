#include "engine/plan/checks.hpp"

#include <fmt/format.h>

#include <ranges>
#include <set>

namespace forge {
namespace {

Error broken(const Step& step, const std::string& what) {
  Error error{ErrorCode::policy, fmt::format("step '{}' of strategy '{}': {}", step.id, step.strategy, what),
              "", {}, {}, {}};
  error.hint = fmt::format("the strategy's steps must lead from the old schema to the new one: mend strategies/{}.lua",
                           step.strategy);
  return error;
}

Result<void> run(Schema& state, const Step& step, bool backward) {
  if (!backward) {
    for (const auto& op : step.ops) {
      if (auto done = forge::apply(state, op); !done) return fail(broken(step, done.error().message));
    }
    return {};
  }
  for (const auto& op : step.ops | std::views::reverse) {
    if (auto done = forge::apply(state, reverse(op)); !done) {
      return fail(broken(step, "on the way back: " + done.error().message));
    }
  }
  return {};
}

Result<void> check_ids_and_phases(const std::vector<Step>& steps) {
  std::set<std::string> ids;
  Phase phase = Phase::expand;
  for (const auto& step : steps) {
    if (!ids.insert(step.id).second) return fail(broken(step, "its id is used twice"));
    if (step.phase < phase) return fail(broken(step, "it stands behind a later phase"));
    phase = step.phase;
  }
  return {};
}

// Objects that the plan made itself may go at any time: they hold no rows of the user's that stand nowhere else.
class Destruction {
 public:
  explicit Destruction(const Schema& before) : before_(before) {}

  Result<void> check(const Step& step) {
    for (const auto& op : step.ops) {
      if (const auto* table = std::get_if<Delta<Table>>(&op)) {
        if (table->before && before_.tables.contains(table->before->name) && !renamed_.contains(table->before->name)) {
          FORGE_TRY(allowed(step, display(table->before->name)));
        }
      } else if (const auto* column = std::get_if<Delta<Column>>(&op)) {
        FORGE_TRY(check_column(step, *column));
      } else if (const auto* shell = std::get_if<Delta<TableShell>>(&op); shell && shell->before && shell->after) {
        if (shell->before->name != shell->after->name) renamed_.insert(shell->before->name);
      }
    }
    return {};
  }

 private:
  Result<void> check_column(const Step& step, const Delta<Column>& column) {
    if (!column.before) return {};
    const QName key{column.table.schema, column.table.name + "\n" + column.before->name};
    if (column.after) {
      if (column.after->name != column.before->name) renamed_.insert(key);
      return {};
    }
    const Table* table = before_.table(column.table);
    const bool ours = !table || !find_column(*table, column.before->name) || renamed_.contains(key);
    if (ours) return {};
    return allowed(step, display(column.table) + "." + column.before->name);
  }
  static Result<void> allowed(const Step& step, const std::string& object) {
    // A big bang stops the application for the whole of its one sitting: its phases are not lived in.
    if (step.phase == Phase::contract || step.strategy == "big_bang") return {};
    return fail(broken(step, fmt::format("it drops '{}', which holds rows, outside the contract phase", object)));
  }

  const Schema& before_;
  std::set<QName> renamed_;
};

}  // namespace

Result<void> check_plan(const Schema& before, const Schema& after, const std::vector<Step>& steps) {
  FORGE_TRY(check_ids_and_phases(steps));
  Schema state = before;
  Destruction destruction(before);
  for (const auto& step : steps) {
    FORGE_TRY(destruction.check(step));
    FORGE_TRY(run(state, step, false));
  }
  if (!equivalent(state, after)) {
    return fail(ErrorCode::policy, "the steps do not end in the new schema: " + first_difference(state, after),
                "a strategy left something out, or changed more than it was asked to");
  }
  for (const auto& step : steps | std::views::reverse) FORGE_TRY(run(state, step, true));
  if (!equivalent(state, before)) {
    return fail(ErrorCode::policy, "the way back does not end in the old schema: " + first_difference(state, before));
  }
  return {};
}

}  // namespace forge
