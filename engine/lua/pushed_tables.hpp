// Tables as Lua knows them, each made once however often it is shown.
#pragma once

#include <lua.hpp>
#include <map>
#include <memory>
#include <unordered_map>

#include "engine/lua/call.hpp"
#include "engine/model/schema.hpp"

namespace forge::lua {

// A schema's tables, shared with it: whole schemas are too large to keep per step.
using Tables = std::map<QName, std::shared_ptr<const Table>>;

// Both directions of a step show the same tables, and so does the next step that is about them. A table that has been edited
// shares with its earlier state every column and member that is as it was. Whoever is shown a table reads it and never writes.
// Used inside protect; must not outlive the state.
class PushedTables {
 public:
  // Pushes the table.
  void push(lua_State* L, const std::shared_ptr<const Table>& table);
  // Pushes a table of them, by the names that are displayed.
  void push(lua_State* L, const Tables& tables);
  // The schema no longer holds those of `earlier` that are not among `later`.
  void forget(const Tables& earlier, const Tables& later);

 private:
  void make(lua_State* L, const std::shared_ptr<const Table>& table);

  // By the table itself, which is kept alive (and so is edited nowhere) for as long as its copy stands here.
  std::unordered_map<std::shared_ptr<const Table>, Kept> known_;
  std::map<QName, std::shared_ptr<const Table>> latest_;  // of each name, what was pushed last
};

}  // namespace forge::lua
