// Databases of MongoDB put aside and brought back, by MongoDB's own tools.
#pragma once

#include <string>

#include "engine/base/error.hpp"
#include "engine/db/session.hpp"

namespace forge {

// What the tools are told of a database, as a file of settings: `uri: "…"`. It is by TLS where a session of ours would be. With
// `server` it names no database, and the account is still looked for where `url` has it.
std::string mongodb_settings(const std::string& url, bool server);

// Writes the database behind `url` to `file`, a compressed archive: each collection as it is when its turn comes. Errors: `url` names no
// database (usage); mongodump is not there or failed (database).
Result<void> dump_mongodb(const std::string& url, const std::string& file);

// Whether `file` is a whole archive of one database at the most. Errors (database): it is not.
Result<void> check_mongodb(const std::string& file);

Result<bool> mongodb_is_empty(Session& session);

// Drops the database behind `url`, which `session` is on, and brings in what `file` holds, whatever the name it had. A failure on the
// way leaves it in part; without the tool nothing is touched.
Result<void> restore_mongodb(const std::string& url, const std::string& file, Session& session);

}  // namespace forge
