#include "engine/plan/classify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>

#include "engine/model/derived_names.hpp"

namespace forge {
namespace {

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

using Names = std::set<std::string>;

Names names_of(const Change& change) { return {own_name(object_of(change)), own_name(object_of(reverse(change)))}; }

bool meet(const Names& a, const Names& b) {
  return std::ranges::any_of(a, [&](const std::string& name) { return b.contains(name); });
}

Names tables_of(const Change& change) {
  return {own_name(display(table_of(change))), own_name(display(table_of(reverse(change))))};
}

// A sync and a work name the columns that they move.
Names moved_names(const Step& step) {
  Names names;
  const auto add = [&](const QName& table, const std::string& column) {
    names.insert(own_name(display(table)) + "." + own_name(column));
  };
  for (const auto& op : step.ops) {
    const auto* sync = std::get_if<Delta<Sync>>(&op);
    if (!sync) continue;
    const Sync& value = sync->after ? *sync->after : *sync->before;
    for (const auto& pair : value.pairs) {
      add(value.table, pair.old_column);
      add(value.table, pair.new_column);
    }
  }
  if (step.work) {
    for (const auto& column : step.work->set) add(step.work->table, column.to);
  }
  return names;
}

bool moves_table(const Step& step, const Names& tables) {
  return step.work && step.work->kind == "copy" && tables.contains(own_name(display(step.work->table)));
}

bool takes_whole_table(const Step& step) {
  return step.strategy == "shadow_table" || step.strategy == "blue_green" || step.strategy == "big_bang";
}

bool touches(const Step& step, const Change& change) {
  const Names names = names_of(change);
  const Names tables = tables_of(change);
  const bool by_op = std::ranges::any_of(step.ops, [&](const Change& op) {
    return meet(names_of(op), names) || (takes_whole_table(step) && meet(tables_of(op), tables));
  });
  return by_op || meet(moved_names(step), names) || moves_table(step, tables);
}

bool loses_values(const Delta<EnumType>& change) {
  if (!change.before || !change.after) return !change.after;
  return std::ranges::any_of(change.before->values,
                             [&](const auto& value) { return !has(change.after->values, value); });
}

std::string column_reversibility(const Change& change) {
  const auto facets = facets_of(change);
  for (const auto* facet : {"type", "collation", "charset", "generated"}) {
    if (has(facets, facet)) return "data-dependent";
  }
  // Back to NOT NULL only works while nobody has written a NULL.
  const auto& column = std::get<Delta<Column>>(change);
  return !column.before->nullable && column.after->nullable ? "data-dependent" : "yes";
}

bool constrains(std::string_view kind) {
  return kind == "unique" || kind == "primary_key" || kind == "foreign_key" || kind == "check" || kind == "exclusion";
}

std::string column_risk(const Change& change) {
  const auto& column = std::get<Delta<Column>>(change);
  if (!column.before) {
    return column.after->nullable || column.after->default_value ? "low" : "high";
  }
  const auto facets = facets_of(change);
  for (const auto* facet : {"name", "type", "collation", "charset", "generated"}) {
    if (has(facets, facet)) return "high";
  }
  const bool tightened = column.before->nullable && !column.after->nullable;
  return tightened || has(facets, "identity") ? "medium" : "low";
}

// What a whole plan is asked for each of its changes.
struct PlanIndex {
  explicit PlanIndex(const Plan& plan) {
    for (const auto& step : plan.steps) by_group[step.group].push_back(&step);
    for (const auto& change : plan.changes) {
      const auto* created = std::get_if<Delta<Table>>(&change.change);
      if (created && !created->before) new_tables.insert(created->after->name);
    }
  }
  std::unordered_map<std::string_view, std::vector<const Step*>> by_group;
  std::set<QName> new_tables;
};

Compatibility together(const Plan& plan, const std::vector<int>& numbers) {
  Compatibility all;
  for (const int number : numbers) {
    const Step& step = plan.steps[static_cast<std::size_t>(number - 1)];
    const auto& one = step.compatibility;
    if (all.old_app && !one.old_app) {
      all.old_app = false;
      all.note = fmt::format("from step {} on: {}", number,
                             one.note.empty() ? "the deployed application stops working" : one.note);
    }
    all.new_app = one.new_app;  // what counts is whether it works in the end
  }
  return all;
}

std::string losses(const Plan& plan, const std::vector<int>& numbers) {
  std::string out;
  for (const int number : numbers) {
    const Step& step = plan.steps[static_cast<std::size_t>(number - 1)];
    for (const auto* text : {&step.loses_forward, &step.loses}) {
      if (text->empty() || out.find(*text) != std::string::npos) continue;
      out += (out.empty() ? "" : "; ") + *text;
    }
  }
  return out;
}

std::string step_risk(const Step& step) {
  const bool stops = step.impact.blocks == "reads and writes" || step.impact.blocks == "writes";
  if (!step.loses_forward.empty()) return "high";
  if (stops && !step.impact.brief) return "high";
  if (step.work || step.impact.scan || step.impact.rewrite || !step.loses.empty()) return "medium";
  return "low";
}

}  // namespace

std::string reversibility(const Change& change) {
  const auto kind = kind_of(change);
  const Verb verb = verb_of(change);
  if (kind == "table" || kind == "column") {
    if (verb == Verb::drop) return "destructive";
    if (verb == Verb::create || verb == Verb::rename) return "yes";
    return kind == "column" ? column_reversibility(change) : "yes";
  }
  if (const auto* values = std::get_if<Delta<EnumType>>(&change)) {
    return values->before && loses_values(*values) ? "data-dependent" : "yes";
  }
  if (const auto* raw = std::get_if<Delta<Raw>>(&change)) {
    return raw->after && raw->after->down.empty() ? "destructive" : "yes";
  }
  // Rows written while a constraint is away may stand against its return; a sequence comes back at its start.
  return verb == Verb::drop && (constrains(kind) || kind == "sequence") ? "data-dependent" : "yes";
}

std::string plain_risk(const Change& change) {
  const auto kind = kind_of(change);
  const Verb verb = verb_of(change);
  if (reversibility(change) == "destructive") return "high";
  if (kind == "column") return column_risk(change);
  if (kind == "table") return verb == Verb::rename ? "high" : verb == Verb::create ? "low" : "medium";
  if (kind == "primary_key") return "high";
  if (verb == Verb::rename) return kind == "view" ? "high" : "low";
  if (kind == "raw") return "medium";
  if (kind == "enum") return reversibility(change) == "yes" ? "low" : "high";
  if (constrains(kind) || kind == "index") return verb == Verb::drop ? "low" : "medium";
  return verb == Verb::create ? "low" : "medium";
}

namespace {

std::vector<int> steps_among(const std::vector<const Step*>& steps, const PlannedChange& change) {
  std::vector<int> named, group;
  for (const auto* step : steps) {
    if (change.strategy.empty() || step->strategy == change.strategy) group.push_back(step->number);
    if (touches(*step, change.change)) named.push_back(step->number);
  }
  return named.empty() ? group : named;
}

}  // namespace

std::vector<int> steps_of(const Plan& plan, const PlannedChange& change) {
  std::vector<const Step*> steps;
  for (const auto& step : plan.steps) {
    if (change.group.empty() || step.group == change.group) steps.push_back(&step);
  }
  return steps_among(steps, change);
}

void complete(Plan& plan) {
  for (auto& step : plan.steps) {
    if (step.risk.empty()) step.risk = step_risk(step);
    if (step.seconds == 0) step.seconds = estimate(plan, step);
  }
  PlanIndex index(plan);
  for (auto& change : plan.changes) {
    if (change.steps.empty()) {
      change.steps = change.group.empty() ? steps_of(plan, change) : steps_among(index.by_group[change.group], change);
    }
    if (change.loses.empty()) change.loses = losses(plan, change.steps);
    if (change.reversible.empty()) {
      change.reversible = reversibility(change.change);
      // What is new goes with its own values, as everybody expects; anything else that is lost is worth a sign.
      const bool created = verb_of(change.change) == Verb::create;
      if (change.reversible == "yes" && !created && !change.loses.empty()) change.reversible = "data-dependent";
    }
    if (change.risk.empty()) {
      change.risk = index.new_tables.contains(table_of(change.change)) ? "low" : plain_risk(change.change);
    }
    if (change.reversible == "destructive") change.risk = "high";
    if (!change.compatibility) change.compatibility = together(plan, change.steps);
  }
}

}  // namespace forge
