// SQLite as one of the engines that plans are run on (session.hpp).
#pragma once

#include <memory>
#include <string>

#include "engine/db/session.hpp"

namespace forge {

// Opens the file that a URL names (sqlite:FILE, sqlite://FILE) for writing; it must be there. A name in double quotes that
// is not there is an error, never a text. Errors: io where there is no such file, database where it is none of SQLite's.
Result<std::unique_ptr<Session>> open_sqlite(const std::string& url);

// The file that a URL names.
std::string sqlite_file(std::string url);

}  // namespace forge
