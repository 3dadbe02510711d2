#include "engine/cli/pipeline.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <future>

#include "engine/base/files.hpp"
#include "engine/base/spelling.hpp"
#include "engine/cli/error_places.hpp"
#include "engine/cli/rendering.hpp"
#include "engine/cli/switch_checks.hpp"
#include "engine/diff/dangling.hpp"
#include "engine/diff/join_readers.hpp"
#include "engine/diff/serials.hpp"
#include "engine/diff/spelling.hpp"
#include "engine/diff/star_readers.hpp"
#include "engine/diff/unclear_renames.hpp"
#include "engine/lua/query_renames.hpp"
#include "engine/model/caseless.hpp"
#include "engine/model/laws.hpp"
#include "engine/model/lower.hpp"
#include "engine/model/schema_columns.hpp"
#include "engine/model/schema_hash.hpp"
#include "engine/model/sql/text.hpp"
#include "engine/order/carry.hpp"
#include "engine/order/group.hpp"
#include "engine/order/order.hpp"
#include "engine/plan/classify.hpp"
#include "engine/plan/positional_checks.hpp"

namespace forge {
namespace {

PlannedChange planned(const Change& change, const std::string& group, const Choice* choice) {
  PlannedChange out;
  out.change = change;
  out.group = group;
  if (!choice) return out;
  out.strategy = choice->strategy;
  out.rule = choice->rule;
  out.reason = choice->reason;
  out.policy_file = choice->file;
  out.facts = choice->facts;
  return out;
}

// The policy's answers beside the changes that they are about, in the order of the diff.
Result<void> add_changes(Plan& plan, const ChangeSet& set, const std::vector<Group>& groups,
                         const PlannerAnswer& answer) {
  std::vector<PlannedChange> changes(set.changes.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto& group = groups[g];
    std::vector<const Choice*> choices(group.changes.size(), nullptr);
    for (const auto& choice : answer.groups[g].choices) {
      const auto number = static_cast<std::size_t>(choice.change);
      if (number < 1 || number > choices.size()) {
        return fail(ErrorCode::policy, fmt::format("the policy answered for change {} of group '{}', which has {}",
                                                   choice.change, group.id, choices.size()));
      }
      choices[number - 1] = &choice;
    }
    for (std::size_t i = 0; i < group.changes.size(); ++i) {
      const Change& change = set.changes[group.changes[i]];
      if (!choices[i]) {
        return fail(ErrorCode::policy,
                    fmt::format("the policy says nothing about '{}' of '{}'", word_of(change), object_of(change)),
                    "every change needs a rule; the last rule of a policy should match everything");
      }
      changes[group.changes[i]] = planned(change, group.id, choices[i]);
    }
  }
  plan.changes = std::move(changes);
  return {};
}

void add_groups(Plan& plan, const std::vector<Group>& groups, PlannerAnswer& answer) {
  std::size_t steps = 0;
  for (const auto& given : answer.groups) steps += given.steps.size();
  plan.steps.reserve(steps);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    auto& given = answer.groups[g];
    PlanGroup group{groups[g].id, groups[g].tables, {}, given.explanation};
    for (const auto& choice : given.choices) {
      if (std::ranges::find(group.strategies, choice.strategy) == group.strategies.end()) {
        group.strategies.push_back(choice.strategy);
      }
    }
    for (auto& step : given.steps) {
      step.group = groups[g].id;
      plan.steps.push_back(std::move(step));
    }
    plan.groups.push_back(std::move(group));
    for (auto& item : given.action_items) plan.action_items.push_back(std::move(item));
    for (auto& note : given.notes) plan.notes.push_back(std::move(note));
  }
}

// Progress and error tables go with the last step, so that nothing of ours is left behind.
Result<void> add_cleanup(Plan& plan, DialectHost& dialect) {
  const auto leaves_traces = [](const Step& step) {
    return step.work || step.reverse_work ||
           std::ranges::any_of(step.ops, [](const Change& op) { return std::holds_alternative<Delta<Sync>>(op); });
  };
  // The scripts for MongoDB remember what has run.
  const bool forward = plan.engine == "mongodb" || std::ranges::any_of(plan.steps, leaves_traces);
  const auto moves_back = [](const Step& step) { return step.reverse_work.has_value(); };
  if (!forward && std::ranges::none_of(plan.steps, moves_back)) return {};
  FORGE_ASSIGN(const auto statements, dialect.cleanup());
  if (statements.empty()) return {};
  // The way back ends with the first step: it cleans up there.
  auto& last_back = plan.steps.front().backward;
  last_back.insert(last_back.end(), statements.begin(), statements.end());
  if (!forward) return {};
  Step step;
  step.id = "forgelua/contract/clean-up";
  step.title = "Remove the progress and error tables";
  step.why = "they served the backfills and the dual-write, which are over";
  step.phase = Phase::contract;
  step.number = static_cast<int>(plan.steps.size()) + 1;
  step.strategy = plan.steps.back().strategy;
  step.group = plan.steps.back().group;
  step.forward = statements;
  step.impact.blocks = "nothing";
  step.risk = "low";
  plan.steps.push_back(std::move(step));
  return {};
}

// What the catalog must say once every step has run.
void add_final_checks(Plan& plan, FinalQuestions questions) {
  plan.final_checks = std::move(questions.checks);
  plan.end_marks = std::move(questions.marks);
  plan.server_texts = std::move(questions.server_texts);
}

FinalState final_state(const ChangeSet& set, const Spec& spec) {
  FinalState final{set.changes, spec.before, spec.after, {}};
  for (const auto& [after, intent] : spec.intents.tables) {
    if (!intent.renamed_from.empty()) final.renamed[intent.renamed_from] = after;
  }
  return final;
}

// `beside` is what another machine has run: mostly the same.
void add_modules(Plan& plan, const Modules& modules, const std::vector<UsedModule>& beside) {
  for (const auto& used : together(modules.used(), beside)) {
    plan.modules.push_back({used.name, std::string(word_of(used.layer)), used.sha256});
  }
}

Plan begin(const Prepared& prepared, const std::string& now) {
  const PlanningContext& context = prepared.context;
  const Spec& spec = prepared.spec;
  Plan plan;
  plan.id = spec.id;
  // The name alone: what an approval binds to does not depend on where one stands.
  plan.file = std::filesystem::path(spec.file).filename().string();
  plan.header = spec.header;
  plan.engine = prepared.machine.dialect->engine();
  plan.version = prepared.machine.dialect->facts().version;
  plan.environment = context.environment.empty() ? "production" : context.environment;
  plan.environment_stated = !context.environment.empty();
  plan.now = now;
  plan.tool_version = FORGELUA_VERSION;
  plan.bake = prepared.bake;
  plan.notes = spec.notes;
  plan.before = spec.before;
  plan.after = spec.after;
  plan.hints = spec.hints;
  return plan;
}

Plan with_hashes(Plan plan, SchemaHashes hashes) {
  plan.before_hash = std::move(hashes.before);
  plan.after_hash = std::move(hashes.after);
  plan.before_line = std::move(hashes.before_line);
  return plan;
}

}  // namespace

Naming naming_of(const std::string& engine) {
  if (engine == "sqlite") return Naming::sqlite;
  if (engine == "mysql") return Naming::mysql;
  if (engine == "mongodb") return Naming::mongodb;
  return engine == "mariadb" ? Naming::mariadb : Naming::postgres;
}

namespace {

Lowering lowering_for(DialectHost& dialect) {
  const auto& facts = dialect.facts();
  LowerRules rules;
  rules.engine = dialect.engine();
  rules.naming = naming_of(dialect.engine());
  rules.has = facts.has;
  rules.identifier_limit = static_cast<std::size_t>(facts.identifier_limit);
  rules.limit_in_bytes = facts.identifier_unit != "characters";
  rules.canonical_type = [&dialect](const Type& type, std::string& note) { return dialect.canonical_type(type, note); };
  return Lowering(std::move(rules));
}

}  // namespace

Result<void> lower_schema(Schema& schema, DialectHost& dialect, std::vector<std::string>& notes) {
  Lowering lowering = lowering_for(dialect);
  FORGE_TRY(lowering.run(schema));
  for (auto& note : lowering.notes()) notes.push_back(note);
  return {};
}

Result<void> lower_spec(Spec& spec, DialectHost& dialect) {
  Lowering lowering = lowering_for(dialect);
  if (naming_of(dialect.engine()) == Naming::mongodb) fill_from_defaults(spec);
  if (auto lowered = lowering.run(spec.before, spec.after); !lowered) {
    return fail(at_its_object(std::move(lowered).error(), lowering.about(), spec));
  }
  for (auto& note : lowering.notes()) spec.notes.push_back(note);
  const auto caseless = dialect.facts().words.find("caseless");
  if (caseless != dialect.facts().words.end() && !caseless->second.empty()) {
    imply_case_renames(spec, caseless->second == "all");
  }
  FORGE_TRY(check_laws(spec, dialect.facts().laws, dialect.engine()));
  for (const auto& raw : spec.raws) spec.after.raws[raw.name] = raw;
  return {};
}

namespace {

// The figures that the configuration sets in place of those of strategies/thresholds.lua.
Result<void> configure(std::vector<Threshold>& thresholds, const Prepared& prepared) {
  std::vector<std::string> names(thresholds.size());
  std::ranges::transform(thresholds, names.begin(), &Threshold::name);
  for (const auto& [name, figure] : prepared.thresholds) {
    const auto found = std::ranges::find(thresholds, name, &Threshold::name);
    if (found != thresholds.end()) {
      found->alert = figure;
      continue;
    }
    Error error;
    error.code = ErrorCode::spec;
    error.message = fmt::format("no threshold is called '{}'", name);
    const auto near = nearest(name, names);
    error.hint = near ? fmt::format("did you mean '{}'?", *near) : fmt::format("one of {}", fmt::join(names, ", "));
    if (const auto place = prepared.config_places.find("thresholds." + name); place != prepared.config_places.end())
      error.place = place->second;
    return fail(std::move(error));
  }
  return {};
}

}  // namespace

Result<Plan> make_plan(Prepared& prepared, const std::string& now) {
  auto& [state, modules, dialect] = prepared.machine;
  const Naming naming = naming_of(dialect->engine());
  const IdentifierQuote quote(identifier_quote(dialect->engine()));
  const CaselessNames names(dialect->engine() == "sqlite");
  const PlanningContext& context = prepared.context;
  FORGE_TRY(check_targets(prepared.spec.file, prepared.spec.targets));
  align_serials(prepared.spec.before, prepared.spec.after);
  keep_spelling(prepared.spec.before, prepared.spec.after);
  const Spec& spec = prepared.spec;
  // Nobody asks for the hashes before the plan is whole.
  auto hashes = std::async(std::launch::async, [&spec] { return schema_hashes(spec.before, spec.after); });
  Plan plan = begin(prepared, now);
  const ChangeSet set = diff(spec.before, spec.after, spec.intents);
  plan.possible_renames = set.notes;
  if (set.changes.empty()) return with_hashes(std::move(plan), hashes.get());
  const bool mysql = naming == Naming::mysql || naming == Naming::mariadb;
  FORGE_TRY(check_star_readers(spec));
  FORGE_TRY(check_join_readers(spec));
  // Before what would dangle: an unclear name has been left in its text, and only this check says why.
  FORGE_TRY(check_unclear_renames(spec));
  FORGE_TRY(check_definitions(spec, !mysql, plan.notes));
  const auto groups = group_changes(set.changes, spec.before);
  const auto has = columns_of(spec.before);
  const lua::KnownColumns known(has);
  auto asked = ask_planner(*state, *dialect, groups, set.changes, spec, context);
  if (!asked) return fail(at_the_policy(std::move(asked.error()), prepared));
  auto& answer = *asked;
  if (!answer.unserved.message.empty()) {
    return fail(at_its_change(answer.unserved, groups, set.changes, prepared));
  }
  FORGE_TRY(add_changes(plan, set, groups, answer));
  plan.thresholds = answer.thresholds;
  FORGE_TRY(configure(plan.thresholds, prepared));
  add_groups(plan, groups, answer);
  split_mutual_foreign_keys(plan.steps);
  split_owned_sequences(plan.steps);
  if (naming == Naming::postgres) join_successors(plan.steps);
  const auto steps = steps_of_groups(plan.steps);
  const auto placed = [&](Error error) {
    return fail(at_its_step(std::move(error), steps, groups, set.changes, prepared));
  };
  const bool postgres = naming == Naming::postgres;
  auto ordered = order_steps(std::move(plan.steps), spec.before, spec.after,
                             {.indexes_in_table = mysql,
                              .constraints_in_table = !mysql,
                              .checks_in_table = naming != Naming::mysql,
                              .bound = postgres});
  if (!ordered) return placed(std::move(ordered).error());
  plan.steps = std::move(*ordered);
  if (auto carried = carry_definitions(plan.steps, spec.before, spec.after, spec.intents, !mysql); !carried) {
    return placed(std::move(carried).error());
  }
  FORGE_TRY(check_positional(spec, plan.steps, postgres));
  auto checked = check_and_render(prepared.machine, plan.steps, final_state(set, spec));
  if (!checked) return placed(std::move(checked).error());
  auto& rendered = *checked;
  // Its machine ends beside the rest; the future waits for that as it goes.
  [[maybe_unused]] const auto ending =
      std::async(std::launch::async, [second = std::move(rendered.second)]() mutable { second = {}; });
  FORGE_TRY(ask_before_switches(plan));
  FORGE_TRY(add_cleanup(plan, *dialect));
  add_final_checks(plan, std::move(rendered.questions));
  complete(plan);
  FORGE_ASSIGN(plan.risks, ask_risks(*state, *dialect, plan.steps, spec, context));
  add_modules(plan, *modules, rendered.modules);
  return with_hashes(std::move(plan), hashes.get());
}

}  // namespace forge
