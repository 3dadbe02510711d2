#include "engine/exec/fingerprint.hpp"

#include <fmt/format.h>

#include <span>

#include "engine/base/hash.hpp"

namespace forge {
namespace {

// Each a query of several lines.
// NOLINTBEGIN(bugprone-suspicious-missing-comma)
constexpr std::string_view kPostgres[] = {
    "SELECT indexrelid::regclass::text, indisvalid, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid >= 16384 "
    "ORDER BY 1",
    "SELECT enumtypid::regtype::text, enumsortorder, enumlabel FROM pg_enum ORDER BY 1, 2",
    "SELECT conrelid::regclass::text, conname, convalidated FROM pg_constraint WHERE oid >= 16384 ORDER BY 1, 2",
    "SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_inherits ORDER BY 1, 2",
    "SELECT relname, relkind, relpersistence FROM pg_class WHERE oid >= 16384 ORDER BY 1, 2"};

constexpr std::string_view kMysql[] = {
    "SELECT TABLE_NAME, TABLE_TYPE, ENGINE, ROW_FORMAT, CREATE_OPTIONS, TABLE_COLLATION, TABLE_COMMENT FROM "
    "information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1",
    "SELECT TABLE_NAME, ORDINAL_POSITION, COLUMN_NAME, COLUMN_DEFAULT, IS_NULLABLE, COLUMN_TYPE, COLLATION_NAME, "
    "EXTRA, "
    "GENERATION_EXPRESSION, COLUMN_COMMENT FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, "
    "2",
    "SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE, SUB_PART, INDEX_TYPE, COLLATION, "
    "INDEX_COMMENT FROM "
    "information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 2, 3",
    "SELECT TABLE_NAME, CONSTRAINT_NAME, CONSTRAINT_TYPE FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA "
    "= "
    "DATABASE() ORDER BY 1, 2",
    "SELECT CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = "
    "DATABASE() ORDER "
    "BY 1, 2",
    "SELECT CONSTRAINT_NAME, TABLE_NAME, REFERENCED_TABLE_NAME, UPDATE_RULE, DELETE_RULE FROM "
    "information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() ORDER BY 1, 2",
    "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_STATEMENT FROM "
    "information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY 1",
    "SELECT TABLE_NAME, VIEW_DEFINITION, CHECK_OPTION, SECURITY_TYPE FROM information_schema.VIEWS WHERE TABLE_SCHEMA "
    "= "
    "DATABASE() ORDER BY 1",
    "SELECT ROUTINE_NAME, ROUTINE_TYPE, ROUTINE_DEFINITION FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = "
    "DATABASE() "
    "ORDER BY 1, 2"};

// NOLINTEND(bugprone-suspicious-missing-comma)

}  // namespace

Result<std::string> fingerprint(Running& run) {
  if (run.client().sqlite()) return std::string();
  Sha256 sha;
  const auto questions = run.client().postgres() ? std::span<const std::string_view>(kPostgres)
                                                 : std::span<const std::string_view>(kMysql);
  for (const auto question : questions) {
    FORGE_ASSIGN(const auto rows, run.work.query(question));
    for (const auto& row : rows.rows) {
      for (const auto& cell : row) {
        sha.update(cell ? fmt::format("{}:", cell->size()) : std::string("-"));
        if (cell) sha.update(*cell);
      }
      sha.update("\n");
    }
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

}  // namespace forge
