// Figures of tables to note before the start: questions that expect nothing.
#pragma once

#include <string>
#include <vector>

#include "engine/emit/client.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// Rows without a value of the column, and its smallest and largest one where the type's order says something.
std::vector<Assertion> column_figures(const Client& client, const QName& table, const Column& column);

// Bytes of the table with its indexes.
std::string size_query(const Client& client, const QName& table);

}  // namespace forge
