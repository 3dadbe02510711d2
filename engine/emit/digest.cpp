// digest.md, and what `run` prints.
#include <fmt/format.h>

#include "engine/emit/client.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/emit/package.hpp"
#include "engine/emit/phases.hpp"

namespace forge {
namespace {

std::string tested(const Plan& plan) {
  return plan.rollback_evidence.empty() ? "no" : "yes, " + one_line(plan.rollback_evidence);
}

std::string no_return(const Plan& plan, const Summary& s) {
  const auto at = [&](int number) -> const Step& { return plan.steps[static_cast<std::size_t>(number - 1)]; };
  std::string out = s.point_of_no_return == 0
                        ? "from every step"
                        : fmt::format("up to step {}, which makes data go: {}", s.point_of_no_return,
                                      one_line(at(s.point_of_no_return).loses_forward));
  if (s.first_loss > 0 && s.first_loss != s.point_of_no_return) {
    out += fmt::format("; from step {} on it loses {}", s.first_loss, one_line(at(s.first_loss).loses));
  }
  return out;
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
  table.row({"Releases", std::to_string(s.deployments)});
  table.row({"Way back", no_return(plan, s)});
  table.row({"Rollback tested", tested(plan)});
  return table.text();
}

std::string next_steps(const Plan& plan) {
  std::string out = "Next:\n\n";
  int number = 0;
  const auto add = [&](const std::string& text) { out += fmt::format("{}. {}\n", ++number, one_line(text)); };
  for (const auto& item : plan.action_items) add("Decide first: " + item);
  const auto client = client_of(plan);
  if (client) {
    add(fmt::format("On a copy with production-sized data: {}, then {}", code(run_command(*client, "forward.sql")),
                    code(run_command(*client, "validation.sql"))));
    add(fmt::format("On the same copy, the way back: {}", code(run_command(*client, "rollback.sql"))));
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
