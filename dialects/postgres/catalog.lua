--- Questions to the server's catalog. Each is one query that gives '1' where it is so and '0' where it is not.

local dialect = require("forge.dialect")
local sql = require("dialects.postgres.sql")
local types = require("dialects.postgres.types")

local M = {}

local function namespace(q) return q.schema and q.schema ~= "" and q.schema or "public" end

local function ask(exists) return "SELECT CASE WHEN EXISTS (" .. exists .. ") THEN '1' ELSE '0' END" end

local function relation(q, d, kinds)
  return ("SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    .. " WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN (%s)"):format(
    d:literal(namespace(q)), d:literal(q.name), kinds)
end

function M.table_exists(q, d) return ask(relation(q, d, "'r', 'p'")) end
function M.view_exists(q, d) return ask(relation(q, d, "'v', 'm'")) end
function M.sequence_exists(q, d) return ask(relation(q, d, "'S'")) end

function M.schema_exists(q, d)
  return ask(("SELECT FROM pg_namespace WHERE nspname = %s"):format(d:literal(q.name)))
end

local function attribute(q, column, d, condition)
  return ("SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    .. " JOIN pg_namespace n ON n.oid = c.relnamespace"
    .. " WHERE n.nspname = %s AND c.relname = %s AND a.attname = %s AND a.attnum > 0 AND NOT a.attisdropped%s"):format(
    d:literal(namespace(q)), d:literal(q.name), d:literal(column), condition or "")
end

function M.column_exists(q, column, d) return ask(attribute(q, column, d)) end
function M.column_nullable(q, column, d) return ask(attribute(q, column, d, " AND NOT a.attnotnull")) end

local function typed(t, d)
  local spelled = types.spelled(t, d)
  return (" AND format_type(a.atttypid, a.atttypmod) = %s"):format(d:literal(spelled))
end

--- Has the column this type?
---@param t table|string Type, or its text as format_type() writes it
function M.column_type(q, column, t, d)
  if type(t) == "table" then return ask(attribute(q, column, d, typed(t, d))) end
  return ask(attribute(q, column, d, (" AND format_type(a.atttypid, a.atttypmod) = %s"):format(d:literal(t))))
end

--- Is the index there, and valid?
---@param q table the table's QName
function M.index_exists(q, name, d)
  return ask(("SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid"
    .. " JOIN pg_namespace n ON n.oid = c.relnamespace"
    .. " WHERE n.nspname = %s AND c.relname = %s AND x.relname = %s AND i.indisvalid"):format(
    d:literal(namespace(q)), d:literal(q.name), d:literal(name)))
end

local CONTYPE = { primary_key = "p", unique = "u", foreign_key = "f", check = "c", exclusion = "x" }

local function constraint(q, name, kind, d, condition)
  return ask(("SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
    .. " JOIN pg_namespace n ON n.oid = c.relnamespace"
    .. " WHERE n.nspname = %s AND c.relname = %s AND k.conname = %s AND k.contype = '%s'%s"):format(
    d:literal(namespace(q)), d:literal(q.name), d:literal(name), CONTYPE[kind], condition or ""))
end

--- Is the constraint there, and validated?
---@param kind string primary_key, unique, foreign_key, check, exclusion
function M.constraint_exists(q, name, kind, d) return constraint(q, name, kind, d, " AND k.convalidated") end

--- Is it there, validated or not?
function M.constraint_present(q, name, kind, d) return constraint(q, name, kind, d) end

local function enum_from(q, d)
  return ("FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace"
    .. " WHERE n.nspname = %s AND t.typname = %s AND t.typtype = 'e'"):format(
    d:literal(namespace(q)), d:literal(q.name))
end

function M.enum_exists(q, d) return ask("SELECT " .. enum_from(q, d)) end

function M.enum_has(q, value, d)
  return ask(("SELECT %s AND EXISTS (SELECT FROM pg_enum e WHERE e.enumtypid = t.oid AND e.enumlabel = %s)"):format(
    enum_from(q, d), d:literal(value)))
end

local function enum_values(q, values, d)
  local list = {}
  for i, value in ipairs(values) do list[i] = d:literal(value) end
  return ask(("SELECT %s AND ARRAY[%s]::text[] = ARRAY(SELECT e.enumlabel::text FROM pg_enum e"
    .. " WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)"):format(enum_from(q, d), table.concat(list, ", ")))
end

--- Is there a trigger of this name on the table?
function M.trigger_exists(q, name, d)
  return ask(("SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    .. " JOIN pg_namespace n ON n.oid = c.relnamespace"
    .. " WHERE n.nspname = %s AND c.relname = %s AND t.tgname = %s AND NOT t.tgisinternal"):format(
    d:literal(namespace(q)), d:literal(q.name), d:literal(name)))
end

-- `query` turned round, and several joined by AND.
local function no(query) return (query:gsub("THEN '1' ELSE '0' END$", "THEN '0' ELSE '1' END")) end

local function all(list)
  if #list <= 1 then return list[1] end
  local parts = {}
  for i, query in ipairs(list) do parts[i] = "(" .. query .. ") = '1'" end
  return "SELECT CASE WHEN " .. table.concat(parts, " AND ") .. " THEN '1' ELSE '0' END"
end

local function tables_after(step) return step and step.tables and step.tables.after or {} end

-- Without tables nothing is known of what the step leaves behind.
local function knows(step)
  local count = 0
  for _ in pairs(tables_after(step)) do count = count + 1 end
  return count > 0
end

-- Something may be gone and its name taken again within the same step (a swap): then its absence is not asked for.
local function member(step, table_name, lists, name)
  local t = tables_after(step)[dialect.key(table_name)]
  if not t then return nil end
  for _, list in ipairs(lists) do
    local held = list == "primary_key" and { t.primary_key } or t[list]
    for _, entry in ipairs(held or {}) do
      if entry.name == name then return entry end
    end
  end
end

local CONSTRAINTS = { "primary_key", "uniques", "checks", "foreign_keys", "exclusions" }
local INDEXES = { "indexes", "primary_key", "uniques", "exclusions" }

-- The member as the step leaves it, which a later operation of the step may have altered; nil where it is taken away
-- again, or its table renamed.
local function left(step, table_name, lists, made)
  if not made or not knows(step) then return made end
  return member(step, table_name, lists, made.name)
end

local function column_done(o, d, step)
  local a, q = o.before, o.table
  local b = left(step, q, { "columns" }, o.after)
  local list = {}
  if b then
    local has_default = b.default ~= nil or b.generated ~= nil or types.is_serial(b.type)
    list[1] = ask(attribute(q, b.name, d, typed(b.type, d)
      .. (b.nullable == false and " AND a.attnotnull" or " AND NOT a.attnotnull")
      .. (" AND a.atthasdef = %s"):format(tostring(has_default))
      .. (" AND (a.attidentity <> '') = %s"):format(tostring(b.identity ~= nil))))
  end
  if a and (not o.after or a.name ~= o.after.name) and not member(step, q, { "columns" }, a.name) then
    list[#list + 1] = no(M.column_exists(q, a.name, d))
  end
  return all(list)
end

local function index_done(o, d, step)
  local a, b, q = o.before, o.after, o.table
  local list = {}
  if left(step, q, INDEXES, b) then list[1] = M.index_exists(q, b.name, d) end
  if a and (not b or a.name ~= b.name) and not member(step, q, INDEXES, a.name) then
    list[#list + 1] = no(M.index_exists(q, a.name, d))
  end
  return all(list)
end

local function constraint_done(kind)
  return function(o, d, step)
    local what = kind == "key" and ((o.after or o.before).primary and "primary_key" or "unique") or kind
    local a, q = o.before, o.table
    local b = left(step, q, CONSTRAINTS, o.after)
    local list = {}
    if b then
      local valid = (b.not_valid or b.not_enforced) and " AND NOT k.convalidated" or " AND k.convalidated"
      local later = kind == "check" and "" or (" AND k.condeferrable = %s AND k.condeferred = %s"):format(
        tostring((b.deferrable or b.deferred) and true or false), tostring(b.deferred or false))
      list[1] = constraint(q, b.name, what, d, valid .. later)
    end
    if a and (not o.after or a.name ~= o.after.name) and not member(step, q, CONSTRAINTS, a.name) then
      list[#list + 1] = no(M.constraint_present(q, a.name, what, d))
    end
    return all(list)
  end
end

-- Objects that only exist or do not.
local function existence(exists, still_there)
  return function(o, d, step)
    local a, b = o.before, o.after
    local list = {}
    if b and not (still_there and knows(step) and not still_there(step, b.name)) then
      list[1] = exists(b.name, d)
    end
    if a and not (b and sql.same_name(a.name, b.name)) and not (still_there and still_there(step, a.name)) then
      list[#list + 1] = no(exists(a.name, d))
    end
    return all(list)
  end
end

local function table_stays(step, q) return tables_after(step)[dialect.key(q)] ~= nil end

local function sync_done(o, d)
  local sync = o.after or o.before
  local query = M.trigger_exists(sync.table, require("dialects.postgres.emit.sync").object_name(sync), d)
  return o.after and query or no(query)
end

local function enum_done(o, d)
  local a, b = o.before, o.after
  local list = {}
  if b then list[1] = enum_values(b.name, b.values, d) end
  if a and not (b and sql.same_name(a.name, b.name)) then list[#list + 1] = no(M.enum_exists(a.name, d)) end
  return all(list)
end

-- A raw step says itself when it is done; undone is the opposite.
local function raw_done(o)
  local raw = o.after or o.before
  if not raw.done_when or raw.done_when == "" then return nil end
  local is = o.after and "" or " NOT"
  return ("SELECT CASE WHEN%s coalesce((%s)::text, '') IN ('1', 't', 'true') THEN '1' ELSE '0' END"):format(
    is, (raw.done_when:match("^%s*(.-)[%s;]*$")))
end

local DONE = {
  schema = existence(M.schema_exists), sequence = existence(M.sequence_exists), view = existence(M.view_exists),
  table = existence(M.table_exists, table_stays), shell = existence(M.table_exists, table_stays),
  enum = enum_done, column = column_done, index = index_done, sync = sync_done, raw = raw_done,
  key = constraint_done("key"), check = constraint_done("check"), foreign_key = constraint_done("foreign_key"),
  exclusion = constraint_done("exclusion"),
}

--- A query that gives '1' once the operation has run, as far as the catalog can tell; nil where it cannot.
---@param o table operation
---@param d table dialect
---@param step? table the step that it is part of
---@return string?
function M.done(o, d, step)
  local ask_about = DONE[o.kind]
  return ask_about and ask_about(o, d, step)
end

return M
