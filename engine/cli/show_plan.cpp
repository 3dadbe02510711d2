#include "engine/cli/show_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace forge {
namespace {

std::vector<const Step*> in_order(const PlanFile& plan, Way way, std::optional<Phase> to) {
  std::vector<const Step*> out;
  for (const auto& step : plan.steps) {
    if (to && (way == Way::forward ? step.phase > *to : step.phase < *to)) continue;
    out.push_back(&step);
  }
  if (way == Way::backward) std::ranges::reverse(out);
  return out;
}

bool is_over(const Step& step, const std::map<int, StepRow>& rows, Way way) {
  const auto found = rows.find(step.number);
  const auto state = found == rows.end() ? StepRow::State::pending : found->second.state;
  return state == (way == Way::forward ? StepRow::State::done : StepRow::State::pending);
}

std::string impact_text(const Step& step) {
  if (step.impact.lock.empty()) return "no lock";
  return fmt::format("{}, blocks {}{}", step.impact.lock, step.impact.blocks.empty() ? "nothing" : step.impact.blocks,
                     step.impact.rewrite ? ", rewrites the table"
                     : step.impact.scan  ? ", scans the table"
                                         : "");
}

// What the walk does, its gaps shown by the names of their values.
std::string walk_sql(const Walk& walk) {
  std::string out = "-- in batches, each with its checkpoint in one transaction:\n";
  const Gapped& move = walk.keys == 0 ? walk.move : walk.move_after;
  for (std::size_t i = 0; i < move.size(); ++i) out += i % 2 == 0 ? move[i] : ":" + move[i];
  return out + ";\n";
}

std::string statements_sql(const Step& step, Way way) {
  const auto& walk = way == Way::forward ? step.walk : step.reverse_walk;
  const auto& statements = way == Way::forward ? step.forward : step.backward;
  std::string out = walk ? walk_sql(*walk) : "";
  for (auto i = walk ? static_cast<std::size_t>(walk->replaces) : 0; i < statements.size(); ++i)
    out += statements[i].sql + ";\n";
  return out.empty() ? "-- nothing to run in the database\n" : out;
}

}  // namespace

std::string plan_lines(const PlanFile& plan, const std::map<int, StepRow>& rows, Way way, std::optional<Phase> to) {
  std::string out;
  for (const Step* step : in_order(plan, way, to)) {
    const bool over = is_over(*step, rows, way);
    out += fmt::format("{} {:>3}  {:<8} {} ({})\n", over ? "*" : " ", step->number, word_of(step->phase),
                       one_line(step->title), over ? (way == Way::forward ? "done" : "not run") : impact_text(*step));
    const auto& loss = way == Way::forward ? step->loses_forward : step->loses;
    if (!over && !loss.empty()) out += fmt::format("       loses {}\n", one_line(loss));
  }
  return out;
}

std::string plan_sql(const PlanFile& plan, const std::map<int, StepRow>& rows, Way way, std::optional<Phase> to) {
  std::string out;
  for (const Step* step : in_order(plan, way, to)) {
    if (is_over(*step, rows, way)) continue;
    out += fmt::format("-- {}step {} of {}, {}: {}\n-- {}\n", way == Way::forward ? "" : "undo ", step->number,
                       plan.steps.size(), word_of(step->phase), one_line(step->title), impact_text(*step));
    out += statements_sql(*step, way) + "\n";
  }
  return out;
}

}  // namespace forge
