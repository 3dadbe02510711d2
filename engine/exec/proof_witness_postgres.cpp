// PostgreSQL: pg_locks of the session's own, from inside of its transactions; of statements outside of one, through a second session
// that looks again and again. Tables that are written anew have another file; what is read sequentially is counted by the transaction.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "engine/exec/proof_witness.hpp"

namespace forge {
namespace {

constexpr std::string_view kModes[] = {
    "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
    "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};
constexpr std::string_view kSpelled[] = {
    "ACCESS SHARE", "ROW SHARE",           "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
    "SHARE",        "SHARE ROW EXCLUSIVE", "EXCLUSIVE",     "ACCESS EXCLUSIVE"};

int strength(std::string_view spelled) {
  const auto* found = std::ranges::find(kSpelled, spelled);
  return found == std::end(kSpelled) ? -1 : static_cast<int>(found - std::begin(kSpelled));
}

// Tables as they stand, but for the catalog's and our own.
constexpr std::string_view kTables =
    "SELECT c.oid::text, CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END, "
    "pg_relation_filenode(c.oid)::text, COALESCE(s.seq_tup_read, 0)::text, COALESCE(s.idx_tup_fetch, 0)::text, "
    "c.oid::regclass::text "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_xact_user_tables s ON s.relid = "
    "c.oid "
    "WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', "
    "'forgelua') "
    "AND c.relname NOT LIKE 'forgelua\\_%'";

struct TableState {
  std::string name, file;
  std::string sql;  // the name as SQL takes it
  long read = 0, fetched = 0;
};
using Tables = std::map<std::string, TableState>;  // by oid

class PostgresWitness : public StepWitness {
 public:
  explicit PostgresWitness(std::unique_ptr<Session> second) : second_(std::move(second)) {}

  Result<void> begins(const Step& step, Way way, Session& work) override {
    seen_.emplace_back();
    seen_.back().step = step.number;
    seen_.back().way = way;
    FORGE_ASSIGN(const auto pid, work.query("SELECT pg_backend_pid()::text"));
    pid_ = pid.rows.front().front().value_or("0");
    FORGE_ASSIGN(at_begin_, tables(work));
    for (const auto& [oid, table] : at_begin_) {
      FORGE_ASSIGN(const auto rows,
                   work.query(fmt::format("SELECT count(*) FROM (SELECT FROM {} LIMIT 1) one", table.sql)));
      if (rows.rows.front().front() == "1") seen_.back().filled.insert(table.name);
    }
    return {};
  }

  Result<void> ends(Session& work) override {
    FORGE_ASSIGN(const auto now, tables(work));
    for (const auto& [oid, before] : at_begin_) {
      const auto found = now.find(oid);
      if (found != now.end() && found->second.file != before.file) seen_.back().rewrites.insert(before.name);
    }
    return {};
  }

  Result<void> opened(Session& work) override {
    FORGE_ASSIGN(at_open_, tables(work));
    return {};
  }

  Result<void> closing(Session& work) override {
    FORGE_ASSIGN(const auto locks, work.query(locks_of("pg_backend_pid()")));
    note(locks, at_open_);
    FORGE_ASSIGN(const auto now, tables(work));
    for (const auto& [oid, before] : at_open_) {
      const auto found = now.find(oid);
      if (found == now.end()) continue;
      if (found->second.read > before.read) seen_.back().scans.insert(before.name);
      if (found->second.fetched > before.fetched) seen_.back().searched.insert(before.name);
    }
    return {};
  }

  std::unique_ptr<Watch> watch() override;

 private:
  class Polling;

  static std::string locks_of(const std::string& pid) {
    return fmt::format(
        "SELECT relation::oid::text, mode FROM pg_locks WHERE pid = {} AND granted AND locktype = 'relation'", pid);
  }
  static long number(const std::optional<std::string>& text) {
    return std::strtol(text.value_or("0").c_str(), nullptr, 10);
  }
  static Result<Tables> tables(Session& session) {
    FORGE_ASSIGN(const auto rows, session.query(kTables));
    Tables out;
    for (const auto& row : rows.rows)
      out[*row[0]] = {row[1].value_or(""), row[2].value_or(""), row[5].value_or(""), number(row[3]), number(row[4])};
    return out;
  }

  void note(const Rows& locks, const Tables& tables) {
    for (const auto& row : locks.rows) {
      const auto table = tables.find(row[0].value_or(""));
      const auto* mode = std::ranges::find(kModes, row[1].value_or(""));
      if (table == tables.end() || mode == std::end(kModes)) continue;
      const auto spelled = std::string(kSpelled[mode - std::begin(kModes)]);
      auto& known = seen_.back().locks[table->second.name];
      if (strength(spelled) > strength(known)) known = spelled;
    }
  }

  std::unique_ptr<Session> second_;
  std::string pid_;
  Tables at_begin_, at_open_;
};

// Looks from its own thread, until the statement is over.
class PostgresWitness::Polling : public Witness::Watch {
 public:
  explicit Polling(PostgresWitness& owner) : owner_(owner), thread_([this] { run(); }) {}
  Polling(const Polling&) = delete;
  Polling& operator=(const Polling&) = delete;
  ~Polling() override {
    over_ = true;
    thread_.join();
    owner_.note(seen_, owner_.at_begin_);
  }

 private:
  void run() {
    while (!over_) {
      auto rows = owner_.second_->query(locks_of(owner_.pid_));
      if (!rows) return;
      seen_.rows.insert(seen_.rows.end(), rows->rows.begin(), rows->rows.end());
      std::ranges::sort(seen_.rows);
      seen_.rows.erase(std::unique(seen_.rows.begin(), seen_.rows.end()), seen_.rows.end());
    }
  }

  PostgresWitness& owner_;
  Rows seen_;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

std::unique_ptr<Witness::Watch> PostgresWitness::watch() {
  seen_.back().whole = seen_.back().reads_seen = false;
  return std::make_unique<Polling>(*this);
}

}  // namespace

Result<std::unique_ptr<StepWitness>> postgres_witness(const std::string& url) {
  FORGE_ASSIGN(auto second, open_session(url, {.for_plan = true}));
  return std::make_unique<PostgresWitness>(std::move(second));
}

}  // namespace forge
