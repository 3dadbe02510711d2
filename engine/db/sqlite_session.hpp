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

// Makes the file `to` what the file `from` holds at one instant, by SQLite's backup interface: all of it or nothing. Errors: io where
// there is no file `from`; database.
Result<void> copy_sqlite(const std::string& from, const std::string& to);

}  // namespace forge
