// The words of enumerations, the same in Lua, in JSON and for people.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "engine/model/table.hpp"

namespace forge {

// Specialised beside each enumeration: `words` holds one word per value, in the order of the values.
template <class E>
struct EnumWords;

template <>
struct EnumWords<Expr::Kind> {
  static constexpr std::array<std::string_view, 5> words{"sql", "string", "number", "boolean", "null"};
};

template <class E>
concept Worded = requires { EnumWords<E>::words; };

template <Worded E>
std::string_view enum_word(E value) {
  return EnumWords<E>::words.at(static_cast<std::size_t>(value));
}

template <Worded E>
std::optional<E> enum_value(std::string_view word) {
  for (std::size_t i = 0; i < EnumWords<E>::words.size(); ++i) {
    if (EnumWords<E>::words[i] == word) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace forge
