// Schemas from where people keep them: live databases and SQL text, by way of the engine's own server.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/cli/target.hpp"
#include "engine/lua/machine.hpp"

namespace forge {

// Reads for one engine. Everything is given in canonical form, as that engine and version hold it.
class SchemaReader {
 public:
  // `dev_url` is --dev-url: where databases for development are made; "" starts a throw-away server when one is needed.
  SchemaReader(Target target, std::string dev_url, ModuleRoots roots);
  ~SchemaReader();

  // What a live database holds; `url` may be env:NAME, and a relative SQLite file is below `base`. Nothing is written.
  Result<Schema> read_database(const std::string& url, const std::filesystem::path& base);

  // What SQL text makes of an empty database, which has the character set of the last live one that was read; `name` names the file in messages.
  Result<Schema> read_sql(const std::filesystem::path& file, const std::string& name);

  // What the engine's server makes of a canonical schema: its expressions as the server itself writes them. Engines whose
  // schemas are read without a server give it back as it is.
  Result<Schema> through_server(const Schema& schema);

  // How long SQL text that needs no server may run.
  void limit_time(int milliseconds) { time_limit_ms_ = milliseconds; }

  const Target& target() const { return target_; }
  // MySQL, MariaDB: what the last live database that was read has by default, as its collation's name; else "".
  const std::string& collation() const { return collation_; }
  // Likewise, as whom it was read: "'app'@'%'".
  const std::string& account() const { return account_; }

  // The dialect, of the version of the server that was asked last, else of the target's.
  Result<DialectHost*> dialect();

 private:
  Result<DialectMachine*> lua(const std::string& version);
  Result<Schema> read_session(Session& session);
  Result<void> note_session(Session& session);
  static Result<Schema> as_a_catalog_tells(const Schema& schema, DialectHost& dialect);
  Result<Schema> load(const std::string& sql, const std::string& name);

  Target target_;
  std::string dev_url_;
  std::string collation_, account_;  // of the last live database of MySQL or MariaDB
  int time_limit_ms_ = 5000;
  ModuleRoots roots_;
  DialectMachine lua_;  // of one server version
};

// Where a server has written the expressions of some of the schemas and not of others, it is asked about these too: what
// is equal to the server is equal then.
Result<void> agree(std::vector<Schema>& schemas, SchemaReader& reader);

}  // namespace forge
