// Errors on their way between C++ and Lua.
#include <fmt/format.h>

#include <charconv>

#include "engine/lua/core.hpp"

namespace forge::lua {
namespace {

void set_text(lua_State* L, const char* key, std::string_view text) {
  if (text.empty()) return;
  lua_pushlstring(L, text.data(), text.size());
  lua_setfield(L, -2, key);
}

// Raw, so that a table that user code raised cannot run code of its own here.
void get_raw(lua_State* L, int table, const char* key) {
  lua_pushstring(L, key);
  lua_rawget(L, table);
}

std::string get_text(lua_State* L, int table, const char* key) {
  get_raw(L, table, key);
  std::size_t size = 0;
  std::string out;
  if (lua_type(L, -1) == LUA_TSTRING) {
    const char* text = lua_tolstring(L, -1, &size);
    out.assign(text, size);
  }
  lua_pop(L, 1);
  return out;
}

int get_number(lua_State* L, int table, const char* key) {
  get_raw(L, table, key);
  const int out = lua_type(L, -1) == LUA_TNUMBER ? static_cast<int>(lua_tointeger(L, -1)) : 0;
  lua_pop(L, 1);
  return out;
}

// Takes `name:LINE: ` off a message of Lua's own, where `name` is the short name of a frame; gives the line.
int take_position(std::string& message, std::string_view short_name) {
  if (!message.starts_with(short_name)) return 0;
  std::size_t at = short_name.size();
  if (at >= message.size() || message[at] != ':') return 0;
  int line = 0;
  const auto* begin = message.data() + at + 1;
  const auto [end, problem] = std::from_chars(begin, message.data() + message.size(), line);
  const auto rest = static_cast<std::size_t>(end - message.data());
  if (problem != std::errc() || message.compare(rest, 2, ": ") != 0) return 0;
  message.erase(0, rest + 2);
  return line;
}

// The name that a message of Lua's own is about: attempt to call field 'x' (a nil value).
std::string named_in(std::string_view message) {
  for (const std::string_view kind : {"local '", "global '", "field '", "method '", "upvalue '"}) {
    const auto at = message.find(kind);
    if (at == std::string_view::npos) continue;
    const auto begin = at + kind.size();
    return std::string(message.substr(begin, message.find('\'', begin) - begin));
  }
  return {};
}

// A mistake that only shows inside the words' own code.
void explain_builtin(Error& error, const Source& source, int line) {
  const bool no_object =
      error.message.find("'self'") != std::string::npos || error.message.find("#1 to 'rawget'") != std::string::npos;
  if (no_object && source.path.starts_with("stdlib/forge/spec")) {
    error.message = "a word is called without the object that it is said of";
    error.hint = "chain words with ':' and not with '.': column \"id\" :bigint()";
    return;
  }
  error.notes.push_back(fmt::format("raised in {}:{}", source.path, line));
}

// A message that Lua made stands at the frame whose name it begins with.
void place_message(lua_State* L, Core& core, Error& error) {
  if (const int line = take_position(error.message, "?"); line > 0) {
    error.place = Place{"", line, 0, 1, ""};
    return;
  }
  lua_Debug record{};
  for (int level = 0; lua_getstack(L, level, &record) != 0; ++level) {
    lua_getinfo(L, "Sl", &record);
    const int line = take_position(error.message, record.short_src);
    if (line == 0) continue;
    const auto* source = source_of(core, record);
    if (source != nullptr && source->layer != Layer::builtin) {
      error.place = core.sources.locate_near(*source, line, named_in(error.message));
    } else if (source != nullptr) {
      explain_builtin(error, *source, line);
    }
    return;
  }
}

Error from_table(lua_State* L, Core& core, int index) {
  Error error;
  const int code = get_number(L, index, "code");
  const bool known = code > 0 && code <= static_cast<int>(ErrorCode::internal);
  error.code = known ? static_cast<ErrorCode>(code) : ErrorCode::spec;
  error.message = get_text(L, index, "message");
  error.hint = get_text(L, index, "hint");
  error.sql = get_text(L, index, "sql");
  for (const char* key : {"note", "note2"}) {
    if (auto note = get_text(L, index, key); !note.empty()) error.notes.push_back(std::move(note));
  }
  const auto file = get_text(L, index, "file");
  const int line = get_number(L, index, "line");
  const auto* source = core.sources.find(file);
  if (source != nullptr && get_number(L, index, "column") == 0) {
    error.place = core.sources.locate(*source, line, get_text(L, index, "token"), get_text(L, index, "anchor"));
  } else if (!file.empty()) {
    error.place = Place{file, line, get_number(L, index, "column"), std::max(1, get_number(L, index, "length")),
                        get_text(L, index, "source_line")};
  }
  return error;
}

}  // namespace

const Source* source_of(Core& core, const lua_Debug& record) {
  if (record.source == nullptr || record.source[0] != '@') return nullptr;
  // A running chunk keeps its name alive, and the text is compared: another name may come to stand at the address.
  if (record.source == core.last_name && core.last_source->path == record.source + 1) return core.last_source;
  core.last_source = core.sources.find(record.source + 1);
  core.last_name = core.last_source != nullptr ? record.source : nullptr;
  return core.last_source;
}

void explain_syntax(Error& error, const Sources& sources, const Source& source) {
  const int line = error.place ? error.place->line : 0;
  std::string near;
  if (const auto at = error.message.rfind(" near '"); at != std::string::npos) {
    near = error.message.substr(at + 7, error.message.size() - at - 8);
  }
  if (near == "<eof>") {
    // The line that Lua counts is often the empty one behind the text.
    error.place = sources.last_word(source, line);
    error.hint = "the text ends too early: is a '}', a ')' or an 'end' missing?";
    return;
  }
  error.place = near.empty() ? sources.locate(source, line) : sources.locate_near(source, line, near);
  if (error.message.starts_with("'}' expected")) {
    error.hint = fmt::format("is a comma missing before '{}'?", near);
  } else if (error.message.starts_with("function arguments expected")) {
    error.hint = "a word that takes nothing is still called: write its parentheses";
  }
}

std::pair<const Source*, int> running_line(lua_State* L) {
  auto& core = core_of(L);
  std::pair<const Source*, int> builtin;
  lua_Debug record{};
  for (int level = 0; lua_getstack(L, level, &record) != 0; ++level) {
    lua_getinfo(L, "Sl", &record);
    const auto* source = record.currentline > 0 ? source_of(core, record) : nullptr;
    if (source == nullptr) continue;
    if (source->layer != Layer::builtin) return {source, record.currentline};
    if (builtin.first == nullptr) builtin = {source, record.currentline};
  }
  return builtin;
}

std::optional<Place> running_place(lua_State* L) {
  const auto [source, line] = running_line(L);
  if (source == nullptr) return std::nullopt;
  return core_of(L).sources.locate(*source, line);
}

void raise(lua_State* L, Error error) {
  // Everything is on the Lua stack before the C++ value dies; lua_error never comes back.
  lua_createtable(L, 0, 8);
  lua_pushinteger(L, static_cast<int>(error.code));
  lua_setfield(L, -2, "code");
  set_text(L, "message", error.message);
  set_text(L, "hint", error.hint);
  set_text(L, "sql", error.sql);
  if (!error.notes.empty()) set_text(L, "note", error.notes[0]);
  if (error.notes.size() > 1) set_text(L, "note2", error.notes[1]);
  if (!error.place) error.place = running_place(L);
  if (error.place) {
    set_text(L, "file", error.place->file);
    set_text(L, "source_line", error.place->source_line);
    lua_pushinteger(L, error.place->line);
    lua_setfield(L, -2, "line");
    lua_pushinteger(L, error.place->column);
    lua_setfield(L, -2, "column");
    lua_pushinteger(L, error.place->length);
    lua_setfield(L, -2, "length");
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, core_of(L).error_meta);
  lua_setmetatable(L, -2);
  error = Error{};
  lua_error(L);
  __builtin_unreachable();
}

Error to_error(lua_State* L, int index) {
  auto& core = core_of(L);
  if (index < 0) index = lua_gettop(L) + index + 1;
  if (lua_type(L, index) == LUA_TTABLE) {
    get_raw(L, index, "message");
    const bool ours = lua_type(L, -1) == LUA_TSTRING;
    lua_pop(L, 1);
    if (ours) return from_table(L, core, index);
  }
  Error error;
  error.code = ErrorCode::spec;
  if (lua_type(L, index) == LUA_TSTRING || lua_type(L, index) == LUA_TNUMBER) {
    lua_pushvalue(L, index);
    std::size_t size = 0;
    const char* text = lua_tolstring(L, -1, &size);
    error.message.assign(text, size);
    lua_pop(L, 1);
    place_message(L, core, error);
  } else {
    error.message = fmt::format("an error was raised with a {} for its message", luaL_typename(L, index));
  }
  return error;
}

}  // namespace forge::lua
