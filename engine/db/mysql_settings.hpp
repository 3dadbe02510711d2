// What a URL of MySQL's or MariaDB's says of the connection besides names.
#pragma once

#include <mysql.h>

#include <string>

#include "engine/base/error.hpp"
#include "engine/db/url.hpp"

namespace forge {

struct MysqlSettings {
  std::string socket, sslmode, ca, certificate, key;
};

// The URL's parameters, checked. Errors (usage): one that is not known, an odd sslmode.
Result<MysqlSettings> mysql_settings(const UrlParts& parts);

// Whether the URL, or the place of the server, asks for TLS.
bool needs_tls(const MysqlSettings& settings, bool local);

// A server elsewhere proves who it is, by the machine's own list of authorities where no other is named.
void set_mysql_tls(MYSQL* connection, const MysqlSettings& settings, bool local);

}  // namespace forge
