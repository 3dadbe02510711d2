#include "engine/emit/plan_json.hpp"

#include <fmt/format.h>

#include <set>

#include "engine/base/hash.hpp"
#include "engine/diff/json.hpp"
#include "engine/emit/package.hpp"
#include "engine/emit/segments.hpp"

namespace forge {
namespace {

Json summary_json(const Plan& plan) {
  const Summary s = summarise(plan);
  return {{"strategy", s.strategy},
          {"risk", s.risk},
          {"kind", s.kind},
          {"downtime", s.downtime},
          {"seconds", s.seconds},
          {"destructive", s.destructive},
          {"deployments", s.deployments},
          {"deployments_why", s.deployments_why},
          {"point_of_no_return", s.point_of_no_return},
          {"first_loss", s.first_loss},
          {"rows_moved", s.rows_moved},
          {"rows_unknown", s.rows_unknown}};
}

// Tables that a change is about, as they are on either side; the whole schemas are known by their hashes.
Json schema_json(const Plan& plan) {
  std::set<QName> names;
  for (const auto& change : plan.changes) {
    names.insert(table_of(change.change));
    names.insert(table_of(reverse(change.change)));
  }
  const auto tables = [&](const Schema& schema) {
    Json out = Json::object();
    for (const auto& name : names) {
      const Table* table = schema.table(name);
      if (table) out[display(name)] = to_json(*table);
    }
    return out;
  };
  return {{"before_hash", plan.before_hash},
          {"after_hash", plan.after_hash},
          {"before", tables(plan.before)},
          {"after", tables(plan.after)},
          {"unmanaged", plan.before.unmanaged}};
}

Json files_json(const Plan& plan) {
  Json out = Json::array();
  for (const auto& segment : segments_of(plan)) {
    out.push_back({{"phase", std::string(word_of(segment.phase))},
                   {"rows", segment.backfill},
                   {"first_step", segment.steps.front()->number},
                   {"last_step", segment.steps.back()->number},
                   {"forward", forward_file(segment)},
                   {"rollback", rollback_file(segment)},
                   {"validation", validation_file(segment)}});
  }
  return out;
}

Json hints_json(const Plan& plan) {
  Json out = Json::object();
  for (const auto& [name, hint] : plan.hints) out[display(name)] = to_json(hint);
  return out;
}

Json document(const Plan& plan, const Client& client) {
  Json out = {{"format", "forgelua.plan"}, {"format_version", kPlanFormatVersion}};
  out["tool_version"] = plan.tool_version;
  out["id"] = plan.id;
  out["spec"] = plan.file;
  out["header"] = to_json(plan.header);
  out["engine"] = plan.engine;
  out["family"] = plan.family.empty() ? plan.engine : plan.family;
  out["version"] = plan.version;
  out["environment"] = plan.environment;
  out["environment_stated"] = plan.environment_stated;
  out["bake"] = plan.bake;
  out["summary"] = summary_json(plan);
  out["changes"] = to_json(plan.changes);
  out["groups"] = to_json(plan.groups);
  out["session"] = session_settings(client);
  out["steps"] = to_json(plan.steps);
  out["files"] = files_json(plan);
  out["baseline"] = to_json(plan.baseline);
  out["final_checks"] = to_json(plan.final_checks);
  out["server_texts"] = to_json(plan.server_texts);
  out["risks"] = to_json(plan.risks);
  out["thresholds"] = to_json(plan.thresholds);
  out["action_items"] = plan.action_items;
  out["notes"] = plan.notes;
  out["possible_renames"] = plan.possible_renames;
  out["affected"] = to_json(plan.affected);
  out["hints"] = hints_json(plan);
  out["schema"] = schema_json(plan);
  out["modules"] = to_json(plan.modules);
  return out;
}

// Text that is not UTF-8 (a spec may hold any bytes) is kept legible rather than refused.
std::string dumped(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace); }

std::string member(std::string_view name, const std::string& value) {
  return fmt::format(",\n  \"{}\": {}", name, dumped(value));
}

}  // namespace

std::string plan_hash(const Plan& plan) {
  const auto client = client_of(plan);
  return sha256_hex(dumped(document(plan, client.value_or(Client{}))));
}

FrozenPlan freeze(const Plan& plan, const Client& client) {
  FrozenPlan out{dumped(document(plan, client)), {}};
  out.hash = sha256_hex(out.text);
  out.text.resize(out.text.size() - 2);  // the line end and the brace
  out.text += member("hash", out.hash);
  if (!plan.now.empty()) out.text += member("generated_at", plan.now);
  out.text += "\n}\n";
  return out;
}

}  // namespace forge
