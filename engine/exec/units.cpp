#include "engine/exec/units.hpp"

#include <algorithm>
#include <cctype>

namespace forge {
namespace {

// The first words of a statement, in upper case, with single spaces between them.
std::string head_of(std::string_view sql, int words) {
  std::string out;
  for (std::size_t at = 0; at < sql.size() && words > 0;) {
    while (at < sql.size() && std::isspace(static_cast<unsigned char>(sql[at])) != 0) ++at;
    if (!out.empty()) out += ' ';
    while (at < sql.size() && std::isspace(static_cast<unsigned char>(sql[at])) == 0) {
      out += static_cast<char>(std::toupper(static_cast<unsigned char>(sql[at++])));
    }
    --words;
  }
  return out;
}

bool begins_with(const std::string& head, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return head.starts_with(word); });
}

// Settings of the session, its locks and its prepared statements.
bool is_of_session(const std::string& head) {
  return begins_with(head, {"SET ", "PREPARE ", "DEALLOCATE ", "LOCK TABLE", "UNLOCK ", "PRAGMA "});
}

bool may_run_again(const std::string& head) {
  if (is_of_session(head)) return true;
  if (begins_with(head, {"CALL ", "SELECT ", "DO ", "EXECUTE ", "CREATE OR REPLACE ", "ANALYZE ", "VACUUM "}))
    return true;
  return head.find(" IF NOT EXISTS") != std::string::npos || head.find(" IF EXISTS") != std::string::npos;
}

class Cutter {
 public:
  Cutter(const Running& run, const Step& step, bool moves_rows) : run_(run), step_(step), moves_rows_(moves_rows) {}

  Result<void> add(const Statement& statement) {
    if (!statement.delimiter.empty()) return one(statement.sql, statement.transactional);
    FORGE_ASSIGN(const auto cut, run_.work.statements(statement.sql));
    for (const auto& sql : cut) FORGE_TRY(one(sql, statement.transactional));
    return {};
  }
  void add_walk() { units_.push_back({Unit::Kind::walk, {}, true, false}); }
  std::vector<Unit> take() {
    if (moves_rows_ && run_.client().mysql()) {
      // Up to where the session is as it was; what stands behind that is no part of the script.
      auto end = units_.size();
      while (end > 0 && !begins(end - 1, "SET ")) --end;
      if (end > 0) join(0, end);
    } else {
      join_prepared();
    }
    return std::move(units_);
  }

 private:
  // One unit of several that hang together: it is done again from its beginning.
  void join(std::size_t from, std::size_t to) {
    Unit whole{Unit::Kind::alone, {}, true, false};
    for (auto i = from; i < to; ++i) {
      for (auto& sql : units_[i].statements) whole.statements.push_back(std::move(sql));
    }
    const auto at = units_.begin() + static_cast<std::ptrdiff_t>(from);
    *at = std::move(whole);
    units_.erase(at + 1, units_.begin() + static_cast<std::ptrdiff_t>(to));
  }

  bool begins(std::size_t at, std::string_view word) const {
    return at < units_.size() && units_[at].kind == Unit::Kind::alone &&
           units_[at].statements.front().starts_with(word);
  }

  // A prepared statement asks the catalog for its text: CREATE TABLE IF NOT EXISTS, SET, PREPARE, EXECUTE, DEALLOCATE.
  void join_prepared() {
    for (std::size_t i = 0; i < units_.size(); ++i) {
      if (!begins(i, "PREPARE ")) continue;
      auto from = i, to = i + 1;
      if (from > 0 && begins(from - 1, "SET @")) --from;
      if (from > 0 && begins(from - 1, "CREATE TABLE IF NOT EXISTS ")) --from;
      while (begins(to, "EXECUTE ")) ++to;
      if (begins(to, "DEALLOCATE ")) ++to;
      join(from, to);
      i = from;
    }
  }

  Result<void> one(const std::string& sql, bool transactional) {
    const std::string head = head_of(sql, 5);
    if (run_.client().sqlite() && head == "BEGIN IMMEDIATE") {
      units_.push_back({Unit::Kind::transaction, {}, false, false});
      inside_ = true;
    } else if (inside_ && head == "COMMIT") {
      inside_ = open_ = false;
    } else if (inside_ || (transactional && step_.transaction && run_.one_transaction())) {
      if (!inside_ && !open_) units_.push_back({Unit::Kind::transaction, {}, false, false});
      open_ = !inside_;
      units_.back().statements.push_back(sql);
    } else {
      open_ = false;
      // A script that moves rows finds by itself where it was broken off.
      // Every command of MongoDB may be run twice (docs/dialects/mongodb.md).
      const bool again = moves_rows_ || may_run_again(head) || run_.client().mongodb();
      units_.push_back({Unit::Kind::alone, {sql}, again, is_of_session(head)});
    }
    return {};
  }

  const Running& run_;
  const Step& step_;
  bool moves_rows_;
  std::vector<Unit> units_;
  bool open_ = false;    // the last unit is a transaction that the next statement may join
  bool inside_ = false;  // between a BEGIN and a COMMIT of the step's own
};

}  // namespace

Result<std::vector<Unit>> units_of(const Running& run, const Step& step, Way way) {
  const bool forward = way == Way::forward;
  const auto& statements = forward ? step.forward : step.backward;
  const auto& walk = forward ? step.walk : step.reverse_walk;
  Cutter cutter(run, step, (forward ? step.work : step.reverse_work).has_value() && !walk);
  if (walk) cutter.add_walk();
  for (auto i = walk ? static_cast<std::size_t>(walk->replaces) : 0; i < statements.size(); ++i) {
    FORGE_TRY(cutter.add(statements[i]));
  }
  return cutter.take();
}

}  // namespace forge
