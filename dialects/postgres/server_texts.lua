--- The catalog's own text of definitions, and throw-away tables and views to compare it with.

local sql = require("dialects.postgres.sql")
local types = require("dialects.postgres.types")
local fold = require("forge.fold")

local M = {}

--- The name of a throw-away object: in the session's own temporary schema.
function M.probe_name(name) return { schema = "pg_temp", name = name } end

--- A throw-away table of the same shape. A temporary one can refer to no other table, and cannot be unlogged.
---@return table probe
---@return table<string, string> names of its members that are called otherwise
function M.probe(t, name)
  local made = fold.copy(t)
  made.name, made.foreign_keys, made.comment = M.probe_name(name), {}, nil
  made.options = fold.copy(t.options or {})
  made.options.unlogged, made.options.tablespace = nil, nil
  return made, {}
end

local function relation(q, d) return ("to_regclass(%s)"):format(d:literal(d:qname(q))) end

local function constraint(q, name, d)
  return ("(SELECT regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '') FROM pg_constraint k"
    .. " WHERE k.conrelid = %s AND k.conname = %s)"):format(relation(q, d), d:literal(name))
end

local TEXT = { check = constraint, exclusion = constraint, key = constraint }

-- What follows the table's name: method, parts, INCLUDE, WITH, WHERE.
function TEXT.index(q, name, d)
  return ("(SELECT substring(pg_get_indexdef(i.indexrelid) FROM ' USING .*') FROM pg_index i JOIN pg_class x"
    .. " ON x.oid = i.indexrelid WHERE i.indrelid = %s AND x.relname = %s)"):format(relation(q, d), d:literal(name))
end

-- A serial's default names its own sequence.
function TEXT.column(q, name, d, column)
  if types.is_serial(column.type) or not (column.default or column.generated) then return nil end
  return ("(SELECT format_type(a.atttypid, a.atttypmod) || ' ' || a.attgenerated::text || coalesce(pg_get_expr(f.adbin, f.adrelid), '')"
    .. " FROM pg_attribute a LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum"
    .. " WHERE a.attrelid = %s AND a.attname = %s)"):format(relation(q, d), d:literal(name))
end

--- The catalog's text of a member, as a scalar; nil where there is none to compare.
---@param kind string an operation's kind
function M.definition_text(kind, q, name, d, object)
  if not sql.given(name) then return nil end
  return TEXT[kind] and TEXT[kind](q, name, d, object)
end

function M.view_text(q, d) return ("pg_get_viewdef(%s)"):format(relation(q, d)) end

return M
