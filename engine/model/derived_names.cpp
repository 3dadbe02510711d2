#include "engine/model/derived_names.hpp"

#include <string_view>

namespace forge {
namespace {

// The name without a number that keeps it apart from another of its kind ("__new_2").
std::string_view without_number(std::string_view name) {
  const auto last = name.find_last_not_of("0123456789");
  const bool numbered = last != std::string_view::npos && last + 1 < name.size() && name[last] == '_';
  return numbered ? name.substr(0, last) : name;
}

}  // namespace

std::string own_name(std::string name) {
  for (const std::string_view suffix : {"__new", "__old", "__sync"}) {
    for (const auto stem : {std::string_view(name), without_number(name)}) {
      if (!stem.ends_with(suffix)) continue;
      name.resize(stem.size() - suffix.size());
      break;
    }
  }
  return name;
}

}  // namespace forge
