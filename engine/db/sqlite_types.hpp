// Declared types and portable words: the way back of dialects/sqlite/types.lua.
#pragma once

#include <string_view>

#include "engine/model/table.hpp"

namespace forge::sqlite {

// The portable type whose SQLite text means the same as `declared` (same affinity, same arguments); a type
// {"native"} with the text itself where there is none. `INT` is `integer` unless `exact_integer`: there INTEGER would
// be another name of the rowid, and INT is not.
Type portable_type(std::string_view declared, bool exact_integer);

}  // namespace forge::sqlite
