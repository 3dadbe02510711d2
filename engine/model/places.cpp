#include "engine/model/places.hpp"

namespace forge {

std::optional<Place> place_of(const Intents& intents, const QName& object, const std::string& column) {
  const auto other = intents.places.find(object);
  const auto table = intents.tables.find(object);
  if (table == intents.tables.end()) {
    return other == intents.places.end() ? std::nullopt : std::optional(other->second);
  }
  const auto said = table->second.columns.find(column);
  const bool stated = said != table->second.columns.end() && said->second.place.line > 0;
  const Place& place = stated ? said->second.place : table->second.place;
  return place.line > 0 ? std::optional(place) : std::nullopt;
}

}  // namespace forge
