// The functions of libmongoc, and of libbson that comes with it, that a session calls. For db/mongodb*.cpp alone.
#pragma once

#include <mongoc/mongoc.h>

#include "engine/db/client_library.hpp"

// clang-format off
#define FORGE_LIBMONGOC(each)                                                                               \
  each(bson_append_array) each(bson_append_bool) each(bson_append_document) each(bson_append_double)        \
  each(bson_append_int32) each(bson_append_int64) each(bson_append_iter) each(bson_append_null)             \
  each(bson_append_utf8) each(bson_as_canonical_extended_json) each(bson_destroy) each(bson_free)           \
  each(bson_iter_init_find) each(bson_new) each(bson_new_from_json) each(mongoc_client_command_simple)      \
  each(mongoc_client_destroy) each(mongoc_client_new_from_uri_with_error) each(mongoc_client_set_error_api) \
  each(mongoc_init) each(mongoc_log_set_handler) each(mongoc_uri_destroy) each(mongoc_uri_get_database)     \
  each(mongoc_uri_get_hosts) each(mongoc_uri_has_option) each(mongoc_uri_new_with_error)                    \
  each(mongoc_uri_set_appname) each(mongoc_uri_set_option_as_bool) each(mongoc_uri_set_option_as_int32)
// clang-format on

namespace forge {

struct LibMongoc {
  FORGE_LIBMONGOC(FORGE_CLIENT_MEMBER)
};

// Loads the library where that has not been done. Errors: ClientLibrary's.
Result<void> load_libmongoc();
// The functions; load_libmongoc() was successful before.
const LibMongoc& libmongoc();

}  // namespace forge
