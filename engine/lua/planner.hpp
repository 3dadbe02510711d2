// Asks the policy and the strategies, in Lua, how a set of changes is to be carried out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/lua/dialect.hpp"
#include "engine/model/spec.hpp"
#include "engine/order/group.hpp"
#include "engine/plan/plan.hpp"

namespace forge {

// What a plan is made under, besides the schemas.
struct PlanningContext {
  std::string environment;  // "production" where nobody named one
  std::string downtime;     // a stated window such as "30m"; "" is none
  std::string strategy;     // asked for by the spec or the configuration for every change; "" is none
  std::string policy;       // the policy module; "" is strategies.policy through the layers
};

// The policy's answer for one change.
struct Choice {
  int change = 0;  // its number in the group, from 1
  std::string strategy, rule, reason, file;
  std::vector<Fact> facts;

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("change", self.change);
    visit("strategy", self.strategy);
    visit("rule", self.rule);
    visit("reason", self.reason);
    visit("file", self.file);
    visit("facts", self.facts);
  }
};

struct GroupAnswer {
  std::string id;
  std::vector<Choice> choices;
  std::vector<Step> steps;
  std::string explanation;
  std::string refused;                    // why the policy refuses the group; "" where it does not
  int refused_change = 0;                 // its number in the group, from 1; 0 where it is no single one
  std::vector<std::string> action_items;  // what a person must decide
  std::vector<std::string> notes;

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("id", self.id);
    visit("choices", self.choices);
    visit("steps", self.steps);
    visit("explanation", self.explanation);
    visit("refused", self.refused);
    visit("refused_change", self.refused_change);
    visit("action_items", self.action_items);
    visit("notes", self.notes);
  }
};

// A strategy that the specification asks for, and that there is not; or a change that its strategy has not brought to its end. `change` counts from 1 within `group`, and that among the
// groups; both are 0 where it is asked for as a whole.
struct UnservedWish {
  std::string message, hint;
  int group = 0, change = 0;

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("message", self.message);
    visit("hint", self.hint);
    visit("group", self.group);
    visit("change", self.change);
  }
};

struct PlannerAnswer {
  std::vector<GroupAnswer> groups;
  std::vector<Threshold> thresholds;
  UnservedWish unserved;  // no groups stand beside it; without a message there is none

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("groups", self.groups);
    visit("thresholds", self.thresholds);
    visit("unserved", self.unserved);
  }
};

// One call into Lua for all groups. `changes`, `before` and `after` are those that the groups were made from.
// Errors (policy): a module failed or answered something that is no legal answer; the message names what.
// (refused): the policy forbids a change.
Result<PlannerAnswer> ask_planner(LuaState& state, const DialectHost& dialect, const std::vector<Group>& groups,
                                  const std::vector<Change>& changes, const Spec& spec, const PlanningContext& context);

// The rows of the risk matrix for ordered, rendered steps, from strategies/risks.lua.
Result<std::vector<RiskRow>> ask_risks(LuaState& state, const DialectHost& dialect, const std::vector<Step>& steps,
                                       const Spec& spec, const PlanningContext& context);

}  // namespace forge
