--- Objects that are held by their statements: routines, triggers, events, and MariaDB's system versioning.

local accounts = require("dialects.mysql.queries.accounts")

local M = {}

-- A name as people say it: in back-ticks where it is no plain word.
local function said(column)
  return ("CASE WHEN %s RLIKE '^[A-Za-z_][A-Za-z0-9_]*$' THEN %s ELSE %s END"):format(column, column, M.quoted(column))
end

--- A name in back-ticks.
---@param column string SQL of the name
---@return string
function M.quoted(column) return ("CONCAT('`', REPLACE(%s, '`', '``'), '`')"):format(column) end

-- A type with the character set and collation that the database would not give it.
local function typed(of)
  return ([[CONCAT(%s.DTD_IDENTIFIER, CASE WHEN %s.CHARACTER_SET_NAME <> @@character_set_database
    THEN CONCAT(' CHARSET ', %s.CHARACTER_SET_NAME) ELSE '' END)]]):format(of, of, of)
end

-- A routine's parameters stand with its body: their names are no names of tables.
local ROUTINES = [[
SELECT LOWER(r.ROUTINE_TYPE) AS kind, @routine_said@ AS own, CONCAT('CREATE ', r.ROUTINE_TYPE, ' ', @routine@) AS `create`,
  CONCAT('(', COALESCE(p.list, ''), ')',
    CASE WHEN r.ROUTINE_TYPE = 'FUNCTION' THEN CONCAT(' RETURNS ', @returns@) ELSE '' END,
    CASE WHEN r.IS_DETERMINISTIC = 'YES' THEN ' DETERMINISTIC' ELSE '' END,
    CASE WHEN r.SQL_DATA_ACCESS <> 'CONTAINS SQL' THEN CONCAT(' ', r.SQL_DATA_ACCESS) ELSE '' END,
    CASE WHEN r.SECURITY_TYPE = 'INVOKER' THEN ' SQL SECURITY INVOKER' ELSE '' END,
    CASE WHEN r.ROUTINE_COMMENT <> '' THEN CONCAT(' COMMENT ', QUOTE(r.ROUTINE_COMMENT)) ELSE '' END,
    CHAR(10 USING utf8mb4), r.ROUTINE_DEFINITION) AS body, @routine_definer@ AS definer, CONCAT('DROP ', r.ROUTINE_TYPE, ' ', @routine@) AS `drop`
FROM information_schema.ROUTINES r
LEFT JOIN (SELECT a.SPECIFIC_NAME, a.ROUTINE_TYPE, GROUP_CONCAT(CONCAT(CASE WHEN a.PARAMETER_MODE IN ('OUT', 'INOUT')
      THEN CONCAT(a.PARAMETER_MODE, ' ') ELSE '' END, @parameter@, ' ', @takes@) ORDER BY a.ORDINAL_POSITION SEPARATOR ', ') AS list
    FROM information_schema.PARAMETERS a
    WHERE a.SPECIFIC_SCHEMA = DATABASE() AND a.ORDINAL_POSITION > 0 GROUP BY a.SPECIFIC_NAME, a.ROUTINE_TYPE) p
  ON p.SPECIFIC_NAME = r.SPECIFIC_NAME AND p.ROUTINE_TYPE = r.ROUTINE_TYPE
WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_TYPE IN ('FUNCTION', 'PROCEDURE') AND r.ROUTINE_DEFINITION IS NOT NULL
  AND LEFT(r.ROUTINE_NAME, 9) <> 'forgelua_'
ORDER BY r.ROUTINE_TYPE, r.ROUTINE_NAME]]

-- Several triggers of one time and event run in the order in which they were made, or that they state.
local TRIGGERS = [[
SELECT 'trigger' AS kind, @trigger_said@ AS own, '' AS on_schema, g.EVENT_OBJECT_TABLE AS on_table,
  CONCAT('CREATE TRIGGER ', @trigger@, ' ', g.ACTION_TIMING, ' ', g.EVENT_MANIPULATION, ' ON ', @trigger_table@, ' FOR EACH ROW',
    CASE WHEN g.earlier IS NOT NULL THEN CONCAT(' FOLLOWS ', @earlier@) ELSE '' END) AS `create`,
  g.ACTION_STATEMENT AS body, @trigger_definer@ AS definer, CONCAT('DROP TRIGGER ', @trigger@) AS `drop`
FROM (SELECT t.DEFINER, t.TRIGGER_NAME, t.EVENT_OBJECT_TABLE, t.ACTION_TIMING, t.EVENT_MANIPULATION, t.ACTION_STATEMENT,
    LAG(t.TRIGGER_NAME) OVER (PARTITION BY t.EVENT_OBJECT_TABLE, t.ACTION_TIMING, t.EVENT_MANIPULATION ORDER BY t.ACTION_ORDER) AS earlier
  FROM information_schema.TRIGGERS t
  WHERE t.TRIGGER_SCHEMA = DATABASE() AND LOCATE('__sync', t.TRIGGER_NAME) = 0) g
ORDER BY g.TRIGGER_NAME]]

-- An event that states no start starts when it is made, give or take a second; a time within a day of that is taken to have
-- been stated as one from then on, so that two loads of one script give one event.
local EVENTS = [[
SELECT 'event' AS kind, @event_said@ AS own,
  CONCAT('CREATE EVENT ', @event@, ' ON SCHEDULE ',
    CASE WHEN e.EVENT_TYPE = 'ONE TIME' AND TIMESTAMPDIFF(SECOND, e.CREATED, e.EXECUTE_AT) BETWEEN -2 AND 86400
        THEN CONCAT('AT CURRENT_TIMESTAMP + INTERVAL ', GREATEST(0, FLOOR((TIMESTAMPDIFF(SECOND, e.CREATED, e.EXECUTE_AT) + 2) / 5) * 5),
          ' SECOND')
      WHEN e.EVENT_TYPE = 'ONE TIME' THEN CONCAT('AT \'', e.EXECUTE_AT, '\'')
      ELSE CONCAT('EVERY ', CASE WHEN e.INTERVAL_VALUE RLIKE '^[0-9]+$' THEN e.INTERVAL_VALUE ELSE QUOTE(e.INTERVAL_VALUE) END, ' ',
        e.INTERVAL_FIELD, CASE WHEN ABS(TIMESTAMPDIFF(SECOND, e.CREATED, e.STARTS)) <= 2 THEN '' ELSE CONCAT(' STARTS \'', e.STARTS, '\'') END,
        CASE WHEN ABS(TIMESTAMPDIFF(SECOND, e.CREATED, e.STARTS)) <= 2 AND TIMESTAMPDIFF(SECOND, e.STARTS, e.ENDS) <= 86400
          THEN CONCAT(' ENDS CURRENT_TIMESTAMP + INTERVAL ', TIMESTAMPDIFF(SECOND, e.STARTS, e.ENDS), ' SECOND')
          ELSE COALESCE(CONCAT(' ENDS \'', e.ENDS, '\''), '') END) END,
    CASE WHEN e.ON_COMPLETION = 'PRESERVE' THEN ' ON COMPLETION PRESERVE' ELSE '' END,
    CASE WHEN e.STATUS = 'DISABLED' THEN ' DISABLE' WHEN e.STATUS = 'ENABLED' THEN '' ELSE ' DISABLE ON SLAVE' END,
    CASE WHEN e.EVENT_COMMENT <> '' THEN CONCAT(' COMMENT ', QUOTE(e.EVENT_COMMENT)) ELSE '' END, ' DO') AS `create`,
  e.EVENT_DEFINITION AS body, @event_definer@ AS definer, CONCAT('DROP EVENT ', @event@) AS `drop`
FROM information_schema.EVENTS e
WHERE e.EVENT_SCHEMA = DATABASE()
ORDER BY e.EVENT_NAME]]

local VERSIONING = [[
SELECT 'system versioning' AS kind, 'state' AS own, '' AS on_schema, t.TABLE_NAME AS on_table,
  CONCAT('ALTER TABLE ', @table@, ' ADD SYSTEM VERSIONING') AS `create`,
  CONCAT('ALTER TABLE ', @table@, ' DROP SYSTEM VERSIONING') AS `drop`
FROM information_schema.TABLES t
WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'SYSTEM VERSIONED'
ORDER BY t.TABLE_NAME]]

--- The queries for a server of the dialect's version.
---@return table[] { section, sql }
function M.list(d)
  local pieces = {
    routine_said = said("r.ROUTINE_NAME"), routine = M.quoted("r.ROUTINE_NAME"), returns = typed("r"), takes = typed("a"),
    parameter = M.quoted("a.PARAMETER_NAME"), trigger_said = said("g.TRIGGER_NAME"), trigger = M.quoted("g.TRIGGER_NAME"),
    trigger_table = M.quoted("g.EVENT_OBJECT_TABLE"), earlier = M.quoted("g.earlier"), event_said = said("e.EVENT_NAME"),
    routine_definer = accounts.definer("r.DEFINER"), trigger_definer = accounts.definer("g.DEFINER"),
    event_definer = accounts.definer("e.DEFINER"),
    event = M.quoted("e.EVENT_NAME"), table = M.quoted("t.TABLE_NAME"),
  }
  local queries = { ROUTINES, TRIGGERS, EVENTS }
  if d.flavour == "mariadb" then queries[4] = VERSIONING end
  local out = {}
  for i, sql in ipairs(queries) do
    out[i] = { section = "definitions", sql = (sql:gsub("@([%l_]+)@", pieces)) }
  end
  for _, query in ipairs(accounts.list(d, said)) do out[#out + 1] = query end
  return out
end

return M
