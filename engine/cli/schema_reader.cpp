#include "engine/cli/schema_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/base/files.hpp"
#include "engine/cli/pipeline.hpp"
#include "engine/cli/schema_sql.hpp"
#include "engine/db/dev_database.hpp"
#include "engine/db/mongodb_catalog.hpp"
#include "engine/db/sqlite.hpp"
#include "engine/db/sqlite_session.hpp"
#include "engine/db/url.hpp"
#include "engine/model/mongodb_states.hpp"
#include "engine/model/mongodb_validator.hpp"
#include "engine/model/rights.hpp"
#include "engine/model/star_views.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

Result<Schema> read_sqlite_url(const std::string& url, const fs::path& base) {
  const fs::path file = sqlite_file(url);
  return schema_from_sqlite_file(file.is_absolute() ? file : base / file);
}

std::unexpected<Error> no_sql() {
  return fail(ErrorCode::spec, "MongoDB knows no SQL",
              "write the schema out, or take from_db, from_snapshot or from_spec");
}

// A stated field of which a catalog tells nothing stays beside those that it tells of; so do foreign keys and the names of checks.
void put_back_unseen(Schema& read, const Schema& stated) {
  for (const auto& [name, table] : stated.tables) {
    const Table* found = read.table(name);
    if (!found) continue;
    Table copy = *found;
    std::vector<Column> columns;
    for (const auto& column : table->columns) {
      const Column* told = find_column(*found, column.name);
      if (told || is_silent(column)) columns.push_back(told && !is_inferred(*told) ? *told : column);
    }
    for (const auto& column : copy.columns) {
      if (!find_column(*table, column.name)) columns.push_back(column);
    }
    copy.columns = std::move(columns);
    copy.foreign_keys = table->foreign_keys;
    read.put_table(std::move(copy));
  }
  adopt_untold(read, stated);
}

// Dumps of these engines hold no grants, and definers that are accounts of another server.
bool keeps_grants_apart(const std::string& engine) { return engine == "mysql" || engine == "mariadb"; }

// Only the dialect's own code runs in this machine, and waiting for a server is no fault of it.
Limits reading_limits() {
  Limits limits;
  limits.milliseconds = 600000;
  limits.process_milliseconds = 0;
  return limits;
}

}  // namespace

SchemaReader::SchemaReader(Target target, std::string dev_url, ModuleRoots roots)
    : target_(std::move(target)), dev_url_(std::move(dev_url)), roots_(std::move(roots)) {}

SchemaReader::~SchemaReader() = default;

Result<DialectMachine*> SchemaReader::lua(const std::string& version) {
  if (lua_.dialect && (version.empty() || lua_.dialect->facts().version == version)) return &lua_;
  FORGE_ASSIGN(lua_, start_machine(reading_limits(), roots_, target_.engine, version));
  return &lua_;
}

Result<DialectHost*> SchemaReader::dialect() {
  if (!lua_.dialect) FORGE_TRY(lua(target_.version));
  return lua_.dialect.get();
}

Result<Schema> SchemaReader::read_session(Session& session) {
  FORGE_ASSIGN(DialectMachine * machine, lua(session.version()));
  Schema schema;
  if (target_.engine == "mongodb") {
    FORGE_ASSIGN(schema, read_mongodb(session));
  } else {
    FORGE_ASSIGN(const auto rules, machine->dialect->catalog_rules());
    FORGE_ASSIGN(schema, read_catalog(session, rules));
  }
  std::vector<std::string> notes;
  FORGE_TRY(lower_schema(schema, *machine->dialect, notes));
  return schema;
}

Result<Schema> SchemaReader::read_database(const std::string& argument, const fs::path& base) {
  FORGE_ASSIGN(const auto url, resolve_url(argument));
  const auto engine = engine_of_url(url);
  if (engine.empty()) {
    return fail(ErrorCode::spec, "the database URL has no known scheme",
                "write it as postgres://user@host/database, mysql://…, mariadb://…, mongodb://… or sqlite:app.db");
  }
  if (engine != target_.engine) {
    return fail(ErrorCode::spec,
                fmt::format("the database is one of {}, and this is planned for {}", engine, target_.engine),
                fmt::format("give --db={}", engine));
  }
  if (engine == "sqlite") return read_sqlite_url(url, base);
  SessionOptions options;
  options.read_only = true;
  FORGE_ASSIGN(const auto session, open_session(url, options));
  if (keeps_grants_apart(engine)) FORGE_TRY(note_session(*session));
  return read_session(*session);
}

Result<void> SchemaReader::note_session(Session& session) {
  FORGE_ASSIGN(const auto rows,
               session.query("SELECT @@collation_database, CONCAT(QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', "
                             "1)), '@', QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)))"));
  account_ = rows.rows.empty() ? std::string() : rows.rows.front()[1].value_or("");
  const auto name = rows.rows.empty() ? std::string() : rows.rows.front().front().value_or("");
  const bool plain =
      std::ranges::all_of(name, [](unsigned char c) { return (c < 128 && std::isalnum(c) != 0) || c == '_'; });
  collation_ = plain ? name : "";
  return {};
}

Result<Schema> SchemaReader::load(const std::string& sql, const std::string& name) {
  FORGE_ASSIGN(const auto database, DevDatabase::create({target_.engine, target_.version, dev_url_, collation_}));
  FORGE_TRY(database->load(sql, name));
  FORGE_ASSIGN(const auto session, database->reader());
  FORGE_ASSIGN(auto read, read_session(*session));
  if (keeps_grants_apart(target_.engine)) {
    forget_definers(read);
    read.grants_untold = !states_grants(read);
  }
  return read;
}

Result<Schema> SchemaReader::read_sql(const fs::path& file, const std::string& name) {
  if (target_.engine == "mongodb") return no_sql();
  FORGE_ASSIGN(const auto text, read_file(file));
  if (target_.engine == "sqlite") return schema_from_sqlite_sql(text, name, time_limit_ms_);
  return load(text, name);
}

// No server is needed: the commands that make the schema say what a catalog holds then.
Result<Schema> SchemaReader::as_a_catalog_tells(const Schema& schema, DialectHost& dialect) {
  FORGE_ASSIGN(const auto statements, schema_statements(schema, dialect));
  std::vector<std::string> commands;
  for (const auto& statement : statements) commands.push_back(statement.sql);
  FORGE_ASSIGN(const auto collections, collections_of_commands(commands));
  Schema out = schema_of_collections(collections);
  std::vector<std::string> notes;
  FORGE_TRY(lower_schema(out, dialect, notes));
  put_back_unseen(out, schema);
  out.raws = schema.raws;
  out.read_from_server = false;
  return out;
}

Result<Schema> SchemaReader::through_server(const Schema& schema) {
  if (target_.engine == "sqlite" || schema.read_from_server) return schema;
  FORGE_ASSIGN(DialectMachine * machine, lua(target_.version));
  if (target_.engine == "mongodb") return as_a_catalog_tells(schema, *machine->dialect);
  FORGE_ASSIGN(const auto sql, schema_as_sql(schema, *machine->dialect));
  auto read = load(sql, "(the schema of the spec, as SQL)");
  if (!read) {
    read.error().notes.push_back("the server was asked how it writes the spec's expressions");
    return read;
  }
  read->raws = schema.raws;
  return read;
}

Result<void> agree(std::vector<Schema>& schemas, SchemaReader& reader) {
  if (std::ranges::none_of(schemas, &Schema::read_from_server)) return {};
  std::vector<const Schema*> read;
  for (const auto& schema : schemas) {
    if (schema.read_from_server) read.push_back(&schema);
  }
  for (auto& schema : schemas) {
    if (schema.read_from_server) continue;
    const Schema written = schema;
    FORGE_ASSIGN(schema, reader.through_server(written));
    for (const Schema* other : read) adopt_star_order(schema, written, *other);
  }
  if (reader.target().engine != "mongodb") return {};
  for (auto& schema : schemas) {
    for (const auto& other : schemas) {
      if (schema.read_from_server && !other.read_from_server) adopt_untold(schema, other);
    }
  }
  return {};
}

}  // namespace forge
