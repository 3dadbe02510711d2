#include "engine/exec/journal.hpp"

#include <algorithm>
#include <array>

#include "engine/exec/journal_store.hpp"

namespace forge {
namespace {

constexpr std::array<std::string_view, 4> kStates = {"pending", "running", "done", "undoing"};

}  // namespace

std::string_view step_state_word(StepRow::State state) { return kStates[static_cast<std::size_t>(state)]; }

StepRow::State step_state_of(std::string_view word) {
  const auto found = std::ranges::find(kStates, word);
  return found == kStates.end() ? StepRow::State::pending : static_cast<StepRow::State>(found - kStates.begin());
}

std::unexpected<Error> fenced() {
  return fail(ErrorCode::locked, "another runner has taken over: this one has stopped and writes nothing more",
              "forgelua status shows how far it is");
}

Journal::Journal(Session& session, const Client& client, long epoch)
    : session_(session),
      tables_(client),
      store_(client.mongodb() ? mongodb_journal(session, epoch) : sql_journal(session, client, epoch)) {}

Journal::~Journal() = default;

Result<bool> Journal::there() {
  FORGE_ASSIGN(const auto rows, session_.query(tables_.exist));
  return !rows.rows.empty() && rows.rows.front().at(0).value_or("") == "1";
}

Result<std::vector<MigrationRow>> Journal::history() { return store_->history(); }

Result<std::optional<MigrationRow>> Journal::find(const std::string& version) {
  FORGE_ASSIGN(const auto all, history());
  const auto found = std::ranges::find(all, version, &MigrationRow::version);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

Result<std::map<int, StepRow>> Journal::steps(const std::string& version) { return store_->steps(version); }

Result<void> Journal::begin(const PlanFile& plan, const std::string& who) { return store_->begin(plan, who); }

Result<void> Journal::set_state(const std::string& version, std::string_view state, long milliseconds) {
  return store_->set_state(version, state, milliseconds);
}

Result<void> Journal::set_step(const std::string& version, const StepRow& row) {
  return store_->set_step(session_, version, row);
}

Result<void> Journal::set_step(Session& session, const std::string& version, const StepRow& row) {
  return store_->set_step(session, version, row);
}

Result<void> Journal::fence(Session& session) { return store_->fence(session); }

}  // namespace forge
