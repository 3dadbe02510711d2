// What an engine refuses in the expression of a generated column.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/laws.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {

// What an expression says where a column may stand: no functions, types, units or words of the language. The tokens point into it.
std::vector<Token> columns_said(std::string_view expression);

struct GeneratedFault {
  std::string message, hint;
};

// What is wrong with the columns that the generated `column` of the table reads; nothing where the laws allow them all.
std::optional<GeneratedFault> generated_fault(const Table& table, const Column& column, const Laws& laws,
                                              const std::string& engine);

}  // namespace forge
