#include "engine/exec/way_back_checks.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "engine/exec/plan_names.hpp"
#include "engine/model/json.hpp"

namespace forge {

std::set<QName> touched_tables(const PlanFile& plan, const Schema& after) {
  const NamesBefore names(plan.changes);
  std::map<QName, const Table*> later;
  for (const auto& [name, table] : after.tables) later[names.table(name)] = table.get();
  std::set<QName> out;
  for (const auto& [name, table] : plan.before.tables) {
    const auto found = later.find(name);
    if (found == later.end() || !(*found->second == *table)) out.insert(name);
  }
  for (const auto& step : plan.steps) {
    if (step.work && plan.before.table(step.work->table)) out.insert(step.work->table);
  }
  return out;
}

Result<std::map<QName, std::int64_t>> rows_of_touched(Session& session, const PlanFile& plan, int number) {
  FORGE_ASSIGN(const auto end, schema_after(plan, static_cast<int>(plan.steps.size())));
  FORGE_ASSIGN(const auto now, schema_after(plan, number));
  const NamesBefore names(plan.changes);
  std::map<QName, QName> called;  // by the name of the start
  for (const auto& name : touched_tables(plan, end)) {
    if (now.table(name)) called[name] = name;
  }
  for (const auto& [name, table] : now.tables) {
    const auto before = names.table(name);
    if (before != name && plan.before.table(before)) called[before] = name;
  }
  std::map<QName, std::int64_t> out;
  for (const auto& [before, name] : called) {
    const auto question = plan.client.mongodb() ? Json{{"count", name.name}, {"query", Json::object()}}.dump()
                                                : "SELECT COUNT(*) FROM " + sql_name(plan.client, name);
    const auto rows = session.query(question);
    if (!rows && session.failure() == Failure::gone) return std::unexpected(rows.error());
    if (rows) out[before] = std::strtoll(rows->rows.front().front().value_or("0").c_str(), nullptr, 10);
  }
  return out;
}

Result<std::vector<DataFinding>> orphans(Session& session, const PlanFile& plan) {
  FORGE_ASSIGN(const auto end, schema_after(plan, static_cast<int>(plan.steps.size())));
  const auto touched = touched_tables(plan, end);
  std::vector<DataQuestion> questions;
  for (const auto& [name, table] : plan.before.tables) {
    for (const auto& key : table->foreign_keys) {
      const Table* parent = plan.before.table(key.ref);
      if (!parent || key.not_enforced || key.not_valid || (!touched.contains(name) && !touched.contains(key.ref)))
        continue;
      if (key.ref_columns.size() == key.columns.size())
        questions.push_back(orphans_question(plan.client, *table, key.columns, *parent, key.ref_columns));
    }
  }
  return ask_data(session, questions);
}

}  // namespace forge
