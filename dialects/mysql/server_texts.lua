--- The catalog's own text of definitions, and throw-away tables and views to compare it with.

local fold = require("forge.fold")

local M = {}

function M.probe_name(name) return { name = name } end

--- A throw-away table of the same shape; names of checks are unique in a whole database, so its checks have others.
---@return table probe
---@return table<string, string> names of its members that are called otherwise
function M.probe(t, name)
  local made, names = fold.copy(t), {}
  made.name, made.foreign_keys, made.checks = M.probe_name(name), {}, {}
  for i, check in ipairs(t.checks or {}) do
    made.checks[i] = fold.copy(check)
    made.checks[i].name = name .. "_" .. i
    names[check.name] = made.checks[i].name
  end
  return made, names
end

local function database(q, d) return (q.schema or "") ~= "" and d:literal(q.schema) or "DATABASE()" end

local TEXT = {}

function TEXT.check(q, name, d)
  local own = d.flavour == "mariadb" and " AND TABLE_NAME = " .. d:literal(q.name) or ""
  return ("(SELECT CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = %s"
    .. " AND CONSTRAINT_NAME = %s%s)"):format(database(q, d), d:literal(name), own)
end

function TEXT.index(q, name, d, object)
  local expression = d.flavour == "mysql" and d.features.expression_index and ", EXPRESSION" or ""
  return ("(SELECT GROUP_CONCAT(CONCAT_WS(' ', NON_UNIQUE, INDEX_TYPE, COLUMN_NAME%s, SUB_PART, COLLATION) ORDER BY SEQ_IN_INDEX)"
    .. " FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s AND INDEX_NAME = %s)"):format(
    expression, database(q, d), d:literal(q.name), d:literal(object.primary and "PRIMARY" or name))
end
TEXT.key = TEXT.index

function TEXT.column(q, name, d, column)
  if not (column.default or column.generated or column.on_update) then return nil end
  return ("(SELECT CONCAT_WS(' ', COLUMN_TYPE, COLUMN_DEFAULT, EXTRA, GENERATION_EXPRESSION) FROM information_schema.COLUMNS"
    .. " WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s AND COLUMN_NAME = %s)"):format(
    database(q, d), d:literal(q.name), d:literal(name))
end

--- The catalog's text of a member, as a scalar; nil where there is none to compare.
---@param kind string an operation's kind
function M.definition_text(kind, q, name, d, object)
  if (name or "") == "" and not object.primary then return nil end
  return TEXT[kind] and TEXT[kind](q, name, d, object)
end

function M.view_text(q, d)
  return ("(SELECT VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s)"):format(
    database(q, d), d:literal(q.name))
end

return M
