// What texts of a step may touch, by the names in them.
#pragma once

#include <string>
#include <vector>

#include "engine/model/names.hpp"

namespace forge {

// Names with their schema, wherever they stand in a text: app.orders.
std::vector<QName> qualified_names(const std::string& text);

// Tables and columns, as the ordering rules call them, that a query inside an expression may read besides those of its own
// table. Not every one exists: what nobody makes or takes away does no harm.
std::vector<std::string> rows_read(const std::string& expr, const QName& own);

}  // namespace forge
