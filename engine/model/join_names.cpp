#include "engine/model/join_names.hpp"

#include <algorithm>
#include <cctype>

#include "engine/model/sql_scan.hpp"

namespace forge {

JoinNames join_names(std::string_view query) {
  JoinNames out;
  const sql::Significant tokens(query);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool joins = tokens.is(i + 1, "join") || tokens.is(i + 1, "left") || tokens.is(i + 1, "right") ||
                       tokens.is(i + 1, "full") || tokens.is(i + 1, "inner");
    if (tokens.is(i, "natural") && joins) out.natural = true;
    if (!tokens.is(i, "using") || !tokens.is(i + 1, "(")) continue;
    for (i += 2; i < tokens.size() && !tokens.is(i, ")"); ++i) {
      if (!sql::is_name(tokens[i])) continue;
      auto name = token_name(tokens[i]);
      std::ranges::transform(name, name.begin(), sql::lower);
      out.using_names.insert(std::move(name));
    }
  }
  return out;
}

}  // namespace forge
