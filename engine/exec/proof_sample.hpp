// Rows of a database of somebody's, taken for a copy: a part of them that hangs together.
#pragma once

#include <cstdint>
#include <string>

#include "engine/db/session.hpp"
#include "engine/exec/proof_rows.hpp"

namespace forge {

// Puts rows of `source`, which is only read, into the tables of `schema` in `copy`, which are there and empty: about `rows` of each
// table, half from either end of its primary key, and beyond them every row that foreign keys of those point at. Equal databases give
// equal rows. Errors: what either server said.
Result<RowsMade> sample_rows(Session& source, Session& copy, const Client& client, const Schema& schema,
                             std::int64_t rows);

}  // namespace forge
