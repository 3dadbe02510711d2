// What must not be shown.
#pragma once

#include <string>

namespace forge {

// `text` with the passwords of URLs (scheme://user:password@host) written as ***.
std::string without_secrets(std::string text);

}  // namespace forge
