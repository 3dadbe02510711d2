// The functions that code in the sandbox may use: an allowlist. Everything else is not there.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

#include "engine/base/spelling.hpp"
#include "engine/lua/core.hpp"

namespace forge::lua {
namespace {

constexpr std::array kBase = {"assert", "error",  "getmetatable", "ipairs",   "pcall", "rawequal",
                              "rawget", "select", "setmetatable", "tonumber", "type",  "unpack"};
constexpr std::array kTable = {"concat", "insert", "maxn", "move", "remove", "sort"};
constexpr std::array kMath = {"abs",   "acos", "asin",  "atan",   "atan2", "ceil", "cos",   "cosh", "deg", "exp",
                              "floor", "fmod", "frexp", "huge",   "ldexp", "log",  "log10", "max",  "min", "modf",
                              "pi",    "pow",  "rad",   "random", "sin",   "sinh", "sqrt",  "tan",  "tanh"};
constexpr std::array kCoroutine = {"create", "isyielding", "resume", "running", "status", "wrap", "yield"};
constexpr std::array kBit = {"arshift", "band", "bnot", "bor",    "bswap", "bxor",
                             "lshift",  "rol",  "ror",  "rshift", "tobit", "tohex"};

// Upvalue 1: the complaint, with {} for the name that was to be set.
int refuse_write(lua_State* L) {
  const std::string name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
  Error error{ErrorCode::spec, fmt::format(fmt::runtime(lua_tostring(L, lua_upvalueindex(1))), name), {}, {}, {}, {}};
  error.place = running_place(L);
  auto& sources = core_of(L).sources;
  if (const auto* source = error.place ? sources.find(error.place->file) : nullptr) {
    error.place = sources.locate(*source, error.place->line, name);
  }
  raise(L, std::move(error));
}

// Pushes a table whose reads go to the table on top of the stack and whose writes are errors; replaces it.
void make_read_only(lua_State* L, const char* complaint) {
  lua_newtable(L);
  lua_createtable(L, 0, 3);
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, "__index");
  lua_pushstring(L, complaint);
  lua_pushcclosure(L, bound<refuse_write>, 1);
  lua_setfield(L, -2, "__newindex");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_remove(L, -2);
}

// Copies the named functions of the global table `library` into a new table, left on the stack.
template <std::size_t N>
void copy_library(lua_State* L, const char* library, const std::array<const char*, N>& names) {
  lua_createtable(L, 0, static_cast<int>(N));
  lua_getglobal(L, library);
  for (const char* name : names) {
    lua_getfield(L, -1, name);
    lua_setfield(L, -3, name);
  }
  lua_pop(L, 1);
}

template <std::size_t N>
void add_library(lua_State* L, int target, const char* library, const std::array<const char*, N>& names) {
  copy_library(L, library, names);
  make_read_only(L, "the library's function '{}' cannot be replaced");
  lua_setfield(L, target, library);
}

// A key of a small table while it is put in order; the value itself stands on the stack.
struct SmallKey {
  int rank = 0;  // numbers before strings before booleans
  double number = 0;
  std::string_view text;
  int at = 0;

  bool operator<(const SmallKey& other) const {
    return std::tie(rank, number, text) < std::tie(other.rank, other.number, other.text);
  }
};

// Most tables are small: their keys are put in order on the stack. False (stack as it was) where there are too many keys,
// or one of another type.
bool sort_small(lua_State* L) {
  constexpr int kMost = 32;
  std::array<SmallKey, kMost> keys;
  int count = 0;
  luaL_checkstack(L, kMost + 4, "too many keys");
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    lua_pop(L, 1);
    SmallKey key{.at = lua_gettop(L)};
    std::size_t size = 0;
    switch (lua_type(L, -1)) {
      case LUA_TNUMBER:
        key.number = lua_tonumber(L, -1);
        break;
      case LUA_TSTRING: {
        const char* text = lua_tolstring(L, -1, &size);
        key.rank = 1;
        key.text = {text, size};
        break;
      }
      case LUA_TBOOLEAN:
        key.rank = 2, key.number = lua_toboolean(L, -1);
        break;
      default:
        return lua_settop(L, 1), false;
    }
    if (count == kMost) return lua_settop(L, 1), false;
    int place = count++;
    for (; place > 0 && key < keys[static_cast<std::size_t>(place) - 1]; --place) {
      keys[static_cast<std::size_t>(place)] = keys[static_cast<std::size_t>(place) - 1];
    }
    keys[static_cast<std::size_t>(place)] = key;
    lua_pushvalue(L, -1);
  }
  if (count < 2) {
    lua_pushvalue(L, count == 1 ? keys[0].at : 1);
    lua_pushinteger(L, count);
    return true;
  }
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; ++i) {
    lua_pushvalue(L, keys[static_cast<std::size_t>(i)].at);
    lua_rawseti(L, -2, i + 1);
  }
  lua_pushinteger(L, count);
  return true;
}

// sorted_keys(t): an array of the keys, numbers before strings before booleans, each in order (or the only key), and their number.
int sorted_keys(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  if (sort_small(L)) return 2;
  std::vector<double> numbers;
  std::vector<std::string_view> texts;  // the table keeps its keys alive
  bool has_false = false, has_true = false;
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    lua_pop(L, 1);
    std::size_t size = 0;
    switch (lua_type(L, -1)) {
      case LUA_TNUMBER:
        numbers.push_back(lua_tonumber(L, -1));
        break;
      case LUA_TSTRING: {
        const char* text = lua_tolstring(L, -1, &size);
        texts.emplace_back(text, size);
        break;
      }
      case LUA_TBOOLEAN:
        (lua_toboolean(L, -1) != 0 ? has_true : has_false) = true;
        break;
      default:
        raise(L, {ErrorCode::spec,
                  fmt::format("pairs cannot put keys of type {} in order", luaL_typename(L, -1)),
                  "use an array, or keys that are strings or numbers",
                  {},
                  {},
                  {}});
    }
  }
  std::ranges::sort(numbers);
  std::ranges::sort(texts);
  lua_createtable(L, static_cast<int>(numbers.size() + texts.size() + 2), 0);
  int n = 0;
  for (const double number : numbers) {
    lua_pushnumber(L, number);
    lua_rawseti(L, -2, ++n);
  }
  for (const auto text : texts) {
    lua_pushlstring(L, text.data(), text.size());
    lua_rawseti(L, -2, ++n);
  }
  for (const bool value : {false, true}) {
    if (!(value ? has_true : has_false)) continue;
    lua_pushboolean(L, value ? 1 : 0);
    lua_rawseti(L, -2, ++n);
  }
  lua_pushinteger(L, n);
  return 2;
}

constexpr std::string_view kPairs = R"lua(
local sorted_keys, rawget = ...
local function nothing() end
local function only(t, key)
  return function()
    local given, value = key, rawget(t, key)
    key = nil
    if value ~= nil then return given, value end
  end
end
return function(t)
  local keys, n = sorted_keys(t)
  if n == 0 then return nothing end
  if n == 1 then return only(t, keys) end
  local i = 0
  return function()
    while i < n do
      i = i + 1
      local key = keys[i]
      local value = rawget(t, key)
      if value ~= nil then return key, value end
    end
  end
end
)lua";

// The machine runs a message handler of its own inside the failing call, where no stop reaches it: this one runs after.
constexpr std::string_view kXpcall = R"lua(
local pcall = ...
local function finish(handler, ok, ...)
  if ok then return true, ... end
  return false, handler((...))
end
return function(f, handler, ...) return finish(handler, pcall(f, ...)) end
)lua";

void add_xpcall(lua_State* L, int target) {
  luaL_loadbufferx(L, kXpcall.data(), kXpcall.size(), "=xpcall", "t");
  lua_getglobal(L, "pcall");
  lua_call(L, 1, 1);
  lua_setfield(L, target, "xpcall");
}

void add_pairs(lua_State* L, int target) {
  luaL_loadbufferx(L, kPairs.data(), kPairs.size(), "=pairs", "t");
  lua_pushcfunction(L, bound<sorted_keys>);
  lua_getglobal(L, "rawget");
  lua_call(L, 2, 1);
  lua_setfield(L, target, "pairs");
}

// tostring without addresses: they differ from run to run.
int plain_tostring(lua_State* L) {
  luaL_checkany(L, 1);
  if (luaL_callmeta(L, 1, "__tostring") != 0) return 1;
  switch (lua_type(L, 1)) {
    case LUA_TNIL:
      lua_pushliteral(L, "nil");
      break;
    case LUA_TBOOLEAN:
      lua_pushstring(L, lua_toboolean(L, 1) != 0 ? "true" : "false");
      break;
    case LUA_TNUMBER:
    case LUA_TSTRING:
      lua_pushvalue(L, 1);
      lua_tolstring(L, -1, nullptr);
      break;
    default:
      lua_pushstring(L, luaL_typename(L, 1));
  }
  return 1;
}

// print(...) talks to a person on stderr: stdout carries data.
int print_to_stderr(lua_State* L) {
  std::string line;
  const int n = lua_gettop(L);
  for (int i = 1; i <= n; ++i) {
    lua_pushcfunction(L, plain_tostring);
    lua_pushvalue(L, i);
    lua_call(L, 1, 1);
    std::size_t size = 0;
    const char* text = lua_tolstring(L, -1, &size);
    if (i > 1) line += '\t';
    if (text != nullptr) line.append(text, size);
    lua_pop(L, 1);
  }
  line = escape_control(line) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
  return 0;
}

// What reads a global that is not there: an error, with the nearest name that is. Upvalue 1: the table of those that are.
int unknown_global(lua_State* L) {
  std::vector<std::string> names;
  lua_pushnil(L);
  while (lua_next(L, lua_upvalueindex(1)) != 0) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) names.emplace_back(lua_tostring(L, -1));
  }
  std::ranges::sort(names);
  const std::string wanted = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
  Error error{ErrorCode::spec, fmt::format("unknown word '{}'", wanted), {}, {}, {}, {}};
  error.place = running_place(L);
  if (error.place && error.place->file.ends_with(".migration.lua")) error.hint = "'forgelua doc' lists all words";
  if (const auto near = nearest(wanted, names)) error.hint = fmt::format("did you mean '{}'?", *near);
  auto& sources = core_of(L).sources;
  if (error.place) {
    if (const auto* source = sources.find(error.place->file)) {
      const auto better = sources.locate(*source, error.place->line, wanted);
      if (better.column > 0) error.place = better;
    }
  }
  raise(L, std::move(error));
}

// Makes the environment over the globals on top of the stack (which stay), and keeps both in the registry.
void keep_environment(lua_State* L, int& globals, int& env) {
  lua_createtable(L, 0, 1);
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, bound<unknown_global>, 1);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  globals = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pushvalue(L, -1);
  make_read_only(L, "'{0}' would be a global: write 'local {0} = …'");
  env = luaL_ref(L, LUA_REGISTRYINDEX);
}

void open_libraries(lua_State* L) {
  constexpr std::array<std::pair<const char*, lua_CFunction>, 5> kOpen = {{
      {"", luaopen_base},
      {LUA_TABLIBNAME, luaopen_table},
      {LUA_STRLIBNAME, luaopen_string},
      {LUA_MATHLIBNAME, luaopen_math},
      {LUA_BITLIBNAME, luaopen_bit},
  }};
  for (const auto& [name, open] : kOpen) {
    lua_pushcfunction(L, open);
    lua_pushstring(L, name);
    lua_call(L, 1, 0);
  }
}

void lock_string_metatable(lua_State* L) {
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}

// Errors that `raise` makes print as their message where user code catches and shows them.
int error_to_text(lua_State* L) {
  lua_pushliteral(L, "message");
  lua_rawget(L, 1);
  return 1;
}

void make_error_meta(lua_State* L) {
  lua_createtable(L, 0, 2);
  lua_pushcfunction(L, error_to_text);
  lua_setfield(L, -2, "__tostring");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  core_of(L).error_meta = luaL_ref(L, LUA_REGISTRYINDEX);
}

// Pushes a new table with everything that the sandbox allows, the string library's own table being shared.
void push_allowed(lua_State* L) {
  lua_createtable(L, 0, 32);
  const int globals = lua_gettop(L);
  for (const char* name : kBase) {
    lua_getglobal(L, name);
    lua_setfield(L, globals, name);
  }
  add_pairs(L, globals);
  add_xpcall(L, globals);
  lua_pushcfunction(L, bound<plain_tostring>);
  lua_setfield(L, globals, "tostring");
  lua_pushcfunction(L, bound<print_to_stderr>);
  lua_setfield(L, globals, "print");
  add_library(L, globals, "table", kTable);
  add_library(L, globals, "math", kMath);
  add_library(L, globals, "coroutine", kCoroutine);
  add_library(L, globals, "bit", kBit);
  lua_getglobal(L, "string");
  make_read_only(L, "the library's function '{}' cannot be replaced");
  lua_setfield(L, globals, "string");
}

}  // namespace

void install_sandbox(lua_State* L) {
  auto& core = core_of(L);
  open_libraries(L);
  lua_getglobal(L, "string");
  install_string_library(L);
  lua_pop(L, 1);
  lock_string_metatable(L);
  make_error_meta(L);
  push_allowed(L);
  install_plain_tables(L);
  install_query_renames(L);
  keep_environment(L, core.builtin_globals, core.builtin_env);
  lua_pop(L, 1);
  push_allowed(L);
  keep_environment(L, core.user_globals, core.user_env);
  lua_pop(L, 1);
}

}  // namespace forge::lua
