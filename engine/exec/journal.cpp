#include "engine/exec/journal.hpp"

#include <fmt/format.h>

#include <array>

namespace forge {
namespace {

constexpr std::array<std::string_view, 4> kStates = {"pending", "running", "done", "undoing"};

std::string cell(const std::vector<std::optional<std::string>>& row, std::size_t at) { return row.at(at).value_or(""); }

long number(const std::vector<std::optional<std::string>>& row, std::size_t at) {
  return std::strtol(cell(row, at).c_str(), nullptr, 10);
}

StepRow::State state_of(const std::string& word) {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (kStates[i] == word) return static_cast<StepRow::State>(i);
  }
  return StepRow::State::pending;
}

std::unexpected<Error> fenced() {
  return fail(ErrorCode::locked, "another runner has taken over: this one has stopped and writes nothing more",
              "forgelua status shows how far it is");
}

}  // namespace

Result<bool> Journal::there() {
  FORGE_ASSIGN(const auto rows, session_.query(tables_.exist));
  return !rows.rows.empty() && cell(rows.rows.front(), 0) == "1";
}

Result<std::vector<MigrationRow>> Journal::history() {
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

Result<std::optional<MigrationRow>> Journal::find(const std::string& version) {
  FORGE_ASSIGN(const auto all, history());
  for (const auto& row : all) {
    if (row.version == version) return row;
  }
  return std::nullopt;
}

Result<std::map<int, StepRow>> Journal::steps(const std::string& version) {
  FORGE_ASSIGN(const auto rows,
               session_.query(fmt::format("SELECT number, state, position, print, {}, {} FROM {} WHERE version = {}",
                                          tables_.as_text("finished_at"), tables_.seconds_since("finished_at"),
                                          tables_.steps, text(version))));
  std::map<int, StepRow> out;
  for (const auto& row : rows.rows) {
    StepRow step{static_cast<int>(number(row, 0)),
                 state_of(cell(row, 1)),
                 static_cast<int>(number(row, 2)),
                 cell(row, 3),
                 cell(row, 4),
                 number(row, 5)};
    out.emplace(step.number, std::move(step));
  }
  return out;
}

std::string Journal::holds() const {
  return fmt::format("EXISTS (SELECT 1 FROM {} WHERE epoch = {})", tables_.runner, epoch_);
}

Result<void> Journal::write(Session& session, const std::string& sql) {
  FORGE_ASSIGN(const auto done, session.query(sql));
  if (done.affected == 0) return fenced();
  return {};
}

Result<void> Journal::begin(const PlanFile& plan, const std::string& who) {
  const auto described = plan.header.find("description");
  const auto description = text(described == plan.header.end() ? "" : described->second);
  FORGE_ASSIGN(const auto found, find(plan.id));
  if (!found) {
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

Result<void> Journal::set_state(const std::string& version, std::string_view state, long milliseconds) {
  const std::string back = state == "rolled_back" ? fmt::format(", rolled_back_at = {}", tables_.now) : "";
  return write(session_,
               fmt::format("UPDATE {} SET state = {}, execution_time_ms = execution_time_ms + {}{} WHERE version = "
                           "{} AND {}",
                           tables_.migrations, text(state), milliseconds, back, text(version), holds()));
}

Result<void> Journal::set_step(const std::string& version, const StepRow& row) {
  return set_step(session_, version, row);
}

Result<void> Journal::set_step(Session& session, const std::string& version, const StepRow& row) {
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
                           tables_.steps, text(kStates[static_cast<std::size_t>(row.state)]), row.position,
                           row.print.empty() ? "NULL" : text(row.print), instants, text(version), row.number, holds()));
}

Result<void> Journal::fence(Session& session) {
  FORGE_ASSIGN(const auto rows, session.query(fmt::format("SELECT epoch FROM {} WHERE epoch = {}{}", tables_.runner,
                                                          epoch_, tables_.share)));
  if (rows.rows.empty()) return fenced();
  return {};
}

}  // namespace forge
