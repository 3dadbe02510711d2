// `forgelua inspect`: one state of a spec, as SQL, as a spec or as a snapshot.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "engine/cli/app.hpp"
#include "engine/cli/request.hpp"
#include "engine/emit/client.hpp"
#include "engine/emit/spec_writer.hpp"
#include "engine/model/schema_json.hpp"
#include "engine/order/order.hpp"

namespace forge {
namespace {

struct InspectOptions {
  SpecRequest request;
  std::string state = "after";
  std::string format = "sql";
};

// One step for each object of a schema, in an order in which an empty database takes them.
Result<std::vector<Step>> creation_steps(const Schema& schema) {
  std::vector<Step> steps;
  for (const auto& change : diff(Schema{}, schema).changes) {
    Step step;
    step.id = word_of(change) + "/" + object_of(change);
    step.group = step.id;
    step.strategy = "direct";
    step.ops = {change};
    steps.push_back(std::move(step));
  }
  split_mutual_foreign_keys(steps);
  return order_steps(std::move(steps), Schema{});
}

// The statement as a client script holds it: bodies with semicolons inside need a delimiter of their own.
std::string client_text(const Statement& statement) {
  if (statement.delimiter.empty()) return statement.sql + ";\n\n";
  return fmt::format("DELIMITER {0}\n{1}\n{0}\nDELIMITER ;\n\n", statement.delimiter, statement.sql);
}

Result<std::string> as_sql(const Schema& schema, DialectHost& dialect) {
  FORGE_ASSIGN(auto steps, creation_steps(schema));
  FORGE_TRY(dialect.render(steps, Schema{}));
  std::string out;
  for (const auto& step : steps) {
    for (const auto& statement : step.forward) out += client_text(statement);
  }
  return out;
}

std::string as_snapshot(const Schema& schema, const DialectHost& dialect) {
  const Json snapshot{{"format", "forgelua-snapshot"},
                      {"version", 1},
                      {"engine", dialect.engine()},
                      {"engine_version", dialect.facts().version},
                      {"schema", to_json(schema)}};
  return snapshot.dump(2) + "\n";
}

Result<int> inspect(const InspectOptions& options, Terminal& terminal) {
  FORGE_ASSIGN(auto prepared, prepare(options.request));
  const Schema& schema = options.state == "before" ? prepared.spec.before : prepared.spec.after;
  for (const auto& note : prepared.spec.notes) terminal.err << "note: " << escape_control(note) << "\n";
  if (options.format == "json") {
    terminal.out << as_snapshot(schema, *prepared.dialect);
  } else if (options.format == "lua") {
    terminal.out << "-- what " << prepared.dialect->engine() << " holds\n" << write_schema(schema, {}, 0) << "\n";
  } else {
    FORGE_ASSIGN(const auto sql, as_sql(schema, *prepared.dialect));
    terminal.out << sql;
  }
  return 0;
}

}  // namespace

void add_inspect(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<InspectOptions>();
  auto* command = app.add_subcommand("inspect", "Print a state of a spec as the engine holds it");
  add_spec_options(*command, options->request);
  command->add_option("--state", options->state, "before or after")
      ->check(CLI::IsMember({"before", "after"}))
      ->capture_default_str();
  command->add_option("--format", options->format, "sql, lua or json")
      ->check(CLI::IsMember({"sql", "lua", "json"}))
      ->capture_default_str();
  command->callback(
      [&chosen, options] { chosen = [options](Terminal& terminal) { return inspect(*options, terminal); }; });
}

}  // namespace forge
