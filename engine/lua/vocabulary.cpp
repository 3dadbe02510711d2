#include "engine/lua/vocabulary.hpp"

#include <fmt/format.h>

#include "engine/base/spelling.hpp"
#include "engine/lua/call.hpp"
#include "engine/lua/modules.hpp"
#include "engine/lua/values.hpp"

namespace forge {
namespace {

// Calls a function of forge.doc with at most one text.
template <class T>
Result<T> ask(const std::string& function, const std::string* argument) {
  FORGE_ASSIGN(auto state, LuaState::create());
  Modules modules(*state, {});
  T out{};
  auto installed = state->protect([&](lua_State* L) -> Result<void> {
    modules.install(L);
    FORGE_TRY(modules.require(L, "builtin:forge.doc"));
    lua_getfield(L, -1, function.c_str());
    if (argument != nullptr) lua::push(L, *argument);
    lua_call(L, argument != nullptr ? 1 : 0, 1);
    if (lua_isnil(L, -1)) return {};
    return lua::read_into(L, -1, out, function);
  });
  FORGE_TRY(std::move(installed));
  return out;
}

}  // namespace

Result<std::string> document_word(const std::string& word) {
  FORGE_ASSIGN(auto text, ask<std::string>("document", &word));
  if (!text.empty()) return text;
  FORGE_ASSIGN(const auto words, all_words());
  const auto near = nearest(word, words);
  return fail(ErrorCode::usage, fmt::format("there is no word '{}'", word),
              near ? fmt::format("did you mean '{}'?", *near) : "'forgelua doc' lists all words");
}

Result<std::string> document_language() { return ask<std::string>("contents", nullptr); }

Result<std::vector<std::string>> all_words() { return ask<std::vector<std::string>>("all", nullptr); }

Result<std::string> editor_types() { return ask<std::string>("meta", nullptr); }

}  // namespace forge
