// MySQL, MariaDB: a table that is written anew has another id. Every statement commits by itself, so that its locks can only be looked at
// from a second session while it runs (performance_schema, or MariaDB's plugin metadata_lock_info where it is there).
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "engine/exec/proof_witness.hpp"

namespace forge {
namespace {

// Metadata locks from weak to strong.
constexpr std::string_view kModes[] = {"SHARED",           "SHARED_HIGH_PRIO",      "SHARED_READ",
                                       "SHARED_WRITE",     "SHARED_WRITE_LOW_PRIO", "SHARED_UPGRADABLE",
                                       "SHARED_READ_ONLY", "SHARED_NO_WRITE",       "SHARED_NO_READ_WRITE",
                                       "EXCLUSIVE"};

int strength(std::string_view mode) {
  const auto* found = std::ranges::find(kModes, mode);
  return found == std::end(kModes) ? -1 : static_cast<int>(found - std::begin(kModes));
}

class MysqlWitness : public StepWitness {
 public:
  explicit MysqlWitness(std::unique_ptr<Session> second) : second_(std::move(second)) {}

  Result<void> begins(const Step& step, Way way, Session& work) override {
    seen_.emplace_back();
    seen_.back().step = step.number;
    seen_.back().way = way;
    seen_.back().whole = seen_.back().reads_seen = false;
    FORGE_ASSIGN(at_begin_, ids(work));
    if (locks_.empty()) FORGE_TRY(settle(work));
    return {};
  }

  Result<void> ends(Session& work) override {
    FORGE_ASSIGN(const auto now, ids(work));
    std::set<std::string> known;
    for (const auto& [name, id] : at_begin_) known.insert(id);
    for (const auto& [name, id] : now) {  // one that only bears another's name now was there before
      if (at_begin_.contains(name) && !known.contains(id)) seen_.back().rewrites.insert(name);
    }
    return {};
  }

  Result<void> opened(Session&) override { return {}; }
  Result<void> closing(Session&) override { return {}; }
  std::unique_ptr<Watch> watch() override;

 private:
  class Polling;
  using Ids = std::map<std::string, std::string>;  // by table

  // How the locks of the session that works are asked for, from the second one; "-" where they cannot be.
  Result<void> settle(Session& work) {
    FORGE_ASSIGN(const auto id, work.query("SELECT CONNECTION_ID()"));
    const auto number = id.rows.front().front().value_or("0");
    const auto plugin = fmt::format(
        "SELECT TABLE_NAME, REPLACE(LOCK_MODE, 'MDL_', '') FROM information_schema.METADATA_LOCK_INFO WHERE THREAD_ID "
        "= {} AND "
        "TABLE_SCHEMA = DATABASE() AND TABLE_NAME <> ''",
        number);
    const auto schema = fmt::format(
        "SELECT OBJECT_NAME, LOCK_TYPE FROM performance_schema.metadata_locks WHERE OBJECT_TYPE = 'TABLE' AND "
        "OBJECT_SCHEMA = "
        "DATABASE() AND LOCK_STATUS = 'GRANTED' AND OWNER_THREAD_ID = (SELECT THREAD_ID FROM "
        "performance_schema.threads WHERE "
        "PROCESSLIST_ID = {})",
        number);
    locks_ = "-";
    for (const auto& query : {plugin, schema}) {
      if (second_->query(query)) locks_ = query;
    }
    const auto counted = second_->query("SELECT COUNT(*) FROM performance_schema.threads");
    if (locks_ == schema && counted && counted->rows.front().front() == "0") locks_ = "-";
    return {};
  }

  static Result<Ids> ids(Session& session) {
    const std::string table = session.engine() == "mariadb" ? "INNODB_SYS_TABLES" : "INNODB_TABLES";
    FORGE_ASSIGN(const auto rows,
                 session.query(fmt::format(
                     "SELECT SUBSTRING(NAME, LOCATE('/', NAME) + 1), TABLE_ID FROM information_schema.{} WHERE NAME "
                     "LIKE CONCAT(REPLACE(DATABASE(), '_', '\\\\_'), '/%')",
                     table)));
    Ids out;
    for (const auto& row : rows.rows) {
      const auto name = row[0].value_or("");
      if (!name.starts_with("forgelua_") && !name.starts_with("#") && !name.starts_with("FTS_"))
        out[name] = row[1].value_or("");
    }
    return out;
  }

  std::unique_ptr<Session> second_;
  std::string locks_;
  Ids at_begin_;
};

class MysqlWitness::Polling : public Witness::Watch {
 public:
  explicit Polling(MysqlWitness& owner) : owner_(owner), thread_([this] { run(); }) {}
  Polling(const Polling&) = delete;
  Polling& operator=(const Polling&) = delete;
  ~Polling() override {
    over_ = true;
    thread_.join();
    for (const auto& [table, mode] : seen_) {
      auto& known = owner_.seen_.back().locks[table];
      if (strength(mode) > strength(known)) known = mode;
    }
  }

 private:
  void run() {
    while (!over_ && owner_.locks_ != "-") {
      const auto rows = owner_.second_->query(owner_.locks_);
      if (!rows) return;
      for (const auto& row : rows->rows) {
        const auto table = row[0].value_or("");
        if (owner_.at_begin_.contains(table)) seen_.emplace(table, row[1].value_or(""));
      }
    }
  }

  MysqlWitness& owner_;
  std::set<std::pair<std::string, std::string>> seen_;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

std::unique_ptr<Witness::Watch> MysqlWitness::watch() { return std::make_unique<Polling>(*this); }

}  // namespace

Result<std::unique_ptr<StepWitness>> mysql_witness(const std::string& url) {
  FORGE_ASSIGN(auto second, open_session(url, {.for_plan = true}));
  return std::make_unique<MysqlWitness>(std::move(second));
}

}  // namespace forge
