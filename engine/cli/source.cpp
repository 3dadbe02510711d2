#include "engine/cli/source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/cli/config.hpp"
#include "engine/cli/pipeline.hpp"
#include "engine/db/url.hpp"
#include "engine/emit/snapshot.hpp"
#include "engine/lua/spec.hpp"
#include "engine/model/mongodb_validator.hpp"
#include "engine/model/rights.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

constexpr const char* kProject = ".";

enum class SourceKind { spec, sql, snapshot, database };

Result<SourceKind> kind_of(const std::string& source) {
  if (is_database_url(source)) return SourceKind::database;
  const auto extension = fs::path(source).extension().string();
  if (extension == ".lua") return SourceKind::spec;
  if (extension == ".sql" || extension == ".ddl") return SourceKind::sql;
  if (extension == ".json") return SourceKind::snapshot;
  // What stands before "://" may be a password of an odd URL: only the kind of fault is said.
  const bool url = source.find("://") != std::string::npos;
  return fail(ErrorCode::usage,
              url ? "the database URL has no known scheme" : fmt::format("'{}' is no source of a schema", source),
              "give a spec (.lua), SQL (.sql), a snapshot (.json), postgres://…, mysql://…, mariadb://…, mongodb://…, "
              "sqlite:FILE or env:NAME");
}

SchemaSource reader_source(SchemaReader& reader) {
  return [&reader](std::string_view kind, const std::string& argument, const fs::path& base, const Place&) {
    if (kind == "db") return reader.read_database(argument, base);
    return reader.read_sql(fs::path(argument).is_absolute() ? fs::path(argument) : base / argument, argument);
  };
}

// What a source by itself says of the engine; "" where it says nothing.
Result<std::string> stated_engine(const std::string& source, SourceKind kind, const ModuleRoots& roots) {
  if (kind == SourceKind::database) {
    FORGE_ASSIGN(const auto url, resolve_url(source));
    return engine_of_url(url);
  }
  if (kind == SourceKind::snapshot) return snapshot_engine(source);
  if (kind == SourceKind::sql) return std::string();
  EvaluateOptions options;
  options.roots = roots;
  FORGE_ASSIGN(const auto targets, spec_targets(source, options));
  return targets.size() == 1 ? targets.front() : std::string();
}

Result<Target> settle(const SourceRequest& request, const std::vector<SourceKind>& kinds, const ModuleRoots& roots) {
  if (!request.db.empty()) return parse_target(request.db);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    FORGE_ASSIGN(const auto engine, stated_engine(request.sources[i], kinds[i], roots));
    if (!engine.empty()) return parse_target(engine);
  }
  FORGE_ASSIGN(const auto config, load_config(kProject));
  return choose_target("", "", {}, config.db);
}

Result<Schema> load_one(const std::string& source, SourceKind kind, const SourceRequest& request,
                        const ModuleRoots& roots, Loaded& out) {
  if (kind == SourceKind::database || kind == SourceKind::sql) {
    FORGE_ASSIGN(Schema read, kind == SourceKind::database ? out.reader->read_database(source, ".")
                                                           : out.reader->read_sql(source, source));
    // SQLite keeps constraints without names, which the model tells apart by what they say.
    if (out.reader->target().engine != "sqlite") return read;
    FORGE_ASSIGN(auto* dialect, out.reader->dialect());
    FORGE_TRY(lower_schema(read, *dialect, out.notes));
    return read;
  }
  Schema schema;
  if (kind == SourceKind::snapshot) {
    FORGE_ASSIGN(schema, read_snapshot(source));
  } else {
    EvaluateOptions options;
    options.engine = out.reader->target().engine;
    options.roots = roots;
    options.source = reader_source(*out.reader);
    FORGE_ASSIGN(auto spec, evaluate_spec(source, options));
    schema = std::move(request.state == "before" ? spec.before : spec.after);
  }
  FORGE_ASSIGN(auto* dialect, out.reader->dialect());
  FORGE_TRY(lower_schema(schema, *dialect, out.notes));
  return schema;
}

}  // namespace

void add_source_options(CLI::App& command, SourceRequest& request) {
  command.add_option("--db", request.db,
                     "sqlite, postgres, mysql, mariadb or mongodb, with a version where it matters: mysql:8.4");
  command.add_option(
      "--dev-url", request.dev_url,
      "A server on which databases for reading SQL text are made and dropped (default: one that is started)");
  command.add_option("--org", request.organisation, "The organisation's folder of modules");
}

Result<Loaded> load_sources(const SourceRequest& request) {
  const ModuleRoots roots{kProject, request.organisation};
  std::vector<SourceKind> kinds;
  for (const auto& source : request.sources) {
    FORGE_ASSIGN(const auto kind, kind_of(source));
    kinds.push_back(kind);
  }
  FORGE_ASSIGN(auto target, settle(request, kinds, roots));
  Loaded out;
  out.reader = std::make_unique<SchemaReader>(std::move(target), request.dev_url, roots);
  out.schemas.resize(kinds.size());
  // Live databases come first: what they have by default, SQL text is to have, too.
  for (const bool live : {true, false}) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      if ((kinds[i] == SourceKind::database) != live) continue;
      FORGE_ASSIGN(out.schemas[i], load_one(request.sources[i], kinds[i], request, roots, out));
    }
  }
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const bool read = out.reader->target().engine == "sqlite" && kinds[i] != SourceKind::spec;
    out.complete.push_back(out.schemas[i].read_from_server || read);
  }
  FORGE_TRY(agree(out.schemas, *out.reader));
  if (out.schemas.size() == 2) settle_rights(out.schemas[0], out.schemas[1], {});
  const bool read = std::ranges::any_of(out.schemas, &Schema::read_from_server);
  if (read && out.schemas.size() > 1 && out.reader->target().engine == "mongodb") {
    for (auto& schema : out.schemas) leave_out_silent_fields(schema);
  }
  FORGE_ASSIGN(out.dialect, out.reader->dialect());
  return out;
}

std::vector<std::string> unmanaged_changes(const Schema& before, const Schema& after) {
  std::vector<std::string> out;
  const auto hash = [](const Schema& schema, const std::string& name) {
    const auto found = schema.unmanaged_hashes.find(name);
    return found == schema.unmanaged_hashes.end() ? std::string() : found->second;
  };
  for (const auto& name : before.unmanaged) {
    if (!std::ranges::binary_search(after.unmanaged, name)) {
      out.push_back(name + " (only before)");
    } else if (hash(before, name) != hash(after, name)) {
      out.push_back(name + " (changed)");
    }
  }
  for (const auto& name : after.unmanaged) {
    if (!std::ranges::binary_search(before.unmanaged, name)) out.push_back(name + " (only after)");
  }
  return out;
}

Error unmanaged_error(const std::vector<std::string>& changes) {
  constexpr std::size_t kShown = 40;
  Error error{ErrorCode::database,
              fmt::format("{} that forgelua does not manage would differ",
                          changes.size() == 1 ? "an object" : fmt::format("{} objects", changes.size())),
              "change them by a statement of your own (execute { … }), or leave them as they are: --allow-unmanaged",
              {},
              {},
              {}};
  for (std::size_t i = 0; i < std::min(kShown, changes.size()); ++i) error.notes.push_back(changes[i]);
  if (changes.size() > kShown) error.notes.push_back(fmt::format("… and {} more", changes.size() - kShown));
  return error;
}

}  // namespace forge
