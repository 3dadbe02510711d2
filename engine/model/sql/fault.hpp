// What is wrong with SQL text by itself, before any server has seen it: what cannot stand inside a statement, whatever the
// statement is. An engine's own rules for quotes and comments decide; everything else is left to the engine.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forge {

struct SqlFault {
  std::string message;
  std::string hint;
  std::size_t at = 0;      // where in the text
  std::size_t length = 1;  // how much of it
};

// What a text is used as.
enum class SqlUse {
  expression,  // inside a larger statement
  query,       // one whole query; it may end with ';' and comments
  statements,  // any number of whole statements
};

// The first fault: nothing in it, a zero byte, a quote, parenthesis or comment without its end, a ')' too many; in an
// expression ';' and a comment that would swallow what follows; a second statement in a query. `engine` is a dialect's
// name; "" knows no engine and finds nothing.
std::optional<SqlFault> sql_fault(std::string_view text, std::string_view engine, SqlUse use);

// The first name in an expression that must be a column (it is compared, or is all there is) and is none of `columns`. Names
// of which that is not certain are passed over, and so is a text with a query in it. The fault has no hint.
std::optional<SqlFault> unknown_column(std::string_view text, std::string_view engine,
                                       const std::vector<std::string_view>& columns);

}  // namespace forge
