#ifdef FORGELUA_MONGODB

#include "engine/db/mongodb_client.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace forge {
namespace {

LibMongoc functions;

Result<void> load() {
  FORGE_ASSIGN(const auto library, ClientLibrary::load("libmongoc-1.0.so.0", "MongoDB", "libmongoc-1.0-0"));
  // As it is loaded the driver makes a file of shared memory for its counters, by the process's number. Whoever is killed would
  // leave it behind, and the next process of that number would say on its standard error that it cannot make its own. Without its
  // name it goes with the process.
  ::shm_unlink(fmt::format("/mongoc-{}", ::getpid()).c_str());
  FORGE_LIBMONGOC(FORGE_CLIENT_FIND)
  // It lives as long as the process, and prints nothing by itself.
  functions.mongoc_log_set_handler(nullptr, nullptr);
  functions.mongoc_init();
  return {};
}

}  // namespace

Result<void> load_libmongoc() {
  static const Result<void> kLoaded = load();
  return kLoaded;
}

const LibMongoc& libmongoc() { return functions; }

}  // namespace forge

#endif
