// Reads the spec language's nodes: Lua tables that hold a struct's fields under names with '_' before them, beside
// whole-number keys that are the language's own. There may be hundreds of thousands of them, so nothing is built (no path, no
// error, no copy of a name) while all goes well; values.hpp serves everything else.
#pragma once

#include <cstdint>
#include <lua.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/box.hpp"
#include "engine/base/error.hpp"
#include "engine/lua/node_fields.hpp"
#include "engine/model/names.hpp"
#include "engine/model/table.hpp"

namespace forge::nodes {

// How a table is read: `prefix` stands before each field's name in its keys (at the outermost level only), and whole-number
// keys are passed over where `skip_numbers` is set.
struct ReadStyle {
  std::string_view prefix;
  bool skip_numbers = false;
};
inline constexpr ReadStyle kNodeStyle{"_", true};

// Where a value stands, for messages: linked on the C++ stack, so that nothing is built while all goes well.
struct ReadPath {
  const ReadPath* up = nullptr;
  std::string_view key;  // a field, or the root's own name
  int index = 0;         // an element of an array where > 0
};

// Records why a value cannot be read; always gives false.
bool read_problem(Error& error, const ReadPath& at, std::string_view what);
// expected `wanted`, got what stands at `index`.
bool type_problem(lua_State* L, int index, Error& error, const ReadPath& at, std::string_view wanted);
bool unknown_key(lua_State* L, int index, Error& error, const ReadPath& at, const std::vector<std::string>& names);
bool unknown_word(Error& error, const ReadPath& at, std::string_view word, const std::string_view* words,
                  std::size_t count);

// The length of the array at `index`, or -1 (with the error set) where it is no table or has holes or other keys.
int array_length(lua_State* L, int index, Error& error, const ReadPath& at);
bool read_whole(lua_State* L, int index, std::int64_t& out, Error& error, const ReadPath& at);

// Types are shared between columns (stdlib/forge/spec_column.lua), so each is read once.
using KnownTypes = std::unordered_map<const void*, Type>;

struct ReadContext {
  lua_State* L;
  Error& error;
  KnownTypes* types = nullptr;
};

template <class T>
bool read_value(ReadContext& c, int index, T& out, const ReadPath& at);

// Goes to the field with one number and reads it.
struct FieldReader {
  ReadContext& c;
  int wanted;
  int index;
  const ReadPath& owner;
  bool ok = true;
  int at = 0;

  template <class M>
  void operator()(const char* name, M& member) {
    if (at++ != wanted) return;
    const ReadPath path{&owner, name};
    ok = read_value(c, index, member, path);
  }
  template <class B>
  void flat(B& box) {
    using Inner = std::remove_cvref_t<decltype(*box)>;
    static const int kCount = static_cast<int>(known_names<Inner>().size());
    if (wanted >= at && wanted < at + kCount) {
      Inner::fields(box.edit(), *this);
    } else {
      at += kCount;
    }
  }
};

template <Fielded T>
bool read_struct(ReadContext& c, int index, T& out, const ReadPath& at, const ReadStyle& style) {
  lua_State* L = c.L;
  if (lua_type(L, index) != LUA_TTABLE) return type_problem(L, index, c.error, at, "a table");
  luaL_checkstack(L, 6, "values nest too deeply");
  struct WithPrefix {};
  const int number = style.prefix.empty() ? type_number<T>() : type_number<std::pair<T, WithPrefix>>();
  const auto& names = interned_names(L, number, known_names<T>(), style.prefix);
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    const int value = lua_gettop(L);
    if (lua_type(L, value - 1) != LUA_TSTRING) {
      if (!style.skip_numbers || lua_type(L, value - 1) != LUA_TNUMBER) {
        return unknown_key(L, value - 1, c.error, at, known_names<T>());
      }
      lua_pop(L, 1);
      continue;
    }
    const char* key = lua_tostring(L, value - 1);
    int wanted = 0;
    const int count = static_cast<int>(names.size());
    while (wanted < count && names[static_cast<std::size_t>(wanted)] != key) ++wanted;
    if (wanted == count) return unknown_key(L, value - 1, c.error, at, known_names<T>());
    FieldReader reader{c, wanted, value, at};
    T::fields(out, reader);
    if (!reader.ok) return false;
    lua_settop(L, value - 1);
  }
  return true;
}

template <class T>
struct Reader {
  static bool read(ReadContext& c, int index, T& out, const ReadPath& at) {
    lua_State* L = c.L;
    if constexpr (std::is_same_v<T, bool>) {
      if (lua_type(L, index) != LUA_TBOOLEAN) return type_problem(L, index, c.error, at, "a boolean");
      out = lua_toboolean(L, index) != 0;
      return true;
    } else if constexpr (std::is_enum_v<T>) {
      std::string word;
      if (!read_value(c, index, word, at)) return false;
      const auto& words = EnumWords<T>::words;
      for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == word) return out = static_cast<T>(i), true;
      }
      return unknown_word(c.error, at, word, words.data(), words.size());
    } else if constexpr (std::is_integral_v<T>) {
      std::int64_t whole = 0;
      if (!read_whole(L, index, whole, c.error, at)) return false;
      out = static_cast<T>(whole);
      return out == whole || read_problem(c.error, at, "the number is too large");
    } else if constexpr (std::is_floating_point_v<T>) {
      if (lua_type(L, index) != LUA_TNUMBER) return type_problem(L, index, c.error, at, "a number");
      out = lua_tonumber(L, index);
      return true;
    } else {
      return read_struct(c, index, out, at, {});
    }
  }
};

// Errors: a zero byte, or bytes that are no UTF-8.
bool is_text(const std::string& text, Error& error, const ReadPath& at);

template <>
struct Reader<std::string> {
  static bool read(ReadContext& c, int index, std::string& out, const ReadPath& at) {
    if (lua_type(c.L, index) != LUA_TSTRING) return type_problem(c.L, index, c.error, at, "a string");
    std::size_t size = 0;
    const char* text = lua_tolstring(c.L, index, &size);
    out.assign(text, size);
    return is_text(out, c.error, at);
  }
};

template <>
struct Reader<Type> {
  static bool read(ReadContext& c, int index, Type& out, const ReadPath& at) {
    if (c.types == nullptr) return read_struct(c, index, out, at, {});
    const auto [it, fresh] = c.types->try_emplace(lua_topointer(c.L, index));
    if (fresh && !read_struct(c, index, it->second, at, {})) return false;
    out = it->second;
    return true;
  }
};

template <class T>
struct Reader<std::optional<T>> {
  static bool read(ReadContext& c, int index, std::optional<T>& out, const ReadPath& at) {
    return read_value(c, index, out.emplace(), at);
  }
};

template <class T>
struct Reader<std::vector<T>> {
  static bool read(ReadContext& c, int index, std::vector<T>& out, const ReadPath& at) {
    const int size = array_length(c.L, index, c.error, at);
    if (size < 0) return false;
    luaL_checkstack(c.L, 6, "values nest too deeply");
    out.resize(static_cast<std::size_t>(size));
    for (int i = 1; i <= size; ++i) {
      lua_rawgeti(c.L, index, i);
      const ReadPath element{&at, {}, i};
      if (!read_value(c, lua_gettop(c.L), out[static_cast<std::size_t>(i) - 1], element)) return false;
      lua_pop(c.L, 1);
    }
    return true;
  }
};

template <class A, class B>
struct Reader<std::pair<A, B>> {
  static bool read(ReadContext& c, int index, std::pair<A, B>& out, const ReadPath& at) {
    const int size = array_length(c.L, index, c.error, at);
    if (size < 0) return false;
    if (size != 2) return read_problem(c.error, at, "expected an array of two");
    lua_rawgeti(c.L, index, 1);
    lua_rawgeti(c.L, index, 2);
    const int top = lua_gettop(c.L);
    const ReadPath first{&at, {}, 1}, second{&at, {}, 2};
    if (!read_value(c, top - 1, out.first, first)) return false;
    if (!read_value(c, top, out.second, second)) return false;
    lua_pop(c.L, 2);
    return true;
  }
};

template <class T>
bool read_value(ReadContext& c, int index, T& out, const ReadPath& at) {
  return Reader<T>::read(c, index, out, at);
}

// Reads the table at `index` into `out`. False: `error` says why, with `path` for the value's name. Runs inside
// LuaState::protect; the stack is left as it was.
template <class T>
bool read_into(lua_State* L, int index, T& out, std::string_view path, const ReadStyle& style, Error& error,
               KnownTypes* types = nullptr) {
  if (index < 0) index = lua_gettop(L) + index + 1;
  const int top = lua_gettop(L);
  ReadContext c{L, error, types};
  const ReadPath at{nullptr, path};
  bool ok = false;
  if constexpr (Fielded<T>) {
    ok = read_struct(c, index, out, at, style);
  } else {
    ok = read_value(c, index, out, at);
  }
  lua_settop(L, top);
  return ok;
}

}  // namespace forge::nodes
