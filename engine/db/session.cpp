#include "engine/db/session.hpp"

#include <fmt/format.h>

#include "engine/db/mongodb.hpp"
#include "engine/db/mysql.hpp"
#include "engine/db/postgres.hpp"
#include "engine/db/sqlite_session.hpp"
#include "engine/db/url.hpp"

namespace forge {

Result<std::unique_ptr<Session>> open_session(const std::string& url, const SessionOptions& options) {
  const auto engine = engine_of_url(url);
  if (engine == "postgres") return open_postgres(url, options);
  if (engine == "mysql" || engine == "mariadb") return open_mysql(url, options);
  if (engine == "mongodb") return open_mongodb(url, options);
  if (engine == "sqlite" && options.for_plan) return open_sqlite(url);
  if (!engine.empty()) return fail(ErrorCode::usage, fmt::format("databases of {} are not read yet", engine));
  return fail(ErrorCode::usage, "the database URL has no known scheme",
              "write it as postgres://user@host/database, mysql://…, mariadb://… or mongodb://…");
}

}  // namespace forge
