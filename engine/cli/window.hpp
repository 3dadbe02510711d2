// The hours in which a database may be worked on.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "engine/base/error.hpp"

namespace forge {

// `window` as forgelua.yml has it, "22:30-04:00 UTC": from the first minute up to, and without, the second; "" is always. Errors
// (refused): `now` is outside of it, and when it opens. `key` is the environment's key that states it.
Result<void> within_window(const std::string& window, std::chrono::system_clock::time_point now,
                           std::string_view key = "maintenanceWindow");

}  // namespace forge
