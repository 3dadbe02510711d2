// How node_read.hpp finds a struct's fields by the machine's own pointers to their names.
#pragma once

#include <lua.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/model/fields.hpp"
#include "engine/model/words.hpp"

namespace forge::nodes {

template <Fielded T>
const std::vector<std::string>& known_names() {
  static const std::vector<std::string> kNames = field_names<T>();
  return kNames;
}

// A number for each struct type, to find its keys in a machine.
int next_type_number();
template <class T>
int type_number() {
  static const int kNumber = next_type_number();
  return kNumber;
}

// The machine's own pointers to a struct's field names, each with `prefix` before it: equal strings are one pointer, so a key
// is found by comparing addresses.
const std::vector<const char*>& interned_names(lua_State* L, int number, const std::vector<std::string>& names,
                                               std::string_view prefix);

}  // namespace forge::nodes
