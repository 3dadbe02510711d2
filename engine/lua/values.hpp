// Any struct with `fields` as a Lua table and back. Everything here runs inside LuaState::protect.
//
// Pushed tables hold booleans, numbers and lists always; strings only where they are not empty, optional values only where
// they are there. Read tables may leave out anything; what they hold must be known and of the right kind.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <lua.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/diff/json.hpp"
#include "engine/model/fields.hpp"
#include "engine/model/names.hpp"
#include "engine/model/words.hpp"

namespace forge::lua {

// Where a value stands, for errors: "steps[3].ops[1].after". Linked on the stack, so that nothing is built while all goes well;
// what it is made of must outlive it.
class ValuePath {
 public:
  ValuePath(const char* root) : key_(root) {}  // what a reading begins with names it
  ValuePath(const std::string& root) : key_(root) {}
  ValuePath(const ValuePath& up, std::string_view key) : up_(&up), key_(key) {}
  ValuePath(const ValuePath& up, std::size_t index) : up_(&up), index_(index) {}  // from 1

  std::string text() const {
    std::string out = up_ ? up_->text() : std::string();
    if (index_ > 0) return out + fmt::format("[{}]", index_);
    if (!out.empty()) out += '.';
    return out + std::string(key_);
  }

 private:
  const ValuePath* up_ = nullptr;
  std::string_view key_;
  std::size_t index_ = 0;
};

// How a type crosses the boundary; `push` leaves one value on the stack, `read` leaves the stack as it was.
template <class T>
struct ValueOf;

// Pushes `value` as one Lua value.
template <class T>
void push(lua_State* L, const T& value) {
  luaL_checkstack(L, 8, "a value is nested too deeply");
  ValueOf<T>::push(L, value);
}

// Reads the value at `index` into `value`. `path` names it in errors.
template <class T>
Result<void> read_into(lua_State* L, int index, T& value, const ValuePath& path) {
  return ValueOf<T>::read(L, index, value, path);
}

template <class T>
Result<T> read(lua_State* L, int index, const ValuePath& path) {
  T value{};
  FORGE_TRY(read_into(L, index, value, path));
  return value;
}

namespace values_detail {

inline std::unexpected<Error> expected(lua_State* L, int index, const ValuePath& path, std::string_view what) {
  return fail(ErrorCode::policy, fmt::format("{}: expected {}, got {}", path.text(), what, luaL_typename(L, index)));
}

inline int absolute(lua_State* L, int index) { return index > 0 ? index : lua_gettop(L) + index + 1; }

inline bool absent(const std::string& value) { return value.empty(); }
inline bool absent(const QName& value) { return value.empty(); }
template <class T>
bool absent(const std::optional<T>& value) {
  return !value;
}
template <class T>
bool absent(const T&) {
  return false;
}

struct Pusher {
  lua_State* L;
  template <class T>
  void operator()(const char* name, const T& member) {
    if (absent(member)) return;
    push(L, member);
    lua_setfield(L, -2, name);
  }
  template <class T>
  void flat(const Box<T>& box) {
    T::fields(box.get(), *this);
  }
};

// How many fields Pusher pushes: a table of the right size is not made anew while it grows.
struct FieldCounter {
  int count = 0;
  template <class T>
  void operator()(const char*, const T& member) {
    if (!absent(member)) ++count;
  }
  template <class T>
  void flat(const Box<T>& box) {
    T::fields(box.get(), *this);
  }
};

// Reads the value on top of the stack into the field that `key` names.
struct FieldReader {
  lua_State* L;
  const char* key;
  const ValuePath& path;
  bool found = false;
  std::optional<Error> error;

  template <class T>
  void operator()(const char* name, T& member) {
    if (found || *name != *key || std::strcmp(name, key) != 0) return;
    found = true;
    auto done = read_into(L, -1, member, ValuePath(path, key));
    if (!done) error = std::move(done).error();
  }
  template <class T>
  void flat(Box<T>& box) {
    if (!found && has_field(box.get(), key)) T::fields(box.edit(), *this);
  }
};

// Calls `body(key)` for each entry of the table at `index`, with its value on top of the stack.
template <class Body>
Result<void> each_field(lua_State* L, int index, const ValuePath& path, Body&& body) {
  const int table = absolute(L, index);
  const int top = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    if (lua_type(L, -2) != LUA_TSTRING) {
      lua_settop(L, top);
      return fail(ErrorCode::policy, fmt::format("{}: expected only named fields, found a list entry", path.text()));
    }
    Result<void> done = body(lua_tostring(L, -2));
    if (!done) {
      lua_settop(L, top);
      return done;
    }
    lua_pop(L, 1);
  }
  return {};
}

}  // namespace values_detail

template <>
struct ValueOf<std::string> {
  static void push(lua_State* L, const std::string& value) { lua_pushlstring(L, value.data(), value.size()); }
  static Result<void> read(lua_State* L, int index, std::string& value, const ValuePath& path) {
    if (lua_type(L, index) != LUA_TSTRING) return values_detail::expected(L, index, path, "a string");
    std::size_t size = 0;
    const char* text = lua_tolstring(L, index, &size);
    value.assign(text, size);
    return {};
  }
};

template <>
struct ValueOf<bool> {
  static void push(lua_State* L, bool value) { lua_pushboolean(L, value ? 1 : 0); }
  static Result<void> read(lua_State* L, int index, bool& value, const ValuePath& path) {
    if (lua_type(L, index) != LUA_TBOOLEAN) return values_detail::expected(L, index, path, "true or false");
    value = lua_toboolean(L, index) != 0;
    return {};
  }
};

template <>
struct ValueOf<double> {
  static void push(lua_State* L, double value) { lua_pushnumber(L, value); }
  static Result<void> read(lua_State* L, int index, double& value, const ValuePath& path) {
    if (lua_type(L, index) != LUA_TNUMBER) return values_detail::expected(L, index, path, "a number");
    value = lua_tonumber(L, index);
    return {};
  }
};

// Whole numbers up to 2^53 exactly; beyond it a string of digits, since a Lua number would round in silence.
template <std::signed_integral T>
struct ValueOf<T> {
  static constexpr double kExact = 9007199254740992.0;
  static void push(lua_State* L, T value) { lua_pushnumber(L, static_cast<lua_Number>(value)); }
  static Result<void> read(lua_State* L, int index, T& value, const ValuePath& path) {
    if (lua_type(L, index) == LUA_TSTRING) return read_digits(lua_tostring(L, index), value, path);
    if (lua_type(L, index) != LUA_TNUMBER) return values_detail::expected(L, index, path, "a whole number");
    const double number = lua_tonumber(L, index);
    if (std::floor(number) != number || std::abs(number) > kExact) {
      return fail(ErrorCode::policy,
                  fmt::format("{}: {} is not a whole number that is kept exactly", path.text(), number),
                  "write numbers beyond 2^53 as a string of digits");
    }
    value = static_cast<T>(number);
    return {};
  }

 private:
  static Result<void> read_digits(const char* text, T& value, const ValuePath& path) {
    const char* end = text + std::strlen(text);
    const auto parsed = std::from_chars(text, end, value);
    if (parsed.ec == std::errc{} && parsed.ptr == end) return {};
    return fail(ErrorCode::policy, fmt::format("{}: '{}' is not a whole number", path.text(), text));
  }
};

template <Worded E>
struct ValueOf<E> {
  static void push(lua_State* L, E value) {
    const auto word = enum_word(value);
    lua_pushlstring(L, word.data(), word.size());
  }
  static Result<void> read(lua_State* L, int index, E& value, const ValuePath& path) {
    std::string word;
    FORGE_TRY(ValueOf<std::string>::read(L, index, word, path));
    const auto found = enum_value<E>(word);
    if (found) {
      value = *found;
      return {};
    }
    std::string all;
    for (const auto known : EnumWords<E>::words) all += fmt::format("{}{}", all.empty() ? "" : ", ", known);
    return fail(ErrorCode::policy, fmt::format("{}: '{}' is none of: {}", path.text(), word, all));
  }
};

template <class T>
struct ValueOf<std::vector<T>> {
  static void push(lua_State* L, const std::vector<T>& list) {
    lua_createtable(L, static_cast<int>(list.size()), 0);
    for (std::size_t i = 0; i < list.size(); ++i) {
      lua::push(L, list[i]);
      lua_rawseti(L, -2, static_cast<int>(i) + 1);
    }
  }
  static Result<void> read(lua_State* L, int index, std::vector<T>& list, const ValuePath& path) {
    if (lua_type(L, index) != LUA_TTABLE) return values_detail::expected(L, index, path, "a list");
    const auto size = lua_objlen(L, index);
    list.clear();
    list.reserve(size);
    for (std::size_t i = 1; i <= size; ++i) {
      lua_rawgeti(L, index, static_cast<int>(i));
      auto done = read_into(L, -1, list.emplace_back(), ValuePath(path, i));
      lua_pop(L, 1);
      if (!done) return done;
    }
    return {};
  }
};

template <class T>
struct ValueOf<std::optional<T>> {
  static void push(lua_State* L, const std::optional<T>& value) {
    if (value) {
      lua::push(L, *value);
    } else {
      lua_pushnil(L);
    }
  }
  static Result<void> read(lua_State* L, int index, std::optional<T>& value, const ValuePath& path) {
    if (lua_isnil(L, index)) return {};
    return read_into(L, index, value.emplace(), path);
  }
};

template <>
struct ValueOf<std::pair<std::string, std::string>> {
  using Pair = std::pair<std::string, std::string>;
  static void push(lua_State* L, const Pair& value) { lua::push(L, std::vector{value.first, value.second}); }
  static Result<void> read(lua_State* L, int index, Pair& value, const ValuePath& path) {
    FORGE_ASSIGN(auto both, lua::read<std::vector<std::string>>(L, index, path));
    if (both.size() != 2)
      return fail(ErrorCode::policy, fmt::format("{}: expected a list of two strings", path.text()));
    value = {both[0], both[1]};
    return {};
  }
};

template <class T>
struct ValueOf<std::map<std::string, T>> {
  static void push(lua_State* L, const std::map<std::string, T>& map) {
    lua_createtable(L, 0, static_cast<int>(map.size()));
    for (const auto& [key, value] : map) {
      lua::push(L, value);
      lua_setfield(L, -2, key.c_str());
    }
  }
  static Result<void> read(lua_State* L, int index, std::map<std::string, T>& map, const ValuePath& path) {
    if (lua_type(L, index) != LUA_TTABLE) return values_detail::expected(L, index, path, "a table");
    return values_detail::each_field(L, index, path, [&](const char* key) -> Result<void> {
      return read_into(L, -1, map[key], ValuePath(path, key));
    });
  }
};

template <Fielded T>
struct ValueOf<T> {
  static void push(lua_State* L, const T& value) {
    values_detail::FieldCounter fields;
    T::fields(value, fields);
    lua_createtable(L, 0, fields.count);
    values_detail::Pusher pusher{L};
    T::fields(value, pusher);
  }
  static Result<void> read(lua_State* L, int index, T& value, const ValuePath& path) {
    if constexpr (std::is_same_v<T, QName>) {
      if (lua_type(L, index) == LUA_TSTRING) {
        value = parse_qname(lua_tostring(L, index));
        return {};
      }
    }
    if (lua_type(L, index) != LUA_TTABLE) return values_detail::expected(L, index, path, "a table");
    return values_detail::each_field(L, index, path, [&](const char* key) -> Result<void> {
      values_detail::FieldReader reader{L, key, path, false, {}};
      T::fields(value, reader);
      if (reader.error) return std::unexpected(std::move(*reader.error));
      if (reader.found) return {};
      return fail(ErrorCode::policy, fmt::format("{}: unknown field '{}'", path.text(), key),
                  unknown_field_hint<T>(key));
    });
  }
};

// { op, kind, table, before, after, facets }; op and facets are told to Lua and not believed back.
template <>
struct ValueOf<Change> {
  static void push(lua_State* L, const Change& change) {
    lua_createtable(L, 0, 6);
    values_detail::Pusher pusher{L};
    std::visit([&](const auto& delta) { std::decay_t<decltype(delta)>::fields(delta, pusher); }, change);
    pusher("op", word_of(change));
    pusher("kind", std::string(kKinds.at(change.index())));
    pusher("facets", facets_of(change));
  }
  static Result<void> read(lua_State* L, int index, Change& change, const ValuePath& path) {
    if (lua_type(L, index) != LUA_TTABLE) return values_detail::expected(L, index, path, "an operation");
    lua_getfield(L, index, "kind");
    const std::string kind = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    lua_pop(L, 1);
    Result<void> done;
    const bool known = with_kind(kind, [&]<class D>() {
      D delta;
      done = read_delta(L, index, delta, path);
      change = std::move(delta);
    });
    if (known) return done;
    return fail(ErrorCode::policy, fmt::format("{}: '{}' is no kind of operation", path.text(), kind),
                "build operations with require(\"forge.ops\")");
  }

 private:
  template <class D>
  static Result<void> read_delta(lua_State* L, int index, D& delta, const ValuePath& path) {
    return values_detail::each_field(L, index, path, [&](const char* key) -> Result<void> {
      const std::string_view name = key;
      if (name == "kind" || name == "op" || name == "facets" || name == "intent") return {};
      values_detail::FieldReader reader{L, key, path, false, {}};
      D::fields(delta, reader);
      if (reader.error) return std::unexpected(std::move(*reader.error));
      if (reader.found) return {};
      return fail(ErrorCode::policy, fmt::format("{}: unknown field '{}'", path.text(), key));
    });
  }
};

}  // namespace forge::lua
