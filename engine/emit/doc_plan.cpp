// migration-plan.md: its head, and the tables about changes, compatibility and locks. The phases are in doc_phases.cpp,
// what comes after them in doc_readiness.cpp.
#include <fmt/format.h>

#include <algorithm>

#include "engine/emit/changes.hpp"
#include "engine/emit/doc_parts.hpp"
#include "engine/emit/documents.hpp"
#include "engine/emit/evidence.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/emit/package.hpp"
#include "engine/emit/phases.hpp"

namespace forge {
namespace {

std::string head(const Plan& plan, const Summary& s, const std::string& hash) {
  std::string out = fmt::format("# Migration plan: {}\n\n", one_line(plan.id));
  MarkdownTable table({"", ""});
  const auto row = [&](const std::string& name, const std::string& text) { table.row({name, text}); };
  row("What", stated(plan, "description"));
  row("Why", stated(plan, "why"));
  row("Database", fmt::format("{} {}", plan.engine, plan.version));
  row("Environment", plan.environment + (plan.environment_stated ? "" : " (not stated: planned as production)"));
  row("Strategy", s.strategy);
  for (const auto* word : {"service", "team", "author", "reviewed_by", "owner", "ticket", "target_date"}) {
    std::string label = word;
    for (char& c : label) c = c == '_' ? ' ' : c;
    label[0] = static_cast<char>(label[0] - 'a' + 'A');
    row(label, stated(plan, word));
  }
  row("Generated", plan.now.empty() ? "no instant given: run with --now" : plan.now);
  row("Spec", fmt::format("{}, read by forgelua {}", plan.file, plan.tool_version));
  row("Plan hash", hash);
  return out + table.text();
}

std::string summary(const Plan& plan, const Summary& s) {
  std::string out = "## Summary\n\n";
  out += bullet(fmt::format("Changes: {} ({}), in {} steps.", plan.changes.size(), s.kind, plan.steps.size()));
  out += bullet(fmt::format("Overall risk: {}.", s.risk));
  out +=
      bullet(fmt::format("Estimated duration: {}{}, without the bake of {} before contract.", duration_text(s.seconds),
                         s.rows_unknown ? " where sizes are stated, more elsewhere" : "", plan.bake));
  out += bullet(fmt::format("Rows moved: {}{}.", number_text(s.rows_moved),
                            s.rows_unknown ? ", and those of tables whose size is not stated" : ""));
  out +=
      bullet(s.downtime == "none" ? "Zero downtime: yes; no step blocks reads or writes for longer than milliseconds."
                                  : "Zero downtime: no; " + s.downtime + ".");
  out += tested_bullet(plan.rollback_evidence);
  out += bullet(fmt::format("Deployments: {}.", s.deployments_why));
  for (const auto& item : plan.action_items) out += bullet("**Action needed:** " + item);
  return out + "\n";
}

std::string strongest_lock(const Plan& plan, const PlannedChange& change) {
  const Step* worst = nullptr;
  for (const int number : change.steps) {
    const Step& step = plan.steps[static_cast<std::size_t>(number - 1)];
    if (!worst || lock_weight(step) > lock_weight(*worst)) worst = &step;
  }
  return worst ? lock_text(*worst) : "none";
}

std::vector<const Step*> steps_of(const Plan& plan, const PlannedChange& change) {
  std::vector<const Step*> out;
  out.reserve(change.steps.size());
  for (const int number : change.steps) out.push_back(&plan.steps[static_cast<std::size_t>(number - 1)]);
  return out;
}

std::string classification(const Plan& plan) {
  MarkdownTable table({"#", "Change", "Risk", "Strongest lock", "Estimate", "Strategy", "Steps"});
  int number = 0;
  for (const auto& change : plan.changes) {
    table.row({std::to_string(++number), change_title(change.change), change.risk, strongest_lock(plan, change),
               duration_text(steps_of(plan, change)), change.strategy, step_numbers(change.steps)});
  }
  return "## Classification\n\n" + table.text();
}

bool adds_column(const Plan& plan) {
  for (const auto& change : plan.changes) {
    const auto* column = std::get_if<Delta<Column>>(&change.change);
    if (column && !column->before) return true;
  }
  return false;
}

std::string compatibility(const Plan& plan, const Summary& s) {
  MarkdownTable table({"Change", "Deployed application goes on working", "New application works", "Note"});
  for (const auto& change : plan.changes) {
    const auto c = change.compatibility.value_or(Compatibility{});
    table.row({change_title(change.change), c.old_app ? "yes" : "no", c.new_app ? "yes" : "no", c.note});
  }
  std::string out = "## Backward compatibility\n\n" + table.text();
  out += fmt::format("This migration {}.\n\n", s.deployments_why);
  if (adds_column(plan)) {
    out +=
        "An `INSERT` without a column list and a prepared `SELECT *` break on any added column: search the application "
        "for both before phase 1.\n\n";
  }
  return out;
}

std::string locks(const Plan& plan) {
  MarkdownTable table({"Step", "What", "Lock", "Held for", "Traffic", "Rewrites / scans", "Also locks"});
  for (const auto& step : plan.steps) {
    const auto& impact = step.impact;
    const std::string reads = impact.rewrite ? "rewrites" : impact.scan ? "scans" : "neither";
    table.row({std::to_string(step.number), step.title,
               impact.lock.empty() ? (step.work ? "row locks" : "none") : impact.lock, lock_duration(step),
               traffic_text(step), reads, joined(impact.also_locks)});
  }
  std::string out = "## Locks\n\n" + table.text();
  for (const auto& step : plan.steps) {
    if (!step.impact.note.empty()) out += bullet(fmt::format("Step {}: {}", step.number, step.impact.note));
    if (!step.hazards.empty()) out += bullet(fmt::format("Step {}, hazards: {}", step.number, hazard_text(step)));
  }
  return out.ends_with("\n\n") ? out : out + "\n";
}

std::string scale(const Plan& plan) {
  if (plan.hints.empty()) {
    return "## Scale\n\nNo size is stated for any table: each is treated as large. State `hints` in the spec.\n\n";
  }
  MarkdownTable table({"Table", "Rows", "Size", "Writes a second", "Hot", "Critical"});
  const auto yes = [](const std::optional<bool>& flag) { return !flag ? "not stated" : *flag ? "yes" : "no"; };
  for (const auto& [name, hint] : plan.hints) {
    table.row({display(name), hint.rows ? number_text(*hint.rows) : "not stated",
               hint.bytes ? bytes_text(*hint.bytes) : "not stated",
               hint.writes_per_second ? number_text(*hint.writes_per_second) : "not stated", yes(hint.hot),
               yes(hint.critical)});
  }
  return "## Scale\n\n" + table.text();
}

}  // namespace

int lock_weight(const Step& step) {
  const auto& impact = step.impact;
  const int kind = impact.blocks == "reads and writes" ? 3
                   : impact.blocks == "writes"         ? 2
                   : impact.blocks == "DDL"            ? 1
                                                       : 0;
  return kind * 2 + (kind > 0 && !impact.brief ? 8 : 0) + (impact.lock.empty() ? 0 : 1);
}

std::string traffic_text(const Step& step) {
  const auto& blocks = step.impact.blocks;
  if (step.work) return "goes on; rows of one batch wait";
  if (blocks.empty() || blocks == "nothing" || blocks == "DDL") return "reads and writes go on";
  const std::string who = blocks == "writes" ? "writes wait, reads go on" : "reads and writes wait";
  return step.impact.brief ? "a moment: " + who : who;
}

std::string plan_document(const Plan& plan, const Client& client, const std::string& hash) {
  const Summary s = summarise(plan);
  std::string out = head(plan, s, hash) + summary(plan, s);
  out += "## Schema changes\n\n" + render_diff_table(plan);
  out += classification(plan) + compatibility(plan, s) + locks(plan) + plan.test_section + scale(plan);
  out += phases_part(plan, client) + readiness_part(plan, client);
  return out;
}

}  // namespace forge
