#include "engine/exec/fingerprint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ranges>
#include <set>
#include <span>
#include <utility>

#include "engine/base/hash.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

// Each begins with how many of its first columns are names; one of them must stand in the statement.
struct Question {
  std::size_t names;
  std::string_view sql;
  bool of_tables =
      false;  // only of tables that an earlier one has found to be named: a schema of many is not read whole each time
  std::string_view word = {};  // where the statement does not say it, there is nothing to ask
};

constexpr Question kPostgres[] = {
    {2,
     "SELECT i.relname, t.relname, x.indisvalid, pg_get_indexdef(x.indexrelid) FROM pg_index x JOIN pg_class i ON "
     "i.oid "
     "= x.indexrelid JOIN pg_class t ON t.oid = x.indrelid WHERE x.indrelid >= 16384 ORDER BY 1, 2, 4"},
    {1,
     "SELECT t.typname, t.typnamespace, e.enumsortorder, e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = "
     "e.enumtypid ORDER BY 1, 2, 3"},
    {2,
     "SELECT t.relname, c.conname, t.relnamespace, c.convalidated FROM pg_constraint c JOIN pg_class t ON t.oid = "
     "c.conrelid WHERE c.oid >= 16384 ORDER BY 1, 2, 3"},
    {2,
     "SELECT c.relname, p.relname, c.relnamespace, p.relnamespace FROM pg_inherits i JOIN pg_class c ON c.oid = "
     "i.inhrelid JOIN pg_class p ON p.oid = i.inhparent ORDER BY 1, 2, 3, 4"},
    {1,
     "SELECT relname, relnamespace, relkind, relpersistence FROM pg_class WHERE oid >= 16384 AND relkind <> 't' ORDER "
     "BY 1, 2"}};

constexpr Question kMysql[] = {
    {1,
     "SELECT TABLE_NAME, TABLE_TYPE, ENGINE, ROW_FORMAT, CREATE_OPTIONS, TABLE_COLLATION, TABLE_COMMENT FROM "
     "information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1"},
    {1,
     "SELECT TABLE_NAME, ORDINAL_POSITION, COLUMN_NAME, COLUMN_DEFAULT, IS_NULLABLE, COLUMN_TYPE, COLLATION_NAME, "
     "EXTRA, GENERATION_EXPRESSION, COLUMN_COMMENT FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() "
     "ORDER BY 1, 2",
     true},
    {1,
     "SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE, SUB_PART, INDEX_TYPE, COLLATION, "
     "INDEX_COMMENT FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 2, 3",
     true},
    {1,
     "SELECT TABLE_NAME, CONSTRAINT_NAME, CONSTRAINT_TYPE FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA "
     "= DATABASE() ORDER BY 1, 2",
     true},
    {1,
     "SELECT CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = "
     "DATABASE() ORDER BY 1, 2"},
    {2,
     "SELECT CONSTRAINT_NAME, TABLE_NAME, REFERENCED_TABLE_NAME, UPDATE_RULE, DELETE_RULE FROM "
     "information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() ORDER BY 1, 2"},
    {1,
     "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_STATEMENT FROM "
     "information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY 1",
     false, "trigger"},
    {1,
     "SELECT TABLE_NAME, VIEW_DEFINITION, CHECK_OPTION, SECURITY_TYPE FROM information_schema.VIEWS WHERE TABLE_SCHEMA "
     "= DATABASE() ORDER BY 1",
     false, "view"},
    {1,
     "SELECT ROUTINE_NAME, ROUTINE_TYPE, ROUTINE_DEFINITION FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = "
     "DATABASE() ORDER BY 1, 2"},
    {1,
     "SELECT EVENT_NAME, EVENT_DEFINITION, EXECUTE_AT, INTERVAL_VALUE, INTERVAL_FIELD, STATUS, EVENT_COMMENT FROM "
     "information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY 1",
     false, "event"}};

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// A name as it stands in SQL: quotes inside of it are doubled. A server may keep names in small letters.
bool names_it(const std::string& lower_sql, std::string name, char quote) {
  for (auto at = name.find(quote); at != std::string::npos; at = name.find(quote, at + 2)) name.insert(at, 1, quote);
  return lower_sql.find(lower(std::move(name))) != std::string::npos;
}

// Every run of letters in the text, those of comments and strings included, and every quoted name, those of statements inside of
// strings too.
void add_words(std::string_view text, bool in_string, std::set<std::string>& words) {
  const auto add = [&](std::string word) {
    if (word.empty()) return;
    words.insert(lower(word));
    words.insert(std::move(word));
  };
  std::string word;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '_' || c == '$' || byte >= 0x80) {
      word += c;
    } else {
      add(std::exchange(word, {}));
    }
  }
  add(std::move(word));
  for (const auto& token : sql_tokens(text)) {
    if (token.kind == TokenKind::quoted) add(token_name(token));
    if (token.kind != TokenKind::string || in_string || token.text.size() < 2) continue;
    const auto inner = token.text.substr(1, token.text.size() - 2);
    if (token.text.front() == '"') add(std::string(inner));  // a name, where the session says so
    add_words(inner, true, words);
  }
}

// Whatever the statements name is among them, as written and in small letters. A list of literals.
std::string words_of(const Client& client, const Unit& unit) {
  const IdentifierQuote quote('`');
  std::set<std::string> words;
  for (const auto& sql : unit.statements) add_words(sql, false, words);
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + sql_literal(client, word);
  return out;
}

// The question, of these tables alone: `tables` is a list of literals.
std::string of_tables(std::string_view question, const std::string& tables) {
  const auto at = question.rfind(" ORDER BY ");
  return fmt::format("{} AND TABLE_NAME IN ({}){}", question.substr(0, at), tables, question.substr(at));
}

}  // namespace

Result<std::string> fingerprint(Running& run, const Unit& unit) {
  if (run.client().sqlite() || run.client().mongodb()) return std::string();
  std::string sql;
  for (const auto& statement : unit.statements) sql += lower(statement) + "\n";
  const bool postgres = run.client().postgres();
  Sha256 sha;
  std::string tables;  // of MySQL's first question
  const std::string words = postgres ? std::string() : words_of(run.client(), unit);
  for (const auto& question : postgres ? std::span<const Question>(kPostgres) : std::span<const Question>(kMysql)) {
    Rows rows;
    const bool first = !postgres && &question == &kMysql[0];
    if (!sql.contains(question.word)) continue;
    if (!question.of_tables || !tables.empty()) {
      FORGE_ASSIGN(rows, run.work.query(first || question.of_tables ? of_tables(question.sql, first ? words : tables)
                                                                    : std::string(question.sql)));
    }
    for (const auto& row : rows.rows) {
      const bool named = std::ranges::any_of(row | std::views::take(question.names), [&](const auto& name) {
        return name && names_it(sql, *name, postgres ? '"' : '`');
      });
      if (!named) continue;
      if (first) tables += (tables.empty() ? "" : ", ") + sql_literal(run.client(), row.front().value_or(""));
      for (const auto& cell : row) {
        sha.update(cell ? fmt::format("{}:", cell->size()) : std::string("-"));
        if (cell) sha.update(*cell);
      }
      sha.update("\n");
    }
    sha.update(";");
  }
  return sha.hex();
}

Result<void> drop_invalid_indexes(Running& run, const Step& step) {
  if (!run.client().postgres()) return {};
  for (const auto& op : step.ops) {
    const auto* delta = std::get_if<Delta<Index>>(&op);
    if (!delta) continue;
    for (const auto* side : {&delta->before, &delta->after}) {
      if (!*side) continue;
      const auto name = sql_name(run.client(), QName{delta->table.schema, (*side)->name});
      FORGE_ASSIGN(const auto rows, run.work.query(fmt::format(
                                        "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass({}) AND NOT indisvalid",
                                        sql_literal(run.client(), name))));
      if (rows.rows.empty()) continue;
      run.listener.tell("invalid_index", {{"step", step.number}, {"index", name}},
                        fmt::format("step {}: an unfinished index {} is taken away", step.number, name));
      FORGE_TRY(run.work.query("SET lock_timeout = 0"));
      FORGE_TRY(run.work.query("DROP INDEX CONCURRENTLY IF EXISTS " + name));
    }
  }
  return {};
}

Result<void> finish_detaching(Running& run, const Unit& unit) {
  constexpr std::string_view kWord = " CONCURRENTLY";
  if (!run.client().postgres() || unit.kind != Unit::Kind::alone) return {};
  auto sql = unit.statements.front();
  if (!sql.starts_with("ALTER TABLE ") || !sql.ends_with(kWord)) return {};
  FORGE_ASSIGN(const auto rows,
               run.work.query("SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
                              "WHERE i.inhdetachpending"));
  const auto ours = [&](const auto& row) { return names_it(lower(sql), row.front().value_or(""), '"'); };
  if (std::ranges::none_of(rows.rows, ours)) return {};
  FORGE_TRY(run.work.query(sql.substr(0, sql.size() - kWord.size()) + " FINALIZE"));
  return {};
}

}  // namespace forge
