// Our own tables (MongoDB: collections, of which only the names stand here) in the database that a plan runs on, and how they are spoken to on each engine. They stand in a schema of their
// own on PostgreSQL and bear a prefix elsewhere; readers of schemas leave them out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/emit/client.hpp"

namespace forge {

struct OwnTables {
  explicit OwnTables(const Client& client);

  std::string migrations, steps, runner, pace;
  std::vector<std::string> create;  // statements that make them where they are not there
  std::string exist;                // a query: '1' where they are, up to the last one
  std::string now;                  // the instant, for their columns
  std::string share;                // behind a SELECT: the row is not changed before the transaction ends
  // The seconds between a column of theirs and now; the column, or NULL, as text of ISO 8601.
  std::string seconds_since(const std::string& column) const;
  std::string as_text(const std::string& column) const;

 private:
  Client client_;
};

}  // namespace forge
