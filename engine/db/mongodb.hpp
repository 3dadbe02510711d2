// A session on a database of MongoDB, by libmongoc; where forgelua was built without it, opening one says so.
//
// A statement of `Session::query` is a document of extended JSON (docs/dialects/mongodb.md):
//
//   a command                    gives no rows; `affected` is what it says in `nModified`, else in `n`. What makes what is there, takes
//                                away what is gone, or renames what bears the name by now, has been done already
//   {"count": …}                 one row: the number
//   {"aggregate": …}             one row: the first field of the first document, but for _id; "0" without a document
//   {"forgelua": "documents", "command": …}
//                                a row for each document of the command's cursor, as canonical extended JSON; without a cursor its
//                                answer; none where the collection is not there
//   {"forgelua": "has" | "lacks" | "validator" | "every", …}
//                                one row: "1" or "0"
//
// `renameCollection` names collections without their database.
#pragma once

#include <memory>
#include <string>

#include "engine/db/session.hpp"

namespace forge {

// Errors: (usage) the URL cannot be read or names no database, or this program speaks no MongoDB; (database) the server cannot be
// reached, says no, or is older than 5.0. A server on another machine is spoken to by TLS, unless the URL says `tls=false`.
Result<std::unique_ptr<Session>> open_mongodb(const std::string& url, const SessionOptions& options);

}  // namespace forge
