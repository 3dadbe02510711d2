// Views that select whole rows by a star. A server writes out the columns that the star stands for when the view is made, in the
// order that they have in the table by then, which a migration does not keep.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/schema.hpp"

namespace forge {

// Lets views of `settled` that differ from those of `other` in the order of their columns alone be as they are there, if they say
// a star in `written`: `settled` as it was before a server wrote it. Both others are as servers write them.
void adopt_star_order(Schema& settled, const Schema& written, const Schema& other);

// What a query's select list gives: the names of its columns, and the tables and views all of whose columns it takes by a star ("" is
// one that the text does not tell).
struct GivenColumns {
  std::vector<std::string> names, stars;
};

// nullopt: the text does not begin with SELECT, or has an item whose name it does not tell.
std::optional<GivenColumns> given_by(std::string_view query);

}  // namespace forge
