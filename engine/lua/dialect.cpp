#include "engine/lua/dialect.hpp"

#include <fmt/format.h>

#include <set>

#include "engine/lua/pushed_steps.hpp"
#include "engine/lua/values.hpp"
#include "engine/model/generated_names.hpp"

namespace forge {

using lua::PushedTables;
using lua::Tables;

namespace {

constexpr const char* kEngineModule = "forge.engine";

Result<void> read_features(lua_State* L, DialectFacts& facts) {
  return lua::values_detail::each_field(L, -1, "features", [&](const char* name) -> Result<void> {
    if (lua_isboolean(L, -1)) {
      facts.has[name] = lua_toboolean(L, -1) != 0;
      return {};
    }
    return lua::read_into(L, -1, facts.words[name], fmt::format("features.{}", name));
  });
}

// The table on top of the stack is what forge.engine.facts gives.
Result<void> read_facts(lua_State* L, DialectFacts& facts) {
  return lua::values_detail::each_field(L, -1, "facts", [&](const char* name) -> Result<void> {
    const std::string_view key = name;
    if (key == "features") return read_features(L, facts);
    if (key == "version") return lua::read_into(L, -1, facts.version, "version");
    if (key == "laws") return lua::read_into(L, -1, facts.laws, "laws");
    if (key == "types") return lua::read_into(L, -1, facts.types, "types");
    if (key == "identifier_limit") return lua::read_into(L, -1, facts.identifier_limit, "identifier_limit");
    return lua::read_into(L, -1, facts.identifier_unit, "identifier_unit");
  });
}

Result<void> read_rendered(lua_State* L, Step& step) {
  return lua::values_detail::each_field(L, -1, "render", [&](const char* name) -> Result<void> {
    const std::string_view key = name;
    if (key == "forward") return lua::read_into(L, -1, step.forward, "forward");
    if (key == "backward") return lua::read_into(L, -1, step.backward, "backward");
    if (key == "walk") return lua::read_into(L, -1, step.walk, "walk");
    if (key == "reverse_walk") return lua::read_into(L, -1, step.reverse_walk, "reverse_walk");
    if (key == "impact") return lua::read_into(L, -1, step.impact, "impact");
    if (key == "mark") return lua::read_into(L, -1, step.mark, "mark");
    step.done = Assertion{fmt::format("step {} has run", step.number), "", "1"};
    return lua::read_into(L, -1, step.done->sql, "done");
  });
}

}  // namespace

bool DialectHost::has(const std::string& feature) const {
  const auto found = facts_.has.find(feature);
  return found != facts_.has.end() && found->second;
}

Result<std::unique_ptr<DialectHost>> DialectHost::open(LuaState& state, const std::string& engine,
                                                       const std::string& version) {
  std::unique_ptr<DialectHost> host(new DialectHost(state));
  host->engine_ = engine;
  FORGE_TRY(lua::call(
      state, kEngineModule, "dialect",
      [&](lua_State* L) {
        lua::push(L, engine);
        lua::push(L, version);
        return 2;
      },
      [&](lua_State* L) -> Result<void> {
        host->dialect_ = lua::Kept(L);
        return {};
      }));
  FORGE_TRY(lua::call(
      state, kEngineModule, "facts",
      [&](lua_State*) {
        host->push();
        return 1;
      },
      [&](lua_State* L) { return read_facts(L, host->facts_); }));
  return host;
}

namespace {

struct CanonicalType {
  Type type;
  std::string note;

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("type", self.type);
    visit("note", self.note);
  }
};

}  // namespace

Result<Type> DialectHost::canonical_type(const Type& type, std::string& note) {
  CanonicalType made;
  FORGE_TRY(lua::call(
      state_, kEngineModule, "canonical",
      [&](lua_State* L) {
        push();
        lua::push(L, type);
        return 2;
      },
      [&](lua_State* L) { return lua::read_into(L, -1, made, "type"); }));
  note = made.note;
  return made.type;
}

Result<void> DialectHost::render(std::span<Scene> scenes) {
  PushedTables tables;
  for (auto& scene : scenes) {
    Step* const step = scene.step;
    auto done = lua::call(
        state_, kEngineModule, "render",
        [&](lua_State* L) {
          push();
          lua::push_both_ways(L, tables, scene);
          return 3;
        },
        [&](lua_State* L) {
          tables.forget(scene.earlier, scene.later);
          return read_rendered(L, *step);
        });
    if (!done) {
      done.error().notes.push_back(fmt::format("while rendering step '{}' for {}", step->id, engine_));
      return done;
    }
  }
  return {};
}

Result<void> DialectHost::render(std::vector<Step>& steps, const Schema& before) {
  FORGE_ASSIGN(auto scenes, scenes_of(steps, before));
  return render(scenes);
}

namespace {

// The change as it would be asked about once the whole plan has run: under the table's new name.
Change as_it_ends(Change change, const std::map<QName, QName>& renamed) {
  std::visit(
      [&](auto& delta) {
        const auto follow = [&](QName& name) {
          if (const auto found = renamed.find(name); found != renamed.end()) name = found->second;
        };
        follow(delta.table);
        if constexpr (std::is_same_v<typename std::decay_t<decltype(delta)>::Object, ForeignKey>) {
          if (delta.after) follow(delta.after->ref);
        }
      },
      change);
  return change;
}

}  // namespace

Result<void> DialectHost::final_checks(FinalQuestions& out, const FinalState& final, PushedTables& tables) {
  // Names that stood before the plan: that one of them stands says nothing about a change that brings it.
  std::set<std::pair<std::string_view, std::string>> held;
  for (const auto& change : final.changes) {
    if (verb_of(change) != Verb::create) held.emplace(kind_of(change), object_of(reverse(change)));
  }
  const auto tells = [&](const Change& change) {
    const auto name = object_of(change);
    return name == object_of(reverse(change)) || !held.contains({kind_of(change), name});
  };
  std::set<std::string> asked;
  for (const auto& change : final.changes) {
    Step step, found;  // `found` holds what the dialect answers
    step.ops = {as_it_ends(change, final.renamed)};
    const auto names = lua::tables_of(step);
    FORGE_TRY(lua::call(
        state_, kEngineModule, "final",
        [&](lua_State* L) {
          push();
          lua::push_both_ways(L, tables,
                              {&step, lua::pick(final.before, names), lua::pick(final.after, names), {}, {}, {}});
          return 3;
        },
        [&](lua_State* L) { return read_rendered(L, found); }));
    if (!found.done || !asked.insert(found.done->sql).second) continue;
    out.checks.push_back({fmt::format("{} {}", word_of(change), shown_name(object_of(change))), found.done->sql, "1"});
    // Under its new name a table has nothing before the start, also of what is to go.
    if (found.mark && tells(change) && table_of(change) == table_of(step.ops.front()))
      out.marks.push_back({change, found.mark->sql});
  }
  return {};
}

Result<std::vector<ServerText>> DialectHost::server_texts(const FinalState& final, PushedTables& tables) {
  Step step;
  for (const auto& change : final.changes) step.ops.push_back(as_it_ends(change, final.renamed));
  const auto names = lua::tables_of(step);
  std::vector<ServerText> texts;
  FORGE_TRY(lua::call(
      state_, kEngineModule, "server_texts",
      [&](lua_State* L) {
        push();
        lua::push_step(L, tables, step, lua::pick(final.before, names), lua::pick(final.after, names));
        return 2;
      },
      [&](lua_State* L) { return lua::read_into(L, -1, texts, "server_texts"); }));
  return texts;
}

Result<FinalQuestions> DialectHost::final_questions(const FinalState& final) {
  FinalQuestions questions;
  PushedTables tables;
  FORGE_TRY(final_checks(questions, final, tables));
  FORGE_ASSIGN(questions.server_texts, server_texts(final, tables));
  return questions;
}

Result<CatalogRules> DialectHost::catalog_rules() {
  CatalogRules rules;
  FORGE_TRY(lua::call(
      state_, kEngineModule, "queries",
      [&](lua_State*) {
        push();
        return 1;
      },
      [&](lua_State* L) { return lua::read_into(L, -1, rules.queries, "queries"); }));
  rules.foreign_key_indexes = engine_ == "mysql" || engine_ == "mariadb";
  rules.descending_serves = engine_ == "mariadb";
  rules.column = [this](const CatalogColumn& given) -> Result<ReadColumn> {
    ReadColumn made;
    FORGE_TRY(lua::call(
        state_, kEngineModule, "read_column",
        [&](lua_State* L) {
          push();
          lua::push(L, given);
          return 2;
        },
        [&](lua_State* L) { return lua::read_into(L, -1, made, "column"); }));
    return made;
  };
  rules.expression = [this](const std::string& text) -> Result<std::string> {
    std::string made = text;
    FORGE_TRY(lua::call(
        state_, kEngineModule, "read_expression",
        [&](lua_State* L) {
          push();
          lua::push(L, text);
          return 2;
        },
        [&](lua_State* L) -> Result<void> {
          if (lua_isnil(L, -1)) return {};
          return lua::read_into(L, -1, made, "expression");
        }));
    return made;
  };
  return rules;
}

Result<std::vector<Statement>> DialectHost::cleanup() {
  std::vector<Statement> statements;
  FORGE_TRY(lua::call(
      state_, kEngineModule, "cleanup",
      [&](lua_State*) {
        push();
        return 1;
      },
      [&](lua_State* L) { return lua::read_into(L, -1, statements, "cleanup"); }));
  return statements;
}

}  // namespace forge
