// Which words of an SQL expression may be columns.
#pragma once

#include <string_view>
#include <vector>

#include "engine/model/sql/text.hpp"

namespace forge {

// What an expression says where a column may stand: no functions, types, units or words of the language. The tokens point into it.
std::vector<Token> columns_said(std::string_view expression);

}  // namespace forge
