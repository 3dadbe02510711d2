// Locks that nothing queues up behind: asked for without waiting first, again and again, then with short waits.
#pragma once

#include <functional>

#include "engine/exec/running.hpp"

namespace forge {

// Runs `body` as one transaction that holds the step's locks from its start (PostgreSQL: LOCK TABLE … NOWAIT in a loop, then
// rising timeouts; SQLite: BEGIN IMMEDIATE). Where a lock is not to be had, or the server ends the transaction to break a
// deadlock, nothing of it stands and it is tried again; each attempt is told. Errors: the body's own; (database) after the last
// attempt, naming the statement that did not get its lock.
Result<void> in_transaction(Running& run, const Step& step, const std::function<Result<void>()>& body);

// Runs one statement outside of a transaction. A wait for a lock is cut short and tried again, but never for one that would leave
// something half done behind (CREATE INDEX CONCURRENTLY waits for as long as it takes; it is in nobody's way).
// Returns how many rows it has written.
Result<long> alone(Running& run, const Step& step, const std::string& sql);

}  // namespace forge
