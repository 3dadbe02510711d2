#include "engine/emit/plan_json.hpp"

#include <fmt/format.h>

#include <set>

#include "engine/base/hash.hpp"
#include "engine/diff/json.hpp"
#include "engine/diff/json_text.hpp"
#include "engine/emit/package.hpp"
#include "engine/emit/segments.hpp"
#include "engine/model/schema_hash.hpp"

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

// Tables that a change is about, as they are on one side.
struct ChangedTables {
  const std::set<QName>& names;
  const Schema& schema;
};

}  // namespace

template <>
struct JsonTextOf<ChangedTables> {
  static void write(JsonText& out, const ChangedTables& changed) {
    out.open('{');
    for (const auto& name : changed.names) {
      const Table* table = changed.schema.table(name);
      if (table) out.member(display(name), *table);
    }
    out.close('}');
  }
};

namespace {

// The whole schema that the plan begins with: who runs it compares the database with that. Of the one that it ends with, the
// tables that change.
void write_schema(JsonText& out, std::string& text, const Plan& plan) {
  std::set<QName> names;
  for (const auto& change : plan.changes) {
    names.insert(table_of(change.change));
    names.insert(table_of(reverse(change.change)));
  }
  out.key("schema");
  out.open('{');
  out.member("before_hash", plan.before_hash);
  out.member("after_hash", plan.after_hash);
  out.key("before");
  text += plan.before_line.empty() ? schema_line(plan.before) : plan.before_line;
  out.member("after", ChangedTables{names, plan.after});
  out.close('}');
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

// Room for the document, rather too much than too little: memory that is not written to costs nothing, and a text that
// outgrows its room is copied.
std::size_t likely_size(const Plan& plan) {
  constexpr std::size_t kBase = 16'000, kStep = 8'000, kTable = 500, kColumn = 120;
  std::size_t size = kBase + plan.steps.size() * kStep + plan.before.tables.size() * kTable;
  for (const auto& [name, table] : plan.before.tables) size += table->columns.size() * kColumn;
  return size;
}

std::string document(const Plan& plan, const Client& client) {
  std::string text;
  text.reserve(likely_size(plan));
  JsonText out(text, 2);
  out.open('{');
  out.member("format", std::string("forgelua.plan"));
  out.member("format_version", kPlanFormatVersion);
  out.member("tool_version", plan.tool_version);
  out.member("id", plan.id);
  out.member("spec", plan.file);
  out.member("header", plan.header);
  out.member("engine", plan.engine);
  out.member("family", plan.family.empty() ? plan.engine : plan.family);
  out.member("version", plan.version);
  out.member("environment", plan.environment);
  out.member("environment_stated", plan.environment_stated);
  out.member("bake", plan.bake);
  out.member("summary", summary_json(plan));
  out.member("changes", plan.changes);
  out.member("groups", plan.groups);
  out.member("session", session_statements(client));
  out.member("steps", plan.steps);
  out.member("files", files_json(plan));
  out.member("baseline", plan.baseline);
  out.member("final_checks", plan.final_checks);
  out.member("server_texts", plan.server_texts);
  out.member("risks", plan.risks);
  out.member("thresholds", plan.thresholds);
  out.member("action_items", plan.action_items);
  out.member("notes", plan.notes);
  out.member("possible_renames", plan.possible_renames);
  out.member("affected", plan.affected);
  out.member("hints", hints_json(plan));
  write_schema(out, text, plan);
  out.member("modules", plan.modules);
  out.close('}');
  return text;
}

std::string member(std::string_view name, const std::string& value) {
  return fmt::format(",\n  \"{}\": {}", name, Json(value).dump());
}

}  // namespace

std::string plan_hash(const Plan& plan) {
  const auto client = client_of(plan);
  return sha256_hex(document(plan, client.value_or(Client{})));
}

FrozenPlan freeze(const Plan& plan, const Client& client) {
  FrozenPlan out{document(plan, client), {}};
  out.hash = sha256_hex(out.text);
  out.text.resize(out.text.size() - 2);  // the line end and the brace
  out.text += member("hash", out.hash);
  if (!plan.now.empty()) out.text += member("generated_at", plan.now);
  out.text += "\n}\n";
  return out;
}

}  // namespace forge
