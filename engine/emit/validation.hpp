// Scripts that check: validation.sql and those of the phases. Each prints a table of check, expected, actual and status,
// and makes its client leave with a non-zero code where one does not hold. They leave nothing behind in the database.
#pragma once

#include <string>
#include <string_view>

#include "engine/emit/assertions.hpp"
#include "engine/emit/client.hpp"

namespace forge {

struct ValidationText {
  std::string_view what;  // the heading: "Validation once every step has run"
  std::string_view file;  // its path inside the package
};

std::string validation_script(const Plan& plan, const Client& client, const ValidationText& text,
                              const Expectations& expectations);

}  // namespace forge
