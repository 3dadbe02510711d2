--- The catalog as rows: one query for each section that engine/db/catalog.hpp lists, whatever the size of the database.
--- MariaDB's catalog is nearly the same; where it differs, the dialect says which of the two is asked.
---
--- What a table or column has from its database or table by default is not stated. What is our own is left out.

local accounts = require("dialects.mysql.queries.accounts")
local definitions = require("dialects.mysql.queries.definitions")
local unmanaged = require("dialects.mysql.queries.unmanaged")

local M = {}

local DATABASE = "SELECT DATABASE() AS name"

-- Sequences are tables of one row; the statement that asks all of them is written by the server itself.
local SEQUENCE_ROWS = [[
SELECT COALESCE(GROUP_CONCAT(CONCAT('SELECT ', QUOTE(t.TABLE_NAME), ' AS name, s.start_value AS start, s.increment AS increment,',
  ' s.minimum_value AS min, s.maximum_value AS max, s.cache_size AS cache, s.cycle_option AS cycle FROM `',
  REPLACE(t.TABLE_NAME, '`', '``'), '` s') ORDER BY t.TABLE_NAME SEPARATOR ' UNION ALL '),
  'SELECT 0 AS name, 1 AS start, 1 AS increment, 1 AS min, 1 AS max, 1 AS cache, 0 AS cycle FROM DUAL WHERE FALSE')
INTO @forgelua_sequences
FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'SEQUENCE']]

-- What CREATE SEQUENCE would assume is not stated.
local SEQUENCES = [[
EXECUTE IMMEDIATE CONCAT('SELECT q.name, q.cycle = 1 AS cycle,
  CASE WHEN q.start <> IF(q.increment < 0, q.max, q.min) THEN q.start END AS start,
  CASE WHEN q.increment <> 1 THEN q.increment END AS increment,
  CASE WHEN q.min <> IF(q.increment < 0, -9223372036854775807, 1) THEN q.min END AS min,
  CASE WHEN q.max <> IF(q.increment < 0, -1, 9223372036854775806) THEN q.max END AS max,
  CASE WHEN q.cache <> 1000 THEN q.cache END AS cache FROM (', @forgelua_sequences, ') AS q')]]

local TABLES = [[
SELECT t.TABLE_NAME AS `name`, t.TABLE_COMMENT AS `comment`, CASE WHEN t.ENGINE <> 'InnoDB' THEN t.ENGINE END AS `engine`,
  CASE WHEN SUBSTRING_INDEX(t.TABLE_COLLATION, '_', 1) <> @@character_set_database
    THEN SUBSTRING_INDEX(t.TABLE_COLLATION, '_', 1) END AS `charset`,
  CASE WHEN t.TABLE_COLLATION <> @@collation_database AND (l.COLLATION_NAME IS NULL
    OR SUBSTRING_INDEX(t.TABLE_COLLATION, '_', 1) = @@character_set_database) THEN t.TABLE_COLLATION END AS `collation`,
  CASE WHEN LOCATE('row_format=', LOWER(t.CREATE_OPTIONS)) > 0 THEN SUBSTRING_INDEX(SUBSTRING_INDEX(LOWER(t.CREATE_OPTIONS),
    'row_format=', -1), ' ', 1) END AS `row_format`,
  p.text AS `partition_by`
FROM information_schema.TABLES t
LEFT JOIN information_schema.COLLATIONS l ON l.COLLATION_NAME = t.TABLE_COLLATION AND l.IS_DEFAULT = 'Yes'
LEFT JOIN (@partitions@) p ON p.TABLE_NAME = t.TABLE_NAME
WHERE t.TABLE_SCHEMA = DATABASE() AND @held@]]

-- The clause behind PARTITION BY. Partitions that PARTITIONS n would name are counted, the others listed.
local PARTITIONS = [[
SELECT q.TABLE_NAME, CONCAT(MAX(q.PARTITION_METHOD), ' (', COALESCE(MAX(q.PARTITION_EXPRESSION), ''), ')',
  CASE WHEN MAX(q.PARTITION_METHOD) RLIKE '(HASH|KEY)$' AND SUM(q.PARTITION_NAME = CONCAT('p', q.PARTITION_ORDINAL_POSITION - 1)) = COUNT(*)
    THEN CASE WHEN COUNT(*) = 1 THEN '' ELSE CONCAT(' PARTITIONS ', COUNT(*)) END
    ELSE CONCAT(' (', GROUP_CONCAT(CONCAT('PARTITION `', REPLACE(q.PARTITION_NAME, '`', '``'), '`',
      CASE WHEN q.PARTITION_DESCRIPTION = 'DEFAULT' THEN ' DEFAULT'
        WHEN q.PARTITION_METHOD LIKE 'RANGE%' THEN CONCAT(' VALUES LESS THAN (', q.PARTITION_DESCRIPTION, ')')
        WHEN q.PARTITION_METHOD LIKE 'LIST%' THEN CONCAT(' VALUES IN (', q.PARTITION_DESCRIPTION, ')') ELSE '' END,
      CASE WHEN q.PARTITION_COMMENT <> '' THEN CONCAT(' COMMENT ', QUOTE(q.PARTITION_COMMENT)) ELSE '' END)
      ORDER BY q.PARTITION_ORDINAL_POSITION SEPARATOR ', '), ')') END) AS text
FROM information_schema.PARTITIONS q
WHERE q.TABLE_SCHEMA = DATABASE() AND q.PARTITION_NAME IS NOT NULL
GROUP BY q.TABLE_NAME
HAVING MAX(q.SUBPARTITION_METHOD) IS NULL AND MAX(q.PARTITION_METHOD) <> 'SYSTEM_TIME']]

local COLUMNS = [[
SELECT c.TABLE_NAME AS `table`, c.COLUMN_NAME AS `name`, @type@ AS `type`, c.IS_NULLABLE = 'YES' AS `nullable`,
  @default@ AS `default`, @default_is@ AS `default_is`,
  CASE WHEN c.EXTRA LIKE '%GENERATED' AND c.EXTRA NOT LIKE '%DEFAULT_GENERATED' THEN @generated@ END AS `generated`,
  c.EXTRA LIKE '%STORED%' AS `stored`, CASE WHEN c.EXTRA LIKE '%auto_increment%' THEN 'default' END AS `identity`,
  CASE WHEN NOT (@json@) AND c.CHARACTER_SET_NAME <> SUBSTRING_INDEX(t.TABLE_COLLATION, '_', 1) THEN c.CHARACTER_SET_NAME END AS `charset`,
  CASE WHEN NOT (@json@) AND c.COLLATION_NAME <> t.TABLE_COLLATION AND (l.COLLATION_NAME IS NULL
    OR c.CHARACTER_SET_NAME = SUBSTRING_INDEX(t.TABLE_COLLATION, '_', 1)) THEN c.COLLATION_NAME END AS `collation`,
  CASE WHEN c.EXTRA LIKE '%on update%' THEN 'CURRENT_TIMESTAMP' END AS `on_update`,
  c.EXTRA LIKE '%INVISIBLE%' AS `invisible`, c.COLUMN_COMMENT AS `comment`
FROM information_schema.COLUMNS c
JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
LEFT JOIN information_schema.COLLATIONS l ON l.COLLATION_NAME = c.COLLATION_NAME AND l.IS_DEFAULT = 'Yes'
@json_checks@
WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_SCHEMA = DATABASE() AND @held@ AND @own_column@
ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION]]

local KEYS = [[
SELECT s.TABLE_NAME AS `table`, s.INDEX_NAME AS `name`, TRUE AS `primary`
FROM information_schema.STATISTICS s
WHERE s.TABLE_SCHEMA = DATABASE() AND s.INDEX_NAME = 'PRIMARY' AND s.SEQ_IN_INDEX = 1
ORDER BY s.TABLE_NAME]]

-- Unique keys are indexes, and share their names with the others: one may become the other.
local INDEXES = [[
SELECT s.TABLE_NAME AS `table`, s.INDEX_NAME AS `name`, s.NON_UNIQUE = 0 AS `unique`,
  CASE WHEN s.INDEX_TYPE <> 'BTREE' AND s.NON_UNIQUE = 1 THEN LOWER(s.INDEX_TYPE) END AS `method`, @hidden@ AS `invisible`,
  s.INDEX_COMMENT AS `comment`
FROM information_schema.STATISTICS s
WHERE s.TABLE_SCHEMA = DATABASE() AND s.INDEX_NAME <> 'PRIMARY' AND s.SEQ_IN_INDEX = 1
ORDER BY s.TABLE_NAME, s.INDEX_NAME]]

local PARTS = [[
SELECT s.TABLE_NAME AS `table`, s.INDEX_NAME AS `of`, s.COLUMN_NAME AS `column`, @expression@ AS `expr`,
  s.COLLATION = 'D' AS `desc`, CASE WHEN s.INDEX_TYPE NOT IN ('SPATIAL', 'FULLTEXT') THEN s.SUB_PART END AS `length`
FROM information_schema.STATISTICS s
WHERE s.TABLE_SCHEMA = DATABASE()
ORDER BY s.TABLE_NAME, s.INDEX_NAME, s.SEQ_IN_INDEX]]

local FOREIGN_KEYS = [[
SELECT k.TABLE_NAME AS `table`, k.CONSTRAINT_NAME AS `name`, k.COLUMN_NAME AS `column`,
  CASE WHEN k.REFERENCED_TABLE_SCHEMA = DATABASE() THEN '' ELSE k.REFERENCED_TABLE_SCHEMA END AS `ref_schema`,
  k.REFERENCED_TABLE_NAME AS `ref_table`, k.REFERENCED_COLUMN_NAME AS `ref_column`,
  CASE WHEN r.DELETE_RULE NOT IN (@usual@) THEN LOWER(r.DELETE_RULE) END AS `on_delete`,
  CASE WHEN r.UPDATE_RULE NOT IN (@usual@) THEN LOWER(r.UPDATE_RULE) END AS `on_update`
FROM information_schema.KEY_COLUMN_USAGE k
JOIN information_schema.REFERENTIAL_CONSTRAINTS r ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME
  AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
WHERE k.TABLE_SCHEMA = DATABASE() AND r.CONSTRAINT_SCHEMA = DATABASE() AND k.REFERENCED_TABLE_NAME IS NOT NULL
ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION]]

-- DISTINCT has the rows of both put aside, with a key to find them by.
local MYSQL_CHECKS = [[
SELECT t.TABLE_NAME AS `table`, c.CONSTRAINT_NAME AS `name`, @clause@ AS `expr`, t.ENFORCED = 'NO' AS `not_enforced`
FROM (SELECT DISTINCT k.CONSTRAINT_NAME, k.CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS k
  WHERE k.CONSTRAINT_SCHEMA = DATABASE()) c
JOIN (SELECT DISTINCT k.CONSTRAINT_NAME, k.TABLE_NAME, k.ENFORCED FROM information_schema.TABLE_CONSTRAINTS k
  WHERE k.CONSTRAINT_SCHEMA = DATABASE() AND k.CONSTRAINT_TYPE = 'CHECK') t ON t.CONSTRAINT_NAME = c.CONSTRAINT_NAME
ORDER BY t.TABLE_NAME, c.CONSTRAINT_NAME]]

-- JSON on MariaDB is a long text with a check of its own. DISTINCT has these rows put aside with a key to find them by.
local JSON_CHECKS = [[
SELECT DISTINCT k.TABLE_NAME, k.CONSTRAINT_NAME FROM information_schema.CHECK_CONSTRAINTS k
WHERE k.CONSTRAINT_SCHEMA = DATABASE() AND k.LEVEL = 'Column'
  AND k.CHECK_CLAUSE = CONCAT('json_valid(`', REPLACE(k.CONSTRAINT_NAME, '`', '``'), '`)')]]

local LONG_TEXTS = [[
SELECT DISTINCT c.TABLE_NAME, c.COLUMN_NAME FROM information_schema.COLUMNS c
WHERE c.TABLE_SCHEMA = DATABASE() AND c.COLUMN_TYPE = 'longtext' AND c.COLLATION_NAME = 'utf8mb4_bin']]

local MARIADB_CHECKS = [[
SELECT k.TABLE_NAME AS `table`, k.CONSTRAINT_NAME AS `name`, k.CHECK_CLAUSE AS `expr`, k.LEVEL = 'Table' AS `with_table`
FROM information_schema.CHECK_CONSTRAINTS k
LEFT JOIN (@long_texts@) c ON c.TABLE_NAME = k.TABLE_NAME AND c.COLUMN_NAME = k.CONSTRAINT_NAME
WHERE k.CONSTRAINT_SCHEMA = DATABASE() AND NOT (c.COLUMN_NAME IS NOT NULL AND k.LEVEL = 'Column'
  AND k.CHECK_CLAUSE = CONCAT('json_valid(`', REPLACE(k.CONSTRAINT_NAME, '`', '``'), '`)'))
ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME]]

local VIEWS = [[
SELECT v.TABLE_NAME AS `name`, v.VIEW_DEFINITION AS `query`, v.SECURITY_TYPE = 'INVOKER' AS `security_invoker`,
  @definer@ AS `definer`,
  CASE WHEN v.CHECK_OPTION <> 'NONE' THEN LOWER(v.CHECK_OPTION) END AS `check_option`
FROM information_schema.VIEWS v
WHERE v.TABLE_SCHEMA = DATABASE()
ORDER BY v.TABLE_NAME]]

-- MySQL shows expressions with their quotes and back-slashes escaped once more.
local function unescaped(column)
  return ([[REPLACE(REPLACE(REPLACE(%s, '\\\\', CHAR(1 USING utf8mb4)), '\\\'', '\''), CHAR(1 USING utf8mb4), '\\')]]):format(column)
end
M.unescaped = unescaped

local HELD = "t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND LEFT(t.TABLE_NAME, 9) <> 'forgelua_'"

local function mysql_pieces(d)
  local expressions = d.features.expression_index
  return {
    type = "CONCAT(c.COLUMN_TYPE, COALESCE(CONCAT(' srid ', c.SRS_ID), ''))",
    default = "CASE WHEN c.EXTRA LIKE '%DEFAULT_GENERATED%' THEN " .. unescaped("c.COLUMN_DEFAULT") .. " ELSE c.COLUMN_DEFAULT END",
    default_is = "CASE WHEN c.EXTRA LIKE '%DEFAULT_GENERATED%' THEN 'expression' END",
    generated = unescaped("c.GENERATION_EXPRESSION"), json = "FALSE", json_checks = "", own_column = "TRUE",
    expression = expressions and unescaped("s.EXPRESSION") or "NULL",
    hidden = "s.IS_VISIBLE = 'NO'",
    usual = "'NO ACTION'", clause = unescaped("c.CHECK_CLAUSE"), checks = MYSQL_CHECKS,
  }
end

local function mariadb_pieces(d)
  local hidden = d.features.invisible_index and "s.IGNORED = 'YES'" or "FALSE"
  return {
    type = "CASE WHEN @json@ THEN 'json' ELSE c.COLUMN_TYPE END",
    json = "(k.CONSTRAINT_NAME IS NOT NULL AND c.COLUMN_TYPE = 'longtext' AND c.COLLATION_NAME = 'utf8mb4_bin')",
    json_checks = "LEFT JOIN (" .. JSON_CHECKS .. ") k ON k.TABLE_NAME = c.TABLE_NAME AND k.CONSTRAINT_NAME = c.COLUMN_NAME",
    long_texts = LONG_TEXTS,
    default = "c.COLUMN_DEFAULT", default_is = "NULL", generated = "c.GENERATION_EXPRESSION",
    -- The ends of a row's time come and go with system versioning.
    own_column = "COALESCE(c.GENERATION_EXPRESSION, '') NOT IN ('ROW START', 'ROW END')",
    expression = "NULL", hidden = hidden,
    usual = "'RESTRICT'", checks = MARIADB_CHECKS,
  }
end

--- The queries for a server of the dialect's version.
---@return table[] { section, sql }
function M.list(d)
  local mariadb = d.flavour == "mariadb"
  local pieces = mariadb and mariadb_pieces(d) or mysql_pieces(d)
  pieces.held, pieces.partitions, pieces.definer = HELD, PARTITIONS, accounts.definer("v.DEFINER")
  local function fill(sql)
    local filled, count = sql, 1
    while count > 0 do filled, count = filled:gsub("@([%l_]+)@", pieces) end
    return filled
  end
  local out = {}
  local function add(section, sql) out[#out + 1] = { section = section, sql = fill(sql) } end
  add("database", DATABASE)
  if mariadb then
    add("prepare", SEQUENCE_ROWS)
    add("sequences", SEQUENCES)
  end
  add("tables", TABLES)
  add("columns", COLUMNS)
  add("keys", KEYS)
  add("indexes", INDEXES)
  add("parts", PARTS)
  add("foreign_keys", FOREIGN_KEYS)
  if d.features.check then add("checks", pieces.checks) end
  add("views", VIEWS)
  for _, query in ipairs(definitions.list(d)) do out[#out + 1] = query end
  for _, query in ipairs(unmanaged.list(d)) do out[#out + 1] = query end
  return out
end

return M
