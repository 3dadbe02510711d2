// Dev databases that stay on a server.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/engines.hpp"

namespace forge::test {

// The dev databases that are there now and do not go. Other tests may be at work on the same server, and have such databases, each under
// a name of its own, for as long as they read a schema.
inline std::vector<std::string> left_behind(Engine& engine) {
  const bool postgres = engine.name() == "postgres";
  const std::string names = postgres ? "SELECT datname::text FROM pg_database WHERE datname LIKE 'forgelua\\_dev\\_%'"
                                     : "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE "
                                       "'forgelua\\_dev\\_%'";
  const auto now = [&] {
    std::vector<std::string> out;
    for (const auto& row : engine.query(postgres ? "postgres" : "mysql", names)) out.push_back(row.at(0));
    return out;
  };
  auto left = now();
  for (int again = 0; !left.empty() && again < 120; ++again) {
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    const auto still = now();
    std::erase_if(left, [&](const std::string& name) { return std::ranges::find(still, name) == still.end(); });
  }
  return left;
}

}  // namespace forge::test
