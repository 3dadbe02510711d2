// Where a journal is kept: in tables, or in collections.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/exec/journal.hpp"

namespace forge {

// What Journal says of these functions holds for every store.
class JournalStore {
 public:
  JournalStore() = default;
  JournalStore(const JournalStore&) = delete;
  JournalStore& operator=(const JournalStore&) = delete;
  virtual ~JournalStore() = default;

  virtual Result<std::vector<MigrationRow>> history() = 0;
  virtual Result<std::map<int, StepRow>> steps(const std::string& version) = 0;
  virtual Result<void> begin(const PlanFile& plan, const std::string& who) = 0;
  virtual Result<void> set_state(const std::string& version, std::string_view state, long milliseconds) = 0;
  virtual Result<void> set_step(Session& session, const std::string& version, const StepRow& row) = 0;
  virtual Result<void> fence(Session& session) = 0;
};

std::unique_ptr<JournalStore> sql_journal(Session& session, const Client& client, long epoch);
std::unique_ptr<JournalStore> mongodb_journal(Session& session, long epoch);

// A step's state as it is written.
std::string_view step_state_word(StepRow::State state);
StepRow::State step_state_of(std::string_view word);

// The error (locked) of a runner that has been taken over.
std::unexpected<Error> fenced();

}  // namespace forge
