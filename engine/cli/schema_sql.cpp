#include "engine/cli/schema_sql.hpp"

#include <fmt/format.h>

#include "engine/diff/diff.hpp"
#include "engine/order/order.hpp"

namespace forge {
namespace {

// One step for each object of a schema that is not there, in an order in which a database takes them.
Result<std::vector<Step>> creation_steps(const Schema& schema, const Schema& there) {
  std::vector<Step> steps;
  for (const auto& change : diff(there, schema).changes) {
    Step step;
    step.id = word_of(change) + "/" + object_of(change);
    step.group = step.id;
    step.strategy = "direct";
    step.ops = {change};
    steps.push_back(std::move(step));
  }
  split_mutual_foreign_keys(steps);
  split_owned_sequences(steps);
  return order_steps(std::move(steps), there, Schema{});
}

// The statement as a client script holds it: bodies with semicolons inside need a delimiter of their own.
std::string client_text(const Statement& statement) {
  if (statement.delimiter.empty()) return statement.sql + ";\n\n";
  return fmt::format("DELIMITER {0}\n{1}\n{0}\nDELIMITER ;\n\n", statement.delimiter, statement.sql);
}

}  // namespace

Result<std::vector<Statement>> schema_statements(const Schema& schema, DialectHost& dialect, const Schema& there) {
  FORGE_ASSIGN(auto steps, creation_steps(schema, there));
  FORGE_TRY(dialect.render(steps, there));
  std::vector<Statement> out;
  for (auto& step : steps) {
    for (auto& statement : step.forward) out.push_back(std::move(statement));
  }
  return out;
}

Result<std::string> schema_as_sql(const Schema& schema, DialectHost& dialect, const Schema& there) {
  FORGE_ASSIGN(const auto statements, schema_statements(schema, dialect, there));
  std::string out;
  for (const auto& statement : statements) out += client_text(statement);
  return out;
}

}  // namespace forge
