// MongoDB: the runner's lock is a document with a lease, kept alive from a session of its own while a command runs.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "engine/db/session.hpp"
#include "engine/exec/tables.hpp"

namespace forge {

// Takes the lease where it has ended, or where `is_gone` says of its holder that it runs no more; makes our collections where they
// are not there. Returns the new epoch, which every document of the journal bears from then on; 0 where somebody else has it.
Result<long> take_lease(Session& session, const OwnTables& tables, const std::string& holder,
                        const std::function<bool(const std::string&)>& is_gone);

// Whose it is; "" where nobody holds it.
std::string lease_holder(Session& session, const OwnTables& tables);

// The lease goes on. Errors (locked): it is another one's.
Result<void> renew_lease(Session& session, const OwnTables& tables, long epoch);
void end_lease(Session& session, const OwnTables& tables, long epoch);

// Renews a lease every so often through `session`, which nobody else uses meanwhile, until it is destroyed.
class LeaseKeeper {
 public:
  LeaseKeeper(Session& session, const OwnTables& tables, long epoch,
              std::chrono::milliseconds beat = std::chrono::seconds(15));
  LeaseKeeper(const LeaseKeeper&) = delete;
  LeaseKeeper& operator=(const LeaseKeeper&) = delete;
  ~LeaseKeeper();

 private:
  struct Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace forge
