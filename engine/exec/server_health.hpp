// How a database is, for whoever wants to begin something on it (`forgelua status`).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/db/session.hpp"
#include "engine/model/json.hpp"

namespace forge {

constexpr int kLongSeconds = 60;  // a statement or transaction that is open for longer is in the way of locks

// What is not set is not known of that engine, or not to be had: then `unknown` says why, a line each.
struct ServerHealth {
  double answer_ms = 0;                           // of a question that reads nothing
  std::optional<std::int64_t> bytes, free_bytes;  // of the database; of the disk that it lies on (SQLite)
  std::optional<std::int64_t> open_long;          // other sessions' statements and transactions
  std::optional<double> longest_seconds;          // of these, or of none
  std::optional<std::int64_t> waiting;            // sessions that wait for a lock
  std::vector<std::string> unknown;

  std::string text() const;  // one line for people
};

// The figures that are known, by their names: answer_ms, bytes, free_bytes, open_long, longest_seconds, waiting; unknown.
Json to_json(const ServerHealth& health);

// Asks the server that the session speaks with. `url` is where it is. Errors (database): it does not answer at all.
Result<ServerHealth> server_health(Session& session, const std::string& url);

}  // namespace forge
