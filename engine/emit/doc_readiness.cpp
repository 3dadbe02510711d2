// migration-plan.md: what is affected, how it is tested, why each strategy, what must be ready, what ends it.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/emit/changes.hpp"
#include "engine/emit/doc_parts.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/emit/phases.hpp"

namespace forge {
namespace {

constexpr std::size_t kMaxUnmanaged = 30;

std::string last_word(const std::string& name) {
  const auto dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

std::string first_breaking(const Plan& plan, const PlannedChange& change) {
  for (const int number : change.steps) {
    const Step& step = plan.steps[static_cast<std::size_t>(number - 1)];
    if (!step.compatibility.old_app) return fmt::format("fails from step {} on", number);
  }
  return "must use the new name before the contract phase";
}

// The names that the deployed application may use and that go away, each with what comes of it.
std::map<std::string, std::string> leaving_names(const Plan& plan) {
  std::map<std::string, std::string> out;
  for (const auto& change : plan.changes) {
    const auto kind = kind_of(change.change);
    if (kind != "column" && kind != "table" && kind != "view") continue;
    const auto then = object_of(reverse(change.change));
    const bool goes = verb_of(change.change) == Verb::drop || then != object_of(change.change);
    if (goes && verb_of(change.change) != Verb::create) out.emplace(then, first_breaking(plan, change));
  }
  return out;
}

std::string impact(const Plan& plan) {
  std::string out = "## What it affects\n\n";
  MarkdownTable table({"Component", "Affected", "Impact", "Effort"});
  for (const auto& row : plan.affected) table.row({row.component, row.uses, row.impact, row.effort});
  if (!table.empty()) return out + table.text();
  const auto names = leaving_names(plan);
  for (const auto& [name, outcome] : names) {
    table.row({"SQL and models that name " + name, "search: grep -rnw '" + last_word(name) + "' .", outcome,
               "count the hits; run with --code DIR to list them here"});
  }
  if (table.empty()) return out + "No name that an application may use goes away.\n\n";
  return out + "The application was not searched (`--code DIR` does that). These names go away:\n\n" + table.text();
}

std::string production_duration(const Plan& plan, const PhasePart& part) {
  const auto run = duration_text(part.steps);
  if (part.phase == Phase::contract) return fmt::format("{}, after a bake of {}", run, plan.bake);
  return part.phase == Phase::switch_over ? run + ", then watched for a day" : run;
}

std::string tests(const Plan& plan, const Client& client) {
  MarkdownTable table({"Stage", "Where", "Data", "Duration", "Gate"});
  const auto total = duration_text(all_steps(plan));
  table.row({"1. Unit tests", "local", "mock data", "minutes", "all pass with the new schema"});
  table.row({"2. Integration tests", "local", "seed data, schema from " + script_file(client, "forward"), "minutes",
             "all pass on the old application and on the new one, at the end of each phase"});
  table.row({"3. Staging, dry run", "staging", "copy of production", total + " and the same again for the way back",
             fmt::format("{} exits 0; after {} the schema dump equals the one taken before",
                         script_file(client, "validation"), script_file(client, "rollback"))});
  table.row({"4. Staging, full run", "staging, under load", "copy of production", "the runbook's days, bake shortened",
             "each phase's validation exits 0; error rate and latency stay in their normal range"});
  int stage = 4;
  for (const auto& part : phases_of(plan)) {
    std::string files;
    for (const auto& segment : part.segments) files += (files.empty() ? "" : ", ") + validation_file(segment);
    table.row({fmt::format("{}. {}", ++stage, phase_title(part)), plan.environment, "real data",
               production_duration(plan, part), files + " exits 0"});
  }
  const auto dump = client.mongodb()  ? "mongosh \"$MONGODB_URL\" --eval 'EJSON.stringify(db.getCollectionInfos())'"
                    : client.sqlite() ? "sqlite3 \"$DATABASE_FILE\" .schema"
                    : client.mysql()  ? (client.program == "mariadb" ? "mariadb-dump --no-data" : "mysqldump --no-data")
                                      : "pg_dump --schema-only -d \"$DATABASE_URL\"";
  return "## Test stages\n\n" + table.text() + "Schema dumps for stage 3: " + code(dump) + ".\n\n";
}

std::string strategies(const Plan& plan) {
  std::string out = "## Strategy per change\n\n";
  for (const auto& change : plan.changes) {
    out += fmt::format("- **{}**: {}{}{}", cell(change_title(change.change)), change.strategy,
                       change.reason.empty() ? "" : "; " + one_line(change.reason),
                       change.rule.empty() ? "" : fmt::format(" (rule “{}”", one_line(change.rule)));
    if (!change.rule.empty())
      out += change.policy_file.empty() ? ")" : fmt::format(", {})", one_line(change.policy_file));
    std::string facts;
    for (const auto& [name, value] : change.facts)
      facts += fmt::format("{}{} = {}", facts.empty() ? "" : ", ", name, value);
    if (!facts.empty()) out += ". Facts: " + one_line(facts);
    out += "\n";
  }
  for (const auto& group : plan.groups) {
    if (!group.explanation.empty()) out += fmt::format("\n{}: {}\n", one_line(group.id), one_line(group.explanation));
  }
  return out + "\n";
}

std::string files(const Plan& plan, const Client& client) {
  std::string out = "## Files\n\n";
  MarkdownTable table({"File", "What it is"});
  table.row({script_file(client, "forward"), "every phase in one go, for a copy"});
  table.row({script_file(client, "rollback"), "the way back from the end of " + script_file(client, "forward")});
  table.row({script_file(client, "validation"), "what must hold at the end"});
  table.row({script_file(client, "phases/0-baseline"), "figures to note before the start"});
  if (client.mongodb()) table.row({"forgelua.ts", "what the scripts share: connection, commands, questions, batches"});
  for (const auto& segment : segments_of(plan)) {
    table.row({forward_file(segment),
               fmt::format("{}, {}; with .rollback{} and .validation{} beside it", steps_text(segment.steps),
                           segment.backfill ? "rows" : "schema", segment.ending, segment.ending)});
  }
  for (const auto& step : plan.steps) {
    if (!step.work) continue;
    table.row({"backfill.md", "how the rows are moved"});
    break;
  }
  table.row({"risk-matrix.md", "risks, each with what is done about it"});
  table.row({"runbook.md", "what to do, day by day"});
  table.row({"digest.md", "one screen about it all"});
  table.row({"plan.json", "the same for programs, format 1"});
  out += table.text();
  return out + fmt::format(
                   "Migration `{}`; the scripts carry no version number beside it, the folder's name is the "
                   "migration's id.\n\n",
                   one_line(plan.id));
}

std::string checklist(const Plan& plan, const Client& client) {
  std::string out = "## Before it starts\n\n";
  const auto tables = tables_of(plan);
  std::string names;
  for (const auto& table : tables) names += (names.empty() ? "" : ", ") + display(table);
  out +=
      checkbox("Backup of " + (names.empty() ? "the database" : names) + ": " + code(backup_command(client, plan.id)));
  out += checkbox("The backup restored elsewhere: " + code(restore_command(client, plan.id)));
  out += checkbox("Window: " + (summarise(plan).downtime == "none" ? "none is needed; announce the start all the same"
                                                                   : summarise(plan).downtime + "; announced"));
  out += checkbox("Baseline noted: " + code(run_command(client, script_file(client, "phases/0-baseline"))));
  out += checkbox("Monitoring shows the figures of the runbook, and their alerts reach the on-call");
  out += checkbox("Dry run and way back done on staging with production-shaped data (stage 3)");
  out += checkbox("Plan and risk matrix reviewed by: " + stated(plan, "reviewed_by"));
  for (const auto& item : plan.action_items) out += checkbox("Decided: " + item);
  return out + "\n";
}

std::string triggers(const Plan& plan) {
  std::string out = "## When to roll back\n\n";
  for (const auto& line : rollback_triggers(plan)) out += bullet(line);
  return out + "\n";
}

std::string no_return(const Plan& plan) {
  const Summary s = summarise(plan);
  std::string out = "## Point of no return\n\n";
  if (s.point_of_no_return == 0) {
    return out + "None: every step can be taken back, and no data is lost by it.\n\n";
  }
  for (const auto& step : plan.steps) {
    if (step.loses.empty() && step.loses_forward.empty()) continue;
    if (!step.loses_forward.empty()) {
      out += bullet(fmt::format("Step {} ({}) makes data go: {}. Past it, only the backup brings it back.", step.number,
                                word_of(step.phase), step.loses_forward));
    } else {
      out += bullet(fmt::format("Step {} ({}) can be taken back, but not what has been written since to: {}.",
                                step.number, word_of(step.phase), step.loses));
    }
  }
  return out + "\n";
}

std::string notes(const Plan& plan) {
  std::string out;
  for (const auto& note : plan.notes) out += bullet(note);
  for (const auto& rename : plan.possible_renames) out += bullet("Perhaps a rename: " + rename);
  const auto& unmanaged = plan.before.unmanaged;
  for (std::size_t i = 0; i < std::min(kMaxUnmanaged, unmanaged.size()); ++i) {
    out += bullet("Not managed by this plan: " + unmanaged[i]);
  }
  if (unmanaged.size() > kMaxUnmanaged) {
    out += bullet(fmt::format("and {} more objects that it does not manage: plan.json names them",
                              unmanaged.size() - kMaxUnmanaged));
  }
  return out.empty() ? out : "## Notes\n\n" + out + "\n";
}

std::string modules(const Plan& plan) {
  if (plan.modules.empty()) return "";
  MarkdownTable table({"Module", "From", "sha256"});
  for (const auto& module : plan.modules) table.row({module.name, module.layer, module.sha256.substr(0, 16)});
  return "## Decided by\n\n" + table.text();
}

std::string owner(const Plan& plan) { return "## Owner\n\n" + stated(plan, "owner") + "\n"; }

}  // namespace

std::vector<std::string> rollback_triggers(const Plan& plan) {
  std::vector<std::string> out = {"A validation script exits with another code than 0."};
  for (const auto& t : plan.thresholds) {
    if (!t.rollback) continue;
    out.push_back(fmt::format("{} over {} for five minutes (normal: {}).", t.name, alert_text(t), t.normal));
  }
  out.push_back("Rows of the old and the new side differ and a patch cannot mend them within the hour.");
  return out;
}

std::string readiness_part(const Plan& plan, const Client& client) {
  return impact(plan) + tests(plan, client) + strategies(plan) + checklist(plan, client) + triggers(plan) +
         no_return(plan) + notes(plan) + files(plan, client) + modules(plan) + owner(plan);
}

}  // namespace forge
