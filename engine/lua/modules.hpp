// Lua modules in layers: a project's file goes before its organisation's, and that before what is built in.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/lua/state.hpp"

namespace forge {

// Where the layers' files are. An empty folder: there is no such layer.
struct ModuleRoots {
  std::string project;
  std::string organisation;
};

// A module that has been found.
struct FoundModule {
  std::string name;  // as required, without a layer prefix
  Layer layer = Layer::builtin;
  std::string path;  // for people: relative to the layer's root in `builtin`, as the root was named otherwise
  std::string text;
  std::string_view compiled;  // the same ahead of time, where it is the binary's own text; lives as long as the process
};

// A module that has been run, for the plan's list.
struct UsedModule {
  std::string name;
  Layer layer = Layer::builtin;
  std::string path;
  std::string sha256;  // of its text
};

// The name by which `require` finds just this module, whatever layers lie above it.
std::string layered_name(const UsedModule& module);

// Finds modules. A name is words of letters, digits, '_' and '-' joined by dots, or by slashes; `builtin:` and `org:` before it
// reach a lower layer. `a.b` is a/b.lua or a/b/init.lua; built-in names are looked for in stdlib/ too.
class ModuleFinder {
 public:
  explicit ModuleFinder(ModuleRoots roots) : roots_(std::move(roots)) {}

  // Errors (policy): a name that is no module name (it could leave the folders), or a module that no layer has; the message
  // lists where it was looked for.
  Result<FoundModule> find(std::string_view name) const;

  // Every name that is built in, sorted: for suggestions.
  static std::vector<std::string> builtin_names();

  const ModuleRoots& roots() const { return roots_; }

 private:
  Result<std::optional<FoundModule>> in_folder(const std::string& root, const std::string& base, Layer layer) const;
  static std::optional<FoundModule> in_builtin(const std::string& base);
  ModuleRoots roots_;
};

// `require` for one state. Install it once; it must live as long as the state runs code.
class Modules {
 public:
  Modules(LuaState& state, ModuleRoots roots);
  ~Modules();
  Modules(const Modules&) = delete;
  Modules& operator=(const Modules&) = delete;

  // Inside LuaState::protect: puts `require` into the globals of both kinds of code.
  void install(lua_State* L);

  // Inside LuaState::protect: pushes the module's value, running its file on the first call. Raises Lua errors of the
  // module's own; gives those of finding it. A module that requires itself, however far round, is an error with the chain.
  Result<void> require(lua_State* L, std::string_view name);

  // What has been run, in order of name.
  std::vector<UsedModule> used() const;
  // The same in the order in which it began to run.
  const std::vector<UsedModule>& in_order() const { return used_; }

  const ModuleFinder& finder() const { return finder_; }

 private:
  Result<void> run(lua_State* L, FoundModule found, const std::string& key);
  bool push_loaded(lua_State* L, const std::string& key);  // false (nothing pushed): it has not been run

  LuaState& state_;
  ModuleFinder finder_;
  std::map<std::string, std::string, std::less<>> keys_;  // of modules that have been found, by the name asked for
  std::vector<UsedModule> used_;
  std::vector<std::pair<std::string, std::string>> loading_;  // key and name, outermost first
};

}  // namespace forge
