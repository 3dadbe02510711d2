#include "engine/model/sql/join_names.hpp"

#include "engine/model/sql/statements.hpp"

namespace forge {

JoinNames join_names(std::string_view query) {
  JoinNames out;
  const sql::Statements statements(query);
  for (const auto& scope : statements.scopes()) {
    out.natural = out.natural || scope.natural;
    out.using_names.insert(scope.joined.begin(), scope.joined.end());
  }
  return out;
}

}  // namespace forge
