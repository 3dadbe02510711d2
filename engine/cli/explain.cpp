// `forgelua explain SPEC OBJECT`: which rule chose what for an object, on which facts, and the steps that come of it.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include "engine/base/spelling.hpp"
#include "engine/cli/app.hpp"
#include "engine/cli/request.hpp"
#include "engine/diff/json.hpp"

namespace forge {
namespace {

struct ExplainOptions {
  SpecRequest request;
  std::string object;
};

// The object with its table: "orders.total", "orders.orders_open_idx"; names of members may be the same in several tables.
std::string full_name(const Change& change) {
  const auto object = object_of(change), table = display(table_of(change));
  const bool whole = table.empty() || object == table || object.starts_with(table + ".");
  return whole ? object : table + "." + object;
}

// An object is meant by its own name, by that with its table's, or by its table's; each as before the change or after it.
bool is_about(const PlannedChange& change, const std::string& object) {
  for (const Change& side : {change.change, reverse(change.change)}) {
    if (object_of(side) == object || full_name(side) == object || display(table_of(side)) == object) return true;
  }
  return false;
}

std::unexpected<Error> nothing_about(const Plan& plan, const std::string& object) {
  std::vector<std::string> known;
  known.reserve(plan.changes.size());
  for (const auto& change : plan.changes) known.push_back(full_name(change.change));
  const auto best = nearest(object, known);
  std::string list;
  for (std::size_t i = 0; i < known.size() && i < 20; ++i) list += (i ? ", " : "") + known[i];
  return fail(ErrorCode::usage, fmt::format("nothing changes about '{}'", object),
              best            ? fmt::format("did you mean '{}'?", *best)
              : known.empty() ? "the two schemas are equal"
                              : "these change: " + list);
}

void print(const PlannedChange& change, const Plan& plan, std::ostream& out) {
  out << fmt::format("{} {}\n", word_of(change.change), full_name(change.change));
  out << fmt::format("  strategy  {}\n  because   {}\n  rule      {} ({})\n", change.strategy, change.reason,
                     change.rule, change.policy_file);
  for (const auto& [name, value] : change.facts) out << fmt::format("  fact      {} = {}\n", name, value);
  out << fmt::format("  risk      {}; reversible: {}\n", change.risk, change.reversible);
  if (!change.loses.empty()) out << fmt::format("  loses     {}\n", change.loses);
  for (const auto& group : plan.groups) {
    if (group.id == change.group && !group.explanation.empty())
      out << fmt::format("  how       {}\n", group.explanation);
  }
  for (const int number : change.steps) {
    const Step& step = plan.steps.at(static_cast<std::size_t>(number) - 1);
    out << fmt::format("  step {:<4} {:<9} {}", number, enum_word(step.phase), step.title);
    if (!step.impact.lock.empty()) out << fmt::format(" [{}, blocks {}]", step.impact.lock, step.impact.blocks);
    out << "\n";
  }
  out << "\n";
}

Result<int> explain(const ExplainOptions& options, Terminal& terminal) {
  FORGE_ASSIGN(auto prepared, prepare(options.request));
  FORGE_ASSIGN(const auto plan, make_plan(prepared, ""));
  bool found = false;
  for (const auto& change : plan.changes) {
    if (!options.object.empty() && !is_about(change, options.object)) continue;
    found = true;
    if (terminal.json) {
      Json line = to_json(change);
      terminal.out << Json{{"version", 1}, {"type", "explain"}, {"change", std::move(line)}}.dump() << "\n";
    } else {
      print(change, plan, terminal.out);
    }
  }
  if (!found) return nothing_about(plan, options.object);
  return 0;
}

}  // namespace

void add_explain(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<ExplainOptions>();
  auto* command =
      app.add_subcommand("explain", "Say which rule chose which strategy for an object, and on which facts");
  add_spec_options(*command, options->request);
  command->add_option("object", options->object, "Such as orders or orders.total; every change where it is left out");
  command->callback(
      [&chosen, options] { chosen = [options](Terminal& terminal) { return explain(*options, terminal); }; });
}

}  // namespace forge
