// runbook.md: the day before, and the phases. Stops, figures, way back and what comes after are in files of their own.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/emit/doc_parts.hpp"
#include "engine/emit/documents.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/emit/phases.hpp"

namespace forge {
namespace {

std::string head(const Plan& plan) {
  const Summary s = summarise(plan);
  std::string out = fmt::format("# Runbook: {}\n\n", one_line(plan.id));
  out += fmt::format("{} on {} {}, {}. {} steps, {}; {}. Run every command in this folder.\n\n",
                     stated(plan, "description"), plan.engine, plan.version, plan.environment, plan.steps.size(),
                     duration_text(all_steps(plan)), s.downtime == "none" ? "no downtime" : s.downtime);
  MarkdownTable table({"Role", "Who"});
  table.row({"Decides on going on or back", stated(plan, "owner")});
  table.row({"Runs the scripts", stated(plan, "author")});
  table.row({"On call while it runs", stated(plan, "team")});
  table.row({"Reviewed by", stated(plan, "reviewed_by")});
  table.row({"Service", stated(plan, "service")});
  table.row({"Ticket", stated(plan, "ticket")});
  return out + table.text();
}

std::string connection(const Client& client) {
  std::string text = "export DB_HOST=… DB_USER=… DB_NAME=…   # the client asks for the password";
  if (client.postgres()) text = "export DATABASE_URL='postgresql://USER@HOST:5432/DATABASE'   # password in ~/.pgpass";
  if (client.mongodb()) text = "export MONGODB_URL='mongodb://USER@HOST:27017/DATABASE'   # npm install mongodb tsx";
  if (client.sqlite()) text = "export DATABASE_FILE=/path/to/the/database.db";
  std::string restore = "export RESTORE_DB=…   # an empty database elsewhere, for trying the restore";
  if (client.postgres()) restore = "export RESTORE_URL='postgresql://USER@ELSEWHERE:5432/EMPTY'";
  if (client.mongodb()) restore = "export RESTORE_URL='mongodb://USER@ELSEWHERE:27017/EMPTY'";
  if (client.sqlite()) restore = "export RESTORE_FILE=/path/to/a/copy.db";
  return "Set once per shell:\n\n" + fenced("sh", text + "\n" + restore + "\nmkdir -p backups\n") + "\n";
}

// The tables of which a second copy stands beside the first for a while, or whose rows are written anew.
std::string doubled_tables(const Plan& plan) {
  std::vector<QName> names;
  for (const auto& step : plan.steps) {
    if (step.work && std::ranges::find(names, step.work->table) == names.end()) names.push_back(step.work->table);
  }
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + display(name);
  return out;
}

std::string day_before(const Plan& plan, const Client& client) {
  std::string out = "## The day before\n\n";
  out += checkbox("Backup: " + code(backup_command(client, plan.id)));
  out += checkbox("The backup's restore tried on another machine: " + code(restore_command(client, plan.id)));
  out += checkbox(fmt::format("Staging run on production-sized data: {}, then {} exits 0",
                              script_file(client, "forward"), script_file(client, "validation")));
  out += checkbox(fmt::format("Way back tried on staging: {}, then the schema dump equals the one from before",
                              script_file(client, "rollback")));
  out += checkbox(summarise(plan).downtime == "none" ? "Window: none is needed"
                                                     : "Window agreed: " + summarise(plan).downtime);
  out += checkbox("Told: owner (" + stated(plan, "owner") + "), on-call (" + stated(plan, "team") +
                  "), and whoever runs reports or jobs on the tables below");
  out += checkbox("Baseline figures noted in the ticket: " +
                  code(run_command(client, script_file(client, "phases/0-baseline"))));
  out += checkbox("Error rate, p95 latency, CPU and connections of a normal day noted in the ticket");
  if (const auto tables = doubled_tables(plan); !tables.empty()) {
    out += checkbox("Free disk space: at least 1.5 times " + one_line(tables) +
                    " with their indexes, all together: their copies or rewritten rows stand beside them");
  }
  for (const auto& item : plan.action_items) out += checkbox("Decided: " + item);
  std::string names;
  for (const auto& table : tables_of(plan)) names += (names.empty() ? "" : ", ") + display(table);
  if (!names.empty()) out += "\nTables: " + one_line(names) + "\n";
  return out + "\n";
}

std::string go_line(const PhasePart& part) {
  std::string files;
  for (const auto& segment : part.segments) files += (files.empty() ? "" : " and ") + validation_file(segment);
  return fmt::format(
      "Go on when {} exit{} with 0, the error rate is in its normal range for 15 minutes, and the "
      "application works; else the way back of this phase.",
      files, part.segments.size() == 1 ? "s" : "");
}

std::string phase_section(const Plan& plan, const Client& client, const PhasePart& part) {
  std::set<std::string> said;
  std::string out = fmt::format("## {}\n\n{} Here: {}; takes {}.\n\n", phase_title(part), phase_goal(part.phase),
                                steps_text(part.steps), duration_text(part.steps));
  if (part.phase == Phase::contract) {
    out += checkbox(
        fmt::format("The bake is over: {} days at least since the switch, with no way back taken", bake_days(plan)));
    out += checkbox(
        "Nothing reads or writes the old names any more: the application's logs and the code search are clean");
    out += checkbox("A fresh backup, beside the first: " + code(backup_command(client, plan.id + "_before_contract")));
  }
  for (const auto& segment : part.segments) {
    const auto runs = std::ranges::find_if(segment.steps, [](const Step* step) { return !is_halt(*step); });
    const auto halt = [](const Step& step) { return checkbox(one_line(step.title) + ". " + step.app); };
    for (auto it = segment.steps.begin(); it != runs; ++it) out += halt(**it);
    if (runs == segment.steps.end()) continue;
    out += checkbox("Run: " + code(run_command(client, forward_file(segment))));
    if (segment.backfill) out += checkbox("Watch it by the progress query of backfill.md");
    out += checkbox("Checkpoint: " + code(run_command(client, validation_file(segment))));
    for (auto it = runs; it != segment.steps.end(); ++it) {
      if (is_halt(**it)) out += halt(**it);
    }
  }
  for (const Step* step : part.steps) {
    if (!step->app.empty() && !is_halt(*step) && said.insert(step->app).second) {
      out += checkbox("Application: " + step->app);
    }
  }
  out += checkbox("State of the applications: " + application_state(part));
  out += checkbox("Go / no-go. " + go_line(part));
  out += "\nWay back of this phase:\n\n";
  for (auto it = part.segments.rbegin(); it != part.segments.rend(); ++it) {
    out += bullet(code(run_command(client, rollback_file(*it))));
  }
  for (const auto& loss : losses_of(part)) out += bullet("Loses, " + loss);
  return out + "\n";
}

}  // namespace

std::string runbook_document(const Plan& plan, const Client& client) {
  std::string out = head(plan) + connection(client) + day_before(plan, client) + schedule_part(plan);
  const auto parts = phases_of(plan);
  for (const auto& part : parts) out += phase_section(plan, client, part);
  return out + stop_part(plan, client) + monitoring_part(plan, client) + rollback_part(plan, client) +
         afterwards_part(plan, client);
}

}  // namespace forge
