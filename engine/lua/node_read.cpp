#include "engine/lua/node_read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "engine/base/spelling.hpp"
#include "engine/base/utf8.hpp"
#include "engine/lua/core.hpp"

namespace forge::nodes {
namespace {

constexpr const char* kFieldNames = "forge.field-names";  // registry: keeps the interned names alive
constexpr double kLargestWhole = 9007199254740992.0;      // 2^53: beyond it a double skips whole numbers

std::string shown(const ReadPath& at) {
  std::string out = at.up != nullptr ? shown(*at.up) : std::string();
  if (at.index > 0) return out + fmt::format("[{}]", at.index);
  if (!out.empty() && !at.key.empty()) out += '.';
  return out + std::string(at.key);
}

// What a value is, for people. A number with an integer suffix is a cdata, and no number to us.
std::string described(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TNIL:
      return "nothing";
    case LUA_TBOOLEAN:
      return "a boolean";
    case LUA_TNUMBER:
      return "a number";
    case LUA_TSTRING:
      return "a string";
    case LUA_TTABLE:
      return "a table";
    case LUA_TFUNCTION:
      return "a function";
    case LUA_TUSERDATA:
    case LUA_TLIGHTUSERDATA:
      return "a userdata";
    case LUA_TTHREAD:
      return "a coroutine";
    default:
      return "a cdata number (write it without a suffix)";
  }
}

}  // namespace

int next_type_number() {
  static std::atomic<int> last{0};
  return last++;
}

const std::vector<const char*>& interned_names(lua_State* L, int number, const std::vector<std::string>& names,
                                               std::string_view prefix) {
  auto& all = lua::core_of(L).field_names;
  const auto at = static_cast<std::size_t>(number);
  if (at >= all.size()) all.resize(at + 16);
  if (!all[at].empty() || names.empty()) return all[at];
  lua_getfield(L, LUA_REGISTRYINDEX, kFieldNames);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, kFieldNames);
  }
  for (const auto& name : names) {
    const auto key = std::string(prefix) + name;
    lua_pushlstring(L, key.data(), key.size());
    all[at].push_back(lua_tostring(L, -1));
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
  }
  lua_pop(L, 1);
  return all[at];
}

bool read_problem(Error& error, const ReadPath& at, std::string_view what) {
  error.code = ErrorCode::spec;
  error.message = fmt::format("{}: {}", shown(at), what);
  return false;
}

bool is_text(const std::string& text, Error& error, const ReadPath& at) {
  const auto fault = utf8_fault(text);
  if (!fault) return true;
  const auto byte = static_cast<unsigned char>(text[*fault]);
  if (byte == 0) return read_problem(error, at, "a zero byte cannot stand in it");
  return read_problem(error, at, fmt::format("the byte 0x{:02x} is no UTF-8", byte));
}

bool type_problem(lua_State* L, int index, Error& error, const ReadPath& at, std::string_view wanted) {
  return read_problem(error, at, fmt::format("expected {}, got {}", wanted, described(L, index)));
}

bool unknown_key(lua_State* L, int index, Error& error, const ReadPath& at, const std::vector<std::string>& names) {
  if (lua_type(L, index) != LUA_TSTRING) {
    return read_problem(error, at, fmt::format("{} is no field's name", described(L, index)));
  }
  const std::string key = lua_tostring(L, index);
  read_problem(error, at, fmt::format("unknown field '{}'", key));
  if (const auto near = nearest(key, names)) error.hint = fmt::format("did you mean '{}'?", *near);
  return false;
}

bool unknown_word(Error& error, const ReadPath& at, std::string_view word, const std::string_view* words,
                  std::size_t count) {
  std::vector<std::string> list(words, words + count);
  read_problem(error, at, fmt::format("'{}' is not one of: {}", word, fmt::join(list, ", ")));
  if (const auto near = nearest(word, list)) error.hint = fmt::format("did you mean '{}'?", *near);
  return false;
}

int array_length(lua_State* L, int index, Error& error, const ReadPath& at) {
  if (lua_type(L, index) != LUA_TTABLE) {
    type_problem(L, index, error, at, "an array");
    return -1;
  }
  const auto size = static_cast<int>(lua_objlen(L, index));
  int seen = 0;
  luaL_checkstack(L, 4, "values nest too deeply");
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    lua_pop(L, 1);
    const double key = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
    if (key < 1 || key > size || key != std::floor(key)) {
      const bool named = lua_type(L, -1) == LUA_TSTRING;
      const std::string text = named ? fmt::format("the key '{}'", lua_tostring(L, -1)) : "a hole";
      lua_pop(L, 1);
      read_problem(error, at, fmt::format("expected an array, and it has {}", text));
      return -1;
    }
    ++seen;
  }
  if (seen == size) return size;
  read_problem(error, at, "expected an array, and it has a hole");
  return -1;
}

bool read_whole(lua_State* L, int index, std::int64_t& out, Error& error, const ReadPath& at) {
  if (lua_type(L, index) != LUA_TNUMBER) return type_problem(L, index, error, at, "a number");
  const double number = lua_tonumber(L, index);
  if (!(std::fabs(number) <= kLargestWhole)) {
    return read_problem(error, at, fmt::format("{} is beyond 2^53, where numbers lose their last digits", number));
  }
  if (number != std::floor(number)) {
    return read_problem(error, at, fmt::format("expected a whole number, got {}", number));
  }
  out = static_cast<std::int64_t>(number);
  return true;
}

}  // namespace forge::nodes
