// The functions of MariaDB's client library that a session calls. For mysql.cpp and mysql_settings.cpp alone.
#pragma once

#include <mysql.h>

#include "engine/db/client_library.hpp"

// clang-format off
#define FORGE_LIBMARIADB(each)                                                                             \
  each(mariadb_connection) each(mysql_affected_rows) each(mysql_close) each(mysql_errno) each(mysql_error) \
  each(mysql_fetch_fields) each(mysql_fetch_lengths) each(mysql_fetch_row) each(mysql_field_count)         \
  each(mysql_get_ssl_cipher)                                                                               \
  each(mysql_free_result) each(mysql_get_server_version) each(mysql_init) each(mysql_next_result)          \
  each(mysql_num_fields) each(mysql_num_rows) each(mysql_options) each(mysql_real_connect)                 \
  each(mysql_real_escape_string) each(mysql_real_query) each(mysql_sqlstate) each(mysql_ssl_set)           \
  each(mysql_store_result)
// clang-format on

namespace forge {

struct LibMariadb {
  FORGE_LIBMARIADB(FORGE_CLIENT_MEMBER)
};

// Loads the library where that has not been done. Errors: ClientLibrary's.
Result<void> load_libmariadb();
// The functions; load_libmariadb() was successful before.
const LibMariadb& libmariadb();

}  // namespace forge
