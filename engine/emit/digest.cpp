// digest.md, and what `run` prints.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/emit/client.hpp"
#include "engine/emit/evidence.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/emit/package.hpp"
#include "engine/emit/phases.hpp"
#include "engine/plan/classify.hpp"

namespace forge {
namespace {

// What the way back loses, each once, under the first step that loses it.
std::string losses(const Plan& plan) {
  constexpr std::size_t kShown = 6;
  std::vector<std::string> list;
  std::set<std::string> said;
  for (const auto& step : plan.steps) {
    if (step.loses.empty() || step.loses == step.loses_forward || !said.insert(step.loses).second) continue;
    list.push_back(fmt::format("; from step {} on it loses {}", step.number, one_line(step.loses)));
  }
  std::string out;
  for (std::size_t i = 0; i < std::min(list.size(), kShown); ++i) out += list[i];
  if (list.size() > kShown)
    out += fmt::format("; {} more are named at the head of `rollback{}`", list.size() - kShown,
                       plan.engine == "mongodb" ? ".ts" : ".sql");
  return out;
}

std::string no_return(const Plan& plan, const Summary& s) {
  const auto at = [&](int number) -> const Step& { return plan.steps[static_cast<std::size_t>(number - 1)]; };
  const auto lost = losses(plan);
  if (s.point_of_no_return == 0) return "from every step" + lost;
  return fmt::format("up to step {}, which makes data go: {}{}", s.point_of_no_return,
                     one_line(at(s.point_of_no_return).loses_forward), lost);
}

std::string facts(const Plan& plan, const Summary& s) {
  MarkdownTable table({"", ""});
  table.row({"Database", fmt::format("{} {}", plan.engine, plan.version)});
  table.row({"Changes", fmt::format("{} in {} steps, {}", plan.changes.size(), plan.steps.size(), s.kind)});
  table.row({"Strategy", s.strategy});
  table.row({"Risk", s.risk});
  table.row({"Estimate",
             duration_text(s.seconds) + (s.rows_unknown ? ", and more for tables whose size is not stated" : "")});
  table.row({"Downtime", s.downtime});
  table.row({"Releases", release_counts(plan)});
  table.row({"Way back", no_return(plan, s)});
  std::string out = table.text();
  out.insert(out.size() - 1, tested_row(plan.rollback_evidence));  // the last row, before the empty line
  return out;
}

std::string next_steps(const Plan& plan) {
  std::string out = "Next:\n\n";
  int number = 0;
  const auto add = [&](const std::string& text) { out += fmt::format("{}. {}\n", ++number, one_line(text)); };
  for (const auto& item : plan.action_items) add("Decide first: " + item);
  const auto client = client_of(plan);
  if (client) {
    add(fmt::format("On a copy with production-sized data: {}, then {}",
                    code(run_command(*client, script_file(*client, "forward"))),
                    code(run_command(*client, script_file(*client, "validation")))));
    add(fmt::format("On the same copy, the way back: {}",
                    code(run_command(*client, script_file(*client, "rollback")))));
  }
  add("Review `migration-plan.md` and `risk-matrix.md`; sign them off.");
  add("In production, go by `runbook.md`, one phase at a time.");
  add("Watch the figures of the runbook for 24 hours after the last phase.");
  return out;
}

}  // namespace

std::string render_digest(const Plan& plan) {
  const Summary s = summarise(plan);
  const auto description = header_word(plan, "description");
  std::string out = fmt::format("# {}\n\n", one_line(plan.id));
  if (!description.empty()) out += one_line(description) + "\n\n";
  out += facts(plan, s);
  if (plan.changes.size() <= 12) out += render_diff_table(plan);
  for (const auto& note : plan.notes) out += bullet("Note: " + note);
  for (const auto& rename : plan.possible_renames) out += bullet("Perhaps a rename: " + rename);
  if (!plan.notes.empty() || !plan.possible_renames.empty()) out += "\n";
  return out + next_steps(plan);
}

}  // namespace forge
