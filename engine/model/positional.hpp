// SQL text that takes the columns of a table as they come: by a star, or without naming them. It breaks, or takes one column for
// another, as soon as the table gets, loses or moves one.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "engine/model/definition.hpp"

namespace forge {

// What a text takes so; tables and views by their names alone, in small letters.
struct Positional {
  bool row = false;               // NEW.* or OLD.*, of the table that a trigger is called for
  std::set<std::string> read;     // by a star
  std::set<std::string> written;  // INSERT without a list of columns

  bool empty() const { return !row && read.empty() && written.empty(); }
};

// What the INSERT statements of a trigger, a routine … take by position.
Positional positional_of(const Definition& definition);

// Whose columns a star gives to an arm of UNION, INTERSECT or EXCEPT, whose arms must have equally many: also through queries
// in FROM and behind WITH.
std::set<std::string> stars_in_arms(std::string_view query);

// All whose columns a star of the query gives.
std::set<std::string> stars_of(std::string_view query);

}  // namespace forge
