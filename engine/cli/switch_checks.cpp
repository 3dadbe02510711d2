#include "engine/cli/switch_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/emit/client.hpp"
#include "engine/model/json.hpp"

namespace forge {
namespace {

// The first step after `earlier` by which the group goes on at the switch or later.
Step* next_of_group(Plan& plan, const Step& earlier) {
  const auto next = std::ranges::find_if(plan.steps, [&](const Step& step) {
    return step.number > earlier.number && step.group == earlier.group && step.phase >= Phase::switch_over &&
           (!step.ops.empty() || step.work);
  });
  return next == plan.steps.end() ? nullptr : &*next;
}

void ask_first(Step& step, Assertion question) {
  step.checks_before.insert(step.checks_before.begin(), std::move(question));
}

Assertion has_ended(const Client& client, const Step& work) {
  if (client.mongodb()) {
    return {fmt::format("step {} has come to its end: {}", work.number, work.title),
            Json{{"count", "forgelua_backfill_progress"}, {"query", {{"_id", work.id}, {"state", "done"}}}}.dump(),
            "1"};
  }
  return {fmt::format("step {} has come to its end: {}", work.number, work.title),
          fmt::format("SELECT count(*) FROM forgelua_backfill_progress WHERE {} = {} AND state = 'done'",
                      client.postgres() ? "id" : "step", sql_literal(client, work.id)),
          "1"};
}

// A sync of columns logs both directions under one name, so that only the new columns are asked for; one of tables logs rows.
Assertion nothing_logged(const Client& client, const Sync& sync) {
  std::string columns;
  for (const auto& pair : sync.pairs) columns += (columns.empty() ? "" : ", ") + sql_literal(client, pair.new_column);
  const bool rows = sync.kind == "table";
  const auto name = display(sync.table);
  return {
      fmt::format("no {} of {} stands in forgelua_sync_errors (mend it in {}, then delete it from the log)",
                  rows ? "row" : "value", name, name),
      fmt::format("SELECT count(*) FROM forgelua_sync_errors WHERE sync = {}{}", sql_literal(client, sync.name.name),
                  rows ? "" : fmt::format(" AND column_name IN ({})", columns)),
      "0"};
}

// The sync of columns or of tables that the step makes while the old side leads; null where it makes none.
const Sync* kept_equal(const Step& step) {
  for (const auto& op : step.ops) {
    const auto* delta = std::get_if<Delta<Sync>>(&op);
    if (delta && !delta->before && delta->after && delta->after->kind != "fill") return &*delta->after;
  }
  return nullptr;
}

}  // namespace

Result<void> ask_before_switches(Plan& plan) {
  FORGE_ASSIGN(const auto client, client_of(plan));
  for (const auto& earlier : plan.steps) {
    if (earlier.phase >= Phase::switch_over) continue;
    Step* next = next_of_group(plan, earlier);
    if (!next) continue;
    if (earlier.work) ask_first(*next, has_ended(client, earlier));
    // Only triggers have a log.
    if (client.mongodb()) continue;
    if (const Sync* sync = kept_equal(earlier)) ask_first(*next, nothing_logged(client, *sync));
  }
  return {};
}

}  // namespace forge
