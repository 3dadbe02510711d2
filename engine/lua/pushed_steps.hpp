// Steps as Lua knows them: with the tables that they are about, in the direction of running.
#pragma once

#include <lua.hpp>
#include <set>
#include <vector>

#include "engine/lua/pushed_tables.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// One step of a plan with the tables that it is about, as they are before and after it.
struct Scene {
  Step* step = nullptr;
  lua::Tables earlier, later;
  // Where the step makes a sync: those of kind fill that stand on its tables all the while. Whose triggers run in the order of their
  // making must put others before these.
  std::vector<Sync> fills;
  // Tables of the step that had a FULLTEXT index at an earlier point of the plan, and of the way back: MySQL and MariaDB leave a hidden
  // column behind with the last one.
  std::set<QName> searched, searched_back;
};

// A scene for each step, in order, walking the schema along. The steps must outlive the scenes.
// Errors (internal): a step does not fit what stands there.
Result<std::vector<Scene>> scenes_of(std::vector<Step>& steps, const Schema& before);

namespace lua {

// The tables whose definition a rendering may need: those that the step's operations and rows are about.
std::set<QName> tables_of(const Step& step);

// Those of a schema's tables that have the names.
Tables pick(const Schema& schema, const std::set<QName>& names);

// Pushes the step as emitters see it. Inside protect.
void push_step(lua_State* L, PushedTables& tables, const Step& step, const Tables& earlier, const Tables& later);

// Pushes the step as push_step does, and above it the same step turned round, which shares with it what the direction does
// not change.
void push_both_ways(lua_State* L, PushedTables& tables, const Scene& scene);

}  // namespace lua
}  // namespace forge
