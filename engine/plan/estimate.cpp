#include <algorithm>
#include <cmath>

#include "engine/plan/classify.hpp"

namespace forge {
namespace {

// Rates of one connection on a machine of two cores, PostgreSQL 18, tables of a million rows with one index: rows
// updated in batches of 10,000 with a commit each; rows of an index build; rows of a table that is written anew.
constexpr double kMovedPerSecond = 115e3;
constexpr double kIndexedPerSecond = 430e3;
constexpr double kRewrittenPerSecond = 480e3;
// Rows read and tested under a constraint, which costs no more than reading them for an index build.
constexpr double kScannedPerSecond = kIndexedPerSecond;

double rows_of(const Plan& plan, const Step& step) {
  for (const auto& op : step.ops) {
    const auto hint = plan.hints.find(table_of(op));
    if (hint != plan.hints.end() && hint->second.rows) return *hint->second.rows;
    if (!plan.before.tables.contains(table_of(op))) return 0;  // made by the plan: empty
  }
  return -1;
}

double moving(const Work& work) {
  if (work.rows < 0) return kUnknownSeconds;
  const auto rows = static_cast<double>(work.rows);
  const double batches = work.batch_rows > 0 ? std::ceil(rows / static_cast<double>(work.batch_rows)) : 0;
  return rows / kMovedPerSecond + batches * static_cast<double>(work.pause_ms) / 1000;
}

}  // namespace

double estimate(const Plan& plan, const Step& step) {
  if (step.work) return moving(*step.work);
  if (!step.impact.scan && !step.impact.rewrite) return 0;
  const double rows = rows_of(plan, step);
  if (rows < 0) return kUnknownSeconds;
  return rows / (step.impact.rewrite ? kRewrittenPerSecond : kScannedPerSecond);
}

double estimate_back(const Step& step) {
  if (step.reverse_work) return moving(*step.reverse_work);
  return step.work ? 0 : step.seconds;
}

}  // namespace forge
