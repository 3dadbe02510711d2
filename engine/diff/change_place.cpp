#include "engine/diff/change_place.hpp"

#include <algorithm>
#include <string>

#include "engine/model/places.hpp"

namespace forge {

std::optional<Place> place_of_change(const Intents& intents, const Change& change) {
  const bool definition = std::holds_alternative<Delta<Definition>>(change);
  if (definition) {
    if (auto own = place_of(intents, {"", object_of(change)}, {})) return own;
  }
  QName name = table_of(change);
  if (const auto* shell = std::get_if<Delta<TableShell>>(&change); shell && shell->after) name = shell->after->name;
  if (name.empty()) name = parse_qname(object_of(change));
  const auto renamed =
      std::ranges::find_if(intents.tables, [&](const auto& entry) { return entry.second.renamed_from == name; });
  if (renamed != intents.tables.end() && !intents.tables.contains(name)) name = renamed->first;
  const auto* column = std::get_if<Delta<Column>>(&change);
  return place_of(intents, name, column && column->after ? column->after->name : std::string());
}

}  // namespace forge
