// GRANT and REVOKE in scripts of MySQL's and MariaDB's, as far as they are about an object of one database.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forge {

struct GrantStatement {
  std::string sql;                    // the statement, its object without the database's name
  std::string object;                 // "`orders`", "FUNCTION `area`": as REVOKE names it
  bool qualified = false;             // the script named a database with the object
  std::vector<std::string> accounts;  // as SQL writes them: 'app'@'%'; without everybody and the current user
};

// What the statement grants or takes away on a table, view or routine; nothing where it is about databases, roles or proxies.
std::optional<GrantStatement> grant_on_object(std::string_view statement);

}  // namespace forge
