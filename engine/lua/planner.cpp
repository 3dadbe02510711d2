#include "engine/lua/planner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "engine/diff/references.hpp"
#include "engine/lua/fills.hpp"
#include "engine/lua/pushed_tables.hpp"
#include "engine/lua/refusals.hpp"
#include "engine/lua/values.hpp"
#include "engine/model/equivalence.hpp"
#include "engine/model/sql/text.hpp"
#include "engine/model/statistics.hpp"

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
  IntentPusher(lua_State* L, const Intents& intents, const std::map<QName, QName>& renamed)
      : L_(L), intents_(intents), renamed_(renamed) {}

  void push(const Change& change) {
    lua_createtable(L_, 0, 4);
    const Entry* entry = find(table_of(change));
    if (const auto* shell = std::get_if<Delta<TableShell>>(&change); shell && shell->after)
      entry = find(shell->after->name);
    if (!entry) return;
    const TableIntent* table = &entry->second;
    set_text(L_, "strategy", table->strategy);
    set_text(L_, "approved_by", table->approved_by);
    set_text(L_, "downtime", table->downtime);
    lua_pushboolean(L_, table->archive ? 1 : 0);
    lua_setfield(L_, -2, "archive");
    if (const auto* column = std::get_if<Delta<Column>>(&change); column && column->after) {
      push_column(*entry, column->after->name);
    }
  }

 private:
  using Entry = std::map<QName, TableIntent>::value_type;
  void push_column(const Entry& entry, const std::string& name) {
    const auto found = entry.second.columns.find(name);
    if (found == entry.second.columns.end()) return;
    const auto [up, down] = fills_of(found->second, entry.second.renamed_from, entry.first);
    set_text(L_, "renamed_from", found->second.renamed_from);
    set_text(L_, "backfill_up", up);
    set_text(L_, "backfill_down", down);
    set_text(L_, "strategy", found->second.strategy);
  }
  // Intents stand under a table's name in `after`; changes carry its name in `before`.
  const Entry* find(const QName& name) const {
    if (name.empty()) return nullptr;
    auto found = intents_.tables.find(name);
    if (found == intents_.tables.end()) {
      if (const auto other = renamed_.find(name); other != renamed_.end()) found = intents_.tables.find(other->second);
    }
    return found == intents_.tables.end() ? nullptr : &*found;
  }

  lua_State* L_;
  const Intents& intents_;
  const std::map<QName, QName>& renamed_;
};

// Pushes the groups of a plan, as the planner takes them.
class GroupPusher {
 public:
  GroupPusher(lua_State* L, const std::vector<Change>& changes, const Spec& spec)
      : L_(L), changes_(changes), spec_(spec), intents_(L, spec.intents, renamed_) {
    for (const auto& [after, intent] : spec.intents.tables) {
      if (!intent.renamed_from.empty()) renamed_.emplace(intent.renamed_from, after);
    }
  }

  void push(const Group& group) {
    lua_createtable(L_, 0, 10);
    set_text(L_, "id", group.id);
    const auto field = [&](const char* name) { lua_setfield(L_, -2, name); };
    lua::push(L_, group.tables);
    field("tables");
    push_tables(group, spec_.before);
    field("before");
    push_tables_after(group);
    field("after");
    push_changes(group);
    field("changes");
    push_facts(group);
    field("facts");
    lua::push(L_, group.views);
    field("views");
    push_views_after(group);
    field("views_after");
    lua::push(L_, group.incoming);
    field("incoming");
    lua::push(L_, group.heirs);
    field("heirs");
  }

 private:
  void push_tables(const Group& group, const Schema& schema) {
    lua::Tables tables;
    for (const auto& name : group.tables) {
      const auto found = schema.tables.find(name);
      if (found != schema.tables.end()) tables.insert(*found);
    }
    pushed_.push(L_, tables);
  }

  // The group's tables as they are after, under the names that they have then.
  void push_tables_after(const Group& group) {
    lua::Tables tables;
    for (const auto& name : group.tables) {
      const auto other = renamed_.find(name);
      const auto found = spec_.after.tables.find(other == renamed_.end() ? name : other->second);
      if (found != spec_.after.tables.end()) tables.insert(*found);
    }
    pushed_.push(L_, tables);
  }

  void push_facts(const Group& group) {
    lua_createtable(L_, 0, static_cast<int>(group.tables.size()));
    for (const auto& name : group.tables) {
      auto found = spec_.hints.find(name);
      if (found == spec_.hints.end()) {
        if (const auto other = renamed_.find(name); other != renamed_.end()) found = spec_.hints.find(other->second);
      }
      if (found == spec_.hints.end()) continue;
      lua::push(L_, found->second);
      lua_setfield(L_, -2, display(name).c_str());
    }
  }

  void push_views_after(const Group& group) {
    lua_createtable(L_, 0, static_cast<int>(group.views.size()));
    for (const auto& view : group.views) {
      const auto found = spec_.after.views.find(view.name);
      if (found == spec_.after.views.end()) continue;
      lua::push(L_, found->second);
      lua_setfield(L_, -2, display(view.name).c_str());
    }
  }

  void push_changes(const Group& group) {
    lua_createtable(L_, static_cast<int>(group.changes.size()), 0);
    int number = 0;
    for (const auto index : group.changes) {
      lua::push(L_, changes_[index]);
      intents_.push(changes_[index]);
      lua_setfield(L_, -2, "intent");
      lua_rawseti(L_, -2, ++number);
    }
  }

  lua_State* L_;
  const std::vector<Change>& changes_;
  const Spec& spec_;
  std::map<QName, QName> renamed_;  // what a table is called before, and after
  IntentPusher intents_;
  lua::PushedTables pushed_;
};

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

// ctx.archived(name): whether the table goes and its rows are kept; the spec must outlive the call.
int archived_lookup(lua_State* L) {
  const auto* spec = static_cast<const Spec*>(lua_touserdata(L, lua_upvalueindex(1)));
  QName name;
  const auto found =
      lua::read_into(L, 1, name, "name").has_value() ? spec->intents.tables.find(name) : spec->intents.tables.end();
  lua_pushboolean(L, found != spec->intents.tables.end() && found->second.archive && spec->before.table(name) &&
                         !spec->after.table(name));
  return 1;
}

// ctx.definitions(name): what belongs to a table of `before`, or holds it (see stands_on), as { kind, called, create }; the spec
// must outlive the call.
int definitions_lookup(lua_State* L) {
  const auto* spec = static_cast<const Spec*>(lua_touserdata(L, lua_upvalueindex(1)));
  QName name;
  const bool readable = lua::read_into(L, 1, name, "name").has_value();
  lua_newtable(L);
  int count = 0;
  for (const auto& entry : spec->before.definitions) {
    if (!readable || !stands_on(entry.second, name)) continue;
    lua_createtable(L, 0, 3);
    set_text(L, "kind", entry.second.kind);
    set_text(L, "called", called_name(entry.second));
    set_text(L, "create", entry.second.create);
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

// Does a routine take or give rows of the table? Its text is read up to where its body, or what is said of that, begins.
bool takes_rows_of(const Definition& routine, const QName& table) {
  if (routine.kind != "function" && routine.kind != "procedure") return false;
  const auto tokens = sql_tokens(routine.create);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    for (const auto* end : {"as", "language", "begin", "return"}) {
      if (tokens[i].kind == TokenKind::word && token_names(tokens[i], end)) return false;
    }
    const bool qualifies = i + 1 < tokens.size() && tokens[i + 1].text == ".";  // t.c%TYPE is the column's
    if (!qualifies && token_names(tokens[i], table.name)) return true;
  }
  return false;
}

// ctx.taken_by(name): what is called a routine of `before` that takes or gives rows of the table, or nil; the spec must outlive
// the call.
int taken_by_lookup(lua_State* L) {
  const auto* spec = static_cast<const Spec*>(lua_touserdata(L, lua_upvalueindex(1)));
  QName name;
  if (!lua::read_into(L, 1, name, "name").has_value()) return 0;
  for (const auto& entry : spec->before.definitions) {
    if (!takes_rows_of(entry.second, name)) continue;
    lua::push(L, entry.second.name.name);
    return 1;
  }
  return 0;
}

// ctx.heirs(name, "before" | "after"): the tables that inherit from it, as { name, options }; the spec must outlive the call.
int heirs_lookup(lua_State* L) {
  const auto* spec = static_cast<const Spec*>(lua_touserdata(L, lua_upvalueindex(1)));
  QName name;
  std::string when;
  const bool readable =
      lua::read_into(L, 1, name, "name").has_value() && lua::read_into(L, 2, when, "when").has_value();
  lua_newtable(L);
  int count = 0;
  for (const auto& entry : (when == "after" ? spec->after : spec->before).tables) {
    if (!readable || !inherits_from(*entry.second, name)) continue;
    lua::push(L, shell_of(*entry.second));
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
  lua_pushcclosure(L, archived_lookup, 1);
  lua_setfield(L, -2, "archived");
  lua_pushlightuserdata(L, const_cast<Spec*>(&spec));
  lua_pushcclosure(L, definitions_lookup, 1);
  lua_setfield(L, -2, "definitions");
  lua_pushlightuserdata(L, const_cast<Spec*>(&spec));
  lua_pushcclosure(L, heirs_lookup, 1);
  lua_setfield(L, -2, "heirs");
  lua_pushlightuserdata(L, const_cast<Spec*>(&spec));
  lua_pushcclosure(L, taken_by_lookup, 1);
  lua_setfield(L, -2, "taken_by");
}

// What most risks are told by; the rest of a step is many times as much.
constexpr std::string_view kTelling[] = {"id",     "number",        "title",   "phase",        "form",
                                         "loses",  "loses_forward", "hazards", "checks_first", "checks_before",
                                         "impact", "risk",          "seconds"};

// Pushes those fields of a step that `wanted` names.
template <class Wanted>
struct FieldsPusher {
  lua::values_detail::Pusher all;
  Wanted wanted;
  template <class T>
  void operator()(const char* name, const T& member) {
    if (wanted(std::string_view(name))) all(name, member);
  }
};

template <class Wanted>
void push_fields(lua_State* L, const Step& step, Wanted wanted) {
  FieldsPusher<Wanted> pusher{{L}, wanted};
  Step::fields(step, pusher);
}

// step[key], where it has not been pushed: it is now. The steps must outlive the call.
int step_field(lua_State* L) {
  const auto& steps = *static_cast<const std::vector<Step>*>(lua_touserdata(L, lua_upvalueindex(1)));
  lua_settop(L, 2);
  lua_pushliteral(L, "number");
  lua_rawget(L, 1);
  const auto number = static_cast<std::size_t>(lua_tonumber(L, -1));
  if (number < 1 || number > steps.size() || lua_type(L, 2) != LUA_TSTRING) return 0;
  const std::string_view key = lua_tostring(L, 2);
  lua_pushvalue(L, 1);
  push_fields(L, steps[number - 1], [&](std::string_view name) { return name == key; });
  lua_pushvalue(L, 2);
  lua_rawget(L, 1);
  return 1;
}

// The steps as a risk's function sees them: what it does not ask for does not cross over.
void push_steps_to_ask_about(lua_State* L, const std::vector<Step>& steps) {
  constexpr int kFields = static_cast<int>(std::size(kTelling));
  lua_createtable(L, static_cast<int>(steps.size()), 0);
  lua_createtable(L, 0, 1);  // their metatable
  lua_pushlightuserdata(L, const_cast<std::vector<Step>*>(&steps));
  lua_pushcclosure(L, step_field, 1);
  lua_setfield(L, -2, "__index");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    lua_createtable(L, 0, kFields);
    push_fields(L, steps[i],
                [](std::string_view name) { return std::ranges::find(kTelling, name) != std::end(kTelling); });
    lua_pushvalue(L, -2);
    lua_setmetatable(L, -2);
    lua_rawseti(L, -3, static_cast<int>(i) + 1);
  }
  lua_pop(L, 1);
}

}  // namespace

Result<PlannerAnswer> ask_planner(LuaState& state, const DialectHost& dialect, const std::vector<Group>& groups,
                                  const std::vector<Change>& changes, const Spec& spec,
                                  const PlanningContext& context) {
  PlannerAnswer answer;
  FORGE_TRY(lua::call(
      state, "forge.engine", "plan",
      [&](lua_State* L) {
        GroupPusher pusher(L, changes, spec);
        lua_createtable(L, static_cast<int>(groups.size()), 0);
        for (std::size_t i = 0; i < groups.size(); ++i) {
          pusher.push(groups[i]);
          lua_rawseti(L, -2, static_cast<int>(i) + 1);
        }
        push_context(L, dialect, spec, context);
        return 2;
      },
      [&](lua_State* L) { return lua::read_into(L, -1, answer, "plan"); }));
  if (answer.unserved.message.empty() && answer.groups.size() != groups.size()) {
    return fail(ErrorCode::policy,
                fmt::format("the planner answered for {} groups of {}", answer.groups.size(), groups.size()));
  }
  FORGE_TRY(check_refusals(answer, groups, changes, spec));
  return answer;
}

Result<std::vector<RiskRow>> ask_risks(LuaState& state, const DialectHost& dialect, const std::vector<Step>& steps,
                                       const Spec& spec, const PlanningContext& context) {
  std::vector<RiskRow> rows;
  FORGE_TRY(lua::call(
      state, "forge.engine", "risks",
      [&](lua_State* L) {
        push_steps_to_ask_about(L, steps);
        push_context(L, dialect, spec, context);
        return 2;
      },
      [&](lua_State* L) { return lua::read_into(L, -1, rows, "risks"); }));
  return rows;
}

}  // namespace forge
