// PostgreSQL, through libpq.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/db/script_statement.hpp"
#include "engine/db/session.hpp"

namespace forge {

// Connects. A server that is not on this machine must prove its name by a certificate unless the URL (or PGSSLMODE) says
// otherwise. The session's encoding is UTF-8, its time zone UTC, its search_path `public`.
Result<std::unique_ptr<Session>> open_postgres(const std::string& url, const SessionOptions& options);

// Cuts a script as psql does: at semicolons outside strings, dollar quotes, comments, parentheses and the bodies of SQL
// routines. Of psql's own commands those that pg_dump writes (\connect, \restrict, \unrestrict) are passed over, as is
// the data behind COPY … FROM stdin. Errors (spec), with a place: another command of psql's, data that has no end.
Result<std::vector<ScriptStatement>> postgres_statements(std::string_view script, const std::string& file);

}  // namespace forge
