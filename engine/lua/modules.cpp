#include "engine/lua/modules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/base/files.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/spelling.hpp"
#include "engine/lua/core.hpp"
#include "engine/lua/embedded.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

constexpr const char* kLoaded = "forge.loaded";  // registry: key → value of a module that has run

// `a.b-c.d2` → a/b-c/d2; nothing for anything that could name a file elsewhere.
std::optional<std::string> as_path(std::string_view name) {
  std::string path;
  bool fresh = true;  // a word begins here
  for (const char c : name) {
    if (c == '.' || c == '/') {
      if (fresh) return std::nullopt;
      path += '/';
      fresh = true;
    } else if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-') {
      path += c;
      fresh = false;
    } else {
      return std::nullopt;
    }
  }
  if (fresh) return std::nullopt;
  return path;
}

const EmbeddedFile* embedded(const std::string& path) {
  const auto files = embedded_files();
  const auto it = std::ranges::lower_bound(files, std::string_view(path), {}, &EmbeddedFile::path);
  return it != files.end() && it->path == path ? &*it : nullptr;
}

// A checkout is live: its files go before the copies in the binary.
std::optional<FoundModule> builtin_file(const std::string& path) {
  if (!source_root().empty()) {
    const auto file = fs::path(source_root()) / path;
    std::error_code problem;
    if (fs::is_regular_file(file, problem)) {
      if (auto text = read_file(file)) return FoundModule{"", Layer::builtin, path, std::move(*text), {}};
    }
  }
  if (const auto* file = embedded(path)) {
    return FoundModule{"", Layer::builtin, path, std::string(file->text), file->compiled};
  }
  return std::nullopt;
}

// Is this folder the checkout that the binary is live from? Its files are then the built-in ones.
bool is_source_root(const std::string& root) {
  std::error_code problem;
  return !source_root().empty() && fs::equivalent(root, source_root(), problem) && !problem;
}

bool is_builtin_path(const std::string& base) {
  return base.starts_with("strategies/") || base.starts_with("dialects/") || base.starts_with("stdlib/") ||
         base.starts_with("forge/");
}

}  // namespace

Result<std::optional<FoundModule>> ModuleFinder::in_folder(const std::string& root, const std::string& base,
                                                           Layer layer) const {
  if (root.empty() || (is_source_root(root) && is_builtin_path(base))) return std::nullopt;
  for (const auto& tail : {std::string(".lua"), std::string("/init.lua")}) {
    const auto file = fs::path(root) / (base + tail);
    std::error_code problem;
    if (!fs::is_regular_file(file, problem)) continue;
    FORGE_ASSIGN(auto text, read_file(file));
    const auto shown = root == "." ? base + tail : file.generic_string();
    return std::optional(FoundModule{"", layer, shown, std::move(text), {}});
  }
  return std::nullopt;
}

std::optional<FoundModule> ModuleFinder::in_builtin(const std::string& base) {
  for (const auto* root : {"stdlib/", ""}) {
    for (const auto* tail : {".lua", "/init.lua"}) {
      if (auto found = builtin_file(root + base + tail)) return found;
    }
  }
  return std::nullopt;
}

std::vector<std::string> ModuleFinder::builtin_names() {
  std::vector<std::string> names;
  for (const auto& file : embedded_files()) {
    std::string name(file.path);
    if (name.starts_with("stdlib/meta/")) continue;
    if (name.starts_with("stdlib/")) name.erase(0, 7);
    if (name.ends_with("/init.lua")) name.resize(name.size() - 9);
    if (name.ends_with(".lua")) name.resize(name.size() - 4);
    std::ranges::replace(name, '/', '.');
    names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

Result<FoundModule> ModuleFinder::find(std::string_view name) const {
  Layer top = Layer::project;
  auto bare = name;
  if (bare.starts_with("builtin:")) {
    top = Layer::builtin;
    bare.remove_prefix(8);
  } else if (bare.starts_with("org:")) {
    top = Layer::organisation;
    bare.remove_prefix(4);
  }
  const auto base = as_path(bare);
  if (!base) {
    return fail(ErrorCode::policy, fmt::format("'{}' is not a module name", name),
                "a module name is words joined by dots, such as strategies.policy");
  }
  std::optional<FoundModule> found;
  if (top <= Layer::project) {
    FORGE_ASSIGN(found, in_folder(roots_.project, *base, Layer::project));
  }
  if (!found && top <= Layer::organisation) {
    FORGE_ASSIGN(found, in_folder(roots_.organisation, *base, Layer::organisation));
  }
  if (!found) found = in_builtin(*base);
  if (!found) {
    Error error{ErrorCode::policy, fmt::format("no module '{}'", name), {}, {}, {}, {}};
    if (const auto near = nearest(bare, builtin_names())) {
      error.hint = fmt::format("did you mean '{}'?", *near);
    }
    const auto shown = [](const std::string& root) { return root.empty() ? "not set" : "'" + root + "'"; };
    error.notes.push_back(fmt::format("looked in the project ({}), the organisation's folder ({}) and what is built in",
                                      shown(roots_.project), shown(roots_.organisation)));
    return fail(std::move(error));
  }
  std::string dotted(*base);
  std::ranges::replace(dotted, '/', '.');
  found->name = std::move(dotted);
  return std::move(*found);
}

Modules::Modules(LuaState& state, ModuleRoots roots) : state_(state), finder_(std::move(roots)) {
  lua::core_of(state.raw()).modules = this;
}

Modules::~Modules() { lua::core_of(state_.raw()).modules = nullptr; }

namespace {

int require_function(lua_State* L) {
  std::size_t size = 0;
  const char* name = luaL_checklstring(L, 1, &size);
  auto* modules = static_cast<Modules*>(lua::core_of(L).modules);
  if (modules == nullptr) return luaL_error(L, "require is not there any more");
  if (auto done = modules->require(L, {name, size}); !done) {
    auto error = std::move(done).error();
    if (!error.place) error.place = lua::running_place(L);
    auto& sources = lua::core_of(L).sources;
    // `return require "x"` leaves no trace of the line that it stands on: then only the module that is being loaded is known.
    const auto* runs = error.place ? sources.find(error.place->file) : nullptr;
    if (runs == nullptr || runs->layer == Layer::builtin) {
      const auto* asks = lua::core_of(L).loading;
      if (asks != nullptr && asks->layer != Layer::builtin) error.place = sources.locate(*asks, 1, {name, size});
    }
    if (const auto* source = error.place ? sources.find(error.place->file) : nullptr;
        source != nullptr && error.place->column == 0) {
      error.place = sources.locate(*source, error.place->line, {name, size});
    }
    lua::raise(L, std::move(error));
  }
  return 1;
}

// place_of(function): where it is written, and whether that is built in; place_of(): the running line that is not built in.
// "file:line", or nil. The text goes into packages, so it names no folder of this machine.
int place_of(lua_State* L) {
  auto& core = lua::core_of(L);
  std::optional<std::pair<std::string, int>> place;
  bool built_in = false;
  if (lua_isfunction(L, 1)) {
    lua_Debug record{};
    lua_pushvalue(L, 1);
    lua_getinfo(L, ">S", &record);
    const auto* source = lua::source_of(core, record);
    if (source != nullptr) {
      place = {source->path, record.linedefined};
      built_in = source->layer == Layer::builtin;
    }
  } else if (const auto running = lua::running_place(L)) {
    place = {running->file, running->line};
  }
  if (!place) return 0;
  const auto text = fmt::format("{}:{}", portable_path(place->first), place->second);
  lua_pushlstring(L, text.data(), text.size());
  lua_pushboolean(L, built_in ? 1 : 0);
  return 2;
}

}  // namespace

void Modules::install(lua_State* L) {
  lua_newtable(L);
  lua_setfield(L, LUA_REGISTRYINDEX, kLoaded);
  for (const auto trust : {lua::Trust::user, lua::Trust::builtin}) {
    state_.push_globals(trust);
    lua_pushcfunction(L, lua::bound<require_function>);
    lua_setfield(L, -2, "require");
    if (trust == lua::Trust::builtin) {
      lua_pushcfunction(L, lua::bound<place_of>);
      lua_setfield(L, -2, "place_of");
    }
    lua_pop(L, 1);
  }
}

bool Modules::push_loaded(lua_State* L, const std::string& key) {
  lua_getfield(L, LUA_REGISTRYINDEX, kLoaded);
  lua_getfield(L, -1, key.c_str());
  lua_remove(L, -2);
  if (!lua_isnil(L, -1)) return true;
  lua_pop(L, 1);
  return false;
}

Result<void> Modules::require(lua_State* L, std::string_view name) {
  // Asked for thousands of times: the layers are searched for a name once.
  if (const auto known = keys_.find(name); known != keys_.end() && push_loaded(L, known->second)) return {};
  FORGE_ASSIGN(auto found, finder_.find(name));
  const std::string key = fmt::format("{}:{}", word_of(found.layer), found.path);
  keys_.emplace(name, key);
  if (push_loaded(L, key)) return {};
  const auto again = std::ranges::find(loading_, key, &std::pair<std::string, std::string>::first);
  if (again != loading_.end()) {
    std::string chain;
    for (auto it = again; it != loading_.end(); ++it) chain += it->second + " → ";
    return fail(ErrorCode::policy, fmt::format("module '{}' requires itself: {}{}", name, chain, name),
                "an override reaches what it replaces by 'builtin:' or 'org:' before the name");
  }
  return run(L, std::move(found), key);
}

Result<void> Modules::run(lua_State* L, FoundModule found, const std::string& key) {
  used_.push_back({found.name, found.layer, found.path, sha256_hex(found.text)});
  // Texts are told apart by their path: an override in the working folder is called as what it overrides.
  const bool overrides = found.layer != Layer::builtin && embedded(found.path) != nullptr;
  const std::string chunk = overrides ? "./" + found.path : found.path;
  FORGE_TRY(state_.load(std::move(found.text), chunk, found.layer, found.compiled));
  loading_.emplace_back(key, found.name);
  // A Lua error unwinds through here: the chain must not keep the module.
  struct Leave {
    std::vector<std::pair<std::string, std::string>>& chain;
    lua::Core& core;
    const Source* outer;
    ~Leave() {
      chain.pop_back();
      core.loading = outer;
    }
  };
  auto& core = lua::core_of(L);
  const Leave leave{loading_, core, core.loading};
  core.loading = core.sources.find(chunk);
  lua_pushlstring(L, found.name.data(), found.name.size());
  lua_call(L, 1, 1);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_pushboolean(L, 1);
  }
  lua_getfield(L, LUA_REGISTRYINDEX, kLoaded);
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, key.c_str());
  lua_pop(L, 1);
  return {};
}

std::string layered_name(const UsedModule& module) {
  if (module.layer == Layer::builtin) return "builtin:" + module.name;
  return module.layer == Layer::organisation ? "org:" + module.name : module.name;
}

std::vector<UsedModule> Modules::used() const {
  auto list = used_;
  std::ranges::sort(list, [](const UsedModule& a, const UsedModule& b) {
    return std::tie(a.name, a.layer) < std::tie(b.name, b.layer);
  });
  return list;
}

}  // namespace forge
