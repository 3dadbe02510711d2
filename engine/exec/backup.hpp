// Whole databases put aside and brought back, by the engines' own tools.
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/error.hpp"

namespace forge {

// The end of the name of a backup of such a database: ".dump" (pg_dump's own format), ".sql.gz", ".db", ".archive.gz".
std::string backup_ending(const std::string& engine);

// Writes the database behind `url`, as it is at one instant, to `file`, which is there whole or not at all, and checks that it can be
// read to its end. PostgreSQL: pg_dump; MySQL, MariaDB: mysqldump, mariadb-dump and gzip; SQLite: its backup interface; MongoDB:
// mongodump, which takes one collection after the other, each as it is then. Errors: what the tool said (database), io.
Result<void> take_backup(const std::string& url, const std::filesystem::path& file);

// Takes away all but the `keep` newest files in `folder` whose names begin so; 0 keeps all.
Result<void> keep_newest(const std::filesystem::path& folder, const std::string& begin, int keep);

// Makes the database behind `url` what `file` holds. Errors (refused): it is not empty, and `replace` is not said; else as above.
// PostgreSQL and SQLite: all of it or nothing. MySQL, MariaDB, MongoDB: a failure on the way leaves it in part; the same call begins anew.
Result<void> restore_backup(const std::string& url, const std::filesystem::path& file, bool replace);

}  // namespace forge
