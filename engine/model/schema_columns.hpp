// Which columns the tables and views of a schema have, for reading texts that name them.
#pragma once

#include "engine/model/schema.hpp"
#include "engine/model/sql/meaning.hpp"

namespace forge {

// Answers as the schema is at the moment of asking; it must outlive the answer.
HasColumn columns_of(const Schema& schema);

}  // namespace forge
