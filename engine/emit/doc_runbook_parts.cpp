// runbook.md: calendar, figures, way back, afterwards.
#include <fmt/format.h>

#include <algorithm>

#include "engine/emit/doc_parts.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/emit/phases.hpp"
#include "engine/emit/script.hpp"
#include "engine/plan/classify.hpp"

namespace forge {
namespace {

constexpr int kShortestBakeEnd = 14;  // day; a week or two of bake from day 5 on

const PhasePart* find_phase(const std::vector<PhasePart>& parts, Phase phase) {
  const auto found = std::ranges::find(parts, phase, &PhasePart::phase);
  return found == parts.end() ? nullptr : &*found;
}

std::string titles(const PhasePart& part) {
  std::vector<std::string> out;
  for (const Step* step : part.steps) {
    if (out.size() == 5) {
      out.push_back(fmt::format("{} more", part.steps.size() - 5));
      break;
    }
    out.push_back(one_line(step->title));
  }
  return joined(out, "; ");
}

int bake_end(const Plan& plan) { return std::max(kShortestBakeEnd, 4 + bake_days(plan)); }

// What a table is called once the plan has run.
QName final_name(const Plan& plan, const QName& name) {
  for (const auto& change : plan.changes) {
    const auto* shell = std::get_if<Delta<TableShell>>(&change.change);
    if (shell && shell->before && shell->after && shell->before->name == name) return shell->after->name;
  }
  return name;
}

// Those that are still there at the end.
std::vector<QName> moved_tables(const Plan& plan) {
  std::vector<QName> out;
  for (const auto& step : plan.steps) {
    if (!step.work) continue;
    const QName name = final_name(plan, step.work->table);
    if (std::ranges::find(out, name) == out.end()) out.push_back(name);
  }
  return out;
}

std::string way_back_time(const Plan& plan) {
  double known = 0;
  bool whole = true;
  for (const auto& step : plan.steps) {
    const double seconds = estimate_back(step);
    known += std::max(0.0, seconds);
    whole = whole && seconds >= 0;
  }
  if (!whole)
    return known < 1 ? "as long as tables take whose size is not stated" : "more than " + duration_text(known);
  return known < 1 ? duration_text(known) : "about " + duration_text(known);
}

std::string log_fragment(const Client& client) {
  if (client.postgres()) return "pg_stat_statements, ordered by mean_exec_time";
  return client.mysql() ? "the slow query log and performance_schema digests" : "the application's own timings";
}

}  // namespace

std::string schedule_part(const Plan& plan) {
  const auto parts = phases_of(plan);
  const auto* contract = find_phase(parts, Phase::contract);
  const int end = bake_end(plan);
  MarkdownTable table({"Day", "What"});
  table.row({"Day 0", "backup and its restore, notices, dashboards, dry run and way back on staging"});
  if (const auto* part = find_phase(parts, Phase::expand)) {
    table.row({"Day 1", fmt::format("expand: {}; watch for 24 hours", titles(*part))});
  }
  if (const auto* part = find_phase(parts, Phase::migrate)) {
    const double days = seconds_of(*part) / 86400;
    table.row({days < 2 ? "Day 2-3" : fmt::format("Day 2-{}", 2 + static_cast<int>(days) + 1),
               fmt::format("migrate: {}; compare 100 rows by the phase's validation", titles(*part))});
  }
  if (const auto* part = find_phase(parts, Phase::switch_over)) {
    table.row({"Day 4", fmt::format("switch: {}; reports and jobs checked on the new shape", titles(*part))});
  }
  if (contract) {
    table.row({fmt::format("Day 5-{}", end),
               fmt::format("bake, {} at least: both shapes stand, figures are collected daily", plan.bake)});
    table.row({fmt::format("Day {}+", end + 1), fmt::format("contract: {}; clean-up", titles(*contract))});
  } else {
    table.row({"Day 5-14", "watched daily; nothing is left to remove afterwards"});
    table.row({"Day 15+", "clean-up of the application, documentation, ticket closed"});
  }
  const auto target = header_word(plan, "target_date");
  return "## Calendar\n\n" + (target.empty() ? std::string() : "Day 1 is " + one_line(target) + ".\n\n") + table.text();
}

std::string monitoring_part(const Plan& plan, const Client& client) {
  std::string out = "## What to watch\n\n";
  MarkdownTable table({"Figure", "Normal", "Alert over", "Then"});
  for (const auto& t : plan.thresholds) {
    table.row({t.name, t.normal, alert_text(t), t.action});
  }
  if (!table.empty()) out += table.text();
  if (const auto query = lock_query(client); !query.empty()) {
    out += "Who waits for whom:\n\n" + fenced("sql", query + "\n") + "\n";
  }
  if (const auto query = lag_query(client); !query.empty()) {
    out += "Replicas:\n\n" + fenced("sql", query + "\n") + "\n";
  }
  if (client.sqlite()) {
    out +=
        "SQLite has one writer: another one that gets `database is locked` (SQLITE_BUSY) for longer than its busy "
        "timeout is the sign that a step holds the file too long.\n\n";
  }
  return out + fmt::format("Slow statements: {}.\n\n", log_fragment(client));
}

std::string rollback_part(const Plan& plan, const Client& client) {
  std::string out = "## Way back\n\nReasons:\n\n";
  for (const auto& line : rollback_triggers(plan)) out += bullet(line);
  out += "\n" + fenced("text", R"(Something is wrong
|- data is wrong
|    a few rows, and a statement mends them  -> mend forward, run the phase's validation again
|    more, or the cause is not known         -> way back
|- slow
|    one statement lacks an index            -> add it (online), stay
|    everything, or locks pile up            -> stop the running script; still slow after 5 minutes: way back
|- errors in the application
|    one endpoint                            -> fix and deploy it, stay
|    everywhere                              -> way back, application first
|- an integration fails
     its configuration names an old object   -> correct it, stay
     it cannot work with the new shape       -> way back; agree on a date with its owner
)") + "\n";
  out += fmt::format("Decides: {}.\n\n", stated(plan, "owner"));
  out += "Procedure:\n\n";
  int number = 0;
  const auto add = [&](const std::string& text) { out += fmt::format("{}. {}\n", ++number, one_line(text)); };
  add("Stop a backfill that runs (Ctrl-C) and note the phase that was reached.");
  add("Deploy the application version from before that phase; check that it reads and writes.");
  add("Save what was written since: " + code(backup_command(client, plan.id + "_before_rollback")));
  const auto parts = phases_of(plan);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    for (auto it = part->segments.rbegin(); it != part->segments.rend(); ++it) {
      add(fmt::format("If {} has run: {}", forward_file(*it), code(run_command(client, rollback_file(*it)))));
    }
  }
  add("Compare the schema dump and the row counts with the baseline; then tell those who were told of the start.");
  out += fmt::format("\nThe whole way back from the end in one go, {}: {}.\n\n", way_back_time(plan),
                     code(run_command(client, script_file(client, "rollback"))));
  out += "Data recovery:\n\n";
  bool lost = false;
  for (const auto& part : parts) {
    for (const auto& loss : losses_of(part)) {
      out += bullet(fmt::format("{} ({})", loss, word_of(part.phase)));
      lost = true;
    }
  }
  out += lost ? "\nWhat was there before the migration comes from the backup, what was written since from the dump "
                "that step 3 "
                "of the procedure makes: restore it beside the database and copy the rows over: " +
                    code(restore_command(client, plan.id)) + "\n\n"
              : "- The way back loses nothing; the backup is only needed when the machine fails.\n\n";
  return out;
}

std::string afterwards_part(const Plan& plan, const Client& client) {
  const Summary s = summarise(plan);
  std::string out = "## What customers see\n\n";
  out += s.downtime == "none" ? "Nothing: reads and writes go on in every phase.\n\n"
                              : "Requests that write to the tables named above wait or fail: " + s.downtime + ".\n\n";
  out += "## Afterwards\n\n";
  out += checkbox("24 hours of watching the figures above, then the end noted in the ticket " + stated(plan, "ticket"));
  for (const auto& table : moved_tables(plan)) {
    if (client.mongodb()) break;  // its planner keeps none
    const auto name = sql_name(client, table);
    out += checkbox("Statistics: " + code(client.postgres() ? "VACUUM (ANALYZE) " + name
                                          : client.mysql()  ? "ANALYZE TABLE " + name
                                                            : "ANALYZE " + name));
  }
  const bool transition =
      std::ranges::any_of(plan.steps, [](const Step& step) { return !step.app.empty() && !is_halt(step); });
  if (transition) out += checkbox("Code and flags that were only there for the transition are out of the application");
  out += checkbox("Schema documentation and data catalogue say the new shape");
  out += checkbox("Backups kept for 7 days more, then removed");
  out += checkbox(
      "Post-mortem where a phase was rolled back or an alert fired: what happened, when it was seen, what would "
      "have shown it on staging");
  return out;
}

}  // namespace forge
