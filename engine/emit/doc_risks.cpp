// risk-matrix.md
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/emit/documents.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/emit/phases.hpp"

namespace forge {
namespace {

int rank(const RiskRow& row) { return row.severity == "high" ? 0 : row.severity == "medium" ? 1 : 2; }

bool blocks_long(const Step& step) {
  return !step.impact.brief && (step.impact.blocks == "writes" || step.impact.blocks == "reads and writes");
}

// A row for a step that the risk rules of the plan say nothing about, though it can do harm.
void own_rows(std::vector<RiskRow>& rows, const Step& step, const std::string& segment, std::string_view ending) {
  const auto way_back = fmt::format("phases/{}.rollback{}", segment, ending);
  const auto title = one_line(step.title);
  if (!step.loses_forward.empty()) {
    rows.push_back({fmt::format("{}: {} is gone for good", title, step.loses_forward),
                    "high",
                    "high",
                    fmt::format("take the backup of the runbook and try its restore before step {0}; go past step {0} "
                                "only when `{1}` is no longer wanted",
                                step.number, way_back),
                    {step.number}});
  } else if (blocks_long(step)) {
    rows.push_back({fmt::format("{}: blocks {}", title, step.impact.blocks),
                    "high",
                    "medium",
                    fmt::format("run step {} outside the busy hours; stop it (Ctrl-C) when it has not ended after {}",
                                step.number, duration_text(std::max(60.0, step.seconds * 2))),
                    {step.number}});
  } else if (step.work) {
    rows.push_back(
        {fmt::format("{}: load on the database and its replicas", title),
         "medium",
         "medium",
         fmt::format("batches of {} rows, {} ms apart; stop step {} at a replica lag of 10 s and go on under "
                     "1 s",
                     step.work->batch_rows, step.work->pause_ms, step.number),
         {step.number}});
  } else if (!step.loses.empty()) {
    rows.push_back(
        {fmt::format("{}: its way back loses {}", title, step.loses),
         "medium",
         "low",
         fmt::format("before `{}` is run, save what it names with the backup command of the runbook", way_back),
         {step.number}});
  }
}

std::string overview(const std::vector<RiskRow>& rows) {
  const auto count = [&](std::string_view severity) {
    return std::ranges::count_if(rows, [&](const RiskRow& row) { return row.severity == severity; });
  };
  return fmt::format("{} high, {} medium, {} low.\n\n", count("high"), count("medium"), count("low"));
}

}  // namespace

std::string risk_document(const Plan& plan) {
  std::vector<RiskRow> rows = plan.risks;
  const auto segments = segment_names(plan);
  std::set<int> covered;
  for (const auto& row : rows) covered.insert(row.steps.begin(), row.steps.end());
  for (const auto& step : plan.steps) {
    if (covered.contains(step.number)) continue;
    own_rows(rows, step, segments[static_cast<std::size_t>(step.number)], plan.engine == "mongodb" ? ".ts" : ".sql");
  }
  std::ranges::stable_sort(rows, {}, rank);
  MarkdownTable table({"#", "Risk", "Severity", "Likelihood", "Mitigation", "Steps"});
  int number = 0;
  for (const auto& row : rows) {
    table.row({std::to_string(++number), row.risk, row.severity, row.likelihood, row.mitigation,
               row.steps.empty() ? "all" : step_numbers(row.steps)});
  }
  std::string out = fmt::format("# Risk matrix: {}\n\n", one_line(plan.id));
  if (rows.empty()) {
    return out + "No step destroys data, blocks traffic beyond milliseconds, depends on the rows or moves any.\n";
  }
  return out + overview(rows) + table.text();
}

}  // namespace forge
