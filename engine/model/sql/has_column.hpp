// What a reader of SQL texts asks of the tables that they name.
#pragma once

#include <functional>
#include <optional>

#include "engine/model/names.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {

// Has the table or view, as a text names it, a column that the token says? nullopt: nothing is known of it.
using HasColumn = std::function<std::optional<bool>(const QName& said, const Token& column)>;

}  // namespace forge
