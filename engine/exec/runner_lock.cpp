#include "engine/exec/runner_lock.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <thread>

#include "engine/base/hash.hpp"

namespace forge {
namespace {

using namespace std::chrono_literals;

constexpr long kLeaseSeconds = 60;
constexpr auto kPatience = 200ms;                   // between two tries
constexpr long kAdvisoryKey = 4607182418800017408;  // ours, in the 64 bits that PostgreSQL has for all programs

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "?";
}

// When a process began, in the kernel's own count: with the id it names one process for good.
std::string born(long pid) {
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  std::string text((std::istreambuf_iterator<char>(in)), {});
  std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 1)));
  std::string field;
  for (int i = 0; i < 20 && fields >> field; ++i) {
  }
  return field;
}

std::string holder_text() { return fmt::format("{} pid {} born {}", runner_name(), getpid(), born(getpid())); }

// The process that wrote a holder's text is of this machine and runs no more.
bool is_gone(const std::string& holder) {
  const auto at = holder.find(" pid "), mark = holder.find(" born ");
  const auto host = holder.find('@');
  if (at == std::string::npos || mark == std::string::npos || host == std::string::npos) return false;
  if (holder.substr(host + 1, at - host - 1) != host_name()) return false;
  const long pid = std::strtol(holder.c_str() + at + 5, nullptr, 10);
  return born(pid) != holder.substr(mark + 6);
}

// The single value of a query; "" where it gives none.
Result<std::string> one(Session& session, const std::string& sql) {
  auto rows = session.query(sql);
  if (!rows) return std::unexpected(std::move(rows).error());
  std::string value;
  if (!rows->rows.empty() && rows->rows.front().front()) value = *rows->rows.front().front();
  return value;
}

Result<long> count_of(Session& session, const std::string& sql) {
  const auto value = one(session, sql);
  if (!value) return std::unexpected(value.error());
  return std::strtol(value->c_str(), nullptr, 10);
}

}  // namespace

Result<void> make_tables(Session& session, const OwnTables& tables) {
  FORGE_ASSIGN(const long there, count_of(session, tables.exist));
  if (there == 0) {
    for (const auto& sql : tables.create) FORGE_TRY(session.query(sql));
  }
  // A runner may have ended between a table and its row.
  const std::pair<std::string, std::string> rows[] = {
      {tables.runner, "(one, epoch, holder, lease_until) VALUES (1, 0, '', 0)"},
      {tables.pace, "(one, paused, target_ms, pause_ms, most_rows) VALUES (1, 0, 0, -1, 0)"}};
  for (const auto& [table, row] : rows) {
    FORGE_ASSIGN(const long count, count_of(session, "SELECT count(*) FROM " + table));
    if (count == 0) FORGE_TRY(session.query(fmt::format("INSERT INTO {} {}", table, row)));
  }
  return {};
}

namespace {

Result<long> raise_epoch(Session& session, const OwnTables& tables, const Client& client, const std::string& lease) {
  FORGE_TRY(session.query(fmt::format("UPDATE {} SET epoch = epoch + 1, holder = {}, lease_until = {}", tables.runner,
                                      sql_literal(client, holder_text()), lease)));
  FORGE_ASSIGN(const auto epoch, one(session, fmt::format("SELECT epoch FROM {}", tables.runner)));
  return std::strtol(epoch.c_str(), nullptr, 10);
}

std::string lease_end() { return fmt::format("CAST(strftime('%s', 'now') AS INTEGER) + {}", kLeaseSeconds); }

// 0 where somebody else holds it.
Result<long> try_sqlite(Session& session, const OwnTables& tables, const Client& client) {
  if (auto begun = session.query("BEGIN IMMEDIATE"); !begun) {
    if (session.failure() == Failure::lock) return 0;
    return std::unexpected(begun.error());
  }
  auto taken = [&]() -> Result<long> {
    FORGE_TRY(make_tables(session, tables));
    FORGE_ASSIGN(const auto held,
                 session.query(fmt::format(
                     "SELECT holder, lease_until > CAST(strftime('%s', 'now') AS INTEGER) FROM {}", tables.runner)));
    const auto& row = held.rows.at(0);
    if (row[1].value_or("") == "1" && !is_gone(row[0].value_or(""))) return 0;
    return raise_epoch(session, tables, client, lease_end());
  }();
  const bool keep = taken && *taken != 0;
  auto ended = session.query(keep ? "COMMIT" : "ROLLBACK");
  if (keep && !ended) return std::unexpected(ended.error());
  return taken;
}

Result<std::string> lock_name(Session& session) {
  FORGE_ASSIGN(const auto database, one(session, "SELECT DATABASE()"));
  return "forgelua." + sha256_hex(database).substr(0, 40);
}

Result<long> try_server(Session& session, const OwnTables& tables, const Client& client) {
  std::string question = fmt::format("SELECT CASE WHEN pg_try_advisory_lock({}) THEN '1' ELSE '0' END", kAdvisoryKey);
  if (client.mysql()) {
    FORGE_ASSIGN(const auto name, lock_name(session));
    question = fmt::format("SELECT GET_LOCK('{}', 0)", name);
  }
  const auto got = one(session, question);
  if (!got) return std::unexpected(got.error());
  if (*got != "1") return 0;
  FORGE_TRY(make_tables(session, tables));
  return raise_epoch(session, tables, client, "0");
}

std::string who_holds(Session& session, const OwnTables& tables, const Client& client) {
  if (client.mongodb()) {
    const auto holder = lease_holder(session, tables);
    return holder.empty() ? "another runner" : holder.substr(0, holder.find(" born "));
  }
  const auto there = one(session, tables.exist);
  if (!there || *there != "1") return "another runner";
  const auto holder = one(session, fmt::format("SELECT holder FROM {}", tables.runner));
  if (!holder || holder->empty()) return "another runner";
  return holder->substr(0, holder->find(" born "));
}

// 0 where somebody else holds it.
Result<long> try_lock(Session& session, const OwnTables& tables, const Client& client) {
  if (client.mongodb()) return take_lease(session, tables, holder_text(), is_gone);
  return client.sqlite() ? try_sqlite(session, tables, client) : try_server(session, tables, client);
}

}  // namespace

std::string runner_name() {
  const passwd* user = getpwuid(geteuid());
  return fmt::format("{}@{}", user ? user->pw_name : std::to_string(geteuid()), host_name());
}

Result<RunnerLock> RunnerLock::take(Session& work, Session* pulse, const Client& client, std::chrono::seconds wait,
                                    Listener& listener) {
  const OwnTables tables(client);
  const auto end = std::chrono::steady_clock::now() + wait;
  for (bool said = false;; said = true) {
    FORGE_ASSIGN(const long epoch, try_lock(work, tables, client));
    if (epoch != 0) {
      RunnerLock lock(work, client, epoch);
      if (pulse) lock.keeper_ = std::make_unique<LeaseKeeper>(*pulse, tables, epoch);
      return lock;
    }
    const auto holder = who_holds(work, tables, client);
    if (std::chrono::steady_clock::now() >= end || listener.stopping()) {
      return fail(ErrorCode::locked, fmt::format("another runner is at work on this database: {}", holder),
                  "give --wait SECONDS to wait for it; forgelua status shows how far it is");
    }
    if (!said) listener.tell("waiting", {{"for", holder}}, "waiting for another runner: " + holder);
    std::this_thread::sleep_for(kPatience);
  }
}

Result<void> RunnerLock::renew() {
  if (client_.mongodb()) return renew_lease(*work_, OwnTables(client_), epoch_);
  if (!client_.sqlite()) return {};
  const OwnTables tables(client_);
  FORGE_ASSIGN(const auto done, work_->query(fmt::format("UPDATE {} SET lease_until = {} WHERE epoch = {}",
                                                         tables.runner, lease_end(), epoch_)));
  if (done.affected == 1) return {};
  return fail(ErrorCode::locked, "another runner has taken over: this one has stopped and writes nothing more");
}

void RunnerLock::release() {
  const OwnTables tables(client_);
  keeper_.reset();
  if (client_.mongodb()) return end_lease(*work_, tables, epoch_);
  (void)work_->query(fmt::format("UPDATE {} SET holder = '', lease_until = 0 WHERE epoch = {}", tables.runner, epoch_));
  if (client_.postgres()) (void)work_->query(fmt::format("SELECT pg_advisory_unlock({})", kAdvisoryKey));
  if (client_.mysql()) {
    if (const auto name = lock_name(*work_)) (void)work_->query(fmt::format("SELECT RELEASE_LOCK('{}')", *name));
  }
}

}  // namespace forge
