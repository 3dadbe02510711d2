#include "engine/lua/spec.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/files.hpp"
#include "engine/base/spelling.hpp"
#include "engine/base/utf8.hpp"
#include "engine/emit/snapshot.hpp"
#include "engine/lua/core.hpp"
#include "engine/lua/early_memory.hpp"
#include "engine/lua/spec_draft.hpp"
#include "engine/lua/spec_natives.hpp"
#include "engine/lua/values.hpp"
#include "engine/model/caseless.hpp"
#include "engine/model/schema_json.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

using spec::Context;
using spec::NodePlace;
using spec::optional_text;
using spec::SchemaDraft;

constexpr const char* kResult = "forge.spec-result";  // registry: what stdlib/forge/spec.lua gave

// Calls forge.spec's `words` and puts what it gives into the user's globals.
Result<void> install_words(LuaState& state, Modules& modules, lua_State* L, const std::string& engine) {
  FORGE_TRY(modules.require(L, "builtin:forge.spec"));
  lua_getfield(L, -1, "words");
  spec::push_natives(L);
  lua::push(L, engine);
  lua_setfield(L, -2, "engine");
  lua_call(L, 1, 2);
  lua_setfield(L, LUA_REGISTRYINDEX, kResult);
  const int words = lua_gettop(L);
  std::set<std::string, std::less<>> known;
  state.push_globals(lua::Trust::user);
  lua_pushnil(L);
  while (lua_next(L, words) != 0) {
    known.insert(optional_text(L, -2));
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, words + 1);
  }
  lua_settop(L, words - 2);
  lua::core_of(L).sources.know_words(std::move(known));
  return {};
}

// One reading of one spec: everything that it needs while the machine runs.
class Reading {
 public:
  Reading(std::string file, const EvaluateOptions& options, LuaState& state)
      : file_(std::move(file)), options_(options), state_(state), modules_(state, options.roots) {}

  // Runs the file and leaves its header on the stack.
  Result<void> run(lua_State* L) {
    modules_.install(L);
    FORGE_TRY(install_words(state_, modules_, L, options_.engine));
    FORGE_ASSIGN(auto text, read_file(file_));
    if (const auto fault = utf8_fault(text)) return fail(utf8_error(text, *fault, file_));
    FORGE_TRY(state_.load(std::move(text), file_, Layer::project));
    lua_call(L, 0, 0);
    lua_getfield(L, LUA_REGISTRYINDEX, kResult);
    lua_getfield(L, -1, "migration");
    if (lua_isnil(L, -1)) return no_migration("the file states no migration");
    migration_ = lua_gettop(L);
    Context c = context(L);
    if (!c.push_body(migration_)) return no_migration("the migration has no body");
    header_ = lua_gettop(L);
    return {};
  }

  Result<Spec> read(lua_State* L) {
    Context c = context(L);
    Spec out;
    lua_pushliteral(L, "_name");
    lua_rawget(L, migration_);
    out.id = optional_text(L, -1);
    lua_pop(L, 1);
    out.file = file_;
    FORGE_TRY(read_words(L, out));
    FORGE_ASSIGN(auto before, state_of(c, "before"));
    FORGE_TRY(no_intents(c, before));
    out.before = std::move(before.schema);
    FORGE_ASSIGN(auto after, after_of(c, out));
    FORGE_TRY(check_intents(c, out.before, after));
    out.after = std::move(after.schema);
    out.intents = std::move(after.intents);
    FORGE_TRY(read_hints(c, out));
    if (options_.modules != nullptr) {
      for (auto& module : modules_.used()) {
        if (module.layer != Layer::builtin) options_.modules->push_back(std::move(module));
      }
    }
    return out;
  }

  Result<std::vector<std::string>> targets(lua_State* L) {
    std::vector<std::string> out;
    lua_getfield(L, header_, "targets");
    if (!lua_isnil(L, -1)) {
      FORGE_TRY(lua::read_into(L, -1, out, "targets"));
    }
    return out;
  }

 private:
  Context context(lua_State* L) const { return {L, state_.sources(), options_.engine}; }

  Result<void> no_migration(std::string message) const {
    Error error{ErrorCode::spec, std::move(message), "write migration \"id\" { before = …, after = … }", {}, {}, {}};
    error.place = Place{file_, 0, 0, 1, {}};
    return fail(std::move(error));
  }

  Result<void> read_words(lua_State* L, Spec& out) const {
    lua_pushnil(L);
    while (lua_next(L, header_) != 0) {
      const std::string key = optional_text(L, -2);
      if (lua_type(L, -1) == LUA_TSTRING) out.header[key] = optional_text(L, -1);
      if (key == "targets") FORGE_TRY(lua::read_into(L, -1, out.targets, "targets"));
      lua_pop(L, 1);
    }
    return {};
  }

  // `before` describes what is: what is to be said of a change belongs in `after`.
  Result<void> no_intents(Context& c, const SchemaDraft& before) const {
    for (const auto& [name, intent] : before.intents.tables) {
      const auto found = before.places.find(name);
      const auto place = found == before.places.end() ? 0 : found->second.table;
      const char* word = nullptr;
      std::string anchor = display(name);
      if (!intent.renamed_from.empty()) word = "renamed_from";
      if (!intent.strategy.empty()) word = "strategy";
      for (const auto& [column, said] : intent.columns) {
        anchor = column;
        word = !said.renamed_from.empty() ? "renamed_from" : !said.backfill_up.empty() ? "backfill" : "strategy";
        break;
      }
      if (word == nullptr) continue;
      return c.wrong(place, word, anchor, fmt::format("'{}' stands in `before`, and belongs in `after`", word),
                     "`before` is the schema as it is; what is to happen is said where it is to be");
    }
    return {};
  }

  Result<SchemaDraft> after_of(Context& c, Spec& out) {
    lua_getfield(c.L, header_, "changes");
    if (lua_isnil(c.L, -1)) {
      lua_pop(c.L, 1);
      return state_of(c, "after");
    }
    const int index = lua_gettop(c.L);
    auto draft = apply_changes(c, index, out.before, out.raws);
    lua_settop(c.L, index - 1);
    return draft;
  }

  Result<SchemaDraft> state_of(Context& c, const char* which) {
    lua_getfield(c.L, header_, which);
    const int index = lua_gettop(c.L);
    Result<SchemaDraft> made =
        c.kind(index) == spec::NodeKind::schema ? spec::read_schema(c, index) : sourced(c, index);
    lua_settop(c.L, index - 1);
    return made;
  }

  Result<SchemaDraft> sourced(Context& c, int index) {
    const auto field = [&](const char* name) {
      lua_pushstring(c.L, name);
      lua_rawget(c.L, index);
      auto text = optional_text(c.L, -1);
      lua_pop(c.L, 1);
      return text;
    };
    const auto kind = field("_kind"), argument = field("_argument");
    const auto place = c.place(c.place_of(index), argument);
    auto schema = load(kind, argument, place);
    if (!schema) {
      auto error = std::move(schema).error();
      if (!error.place) error.place = place;
      return fail(std::move(error));
    }
    SchemaDraft draft;
    draft.schema = std::move(*schema);
    return draft;
  }

  Result<Schema> load(const std::string& kind, const std::string& argument, const Place& place) {
    const auto folder = fs::path(file_).parent_path();
    if (kind == "snapshot") return read_snapshot(folder / argument);
    if (kind == "spec") return load_spec((folder / argument).lexically_normal().string());
    if (options_.source) return state_.outside([&] { return options_.source(kind, argument, folder, place); });
    return fail(ErrorCode::spec, fmt::format("from_{} cannot be read for {}", kind, options_.engine),
                "write the schema out, or take from_snapshot or from_spec");
  }

  Result<Schema> load_spec(const std::string& path) const {
    auto options = options_;
    options.chain.push_back(file_);
    if (std::ranges::find(options.chain, path) != options.chain.end() || options.chain.size() > kMaxSpecChain) {
      std::string chain;
      for (const auto& one : options.chain) chain += one + " → ";
      return fail(ErrorCode::spec, fmt::format("from_spec comes round to where it began: {}{}", chain, path));
    }
    FORGE_ASSIGN(auto other, evaluate_spec(path, options));
    return std::move(other.after);
  }

  Result<void> read_hints(Context& c, Spec& out) const {
    lua_getfield(c.L, header_, "hints");
    if (lua_isnil(c.L, -1)) return lua_pop(c.L, 1), Result<void>();
    std::map<std::string, Hint> hints;
    FORGE_TRY(lua::read_into(c.L, -1, hints, "hints"));
    lua_pop(c.L, 1);
    for (auto& [text, hint] : hints) {
      const auto name = spec::object_name(c, text);
      if (out.before.table(name) == nullptr && out.after.table(name) == nullptr) {
        std::vector<std::string> known;
        known.reserve(out.before.tables.size());
        for (const auto& [table, value] : out.before.tables) known.push_back(display(table));
        for (const auto& [table, value] : out.after.tables) known.push_back(display(table));
        return c.wrong(c.place_of(migration_), text, "hints",
                       fmt::format("there are hints for '{}', and no such table", text), spec::suggest(text, known));
      }
      out.hints.emplace(name, hint);
    }
    return {};
  }

  std::string file_;
  const EvaluateOptions& options_;
  LuaState& state_;
  Modules modules_;
  int migration_ = 0, header_ = 0;
};

}  // namespace

namespace {

// Where no token is to blame, the whole line is.
std::unexpected<Error> whole_line(Error error) {
  if (error.place && error.place->line > 0 && error.place->column == 0) {
    auto& place = *error.place;
    const auto begin = place.source_line.find_first_not_of(" \t");
    if (begin != std::string::npos) {
      place.column = static_cast<int>(begin) + 1;
      place.length = static_cast<int>(place.source_line.find_last_not_of(" \t") - begin) + 1;
    }
  }
  return fail(std::move(error));
}

// 0 where that is not known: reading it will say why.
std::size_t bytes_of(const std::string& file) {
  std::error_code unknown;
  const auto bytes = fs::file_size(file, unknown);
  return unknown ? 0 : bytes;
}

}  // namespace

Result<Spec> evaluate_spec(const std::string& file, const EvaluateOptions& options) {
  // What `changes` renames in texts is written, and read, as the engine does.
  const IdentifierQuote quote(identifier_quote(options.engine));
  const CaselessNames names(options.engine == "sqlite");
  const lua::EarlyMemory early(bytes_of(file));
  FORGE_ASSIGN(auto state, LuaState::create(options.limits));
  Reading reading(file, options, *state);
  Spec out;
  auto done = state->protect([&](lua_State* L) -> Result<void> {
    FORGE_TRY(reading.run(L));
    FORGE_ASSIGN(out, reading.read(L));
    return {};
  });
  if (!done) return whole_line(std::move(done).error());
  return out;
}

Result<std::vector<std::string>> spec_targets(const std::string& file, const EvaluateOptions& options) {
  auto blind = options;
  blind.engine.clear();
  FORGE_ASSIGN(auto state, LuaState::create(options.limits));
  Reading reading(file, blind, *state);
  std::vector<std::string> out;
  auto done = state->protect([&](lua_State* L) -> Result<void> {
    FORGE_TRY(reading.run(L));
    FORGE_ASSIGN(out, reading.targets(L));
    return {};
  });
  if (!done) return whole_line(std::move(done).error());
  return out;
}

}  // namespace forge
