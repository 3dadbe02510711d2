// The one error value of the engine: flat, printable, and placed in the user's own text where there is one.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace forge {

// What kind of failure it is; the command line maps it to an exit code (exit_code below).
enum class ErrorCode {
  usage,     // the command line itself is wrong: exit 64
  spec,      // the user's specification is wrong
  policy,    // a policy, strategy or dialect module is wrong, or gave an answer that is not legal
  refused,   // a policy refused the change: exit 3
  io,        // the file system said no
  database,  // a server or SQLite said no
  locked,    // another runner is at work: exit 4
  partly,    // stopped on the way, and can go on: exit 5
  limit,     // a bound on time, memory or size was reached
  internal,  // our own mistake
};

// A place in a text that the user wrote. Lines and columns count from 1; columns count bytes.
struct Place {
  std::string file;         // as the user named it, never absolute unless the user wrote it so
  int line = 0;             // 0: the whole file
  int column = 0;           // 0: the whole line
  int length = 1;           // how many columns the caret underlines
  std::string source_line;  // the text of that line without its end; empty where it is not known
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;             // one sentence without a final stop, naming the concrete object
  std::string hint;                // the likely mend; empty where there is none
  std::optional<Place> place;      // where in the user's text
  std::string sql;                 // the statement that a server refused, where one did
  std::vector<std::string> notes;  // further lines: the rule and file of a policy, related places
};

template <class T>
using Result = std::expected<T, Error>;

// Makes an error to return: `return fail(ErrorCode::io, "cannot read 'x'", "check the path");`
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string hint = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(hint), {}, {}, {}});
}
[[nodiscard]] inline std::unexpected<Error> fail(Error error) { return std::unexpected(std::move(error)); }

// The text shown to a person: `file:line:column: message`, the source line with a caret, the hint, the notes.
// Control characters other than line ends are escaped, so hostile text cannot drive a terminal.
std::string render(const Error& error);

// The process exit code of an error: 64 usage, 3 refused, 4 locked, 5 partly, 1 everything else.
int exit_code(const Error& error);

// `text` with control characters (ESC, BEL, C1 …) written as \xNN; tabs and line ends are kept.
std::string escape_control(std::string_view text);

}  // namespace forge

// Returns early with the error of a Result expression; otherwise goes on. The value is dropped.
#define FORGE_TRY(expression)                                \
  do {                                                       \
    if (auto forge_try_ = (expression); !forge_try_) {       \
      return std::unexpected(std::move(forge_try_).error()); \
    }                                                        \
  } while (false)

#define FORGE_CONCAT_(a, b) a##b
#define FORGE_CONCAT(a, b) FORGE_CONCAT_(a, b)
// Declares `declaration` with the value of a Result expression, or returns early with its error.
#define FORGE_ASSIGN(declaration, expression)                                         \
  auto FORGE_CONCAT(forge_assign_, __LINE__) = (expression);                          \
  if (!FORGE_CONCAT(forge_assign_, __LINE__)) {                                       \
    return std::unexpected(std::move(FORGE_CONCAT(forge_assign_, __LINE__)).error()); \
  }                                                                                   \
  declaration = std::move(*FORGE_CONCAT(forge_assign_, __LINE__))
