#include "engine/cli/window.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace forge {

constexpr int kDay = 24 * 60;  // minutes

Result<void> within_window(const std::string& window, std::chrono::system_clock::time_point now, std::string_view key) {
  if (window.empty()) return {};
  int hour = 0, minute = 0, end_hour = 0, end_minute = 0;
  if (std::sscanf(window.c_str(), "%d:%d-%d:%d UTC", &hour, &minute, &end_hour, &end_minute) != 4)
    return fail(ErrorCode::usage, fmt::format("'{}' is no window", window), "write it as \"02:00-04:00 UTC\"");
  const auto minutes = std::chrono::floor<std::chrono::minutes>(now.time_since_epoch()).count();
  const auto at = static_cast<int>(minutes % kDay);
  const int from = hour * 60 + minute, to = end_hour * 60 + end_minute;
  const bool open = from <= to ? at >= from && at < to : at >= from || at < to;
  if (open) return {};
  const int wait = (from - at + kDay) % kDay;
  return fail(ErrorCode::refused,
              fmt::format("the {} {} is closed: it opens in {} h {} min",
                          key == "maintenanceWindow" ? "maintenance window" : key, window, wait / 60, wait % 60),
              fmt::format("run the same command again then, or change {} of the environment in forgelua.yml", key));
}

}  // namespace forge
