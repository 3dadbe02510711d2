// What texts of a step may touch, by the names in them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/model/names.hpp"

namespace forge {

// Names with their schema, wherever they stand in a text: app.orders.
std::vector<QName> qualified_names(const std::string& text);

// Names that are called as functions: behind them stands a parenthesis.
std::vector<std::string> called_names(std::string_view text);

// What stands before and behind the place where a statement says the name of the object that it makes: the first that is no
// qualifier. Where there is none, all of it stands behind.
std::pair<std::string, std::string> around_name(const std::string& text, const std::string& own);

// Tables and columns, as the ordering rules call them, that a query inside an expression may read besides those of its own
// table. Not every one exists: what nobody makes or takes away does no harm.
std::vector<std::string> rows_read(const std::string& expr, const QName& own);

}  // namespace forge
