#include "engine/lua/planner.hpp"

#include <fmt/format.h>

#include "engine/lua/values.hpp"

namespace forge {
namespace {

void set_text(lua_State* L, const char* name, const std::string& value) {
  if (value.empty()) return;
  lua::push(L, value);
  lua_setfield(L, -2, name);
}

// What the user said about the object of a change, as `change.intent`.
class IntentPusher {
 public:
  IntentPusher(lua_State* L, const Intents& intents) : L_(L), intents_(intents) {}

  void push(const Change& change) {
    lua_createtable(L_, 0, 4);
    const TableIntent* table = find(table_of(change));
    if (const auto* shell = std::get_if<Delta<TableShell>>(&change); shell && shell->after)
      table = find(shell->after->name);
    if (!table) return;
    set_text(L_, "strategy", table->strategy);
    set_text(L_, "approved_by", table->approved_by);
    set_text(L_, "downtime", table->downtime);
    lua_pushboolean(L_, table->archive ? 1 : 0);
    lua_setfield(L_, -2, "archive");
    if (const auto* column = std::get_if<Delta<Column>>(&change); column && column->after) {
      push_column(*table, column->after->name);
    }
  }

 private:
  void push_column(const TableIntent& table, const std::string& name) {
    const auto found = table.columns.find(name);
    if (found == table.columns.end()) return;
    set_text(L_, "renamed_from", found->second.renamed_from);
    set_text(L_, "backfill_up", found->second.backfill_up);
    set_text(L_, "backfill_down", found->second.backfill_down);
    set_text(L_, "strategy", found->second.strategy);
  }
  // Intents stand under a table's name in `after`; changes carry its name in `before`.
  const TableIntent* find(const QName& name) const {
    if (name.empty()) return nullptr;
    const auto found = intents_.tables.find(name);
    if (found != intents_.tables.end()) return &found->second;
    for (const auto& [after, intent] : intents_.tables) {
      if (intent.renamed_from == name) return &intent;
    }
    return nullptr;
  }

  lua_State* L_;
  const Intents& intents_;
};

void push_table_map(lua_State* L, const std::vector<QName>& names, const Schema& schema) {
  lua_createtable(L, 0, static_cast<int>(names.size()));
  for (const auto& name : names) {
    const Table* table = schema.table(name);
    if (!table) continue;
    lua::push(L, *table);
    lua_setfield(L, -2, display(name).c_str());
  }
}

// The group's tables as they are after, under the names that they have then.
void push_after(lua_State* L, const Group& group, const Spec& spec) {
  std::map<QName, QName> renamed;
  for (const auto& [after, intent] : spec.intents.tables) {
    if (!intent.renamed_from.empty()) renamed[intent.renamed_from] = after;
  }
  lua_createtable(L, 0, static_cast<int>(group.tables.size()));
  for (const auto& name : group.tables) {
    const auto found = renamed.find(name);
    const Table* table = spec.after.table(found == renamed.end() ? name : found->second);
    if (!table) continue;
    lua::push(L, *table);
    lua_setfield(L, -2, display(table->name).c_str());
  }
}

void push_facts(lua_State* L, const Group& group, const Spec& spec) {
  lua_createtable(L, 0, static_cast<int>(group.tables.size()));
  for (const auto& name : group.tables) {
    auto found = spec.hints.find(name);
    if (found == spec.hints.end()) {
      for (const auto& [after, intent] : spec.intents.tables) {
        if (intent.renamed_from == name) found = spec.hints.find(after);
      }
    }
    if (found == spec.hints.end()) continue;
    lua::push(L, found->second);
    lua_setfield(L, -2, display(name).c_str());
  }
}

void push_views_after(lua_State* L, const Group& group, const Spec& spec) {
  lua_createtable(L, 0, static_cast<int>(group.views.size()));
  for (const auto& view : group.views) {
    const auto found = spec.after.views.find(view.name);
    if (found == spec.after.views.end()) continue;
    lua::push(L, found->second);
    lua_setfield(L, -2, display(view.name).c_str());
  }
}

void push_changes(lua_State* L, const Group& group, const std::vector<Change>& changes, const Spec& spec) {
  lua_createtable(L, static_cast<int>(group.changes.size()), 0);
  IntentPusher intents(L, spec.intents);
  int number = 0;
  for (const auto index : group.changes) {
    lua::push(L, changes[index]);
    intents.push(changes[index]);
    lua_setfield(L, -2, "intent");
    lua_rawseti(L, -2, ++number);
  }
}

void push_group(lua_State* L, const Group& group, const std::vector<Change>& changes, const Spec& spec) {
  lua_createtable(L, 0, 9);
  set_text(L, "id", group.id);
  const auto field = [&](const char* name) { lua_setfield(L, -2, name); };
  lua::push(L, group.tables);
  field("tables");
  push_table_map(L, group.tables, spec.before);
  field("before");
  push_after(L, group, spec);
  field("after");
  push_changes(L, group, changes, spec);
  field("changes");
  push_facts(L, group, spec);
  field("facts");
  lua::push(L, group.views);
  field("views");
  push_views_after(L, group, spec);
  field("views_after");
  lua::push(L, group.incoming);
  field("incoming");
}

// ctx.table(name, "before" | "after"): the spec must outlive the call.
int table_lookup(lua_State* L) {
  const auto* spec = static_cast<const Spec*>(lua_touserdata(L, lua_upvalueindex(1)));
  QName name;
  std::string when;
  const bool readable =
      lua::read_into(L, 1, name, "name").has_value() && lua::read_into(L, 2, when, "when").has_value();
  const Table* table = readable ? (when == "after" ? spec->after : spec->before).table(name) : nullptr;
  if (table) {
    lua::push(L, *table);
  } else {
    lua_pushnil(L);
  }
  return 1;
}

// ctx.stands(name): whether a table or view of `before` bears the name; the spec must outlive the call.
int stands_lookup(lua_State* L) {
  const auto* spec = static_cast<const Spec*>(lua_touserdata(L, lua_upvalueindex(1)));
  QName name;
  const bool readable = lua::read_into(L, 1, name, "name").has_value();
  lua_pushboolean(L, readable && (spec->before.tables.contains(name) || spec->before.views.contains(name)) ? 1 : 0);
  return 1;
}

// ctx.definitions(name): what belongs to a table of `before`, as { name, kind, called }; the spec must outlive the call.
int definitions_lookup(lua_State* L) {
  const auto* spec = static_cast<const Spec*>(lua_touserdata(L, lua_upvalueindex(1)));
  QName name;
  const bool readable = lua::read_into(L, 1, name, "name").has_value();
  lua_newtable(L);
  int count = 0;
  for (const auto& entry : spec->before.definitions) {
    if (!readable || entry.second.on != name) continue;
    lua_createtable(L, 0, 3);
    set_text(L, "name", entry.second.name.name);
    set_text(L, "kind", entry.second.kind);
    set_text(L, "called", called_name(entry.second));
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

void push_context(lua_State* L, const DialectHost& dialect, const Spec& spec, const PlanningContext& context) {
  lua_createtable(L, 0, 8);
  dialect.push();
  lua_setfield(L, -2, "d");
  set_text(L, "environment", context.environment);
  set_text(L, "downtime", context.downtime);
  set_text(L, "strategy", context.strategy);
  set_text(L, "policy", context.policy);
  lua_pushlightuserdata(L, const_cast<Spec*>(&spec));
  lua_pushcclosure(L, table_lookup, 1);
  lua_setfield(L, -2, "table");
  lua_pushlightuserdata(L, const_cast<Spec*>(&spec));
  lua_pushcclosure(L, stands_lookup, 1);
  lua_setfield(L, -2, "stands");
  lua_pushlightuserdata(L, const_cast<Spec*>(&spec));
  lua_pushcclosure(L, definitions_lookup, 1);
  lua_setfield(L, -2, "definitions");
}

Result<void> check_refusals(const PlannerAnswer& answer) {
  for (const auto& group : answer.groups) {
    if (group.refused.empty()) continue;
    Error error{ErrorCode::refused,
                fmt::format("the policy refuses the changes of '{}': {}", group.id, group.refused),
                "",
                {},
                {},
                {}};
    for (const auto& item : group.action_items) error.notes.push_back("to do: " + item);
    for (const auto& choice : group.choices) {
      if (!choice.rule.empty()) error.notes.push_back(fmt::format("rule '{}' in {}", choice.rule, choice.file));
    }
    return fail(std::move(error));
  }
  return {};
}

}  // namespace

Result<PlannerAnswer> ask_planner(LuaState& state, const DialectHost& dialect, const std::vector<Group>& groups,
                                  const std::vector<Change>& changes, const Spec& spec,
                                  const PlanningContext& context) {
  PlannerAnswer answer;
  FORGE_TRY(lua::call(
      state, "forge.engine", "plan",
      [&](lua_State* L) {
        lua_createtable(L, static_cast<int>(groups.size()), 0);
        for (std::size_t i = 0; i < groups.size(); ++i) {
          push_group(L, groups[i], changes, spec);
          lua_rawseti(L, -2, static_cast<int>(i) + 1);
        }
        push_context(L, dialect, spec, context);
        return 2;
      },
      [&](lua_State* L) { return lua::read_into(L, -1, answer, "plan"); }));
  if (answer.groups.size() != groups.size()) {
    return fail(ErrorCode::policy,
                fmt::format("the planner answered for {} groups of {}", answer.groups.size(), groups.size()));
  }
  FORGE_TRY(check_refusals(answer));
  return answer;
}

Result<std::vector<RiskRow>> ask_risks(LuaState& state, const DialectHost& dialect, const std::vector<Step>& steps,
                                       const PlanningContext& context) {
  std::vector<RiskRow> rows;
  const Spec none;
  FORGE_TRY(lua::call(
      state, "forge.engine", "risks",
      [&](lua_State* L) {
        lua::push(L, steps);
        push_context(L, dialect, none, context);
        return 2;
      },
      [&](lua_State* L) { return lua::read_into(L, -1, rows, "risks"); }));
  return rows;
}

}  // namespace forge
