#include "engine/emit/segments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace forge {

bool is_halt(const Step& step) { return step.ops.empty() && !step.work && !step.reverse_work && !step.app.empty(); }

namespace {

// Does a step that has something to run follow in this phase?
bool goes_on(const Plan& plan, const Step& halt) {
  return std::ranges::any_of(plan.steps, [&](const Step& step) {
    return step.number > halt.number && step.phase == halt.phase && !is_halt(step);
  });
}

}  // namespace

std::vector<Segment> segments_of(const Plan& plan) {
  std::vector<Segment> out;
  std::map<std::string, int> parts;
  const std::string ending = (plan.family.empty() ? plan.engine : plan.family) == "mongodb" ? ".ts" : ".sql";
  for (const auto& step : plan.steps) {
    const bool backfill = step.work.has_value();
    const bool halts = is_halt(step) && !out.empty() && !is_halt(*out.back().steps.back()) && goes_on(plan, step);
    if (out.empty() || out.back().phase != step.phase || out.back().backfill != backfill || halts) {
      const std::string name = fmt::format("{}-{}", static_cast<int>(step.phase) + 1,
                                           backfill ? std::string_view("backfill") : word_of(step.phase));
      const int part = ++parts[name];
      out.push_back({step.phase, backfill, part == 1 ? name : fmt::format("{}-part{}", name, part), ending, {}});
    }
    out.back().steps.push_back(&step);
  }
  return out;
}

std::vector<std::string> segment_names(const Plan& plan) {
  std::vector<std::string> out(plan.steps.size() + 1);
  for (const auto& segment : segments_of(plan)) {
    for (const Step* step : segment.steps) out[static_cast<std::size_t>(step->number)] = segment.name;
  }
  return out;
}

std::string forward_file(const Segment& segment) { return "phases/" + segment.name + segment.ending; }
std::string rollback_file(const Segment& segment) { return "phases/" + segment.name + ".rollback" + segment.ending; }
std::string validation_file(const Segment& segment) {
  return "phases/" + segment.name + ".validation" + segment.ending;
}

}  // namespace forge
