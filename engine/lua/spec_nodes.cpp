#include "engine/lua/spec_nodes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/spelling.hpp"

namespace forge::spec {
namespace {

// Together as many as a number of Lua holds without loss.
constexpr NodePlace kLines = NodePlace{1} << 25, kSources = NodePlace{1} << 12;
// Where a loop makes more than that on one line, counting begins anew: at a multiple of every number up to 12, so that it still tells
// which of the line's words it was.
constexpr NodePlace kNodes = 27720;

constexpr std::array<std::pair<std::string_view, NodeKind>, 19> kKinds = {{
    {"column", NodeKind::column},
    {"table", NodeKind::table},
    {"field", NodeKind::column},
    {"collection", NodeKind::table},
    {"key", NodeKind::key},
    {"index", NodeKind::index},
    {"foreign_key", NodeKind::foreign_key},
    {"check", NodeKind::check},
    {"exclude", NodeKind::exclude},
    {"part", NodeKind::part},
    {"enum", NodeKind::enumeration},
    {"view", NodeKind::view},
    {"sequence", NodeKind::sequence},
    {"namespace", NodeKind::name_space},
    {"definition", NodeKind::definition},
    {"schema", NodeKind::schema},
    {"source", NodeKind::source},
    {"change", NodeKind::change},
    {"migration", NodeKind::migration},
}};

}  // namespace

NodePlace place_of(const NodeSpot& spot) {
  return (spot.nth % kNodes * kSources + spot.source % kSources) * kLines + spot.line % kLines;
}

NodeSpot spot_of(NodePlace place) {
  const NodePlace above = place / kLines;
  return {static_cast<int>(above % kSources), static_cast<int>(place % kLines), static_cast<int>(above / kSources)};
}

NodeKind Context::kind(int index) {
  if (lua_type(L, index) != LUA_TTABLE || lua_getmetatable(L, index) == 0) return NodeKind::none;
  const void* address = lua_topointer(L, -1);
  for (const auto& [known, kind] : kinds_) {
    if (known == address) return lua_pop(L, 1), kind;
  }
  lua_pushliteral(L, "__metatable");
  lua_rawget(L, -2);
  NodeKind found = NodeKind::none;
  if (lua_type(L, -1) == LUA_TSTRING) {
    const std::string_view word = lua_tostring(L, -1);
    const auto it = std::ranges::find(kKinds, word, &std::pair<std::string_view, NodeKind>::first);
    if (it != kKinds.end()) found = it->second;
  }
  lua_pop(L, 2);
  kinds_.emplace_back(address, found);
  return found;
}

NodePlace Context::place_of(int index) {
  lua_rawgeti(L, index, 1);
  const auto place = lua_type(L, -1) == LUA_TNUMBER ? static_cast<NodePlace>(lua_tonumber(L, -1)) : 0;
  lua_pop(L, 1);
  return place;
}

std::string Context::string_body(int index) {
  lua_rawgeti(L, index, 2);
  std::string out;
  if (lua_type(L, -1) == LUA_TSTRING) {
    std::size_t size = 0;
    const char* text = lua_tolstring(L, -1, &size);
    out.assign(text, size);
  }
  lua_pop(L, 1);
  return out;
}

bool Context::push_body(int index) {
  lua_rawgeti(L, index, 2);
  if (lua_type(L, -1) == LUA_TTABLE) return true;
  lua_pop(L, 1);
  return false;
}

Place Context::place(NodePlace at, std::string_view token, std::string_view anchor) const {
  const auto spot = spot_of(at);
  const auto* source = sources.find(spot.source);
  if (source == nullptr) return {};
  return sources.locate(*source, spot.line, token, anchor, spot.nth);
}

Place Context::place_inside(NodePlace node, std::string_view text, std::string_view anchor, std::size_t at,
                            std::size_t length) const {
  const auto spot = spot_of(node);
  const auto* source = sources.find(spot.source);
  if (source == nullptr) return {};
  return sources.locate_inside(*source, spot.line, text, anchor == text ? "" : anchor, at, length, spot.nth);
}

Place Context::line_place(NodePlace at, std::string_view name) const {
  const auto spot = spot_of(at);
  const auto* source = sources.find(spot.source);
  if (source == nullptr) return {};
  Place place = sources.line_place(*source, spot.line);
  const auto quoted = fmt::format("\"{}\"", name);
  const auto column = place.source_line.find(quoted);
  if (column != place.source_line.rfind(quoted)) return sources.locate(*source, spot.line, name, {}, spot.nth);
  if (column != std::string::npos) {
    place.column = static_cast<int>(column) + 1;
    place.length = static_cast<int>(name.size()) + 2;
  }
  return place;
}

std::unexpected<Error> Context::wrong(NodePlace at, std::string_view token, std::string_view anchor,
                                      std::string message, std::string hint) const {
  Error error{ErrorCode::spec, std::move(message), std::move(hint), {}, {}, {}};
  error.place = place(at, token, anchor);
  if (error.place->file.empty()) error.place.reset();
  return fail(std::move(error));
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string suggest(std::string_view word, const std::vector<std::string>& candidates) {
  const auto near = nearest(word, candidates);
  return near ? fmt::format("did you mean '{}'?", *near) : std::string();
}

}  // namespace forge::spec
