// One runner at a time for one database.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "engine/db/session.hpp"
#include "engine/exec/listener.hpp"
#include "engine/exec/runner_lease.hpp"
#include "engine/exec/tables.hpp"

namespace forge {

// Who this process is, for the journal and for others who wait: "anna@host".
std::string runner_name();

// Makes our tables where they are not there; under the runner's lock. Errors: the server's.
Result<void> make_tables(Session& session, const OwnTables& tables);

// PostgreSQL: an advisory lock of the session that also does the work; the session holds no snapshot between its statements, so no
// CREATE INDEX CONCURRENTLY waits for it, and it is tried for again and again rather than waited for. MySQL, MariaDB: GET_LOCK.
// SQLite: a row with a lease, taken over at once where its process is gone; MongoDB: a document (runner_lease.hpp). The lock ends with its
// session, or with its lease.
class RunnerLock {
 public:
  // Takes it, makes our tables where they are not there, and raises the epoch. Errors (locked): another runner has it, and it was
  // not to be had within `wait`.
  // `pulse` keeps a lease alive while a command runs; null where none is needed.
  static Result<RunnerLock> take(Session& work, Session* pulse, const Client& client, std::chrono::seconds wait,
                                 Listener& listener);

  long epoch() const { return epoch_; }
  // SQLite, MongoDB: the lease goes on. To be called between the units of a plan.
  Result<void> renew();
  // Gives it back; what is lost with the session needs no giving back.
  void release();

 private:
  RunnerLock(Session& work, const Client& client, long epoch) : work_(&work), client_(client), epoch_(epoch) {}

  Session* work_;
  Client client_;
  long epoch_;
  std::unique_ptr<LeaseKeeper> keeper_;
};

}  // namespace forge
