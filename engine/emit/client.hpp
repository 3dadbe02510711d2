// The command line clients that run a package's scripts: their quoting, their settings, their command lines.
// What a *server* needs comes from the dialects; only what a *client script* needs stands here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/plan/plan.hpp"

namespace forge {

struct Client {
  enum class Family { postgres, mysql, sqlite, mongodb };
  Family family = Family::postgres;
  std::string program;  // psql, mysql, mariadb, sqlite3, tsx

  bool postgres() const { return family == Family::postgres; }
  bool mysql() const { return family == Family::mysql; }  // MariaDB too
  bool sqlite() const { return family == Family::sqlite; }
  bool mongodb() const { return family == Family::mongodb; }
};

// Errors (spec): the plan's engine has no client that scripts could be written for.
Result<Client> client_of(const Plan& plan);

std::string sql_ident(const Client& client, std::string_view name);
std::string sql_name(const Client& client, const QName& name);
std::string sql_literal(const Client& client, std::string_view text);
// `a = b`, or both NULL.
std::string sql_same(const Client& client, std::string_view a, std::string_view b);
// `expression` as text.
std::string sql_text(const Client& client, std::string_view expression);

// One line without control characters: what a comment, a heading or a client's command may hold.
std::string one_line(std::string_view text);
// Every line of `text` behind "-- ".
std::string sql_comment(std::string_view text);

// The settings that a session is pinned to, with the client's own stop-on-error.
std::string session_settings(const Client& client);
// Those of them that are SQL, one statement each.
std::vector<std::string> session_statements(const Client& client);
// A line that the client prints while the script runs.
std::string say(const Client& client, std::string_view text);

// The name of a script: `base` with the engine's ending, "forward.sql" or "forward.ts".
std::string script_file(const Client& client, std::string_view base);

// Command lines, for people. `file` is relative to the package's folder.
std::string run_command(const Client& client, std::string_view file);
std::string backup_command(const Client& client, std::string_view id, const std::vector<QName>& tables = {});
std::string restore_command(const Client& client, std::string_view id);

}  // namespace forge
