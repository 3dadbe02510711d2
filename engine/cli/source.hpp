// A schema named on the command line: a spec, a file of SQL, a snapshot, or a database.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/cli/schema_reader.hpp"

namespace forge {

struct SourceRequest {
  std::vector<std::string> sources;  // one, or the two that are compared
  std::string db;                    // --db=ENGINE[:VERSION]
  std::string dev_url;               // --dev-url
  std::string organisation;          // --org
  std::string state = "after";       // of a spec
};

// Adds --db, --dev-url and --org to a command.
void add_source_options(CLI::App& command, SourceRequest& request);

// Schemas of one engine, each in canonical form and, where any of several has been written by a server, all of them so.
struct Loaded {
  std::unique_ptr<SchemaReader> reader;
  std::vector<Schema> schemas;     // in the order of the sources
  std::vector<bool> complete;      // whether the source could state everything that is there: no Lua can
  std::vector<std::string> notes;  // what the engine cannot hold
  DialectHost* dialect = nullptr;  // the reader's, of the version of the last server that was asked
};

// Settles on an engine (--db, then what a source itself says, then the configuration) and reads every source.
Result<Loaded> load_sources(const SourceRequest& request);

// Kinds and names of what is not held and differs between two complete schemas: "function f() (changed)".
std::vector<std::string> unmanaged_changes(const Schema& before, const Schema& after);

// The error for changes that cannot be planned: exit 1, unless --allow-unmanaged was given.
Error unmanaged_error(const std::vector<std::string>& changes);

}  // namespace forge
