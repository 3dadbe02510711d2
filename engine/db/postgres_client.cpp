#include "engine/db/postgres_client.hpp"

namespace forge {
namespace {

LibPq functions;

Result<void> load() {
  FORGE_ASSIGN(const auto library, ClientLibrary::load("libpq.so.5", "PostgreSQL", "libpq5"));
  FORGE_LIBPQ(FORGE_CLIENT_FIND)
  return {};
}

}  // namespace

Result<void> load_libpq() {
  static const Result<void> kLoaded = load();
  return kLoaded;
}

const LibPq& libpq() { return functions; }

}  // namespace forge
