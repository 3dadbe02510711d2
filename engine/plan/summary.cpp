#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include "engine/plan/classify.hpp"
#include "engine/plan/plan.hpp"

namespace forge {
namespace {

// Heaviest last: the plan is called after the heaviest strategy in it.
constexpr std::array<std::string_view, 6> kByWeight = {
    "direct", "expand_migrate_contract", "shadow_column", "shadow_table", "blue_green", "big_bang"};

std::size_t weight(std::string_view strategy) {
  const auto found = std::ranges::find(kByWeight, strategy);
  // An organisation's own strategy outweighs `direct` and nothing else.
  return found == kByWeight.end() ? 1 : static_cast<std::size_t>(found - kByWeight.begin()) * 2;
}

std::string heaviest(const Plan& plan) {
  std::string out;
  const auto consider = [&](const std::string& strategy) {
    if (!strategy.empty() && (out.empty() || weight(strategy) > weight(out))) out = strategy;
  };
  for (const auto& change : plan.changes) consider(change.strategy);
  for (const auto& step : plan.steps) consider(step.strategy);
  return out.empty() ? "direct" : out;
}

int risk_rank(std::string_view risk) { return risk == "high" ? 3 : risk == "medium" ? 2 : 1; }

std::string highest_risk(const Plan& plan) {
  int rank = 1;
  for (const auto& change : plan.changes) rank = std::max(rank, risk_rank(change.risk));
  for (const auto& step : plan.steps) rank = std::max(rank, risk_rank(step.risk));
  return rank == 3 ? "high" : rank == 2 ? "medium" : "low";
}

bool alters(const Change& change, std::string_view facet) {
  const auto facets = facets_of(change);
  return std::ranges::find(facets, facet) != facets.end();
}

// The one kind of a change, by FEATURES' words.
std::string kind_word(const Change& change) {
  const auto kind = kind_of(change);
  const Verb verb = verb_of(change);
  if (kind == "index") return "index";
  const bool named = kind == "table" || kind == "column" || kind == "view";
  if (named && (verb == Verb::rename || (verb == Verb::alter && alters(change, "name")))) {
    return "rename";
  }
  if (kind == "column" && verb == Verb::alter && alters(change, "type")) return "type change";
  if (verb == Verb::create) return "additive";
  return kind == "column" && verb == Verb::alter ? "column definition" : "restructure";
}

std::string migration_kind(const Plan& plan) {
  std::set<std::string> kinds;
  for (const auto& change : plan.changes) kinds.insert(kind_word(change.change));
  if (kinds.size() > 1 && kinds.contains("additive")) kinds.erase("index");
  const bool moves = std::ranges::any_of(plan.steps, [](const Step& s) { return s.work.has_value(); });
  std::string out;
  for (const auto* word : {"additive", "rename", "type change", "column definition", "restructure", "index"}) {
    if (!kinds.contains(word)) continue;
    out += (out.empty() ? "" : " + ") + std::string(word);
    if (word == std::string_view("additive") && moves) out += " + backfill";
  }
  return out.empty() ? "restructure" : out;
}

// Where there are many, a sentence names the first of them: each step says for itself what it is.
std::string numbers_text(const std::vector<int>& numbers) {
  constexpr std::size_t kReadable = 12, kFirst = 8;
  if (numbers.size() > kReadable) {
    return fmt::format("{} and {} more up to {}", fmt::join(std::span(numbers).first(kFirst), ", "),
                       numbers.size() - kFirst, numbers.back());
  }
  std::string out;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) out += i + 1 == numbers.size() ? " and " : ", ";
    out += std::to_string(numbers[i]);
  }
  return out;
}

bool stops_traffic(const Step& step) {
  return step.strategy == "big_bang" ||
         (!step.impact.brief && (step.impact.blocks == "writes" || step.impact.blocks == "reads and writes"));
}

// For how long writes wait; "" where they never do.
std::string waiting(const Plan& plan) {
  std::vector<int> numbers;
  double seconds = 0;
  bool known = true;
  for (const auto& step : plan.steps) {
    if (!stops_traffic(step)) continue;
    numbers.push_back(step.number);
    seconds += std::max(0.0, step.seconds);
    known = known && step.seconds >= 0;
  }
  if (numbers.empty()) return "";
  const auto time = known ? fmt::format("{:.0f} s by the estimate", std::max(1.0, seconds))
                          : std::string("for a time that grows with tables whose size is not stated");
  return fmt::format("writes wait while step{} {} run{}, {}", numbers.size() == 1 ? "" : "s", numbers_text(numbers),
                     numbers.size() == 1 ? "s" : "", time);
}

// What a step is about: the part of its id before the phase, such as "orders" or "orders.total".
std::string_view subject_of(const Step& step) { return std::string_view(step.id).substr(0, step.id.find('/')); }

// The earliest phase in which an application is deployed, by what that is about.
std::map<std::string_view, Phase> deployments(const Plan& plan) {
  std::map<std::string_view, Phase> out;
  for (const auto& step : plan.steps) {
    if (step.app.empty()) continue;
    const auto [found, fresh] = out.emplace(subject_of(step), step.phase);
    if (!fresh) found->second = std::min(found->second, step.phase);
  }
  return out;
}

// Where the deployed application fails although no other one could have been deployed for the step's subject, or for the
// whole table, in an earlier phase: one that is deployed for another column knows nothing of this one. By contract it has been.
std::vector<std::string> breaches(const Plan& plan) {
  const auto deployed = deployments(plan);
  const auto before = [&](std::string_view subject, Phase phase) {
    const auto found = deployed.find(subject);
    return found != deployed.end() && found->second < phase;
  };
  const auto awaited = [&](const Step& step) {
    return before(subject_of(step), step.phase) ||
           std::ranges::any_of(step.ops, [&](const Change& op) { return before(display(table_of(op)), step.phase); });
  };
  std::vector<std::string> out;
  for (const auto& step : plan.steps) {
    if (step.compatibility.old_app || step.phase == Phase::contract || awaited(step)) continue;
    out.push_back(fmt::format("the deployed application meets errors from step {} until the new one runs{}",
                              step.number,
                              step.compatibility.note.empty() ? "" : " (" + step.compatibility.note + ")"));
  }
  return out;
}

std::string downtime_of(const Plan& plan) {
  const auto window = plan.header.find("downtime");
  const bool big_bang = std::ranges::any_of(plan.steps, [](const Step& step) { return step.strategy == "big_bang"; });
  if (big_bang) {
    return window == plan.header.end() ? "the application is stopped while the steps run"
                                       : "a window of " + window->second;
  }
  std::string out = waiting(plan);
  for (const auto& breach : breaches(plan)) out += (out.empty() ? "" : "; ") + breach;
  return out.empty() ? "none" : out;
}

// The number of the first step that says anything in `member`; 0: none does.
int first_with(const Plan& plan, std::string Step::* member) {
  for (const auto& step : plan.steps) {
    if (!(step.*member).empty()) return step.number;
  }
  return 0;
}

std::string counts(const std::vector<std::string>& order) {
  const auto application =
      std::ranges::count_if(order, [](const auto& line) { return line.starts_with("application"); });
  const auto schema = std::ssize(order) - application;
  if (application == 0) return fmt::format("{} of the schema", schema);
  return fmt::format("{} of the schema, {} of the application", schema, application);
}

std::string deployments_reason(const Plan& plan, const std::vector<std::string>& order) {
  std::vector<int> breaking;
  for (const auto& step : plan.steps) {
    if (!step.compatibility.old_app) breaking.push_back(step.number);
  }
  const bool application = std::ranges::any_of(order, [](const auto& line) { return line.starts_with("application"); });
  const std::string releases = fmt::format("needs {} release{} {}", order.size(), order.size() == 1 ? "" : "s",
                                           application ? "(" + counts(order) + ")" : "of the schema");
  if (breaking.empty()) {
    return releases + ": every step leaves the deployed application working";
  }
  return fmt::format("{} because step{} {} {} not compatible with the application that is deployed now", releases,
                     breaking.size() == 1 ? "" : "s", numbers_text(breaking), breaking.size() == 1 ? "is" : "are");
}

}  // namespace

std::string_view word_of(Phase phase) {
  switch (phase) {
    case Phase::expand:
      return "expand";
    case Phase::migrate:
      return "migrate";
    case Phase::switch_over:
      return "switch";
    case Phase::contract:
      return "contract";
  }
  return "expand";
}

std::vector<std::string> releases(const Plan& plan) {
  std::vector<std::string> out;
  std::string phases;
  int first = 0;
  const auto close = [&](int last) {
    if (phases.empty()) return;
    out.push_back(first == last ? fmt::format("schema: {} (step {})", phases, first)
                                : fmt::format("schema: {} (steps {}-{})", phases, first, last));
    phases.clear();
  };
  bool application = false;  // the phase asks for application work, which goes out at its end
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (phases.empty()) first = step.number;
    if (i == 0 || plan.steps[i - 1].phase != step.phase) {
      phases += (phases.empty() ? "" : " + ") + std::string(word_of(step.phase));
    }
    application = application || !step.app.empty();
    const bool last = i + 1 == plan.steps.size() || plan.steps[i + 1].phase != step.phase;
    if (!last) continue;
    // Contract waits for the bake, so it is a release of its own, and asks for no application after it.
    const bool bakes = i + 1 < plan.steps.size() && plan.steps[i + 1].phase == Phase::contract;
    if (application && step.phase != Phase::contract) {
      close(step.number);
      out.push_back(fmt::format("application: after {}", word_of(step.phase)));
    } else if (bakes) {
      close(step.number);
    }
    application = false;
  }
  if (!plan.steps.empty()) close(plan.steps.back().number);
  return out;
}

std::string release_counts(const Plan& plan) { return counts(releases(plan)); }

Summary summarise(const Plan& plan) {
  Summary out;
  out.strategy = heaviest(plan);
  out.risk = highest_risk(plan);
  out.kind = migration_kind(plan);
  out.downtime = downtime_of(plan);
  for (const auto& step : plan.steps) {
    out.seconds += std::max(0.0, step.seconds);
    out.rows_unknown = out.rows_unknown || step.seconds < 0;
    out.destructive = out.destructive || !step.loses_forward.empty();
    if (!step.work) continue;
    out.rows_moved += static_cast<double>(std::max<std::int64_t>(0, step.work->rows));
  }
  for (const auto& change : plan.changes) {
    out.destructive = out.destructive || change.reversible == "destructive";
  }
  const auto order = releases(plan);
  out.deployments = static_cast<int>(order.size());
  out.deployments_why = deployments_reason(plan, order);
  out.point_of_no_return = first_with(plan, &Step::loses_forward);
  out.first_loss = first_with(plan, &Step::loses);
  return out;
}

}  // namespace forge
