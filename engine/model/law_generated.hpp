// What an engine refuses in the expression of a generated column.
#pragma once

#include <optional>
#include <string>

#include "engine/model/laws.hpp"

namespace forge {

struct GeneratedFault {
  std::string message, hint;
};

// What is wrong with the columns that the generated `column` of the table reads; nothing where the laws allow them all.
std::optional<GeneratedFault> generated_fault(const Table& table, const Column& column, const Laws& laws,
                                              const std::string& engine);

}  // namespace forge
