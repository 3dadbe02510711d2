// The command line: parses it, runs one command, maps errors to exit codes.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <iosfwd>
#include <string>

#include "engine/base/error.hpp"

namespace forge {

// Where a command talks. Data goes to `out`, everything else to `err`.
struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool json = false;  // one JSON object a line on `out`, each with "version" and "type"
};

// What a command does once its options are read; gives the process's exit code.
using Command = std::function<Result<int>(Terminal&)>;

// Each command adds its subcommand, and sets `chosen` when it is the one that was called.
void add_run(CLI::App& app, Command& chosen);
void add_inspect(CLI::App& app, Command& chosen);
void add_diff(CLI::App& app, Command& chosen);
void add_explain(CLI::App& app, Command& chosen);
void add_which(CLI::App& app, Command& chosen);
void add_doc(CLI::App& app, Command& chosen);
void add_policy(CLI::App& app, Command& chosen);
void add_apply(CLI::App& app, Command& chosen);
void add_rollback(CLI::App& app, Command& chosen);
void add_test(CLI::App& app, Command& chosen);
void add_status(CLI::App& app, Command& chosen);
void add_verify(CLI::App& app, Command& chosen);
void add_backfill(CLI::App& app, Command& chosen);
void add_backup(CLI::App& app, Command& chosen);
void add_restore(CLI::App& app, Command& chosen);

// Runs the program. Never throws. Exit codes: 0 ok, 1 error, 3 refused by policy, 4 locked, 5 partly, 64 usage.
int run_app(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace forge
