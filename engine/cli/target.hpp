// Which database a command is about.
#pragma once

#include <string>
#include <vector>

#include "engine/base/error.hpp"

namespace forge {

// An engine and its version; "" is the dialect's default version.
struct Target {
  std::string engine;
  std::string version;
};

// The engines that there are, in the order in which they are listed to people.
const std::vector<std::string>& known_engines();

// Reads "postgres", "mysql:8.4", "pg:15". Aliases: postgresql, pg, sqlite3. Errors (usage): an unknown engine, with the
// list and the nearest; a version that is no number.
Result<Target> parse_target(const std::string& text);

// What a URL's scheme says: postgres://, postgresql://, mysql://, mariadb://, sqlite:. Errors (usage): another scheme.
Result<Target> target_of_url(const std::string& url);

// Settles on one target: `asked` (--db) first, then `url`, then what the spec names, then what the project's configuration
// names. A spec that names several, with nothing to choose by, is an error (usage) that lists them.
Result<Target> choose_target(const std::string& asked, const std::string& url,
                             const std::vector<std::string>& spec_targets, const std::string& configured);

}  // namespace forge
