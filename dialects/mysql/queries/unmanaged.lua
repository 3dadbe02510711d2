--- What the model does not hold, by kind and name, with the text by which a change in it is seen.

local M = {}

-- Options of a table besides its row format.
local OPTIONS = [[
SELECT 'options of table' AS kind, o.TABLE_NAME AS name, o.text AS definition
FROM (SELECT t.TABLE_NAME, TRIM(REPLACE(REPLACE(LOWER(t.CREATE_OPTIONS), CONCAT('row_format=', SUBSTRING_INDEX(
    SUBSTRING_INDEX(LOWER(t.CREATE_OPTIONS), 'row_format=', -1), ' ', 1)), ''), 'partitioned', '')) AS text
  FROM information_schema.TABLES t
  WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND LEFT(t.TABLE_NAME, 9) <> 'forgelua_') o
WHERE o.text <> '']]

local PARTITIONS = [[
SELECT 'partitions of table' AS kind, q.TABLE_NAME AS name, GROUP_CONCAT(CONCAT_WS(' ', q.PARTITION_METHOD, q.PARTITION_EXPRESSION,
  q.PARTITION_NAME, q.PARTITION_DESCRIPTION, q.SUBPARTITION_METHOD, q.SUBPARTITION_EXPRESSION, q.SUBPARTITION_NAME)
  ORDER BY q.PARTITION_ORDINAL_POSITION, q.SUBPARTITION_ORDINAL_POSITION) AS definition
FROM information_schema.PARTITIONS q
WHERE q.TABLE_SCHEMA = DATABASE() AND q.PARTITION_NAME IS NOT NULL
GROUP BY q.TABLE_NAME
HAVING MAX(q.SUBPARTITION_METHOD) IS NOT NULL OR MAX(q.PARTITION_METHOD) = 'SYSTEM_TIME']]

-- Routines whose text the user may not read, and kinds that are held by no statement.
local ROUTINES = [[
SELECT LOWER(r.ROUTINE_TYPE) AS kind, r.ROUTINE_NAME AS name, r.ROUTINE_DEFINITION AS definition
FROM information_schema.ROUTINES r
WHERE r.ROUTINE_SCHEMA = DATABASE() AND (r.ROUTINE_TYPE NOT IN ('FUNCTION', 'PROCEDURE') OR r.ROUTINE_DEFINITION IS NULL)
  AND LEFT(r.ROUTINE_NAME, 9) <> 'forgelua_']]

local ALGORITHMS = [[
SELECT 'algorithm of view' AS kind, v.TABLE_NAME AS name, v.ALGORITHM AS definition
FROM information_schema.VIEWS v
WHERE v.TABLE_SCHEMA = DATABASE() AND v.ALGORITHM <> 'UNDEFINED']]

-- Columns that say when a row's time begins and ends, and columns that stand outside of it.
local TIMES = [[
SELECT 'times of rows' AS kind, CONCAT(c.TABLE_NAME, '.', c.COLUMN_NAME) AS name, CONCAT(c.COLUMN_TYPE, ' ', c.EXTRA, ' ',
  COALESCE(c.GENERATION_EXPRESSION, '')) AS definition
FROM information_schema.COLUMNS c
WHERE c.TABLE_SCHEMA = DATABASE() AND (c.GENERATION_EXPRESSION IN ('ROW START', 'ROW END') OR c.EXTRA LIKE '%WITHOUT SYSTEM VERSIONING%')]]

--- The queries for a server of the dialect's version.
---@return table[] { section, sql }
function M.list(d)
  local queries = { OPTIONS, PARTITIONS, ROUTINES }
  if d.flavour == "mariadb" then
    queries[4], queries[5] = ALGORITHMS, TIMES
  end
  local out = {}
  for i, sql in ipairs(queries) do out[i] = { section = "unmanaged", sql = sql } end
  return out
end

return M
