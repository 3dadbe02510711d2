// `forgelua inspect`: a schema as SQL, as a spec or as a snapshot, from wherever it is kept.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "engine/cli/app.hpp"
#include "engine/cli/pipeline.hpp"
#include "engine/cli/schema_sql.hpp"
#include "engine/cli/source.hpp"
#include "engine/emit/snapshot.hpp"
#include "engine/emit/spec_writer.hpp"
#include "engine/model/raise.hpp"

namespace forge {
namespace {

struct InspectOptions {
  SourceRequest request;
  std::string source;
  std::string format = "sql";
};

// A spec that makes the schema out of nothing.
std::string as_spec(const Schema& schema, const DialectHost& dialect) {
  Spec spec;
  spec.id = "inspected";
  spec.after = raised(schema, naming_of(dialect.engine()));
  return fmt::format("-- what {} {} holds\n", dialect.engine(), dialect.facts().version) + write_spec(spec);
}

Result<int> inspect(InspectOptions options, Terminal& terminal) {
  options.request.sources = {options.source};
  FORGE_ASSIGN(const auto loaded, load_sources(options.request));
  const Schema& schema = loaded.schemas.front();
  const bool written = options.source.ends_with(".lua");
  for (const auto& note : loaded.notes) terminal.err << "note: " << escape_control(note) << "\n";
  for (const auto& name : schema.unmanaged) terminal.err << "unmanaged: " << escape_control(name) << "\n";
  if (options.format == "json") {
    terminal.out << write_snapshot(schema, loaded.dialect->engine(), loaded.dialect->facts().version);
  } else if (options.format == "lua") {
    terminal.out << (written ? "-- what " + loaded.dialect->engine() + " holds\n" + write_schema(schema, {}, 0) + "\n"
                             : as_spec(schema, *loaded.dialect));
  } else {
    FORGE_ASSIGN(const auto sql, schema_as_sql(schema, *loaded.dialect));
    terminal.out << sql;
  }
  return 0;
}

}  // namespace

void add_inspect(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<InspectOptions>();
  auto* command =
      app.add_subcommand("inspect", "Print a schema as the engine holds it: of a spec, SQL, a snapshot or a database");
  command->add_option("source", options->source, "A spec, a .sql file, a snapshot, a URL or env:NAME")->required();
  add_source_options(*command, options->request);
  command->add_option("--state", options->request.state, "Of a spec: before or after")
      ->check(CLI::IsMember({"before", "after"}))
      ->capture_default_str();
  command->add_option("--format", options->format, "sql, lua or json")
      ->check(CLI::IsMember({"sql", "lua", "json"}))
      ->capture_default_str();
  command->callback(
      [&chosen, options] { chosen = [options](Terminal& terminal) { return inspect(*options, terminal); }; });
}

}  // namespace forge
