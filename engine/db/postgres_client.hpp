// The functions of libpq that a session calls. For postgres.cpp alone.
#pragma once

#include <libpq-fe.h>

#include "engine/db/client_library.hpp"

// clang-format off
#define FORGE_LIBPQ(each)                                                                                       \
  each(PQclear) each(PQcmdTuples) each(PQconnectdbParams) each(PQconninfoFree) each(PQconninfoParse)            \
  each(PQerrorMessage) each(PQexec) each(PQexecParams) each(PQfinish) each(PQfname) each(PQfreemem)             \
  each(PQgetisnull) each(PQgetlength) each(PQgetvalue) each(PQnfields) each(PQntuples) each(PQresultErrorField) \
  each(PQresultStatus) each(PQserverVersion) each(PQsetNoticeProcessor) each(PQstatus)                          \
  each(PQtransactionStatus)
// clang-format on

namespace forge {

struct LibPq {
  FORGE_LIBPQ(FORGE_CLIENT_MEMBER)
};

// Loads the library where that has not been done. Errors: ClientLibrary's.
Result<void> load_libpq();
// The functions; load_libpq() was successful before.
const LibPq& libpq();

}  // namespace forge
