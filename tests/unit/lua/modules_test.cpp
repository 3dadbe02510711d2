// Modules in layers.
#include "engine/lua/modules.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "engine/lua/embedded.hpp"

namespace fs = std::filesystem;
using forge::Layer;
using forge::LuaState;
using forge::Result;

namespace {

// A folder of the test's own, removed at its end.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("forgelua-modules-" + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
  }
  forge::ModuleRoots roots() const { return {(path / "project").string(), (path / "org").string()}; }
};

struct Machine {
  std::unique_ptr<LuaState> state = std::move(*LuaState::create());
  forge::Modules modules;
  explicit Machine(forge::ModuleRoots roots) : modules(*state, std::move(roots)) {
    REQUIRE(state->protect([&](lua_State* L) -> Result<void> { return modules.install(L), Result<void>(); }));
  }
  Result<std::string> text(const std::string& name) {
    std::string out;
    auto done = state->protect([&](lua_State* L) -> Result<void> {
      FORGE_TRY(modules.require(L, name));
      if (const char* value = lua_tostring(L, -1)) out = value;
      return {};
    });
    if (!done) return forge::fail(std::move(done).error());
    return out;
  }
};

}  // namespace

TEST_CASE("a higher layer's module goes before a lower one's", "[lua][modules]") {
  const Folder folder;
  folder.write("org/rules.lua", "return 'organisation'");
  folder.write("org/limits/init.lua", "return 'org limits'");
  folder.write("project/rules.lua", "return 'project over ' .. require('org:rules')");
  Machine machine(folder.roots());
  CHECK(machine.text("rules").value() == "project over organisation");
  CHECK(machine.text("org:rules").value() == "organisation");
  CHECK(machine.text("limits").value() == "org limits");
  CHECK(machine.text("forge.ops").has_value());
  const auto used = machine.modules.used();
  REQUIRE(used.size() == 4);
  CHECK(used[0].name == "forge.ops");
  CHECK(used[0].layer == Layer::builtin);
  CHECK(used[0].path == "stdlib/forge/ops.lua");
  CHECK(used[0].sha256.size() == 64);
  CHECK(used[2].name == "rules");
  CHECK(used[2].layer == Layer::project);
}

TEST_CASE("a module runs once, and its value is kept", "[lua][modules]") {
  const Folder folder;
  folder.write("project/counter.lua", "local n = 0 return { next = function() n = n + 1 return n end }");
  folder.write("project/a.lua", "require('counter').next() return require('counter').next()");
  Machine machine(folder.roots());
  CHECK(machine.text("a").value() == "2");
}

TEST_CASE("an override extends what it stands before", "[lua][modules]") {
  const Folder folder;
  folder.write("project/forge/ops.lua",
               "local base = require('builtin:forge.ops')\n"
               "return base.add_column({ name = 't' }, { name = 'c' }).op");
  Machine machine(folder.roots());
  CHECK(machine.text("forge.ops").value() == "add_column");
}

TEST_CASE("an override in the working folder is told apart from what it stands before", "[lua][modules]") {
  const Folder folder;
  folder.write("strategies/thresholds.lua", "return 'ours over ' .. type(require('builtin:strategies.thresholds'))");
  const fs::path home = fs::current_path();
  fs::current_path(folder.path);
  {
    Machine machine(forge::ModuleRoots{".", ""});
    CHECK(machine.text("strategies.thresholds").value() == "ours over table");
  }
  fs::current_path(home);
}

TEST_CASE("modules that require each other are an error with the chain", "[lua][modules]") {
  const Folder folder;
  folder.write("project/a.lua", "local m = require 'b'\nreturn m");
  folder.write("project/b.lua", "local m = require 'c'\nreturn m");
  folder.write("project/c.lua", "local m = require 'a'\nreturn m");
  Machine machine(folder.roots());
  const auto result = machine.text("a");
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message == "module 'a' requires itself: a → b → c → a");
  REQUIRE(result.error().place.has_value());
  CHECK(result.error().place->line == 1);
}

TEST_CASE("a module's name cannot leave the layers", "[lua][modules]") {
  const Folder folder;
  folder.write("secret.lua", "return 'read'");
  Machine machine(folder.roots());
  for (const auto* name :
       {"../secret", "..secret", ".secret", "a/../secret", "/etc/passwd", "secret.", "", "builtin:", "a\\b", "a b"}) {
    const auto result = machine.text(name);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().message == "'" + std::string(name) + "' is not a module name");
  }
  const auto missing = machine.text("forge.op");
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().message == "no module 'forge.op'");
  CHECK(missing.error().hint == "did you mean 'forge.ops'?");
}

TEST_CASE("every embedded module compiles", "[lua][modules]") {
  Machine machine({});
  for (const auto& name : forge::ModuleFinder::builtin_names()) {
    INFO(name);
    const auto found = machine.modules.finder().find(name);
    REQUIRE(found.has_value());
    const auto done = machine.state->protect(
        [&](lua_State*) -> Result<void> { return machine.state->load(found->text, found->path, Layer::builtin); });
    CHECK(done.has_value());
  }
}

namespace {

std::string dumped(lua_State* L) {
  std::string out;
  const auto add = [](lua_State*, const void* part, std::size_t size, void* to) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(part), size);
    return 0;
  };
  lua_dump(L, add, &out);
  return out;
}

}  // namespace

TEST_CASE("what is compiled ahead is what the text compiles to, with its lines", "[lua][modules]") {
  Machine machine({});
  for (const auto& file : forge::embedded_files()) {
    INFO(file.path);
    std::string from_text, from_compiled;
    const auto done = machine.state->protect([&](lua_State* L) -> Result<void> {
      const std::string path(file.path);
      FORGE_TRY(machine.state->load(std::string(file.text), path, Layer::builtin));
      from_text = dumped(L);
      FORGE_TRY(machine.state->load("error('the text is not asked')", path, Layer::builtin, file.compiled));
      from_compiled = dumped(L);
      return {};
    });
    REQUIRE(done.has_value());
    // Tables of constants stand in the order that the machine's memory gave them.
    std::ranges::sort(from_text);
    std::ranges::sort(from_compiled);
    CHECK((from_text == from_compiled));
  }
}

TEST_CASE("the text serves where this LuaJIT does not take what is compiled ahead", "[lua][modules]") {
  Machine machine({});
  const auto done = machine.state->protect([&](lua_State* L) -> Result<void> {
    FORGE_TRY(machine.state->load("return 7", "m.lua", Layer::builtin, "\033LJ\177not of this version"));
    lua_call(L, 0, 1);
    CHECK(lua_tointeger(L, -1) == 7);
    return {};
  });
  CHECK(done.has_value());
}
