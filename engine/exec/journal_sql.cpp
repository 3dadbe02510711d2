// The journal in tables.
#include "engine/exec/journal_store.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace forge {
namespace {

std::string cell(const std::vector<std::optional<std::string>>& row, std::size_t at) { return row.at(at).value_or(""); }

long number(const std::vector<std::optional<std::string>>& row, std::size_t at) {
  return std::strtol(cell(row, at).c_str(), nullptr, 10);
}

class SqlJournal : public JournalStore {
 public:
  SqlJournal(Session& session, const Client& client, long epoch)
      : session_(session), client_(client), tables_(client), epoch_(epoch) {}

  Result<std::vector<MigrationRow>> history() override;
  Result<std::map<int, StepRow>> steps(const std::string& version) override;
  Result<void> begin(const PlanFile& plan, const std::string& who) override;
  Result<void> set_state(const std::string& version, std::string_view state, long milliseconds) override;
  Result<void> set_step(Session& session, const std::string& version, const StepRow& row) override;
  Result<void> fence(Session& session) override;

 private:
  static Result<void> write(Session& session, const std::string& sql);
  std::string text(std::string_view value) const { return sql_literal(client_, value); }
  std::string holds() const;  // the condition that the epoch is ours

  Session& session_;
  Client client_;
  OwnTables tables_;
  long epoch_;
};

Result<std::vector<MigrationRow>> SqlJournal::history() {
  FORGE_ASSIGN(const auto rows,
               session_.query(fmt::format("SELECT version, description, {}, applied_by, {}, checksum, state, "
                                          "execution_time_ms FROM {} ORDER BY applied_at, id",
                                          tables_.as_text("applied_at"), tables_.as_text("rolled_back_at"),
                                          tables_.migrations)));
  std::vector<MigrationRow> out;
  out.reserve(rows.rows.size());
  for (const auto& row : rows.rows) {
    out.push_back({cell(row, 0), cell(row, 1), cell(row, 2), cell(row, 3), cell(row, 4), cell(row, 5), cell(row, 6),
                   number(row, 7)});
  }
  return out;
}

Result<std::map<int, StepRow>> SqlJournal::steps(const std::string& version) {
  FORGE_ASSIGN(const auto rows,
               session_.query(fmt::format("SELECT number, state, position, print, {}, {} FROM {} WHERE version = {}",
                                          tables_.as_text("finished_at"), tables_.seconds_since("finished_at"),
                                          tables_.steps, text(version))));
  std::map<int, StepRow> out;
  for (const auto& row : rows.rows) {
    StepRow step{static_cast<int>(number(row, 0)),
                 step_state_of(cell(row, 1)),
                 static_cast<int>(number(row, 2)),
                 cell(row, 3),
                 cell(row, 4),
                 number(row, 5)};
    out.emplace(step.number, std::move(step));
  }
  return out;
}

std::string SqlJournal::holds() const {
  return fmt::format("EXISTS (SELECT 1 FROM {} WHERE epoch = {})", tables_.runner, epoch_);
}

Result<void> SqlJournal::write(Session& session, const std::string& sql) {
  FORGE_ASSIGN(const auto done, session.query(sql));
  if (done.affected == 0) return fenced();
  return {};
}

Result<void> SqlJournal::begin(const PlanFile& plan, const std::string& who) {
  const auto described = plan.header.find("description");
  const auto description = text(described == plan.header.end() ? "" : described->second);
  FORGE_ASSIGN(const auto all, history());
  if (std::ranges::find(all, plan.id, &MigrationRow::version) == all.end()) {
    FORGE_TRY(write(session_,
                    fmt::format("INSERT INTO {} (version, description, applied_at, applied_by, checksum, state) SELECT "
                                "{}, {}, {}, {}, {}, 'running' FROM {} WHERE epoch = {}",
                                tables_.migrations, text(plan.id), description, tables_.now, text(who), text(plan.hash),
                                tables_.runner, epoch_)));
  } else {
    FORGE_TRY(write(
        session_,
        fmt::format("UPDATE {} SET description = {}, applied_at = {}, applied_by = {}, checksum = {}, "
                    "state = 'running', rolled_back_at = NULL WHERE version = {} AND {}",
                    tables_.migrations, description, tables_.now, text(who), text(plan.hash), text(plan.id), holds())));
  }
  FORGE_ASSIGN(const auto known, steps(plan.id));
  std::string rows;
  for (const auto& step : plan.steps) {
    if (known.contains(step.number)) continue;
    rows += fmt::format("{}({}, {}, {}, {}, 'pending')", rows.empty() ? "" : ", ", text(plan.id), step.number,
                        text(step.id), text(word_of(step.phase)));
  }
  if (rows.empty()) return {};
  return write(session_,
               fmt::format("INSERT INTO {} (version, number, step, phase, state) VALUES {}", tables_.steps, rows));
}

Result<void> SqlJournal::set_state(const std::string& version, std::string_view state, long milliseconds) {
  const std::string back = state == "rolled_back" ? fmt::format(", rolled_back_at = {}", tables_.now) : "";
  return write(session_,
               fmt::format("UPDATE {} SET state = {}, execution_time_ms = execution_time_ms + {}{} WHERE version = "
                           "{} AND {}",
                           tables_.migrations, text(state), milliseconds, back, text(version), holds()));
}

Result<void> SqlJournal::set_step(Session& session, const std::string& version, const StepRow& row) {
  using State = StepRow::State;
  std::string instants;
  if (row.state == State::done) instants = fmt::format(", finished_at = {}", tables_.now);
  if (row.state == State::pending) instants = ", started_at = NULL, finished_at = NULL";
  if (row.state == State::running) {
    instants = fmt::format(", attempts = attempts + 1, started_at = COALESCE(started_at, {})", tables_.now);
  }
  return write(session,
               fmt::format("UPDATE {} SET state = {}, position = {}, print = {}{} WHERE version = {} AND number = {} "
                           "AND {}",
                           tables_.steps, text(step_state_word(row.state)), row.position,
                           row.print.empty() ? "NULL" : text(row.print), instants, text(version), row.number, holds()));
}

Result<void> SqlJournal::fence(Session& session) {
  FORGE_ASSIGN(const auto rows, session.query(fmt::format("SELECT epoch FROM {} WHERE epoch = {}{}", tables_.runner,
                                                          epoch_, tables_.share)));
  if (rows.rows.empty()) return fenced();
  return {};
}

}  // namespace

std::unique_ptr<JournalStore> sql_journal(Session& session, const Client& client, long epoch) {
  return std::make_unique<SqlJournal>(session, client, epoch);
}

}  // namespace forge
