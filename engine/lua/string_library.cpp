// The string library's functions that could run for ever or fill the memory, bounded.
#include <fmt/format.h>

#include <algorithm>

#include "engine/lua/core.hpp"
#include "engine/lua/pattern.hpp"

namespace forge::lua {
namespace {

// No string that these functions make may be longer; far above any schema's text.
constexpr std::size_t kMaxResult = std::size_t{64} << 20;

std::string_view check_text(lua_State* L, int index) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(L, index, &size);
  return {text, size};
}

[[noreturn]] void too_long(lua_State* L, const char* function) {
  raise(L,
        {ErrorCode::limit, fmt::format("string.{} would make a string of more than 64 MB", function), {}, {}, {}, {}});
}

[[noreturn]] void bad_pattern(lua_State* L, const PatternMatcher& matcher) {
  const auto code = matcher.stopped() ? ErrorCode::limit : ErrorCode::spec;
  auto& core = core_of(L);
  if (matcher.stopped() && !core.expired_at) core.expired_at = running_place(L);
  raise(L, {code, matcher.problem(), {}, {}, {}, {}});
}

// Where `init` (from 1, negative from the end) begins in a subject of this size.
std::size_t start_of(lua_Integer init, std::size_t size) {
  if (init > 0) return static_cast<std::size_t>(init) - 1;
  if (init == 0) return 0;
  const auto back = static_cast<std::size_t>(-init);
  return back > size ? 0 : size - back;
}

void push_capture(lua_State* L, const PatternMatcher& m, std::size_t number) {
  const auto& capture = m.capture(number);
  if (capture.position) {
    lua_pushinteger(L, static_cast<lua_Integer>(capture.begin) + 1);
  } else {
    lua_pushlstring(L, m.subject().data() + capture.begin, capture.length);
  }
}

// The captures, or the whole match where the pattern has none.
int push_captures(lua_State* L, const PatternMatcher& m, std::size_t begin, std::size_t end) {
  luaL_checkstack(L, static_cast<int>(m.captures()) + 1, "too many captures");
  if (m.captures() == 0) {
    lua_pushlstring(L, m.subject().data() + begin, end - begin);
    return 1;
  }
  for (std::size_t i = 0; i < m.captures(); ++i) push_capture(L, m, i);
  return static_cast<int>(m.captures());
}

bool is_plain(std::string_view pattern) { return pattern.find_first_of("^$*+?.([%-") == std::string_view::npos; }

int search(lua_State* L, bool find) {
  const auto subject = check_text(L, 1);
  auto pattern = check_text(L, 2);
  const auto start = start_of(luaL_optinteger(L, 3, 1), subject.size());
  if (start > subject.size()) return lua_pushnil(L), 1;
  if (find && (lua_toboolean(L, 4) != 0 || is_plain(pattern))) {
    const auto at = subject.find(pattern, start);
    if (at == std::string_view::npos) return lua_pushnil(L), 1;
    lua_pushinteger(L, static_cast<lua_Integer>(at) + 1);
    lua_pushinteger(L, static_cast<lua_Integer>(at + pattern.size()));
    return 2;
  }
  const bool anchored = pattern.starts_with('^');
  if (anchored) pattern.remove_prefix(1);
  PatternMatcher matcher(subject, pattern, &core_of(L).expired);
  for (auto at = start; at <= subject.size(); ++at) {
    if (!anchored && (at = matcher.next_start(at)) > subject.size()) break;
    if (const auto end = matcher.match_at(at)) {
      if (!find) return push_captures(L, matcher, at, *end);
      lua_pushinteger(L, static_cast<lua_Integer>(at) + 1);
      lua_pushinteger(L, static_cast<lua_Integer>(*end));
      return 2 + (matcher.captures() > 0 ? push_captures(L, matcher, at, *end) : 0);
    }
    if (!matcher.problem().empty()) bad_pattern(L, matcher);
    if (anchored) break;
  }
  return lua_pushnil(L), 1;
}

int string_find(lua_State* L) { return search(L, true); }
int string_match(lua_State* L) { return search(L, false); }

// Upvalues: subject, pattern, where to go on.
int gmatch_next(lua_State* L) {
  const auto subject = check_text(L, lua_upvalueindex(1));
  const auto pattern = check_text(L, lua_upvalueindex(2));
  PatternMatcher matcher(subject, pattern, &core_of(L).expired);
  auto at = static_cast<std::size_t>(lua_tointeger(L, lua_upvalueindex(3)));
  for (; at <= subject.size(); ++at) {
    if ((at = matcher.next_start(at)) > subject.size()) break;
    if (const auto end = matcher.match_at(at)) {
      lua_pushinteger(L, static_cast<lua_Integer>(*end == at ? *end + 1 : *end));
      lua_replace(L, lua_upvalueindex(3));
      return push_captures(L, matcher, at, *end);
    }
    if (!matcher.problem().empty()) bad_pattern(L, matcher);
  }
  lua_pushinteger(L, static_cast<lua_Integer>(subject.size()) + 1);
  lua_replace(L, lua_upvalueindex(3));
  return 0;
}

int string_gmatch(lua_State* L) {
  check_text(L, 1);
  check_text(L, 2);
  lua_settop(L, 2);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, bound<gmatch_next>, 3);
  return 1;
}

// Adds the replacement text with its %0 … %9 filled in.
void add_template(lua_State* L, std::string& out, std::string_view text, const PatternMatcher& m, std::size_t begin,
                  std::size_t end) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char next = text[++i];
    if (next < '0' || next > '9') {
      out += next;
    } else if (next == '0' || (next == '1' && m.captures() == 0)) {
      out.append(m.subject().substr(begin, end - begin));
    } else if (static_cast<std::size_t>(next - '1') < m.captures()) {
      push_capture(L, m, static_cast<std::size_t>(next - '1'));
      out.append(check_text(L, -1));
      lua_pop(L, 1);
    } else {
      raise(L, {ErrorCode::spec,
                fmt::format("the replacement refers to %{}, which the pattern lacks", next),
                {},
                {},
                {},
                {}});
    }
  }
}

// Adds what replaces one match: text, or what a table or a function gives for it.
void add_replacement(lua_State* L, std::string& out, const PatternMatcher& m, std::size_t begin, std::size_t end) {
  const int type = lua_type(L, 3);
  if (type == LUA_TSTRING || type == LUA_TNUMBER) {
    return add_template(L, out, check_text(L, 3), m, begin, end);
  }
  if (type == LUA_TFUNCTION) {
    lua_pushvalue(L, 3);
    const int n = push_captures(L, m, begin, end);
    lua_call(L, n, 1);
  } else {
    if (m.captures() > 0) {
      push_capture(L, m, 0);
    } else {
      lua_pushlstring(L, m.subject().data() + begin, end - begin);
    }
    lua_gettable(L, 3);
  }
  if (lua_toboolean(L, -1) == 0) {
    out.append(m.subject().substr(begin, end - begin));
  } else if (lua_isstring(L, -1) == 0) {
    raise(L,
          {ErrorCode::spec, fmt::format("a replacement must be text, not a {}", luaL_typename(L, -1)), {}, {}, {}, {}});
  } else {
    out.append(check_text(L, -1));
  }
  lua_pop(L, 1);
}

int string_gsub(lua_State* L) {
  const auto subject = check_text(L, 1);
  auto pattern = check_text(L, 2);
  const int type = lua_type(L, 3);
  if (type != LUA_TSTRING && type != LUA_TNUMBER && type != LUA_TTABLE && type != LUA_TFUNCTION) {
    return luaL_argerror(L, 3, "text, a function or a table expected");
  }
  const auto most = static_cast<std::size_t>(
      std::max<lua_Integer>(0, luaL_optinteger(L, 4, static_cast<lua_Integer>(subject.size()) + 1)));
  const bool anchored = pattern.starts_with('^');
  if (anchored) pattern.remove_prefix(1);
  PatternMatcher matcher(subject, pattern, &core_of(L).expired);
  std::string out;
  std::size_t at = 0, count = 0;
  while (count < most) {
    const auto next = anchored ? at : std::min(matcher.next_start(at), subject.size());
    out.append(subject, at, next - at);
    at = next;
    const auto end = matcher.match_at(at);
    if (!matcher.problem().empty()) bad_pattern(L, matcher);
    if (end) {
      ++count;
      add_replacement(L, out, matcher, at, *end);
      if (out.size() > kMaxResult) too_long(L, "gsub");
    }
    if (end && *end > at) {
      at = *end;
    } else if (at < subject.size()) {
      out += subject[at++];
    } else {
      break;
    }
    if (anchored) break;
  }
  if (count == 0) {
    lua_pushvalue(L, 1);
  } else {
    out.append(subject, at);
    lua_pushlstring(L, out.data(), out.size());
  }
  lua_pushinteger(L, static_cast<lua_Integer>(count));
  return 2;
}

// Upvalue 1 of the next two: the machine's own function.
int string_rep(lua_State* L) {
  const auto text = check_text(L, 1);
  const auto count = luaL_checkinteger(L, 2);
  std::size_t separator = 0;
  if (!lua_isnoneornil(L, 3)) separator = check_text(L, 3).size();
  const auto each = text.size() + separator;
  if (count > 0 && each > 0 && static_cast<std::size_t>(count) > kMaxResult / each) too_long(L, "rep");
  const int n = lua_gettop(L);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, n, 1);
  return 1;
}

int string_format(lua_State* L) {
  const auto format = check_text(L, 1);
  if (format.find("%p") != std::string_view::npos) {
    raise(L, {ErrorCode::spec, "string.format cannot show addresses (%p)", {}, {}, {}, {}});
  }
  const int n = lua_gettop(L);
  std::size_t total = format.size();
  for (int i = 2; i <= n; ++i) {
    const int type = lua_type(L, i);
    if (type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TTHREAD || type == LUA_TUSERDATA) {
      // An address must not reach the text: such values go in as tostring shows them.
      if (luaL_callmeta(L, i, "__tostring") == 0) lua_pushstring(L, luaL_typename(L, i));
      lua_replace(L, i);
    }
    if (lua_type(L, i) == LUA_TSTRING) total += check_text(L, i).size();
  }
  // %q writes up to four bytes for one.
  if (total > kMaxResult / 4) too_long(L, "format");
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, n, 1);
  return 1;
}

void wrap(lua_State* L, const char* name, lua_CFunction function) {
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, name);
}

}  // namespace

void install_string_library(lua_State* L) {
  lua_pushnil(L);
  lua_setfield(L, -2, "dump");
  lua_pushcfunction(L, bound<string_find>);
  lua_setfield(L, -2, "find");
  lua_pushcfunction(L, bound<string_match>);
  lua_setfield(L, -2, "match");
  lua_pushcfunction(L, bound<string_gmatch>);
  lua_setfield(L, -2, "gmatch");
  lua_pushcfunction(L, bound<string_gsub>);
  lua_setfield(L, -2, "gsub");
  wrap(L, "rep", bound<string_rep>);
  wrap(L, "format", bound<string_format>);
}

}  // namespace forge::lua
