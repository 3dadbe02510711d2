// Expressions that a server shows in two forms.
#pragma once

#include <string>
#include <string_view>

#include "engine/db/session.hpp"

namespace forge {

// PostgreSQL's short form of an expression leaves out the brackets around an AND within an AND, and an OR within an OR. The
// server holds such an expression nested and shows it so in its dumps; read from the short form it would be made flat. A query
// gives both forms between marks (dialects/postgres/queries.lua); of these the short one stays, or the long one where the short
// one would lose such brackets.
void choose_forms(Rows& rows);

// True where `expression`, in the long form, has an AND within an AND, or an OR within an OR.
[[nodiscard]] bool nests_logic(std::string_view expression);

}  // namespace forge
