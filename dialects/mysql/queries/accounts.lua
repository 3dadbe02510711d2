--- Whose rights objects run with, and what is granted on tables, views, their columns and routines. What is granted on whole
--- databases, and who there is, belongs to the server.

local M = {}

-- Roles of MariaDB's, and everybody, stand without a host.
local function at_host(user, host, flavour)
  local whole = ("CONCAT(QUOTE(%s), '@', QUOTE(%s))"):format(user, host)
  if flavour ~= "mariadb" then return whole end
  return ("CASE WHEN %s <> '' THEN %s WHEN %s = 'PUBLIC' THEN 'PUBLIC' ELSE QUOTE(%s) END"):format(host, whole, user, user)
end

--- An account that the catalog shows as user@host, as SQL writes it.
---@param column string SQL of the account
---@return string
function M.definer(column)
  return ("CASE WHEN LOCATE('@', %s) = 0 THEN QUOTE(%s) ELSE CONCAT(QUOTE(LEFT(%s, CHAR_LENGTH(%s) - CHAR_LENGTH("
    .. "SUBSTRING_INDEX(%s, '@', -1)) - 1)), '@', QUOTE(SUBSTRING_INDEX(%s, '@', -1))) END"):gsub("%%s", column)
end

-- The words of a set, each with its privilege. GRANT OPTION is one of its own for the whole table or routine.
local function words(list)
  local out = {}
  for i, word in ipairs(list) do
    local privilege = word == "Delete versioning rows" and "DELETE HISTORY" or word:upper()
    out[i] = i == 1 and ("SELECT '%s' AS word, '%s' AS privilege"):format(word, privilege)
      or ("SELECT '%s', '%s'"):format(word, privilege)
  end
  return "(" .. table.concat(out, " UNION ALL ") .. ")"
end

local TABLE_WORDS = { "Select", "Insert", "Update", "Delete", "Create", "Drop", "References", "Index", "Alter", "Create View",
                      "Show view", "Trigger", "Delete versioning rows" }
local COLUMN_WORDS = { "Select", "Insert", "Update", "References" }
local ROUTINE_WORDS = { "Execute", "Alter Routine", "Show Create Routine" }

-- Those on tables that are not there are left over: the server keeps grants by name.
local TABLES = [[
SELECT 'grant' AS kind, CONCAT(g.privilege, ' to ', g.account) AS own, '' AS on_schema, g.on_table AS on_table, NULL AS on_column,
  CONCAT('GRANT ', g.privilege, ' ON ', @table@, ' TO ', g.account) AS `create`,
  CONCAT('REVOKE ', g.privilege, ' ON ', @table@, ' FROM ', g.account) AS `drop`
FROM (SELECT p.Table_name AS on_table, w.privilege, @account@ AS account
  FROM mysql.tables_priv p JOIN @table_words@ w ON FIND_IN_SET(w.word, p.Table_priv) > 0 WHERE p.Db = DATABASE()) g
UNION ALL
SELECT 'grant', CONCAT('GRANT OPTION to ', g.account), '', g.on_table, NULL,
  CONCAT('GRANT USAGE ON ', @table@, ' TO ', g.account, ' WITH GRANT OPTION'),
  CONCAT('REVOKE GRANT OPTION ON ', @table@, ' FROM ', g.account)
FROM (SELECT p.Table_name AS on_table, @account@ AS account
  FROM mysql.tables_priv p WHERE p.Db = DATABASE() AND FIND_IN_SET('Grant', p.Table_priv) > 0) g
UNION ALL
SELECT 'grant', CONCAT(g.privilege, ' of ', @column_said@, ' to ', g.account), '', g.on_table, g.on_column,
  CONCAT('GRANT ', g.privilege, ' (', @column@, ') ON ', @table@, ' TO ', g.account),
  CONCAT('REVOKE ', g.privilege, ' (', @column@, ') ON ', @table@, ' FROM ', g.account)
FROM (SELECT p.Table_name AS on_table, p.Column_name AS on_column, w.privilege, @account@ AS account
  FROM mysql.columns_priv p JOIN @column_words@ w ON FIND_IN_SET(w.word, p.Column_priv) > 0 WHERE p.Db = DATABASE()) g
ORDER BY 4, 2]]

-- What the server gives to who makes a routine comes and goes with it.
local ROUTINES = [[
SELECT LOWER(g.kind) AS kind, @routine_said@ AS own, NULL AS on_schema, NULL AS on_table,
  CONCAT('grant ', g.privilege, ' to ', g.account) AS `key`,
  CASE WHEN g.privilege = 'GRANT OPTION' THEN CONCAT('GRANT USAGE ON ', g.kind, ' ', @routine@, ' TO ', g.account, ' WITH GRANT OPTION')
    ELSE CONCAT('GRANT ', g.privilege, ' ON ', g.kind, ' ', @routine@, ' TO ', g.account) END AS `make`,
  CONCAT('REVOKE ', g.privilege, ' ON ', g.kind, ' ', @routine@, ' FROM ', g.account) AS `undo`
FROM (SELECT r.ROUTINE_TYPE AS kind, r.ROUTINE_NAME AS routine, w.privilege, @account@ AS account
  FROM mysql.procs_priv p
  JOIN @routine_words@ w ON FIND_IN_SET(w.word, p.Proc_priv) > 0
  JOIN information_schema.ROUTINES r ON r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_NAME = p.Routine_name
    AND r.ROUTINE_TYPE = CONCAT(p.Routine_type, '') AND r.DEFINER <> CONCAT(p.User, '@', p.Host)
  WHERE p.Db = DATABASE()) g
ORDER BY 1, 2, 5]]

local ON_SEQUENCES = [[
SELECT 'grants on sequence' AS kind, p.Table_name AS name, GROUP_CONCAT(CONCAT(@account@, ' ', p.Table_priv) ORDER BY p.User, p.Host)
  AS definition
FROM mysql.tables_priv p
JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME = p.Table_name AND t.TABLE_TYPE = 'SEQUENCE'
WHERE p.Db = DATABASE() AND p.Table_priv <> ''
GROUP BY p.Table_name]]

local function quoted(column) return ("CONCAT('`', REPLACE(%s, '`', '``'), '`')"):format(column) end

-- A name as the model displays it: in quotes where it is no plain word.
local function displayed(column)
  return ([[CASE WHEN %s RLIKE '^[a-z_][a-z0-9_]*$' THEN %s ELSE CONCAT('"', REPLACE(%s, '"', '""'), '"') END]]):format(
    column, column, column)
end

--- The queries for a server of the dialect's version. Who reads may not be allowed to see other accounts' grants.
---@param d table dialect
---@param said fun(column: string): string a routine's name as people say it
---@return table[] { section, sql, may_be_denied }
function M.list(d, said)
  local routine_words = words(ROUTINE_WORDS):gsub("%)$", " UNION ALL SELECT 'Grant', 'GRANT OPTION')")
  local pieces = {
    table = quoted("g.on_table"), column = quoted("g.on_column"), column_said = displayed("g.on_column"),
    routine = quoted("g.routine"), routine_said = said("g.routine"), account = at_host("p.User", "p.Host", d.flavour),
    table_words = words(TABLE_WORDS), column_words = words(COLUMN_WORDS), routine_words = routine_words,
  }
  local list = { { "definitions", TABLES }, { "definition_parts", ROUTINES } }
  if d.flavour == "mariadb" then list[3] = { "unmanaged", ON_SEQUENCES } end
  local out = {}
  for i, pair in ipairs(list) do
    out[i] = { section = pair[1], sql = (pair[2]:gsub("@([%l_]+)@", pieces)), may_be_denied = true }
  end
  return out
end

return M
