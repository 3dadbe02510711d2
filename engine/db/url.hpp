// What a database URL says besides how to connect; and how to speak of one without its secrets.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/error.hpp"

namespace forge {

// "postgres", "mysql", "mariadb", "sqlite", "mongodb", or "" for no known scheme. `postgresql` is `postgres`.
std::string engine_of_url(std::string_view url);

// Whether the text is a URL of a database, or `env:NAME` of one, rather than a file.
bool is_database_url(std::string_view text);

// `env:NAME` is the value of that variable, so that no secret stands in a spec or on a command line; anything else is
// itself. Errors (spec): the variable is not set.
Result<std::string> resolve_url(const std::string& argument);

// The URL without its password and without any parameter: for messages.
std::string redacted(std::string_view url);

// `text` with every occurrence of the URL's password (as written, and decoded) made `***`.
std::string without_secrets(std::string text, std::string_view url);

// The URL with another database in its path; what it said besides stays.
std::string with_database(std::string_view url, std::string_view database);

// What a URL says, decoded.
struct UrlParts {
  std::string user, password, host, port, database;
  std::vector<std::pair<std::string, std::string>> parameters;  // behind the `?`, in order
};
UrlParts url_parts(std::string_view url);

// A byte sequence as a URL's part: everything but letters, digits and "-._~" as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace forge
