#include "engine/db/mysql_client.hpp"

namespace forge {
namespace {

LibMariadb functions;

Result<void> load() {
  FORGE_ASSIGN(const auto library, ClientLibrary::load("libmariadb.so.3", "MySQL and MariaDB", "libmariadb3"));
  FORGE_LIBMARIADB(FORGE_CLIENT_FIND)
  return {};
}

}  // namespace

Result<void> load_libmariadb() {
  static const Result<void> kLoaded = load();
  return kLoaded;
}

const LibMariadb& libmariadb() { return functions; }

}  // namespace forge
