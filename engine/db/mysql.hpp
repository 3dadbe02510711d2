// MySQL and MariaDB, through MariaDB's client library.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/db/script_statement.hpp"
#include "engine/db/session.hpp"

namespace forge {

// Connects to mysql://user@host:port/database or mariadb://…; `?socket=PATH` takes the place of host and port. A server
// that is not on this machine must prove its name by a certificate unless the URL's sslmode says otherwise. The session's
// encoding is utf8mb4, its time zone UTC.
// Errors: usage for a URL that cannot be read, database where the server cannot be reached, says no, or is of the other
// of the two engines.
Result<std::unique_ptr<Session>> open_mysql(const std::string& url, const SessionOptions& options);

// Cuts a script as the mysql client does: at the delimiter, which DELIMITER lines change, outside strings, quoted names and
// comments; what stands in /*! … */ is part of its statement. Of the client's other commands USE is given as a statement of
// its own. Errors (spec), with a place: another command of the client's, a string or comment that has no end.
Result<std::vector<ScriptStatement>> mysql_statements(std::string_view script, const std::string& file);

// The statement without its DEFINER clause: who owns what is made is left to the database.
std::string without_definer(const ScriptStatement& statement);

}  // namespace forge
