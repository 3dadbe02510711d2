// `forgelua inspect`: a schema as SQL, as a spec or as a snapshot, from wherever it is kept.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include "engine/cli/app.hpp"
#include "engine/cli/pipeline.hpp"
#include "engine/cli/schema_sql.hpp"
#include "engine/cli/source.hpp"
#include "engine/emit/snapshot.hpp"
#include "engine/emit/spec_writer.hpp"
#include "engine/model/mongodb_validator.hpp"
#include "engine/model/raise.hpp"
#include "engine/model/rights.hpp"

namespace forge {
namespace {

struct InspectOptions {
  SourceRequest request;
  std::string source;
  std::string format;  // "" is sql, and lua where the engine has no SQL
};

SpecForm form_of(const DialectHost& dialect) {
  return naming_of(dialect.engine()) == Naming::mongodb ? SpecForm::collections : SpecForm::tables;
}

Result<std::string> settle_format(const std::string& asked, const DialectHost& dialect) {
  const bool documents = form_of(dialect) == SpecForm::collections;
  if (asked.empty()) return std::string(documents ? "lua" : "sql");
  if (documents && asked == "sql")
    return fail(ErrorCode::usage, "MongoDB has no SQL", "give --format lua or --format json");
  return asked;
}

// A spec that makes the schema out of nothing.
std::string as_spec(const Schema& schema, const DialectHost& dialect) {
  Spec spec;
  spec.id = "inspected";
  spec.after = raised(schema, naming_of(dialect.engine()));
  bool inferred = false;
  for (const auto& [name, table] : schema.tables)
    inferred = inferred || std::ranges::any_of(table->columns, is_inferred);
  const std::string note =
      inferred ? "-- a field that is :inferred() was seen in a sample of the documents; no validator speaks of it\n"
               : "";
  return fmt::format("-- what {} {} holds\n", dialect.engine(), dialect.facts().version) + note +
         write_spec(spec, form_of(dialect));
}

Result<int> inspect(InspectOptions options, Terminal& terminal) {
  options.request.sources = {options.source};
  FORGE_ASSIGN(auto loaded, load_sources(options.request));
  Schema& schema = loaded.schemas.front();
  FORGE_ASSIGN(const auto format, settle_format(options.format, *loaded.dialect));
  const bool written = options.source.ends_with(".lua");
  for (const auto& note : loaded.notes) terminal.err << "note: " << escape_control(note) << "\n";
  for (const auto& name : schema.unmanaged) terminal.err << "unmanaged: " << escape_control(name) << "\n";
  if (format == "json") {
    terminal.out << write_snapshot(schema, loaded.dialect->engine(), loaded.dialect->facts().version);
    return 0;
  }
  forget_definer(schema, loaded.reader->account());
  if (format == "lua") {
    terminal.out << (written ? "-- what " + loaded.dialect->engine() + " holds\n" +
                                   write_schema(schema, {}, 0, form_of(*loaded.dialect)) + "\n"
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
  command->add_option("--format", options->format, "sql (the default; MongoDB: lua), lua or json")
      ->check(CLI::IsMember({"sql", "lua", "json"}));
  command->callback(
      [&chosen, options] { chosen = [options](Terminal& terminal) { return inspect(*options, terminal); }; });
}

}  // namespace forge
