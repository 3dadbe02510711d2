// A whole plan: everything that the package's files are written from. The engine fills it; engine/emit only reads it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/diff/change.hpp"
#include "engine/model/schema.hpp"
#include "engine/model/spec.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// A named fact that a rule decided on, written as it is to be read: {"rows", "480,000,000"}.
using Fact = std::pair<std::string, std::string>;

// One change of the diff, and what was decided about it. Fields marked "filled" are set by `complete` (classify.hpp)
// where the policy left them empty.
struct PlannedChange {
  Change change;
  std::string group;        // the id of its group
  std::string strategy;     // direct, expand_migrate_contract, shadow_column, shadow_table, blue_green, big_bang
  std::string rule;         // the policy's rule that chose it
  std::string reason;       // the rule's reason, one sentence
  std::string policy_file;  // the file that holds the rule, with its layer: "builtin:strategies/policy.lua"
  std::vector<Fact> facts;  // what the rule looked at
  std::string risk;         // low, medium, high; filled; a destructive change is always high
  std::string reversible;   // yes, data-dependent, destructive; filled
  std::string loses;        // the data that goes, in words; filled from its steps
  std::optional<Compatibility> compatibility;  // filled: every step that serves it, taken together
  std::vector<int> steps;                      // the numbers of the steps that touch its object; filled

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("change", self.change);
    visit("group", self.group);
    visit("strategy", self.strategy);
    visit("rule", self.rule);
    visit("reason", self.reason);
    visit("policy_file", self.policy_file);
    visit("facts", self.facts);
    visit("risk", self.risk);
    visit("reversible", self.reversible);
    visit("loses", self.loses);
    visit("compatibility", self.compatibility);
    visit("steps", self.steps);
  }
};

// Changes that are carried out together.
struct PlanGroup {
  std::string id;
  std::vector<QName> tables;
  std::vector<std::string> strategies;
  std::string explanation;  // the strategies' own words

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("id", self.id);
    visit("tables", self.tables);
    visit("strategies", self.strategies);
    visit("explanation", self.explanation);
  }
};

// A Lua module that had a say in the plan.
struct Module {
  std::string name;    // as required: "strategies.policy"
  std::string layer;   // project, organisation, builtin
  std::string sha256;  // of its source text

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("layer", self.layer);
    visit("sha256", self.sha256);
  }
};

// A figure to watch while the plan runs, from strategies/thresholds.lua.
struct Threshold {
  std::string name;       // error_rate, p95_latency, database_cpu, connections, queue_depth, row_delta, replica_lag …
  double alert = 0;       // go over it and `action` is due
  std::string unit;       // "%", "ms", "s", "" for a count
  std::string normal;     // the normal range in words: "< 0.1 %"
  std::string action;     // what to do, in the imperative
  bool rollback = false;  // crossing it for five minutes is a reason to roll back

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("alert", self.alert);
    visit("unit", self.unit);
    visit("normal", self.normal);
    visit("action", self.action);
    visit("rollback", self.rollback);
  }
};

// One row of the risk matrix, from strategies/risks.lua.
struct RiskRow {
  std::string risk;
  std::string severity;    // low, medium, high
  std::string likelihood;  // low, medium, high
  std::string mitigation;  // concrete: a query, a command, a number
  std::vector<int> steps;  // the steps that it is about; empty: the whole plan

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("risk", self.risk);
    visit("severity", self.severity);
    visit("likelihood", self.likelihood);
    visit("mitigation", self.mitigation);
    visit("steps", self.steps);
  }
};

// A part of the application that uses a name which goes away.
struct Affected {
  std::string component;
  std::string uses;  // where and what: "app/orders.py:31 reads orders.amount"
  std::string impact;
  std::string effort;

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("component", self.component);
    visit("uses", self.uses);
    visit("impact", self.impact);
    visit("effort", self.effort);
  }
};

// What tells the end of a plan from its beginning: a query about a change of the diff.
struct EndMark {
  Change change;
  std::string sql;  // '0' until a step works on the change's object, '1' once every step has run
};

struct Plan {
  // What was asked for.
  std::string id;
  std::string file;                           // the name of the spec, without its folder
  std::map<std::string, std::string> header;  // the spec's own words: description, owner, service, team, author,
                                              // reviewed_by, ticket, target_date, why, downtime …
  std::string engine;                         // postgres, mysql, mariadb, sqlite, or a dialect that extends one
  std::string family;                         // the one of those four whose client and SQL it uses; "" is `engine`
  std::string version;                        // as the dialect took it: "15", "10.11"; never empty
  std::string environment = "production";
  bool environment_stated = false;
  std::string now;           // the one instant, ISO 8601; outside the hash. "" : no date is printed
  std::string tool_version;  // of forgelua
  std::string bake = "7d";   // how long switch bakes before contract: a number and m, h, d or w

  // What was decided.
  std::vector<PlannedChange> changes;
  std::vector<PlanGroup> groups;
  std::vector<Step> steps;  // in order of running, numbered from 1, phases never going back
  std::vector<RiskRow> risks;
  std::vector<Threshold> thresholds;
  std::vector<std::string> action_items;      // what a person must decide first, such as a refused big bang
  std::vector<std::string> notes;             // what the engine cannot hold; what ends otherwise than a fresh build
  std::vector<std::string> possible_renames;  // a drop beside an add, with the line to paste
  std::vector<Affected> affected;             // from --code
  std::vector<Module> modules;                // sorted by name

  // What it was decided on.
  Schema before, after;
  std::string before_hash, after_hash;  // sha256 of the canonical schemas
  std::string before_line;              // `before` as schema_line writes it; empty: nobody had it in hand
  std::map<QName, Hint> hints;

  // What must hold, as the dialect words it. The package adds what follows from the model alone (emit/assertions.hpp).
  std::vector<Assertion> baseline;       // figures to note before the start; `expect` empty: printed, not judged
  std::vector<Assertion> final_checks;   // once every step has run
  std::vector<ServerText> server_texts;  // likewise
  std::vector<EndMark> end_marks;        // those of the final checks that are sure to fail before the start

  // From a finished `forgelua test`, where one is there: what it ran on, and what came of it. Empty: not tested yet.
  std::string rollback_evidence;
  // The section of migration-plan.md about that test, proved or not. Empty: not tested yet.
  std::string test_section;
};

// Figures that several documents state alike.
struct Summary {
  std::string strategy;      // the primary one: the heaviest of those used
  std::string risk;          // the highest of the changes' and the steps'
  std::string kind;          // additive, additive + backfill, rename, type change, restructure, index
  std::string downtime;      // "none", or the window in words
  double seconds = 0;        // estimated duration of the steps whose duration is known, without the bake
  bool destructive = false;  // a step makes data go for good
  int deployments = 0;       // releases that must follow each other: of the schema and of the application
  std::string deployments_why;
  int point_of_no_return = 0;  // the first step that makes data go for good; 0: none
  int first_loss = 0;          // the first step whose way back loses something; 0: none
  double rows_moved = 0;       // known rows that steps move
  bool rows_unknown = false;   // at least one step takes as long as its rows are many, and nobody stated how many
};
Summary summarise(const Plan& plan);

std::string_view word_of(Phase phase);  // expand, migrate, switch, contract

}  // namespace forge
