// A database that a plan is run on, as it is opened for one command.
#pragma once

#include <memory>
#include <string>

#include "engine/db/session.hpp"
#include "engine/exec/plan_file.hpp"

namespace forge {

struct Connections {
  std::unique_ptr<Session> work;
  std::unique_ptr<Session> books;  // MySQL, MariaDB: the journal's own; else null
  std::unique_ptr<Session> pulse;  // MongoDB: keeps the runner's lease alive; else null
  Session& journal() const { return books ? *books : *work; }
};

// Opens `url` for a plan and pins its sessions to what the plan states. Errors: usage, io, database; (refused) the database is of
// another engine than the plan.
Result<Connections> connect(const PlanFile& plan, const std::string& url);

// The client whose SQL an engine speaks, for commands without a plan. Errors (usage): an engine that plans are not run on.
Result<Client> client_of_engine(const std::string& engine);
// Opens `url` for reading the journal.
Result<std::unique_ptr<Session>> connect_for_journal(const std::string& url);

}  // namespace forge
