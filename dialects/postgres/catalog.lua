--- Questions to the server's catalog. Each is one query that gives '1' where it is so and '0' where it is not.

local dialect = require("forge.dialect")
local definitions = require("dialects.postgres.definitions")
local names = require("dialects.postgres.names")
local ops = require("forge.ops")
local sql = require("dialects.postgres.sql")
local syncs = require("dialects.postgres.emit.sync")
local types = require("dialects.postgres.types")

local M = {}
for name, make in pairs(require("dialects.postgres.server_texts")) do M[name] = make end

local function namespace(q) return q.schema and q.schema ~= "" and q.schema or "public" end

local function ask(exists) return "SELECT CASE WHEN EXISTS (" .. exists .. ") THEN '1' ELSE '0' END" end

local function relation(q, d, kinds, condition)
  return ("SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    .. " WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN (%s)%s"):format(
    d:literal(namespace(q)), d:literal(q.name), kinds, condition or "")
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

local function index_found(q, name, d, condition)
  return ask(("SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid"
    .. " JOIN pg_namespace n ON n.oid = c.relnamespace"
    .. " WHERE n.nspname = %s AND c.relname = %s AND x.relname = %s AND i.indisvalid%s"):format(
    d:literal(namespace(q)), d:literal(q.name), d:literal(name), condition or ""))
end

--- Is the index there, and valid?
---@param q table the table's QName
function M.index_exists(q, name, d) return index_found(q, name, d) end

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

-- A comment, as the catalog keeps it: `object` is what obj_description or col_description is asked about.
local function commented(call, comment, d)
  return (" AND coalesce(%s, '') = %s"):format(call, d:literal(comment or ""))
end

-- Options of a table or index; ones that the model does not state must not be there.
local function optioned(alias, settings, d)
  local list = {}
  for i, pair in ipairs(settings or {}) do list[i] = d:literal(pair[1] .. "=" .. pair[2]) end
  return (" AND ARRAY(SELECT unnest(%s.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[%s]::text[]) ORDER BY 1)")
    :format(alias, table.concat(list, ", "))
end

-- What the catalog shows of each kind of object, as a query. Where it shows the same of an object before and after an
-- alteration (another default, another query of a view), it cannot tell whether that has run.
local STATE = {}

function STATE.column(column, q, d)
  local has_default = column.default ~= nil or column.generated ~= nil or types.is_serial(column.type)
  local collation = sql.given(column.collation) and names.split(column.collation)
  return ask(attribute(q, column.name, d, typed(column.type, d)
    .. (column.nullable == false and " AND a.attnotnull" or " AND NOT a.attnotnull")
    .. (" AND a.atthasdef = %s"):format(tostring(has_default))
    .. (" AND a.attgenerated %s ''"):format(column.generated and "<>" or "=")
    .. (" AND a.attidentity = '%s'"):format(column.identity and (column.identity.always and "a" or "d") or "")
    .. (collation and (" AND a.attcollation = (SELECT l.oid FROM pg_collation l WHERE l.collname = %s"
      .. " AND l.collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding())) LIMIT 1)"):format(
      d:literal(collation[#collation])) or "")
    .. commented("col_description(a.attrelid, a.attnum)", column.comment, d)))
end

-- The order of each part as pg_index keeps it: 1 is DESC, 2 is NULLS FIRST; by default NULLs come first in DESC.
local function orders(parts)
  local list = {}
  for i, part in ipairs(parts) do
    local first = part.nulls == "first" or (part.desc and part.nulls ~= "last")
    list[i] = (part.desc and 1 or 0) + (first and 2 or 0)
  end
  return table.concat(list, " ")
end

-- What an index is besides its columns' names: those may change later without any change of the index.
local function index_shape(index, d)
  local method = sql.given(index.method) and index.method or "btree"
  local out = (" AND i.indisunique = %s AND i.indnkeyatts = %d AND i.indnatts = %d AND (i.indpred IS NOT NULL) = %s"):format(
    tostring(index.unique or false), #index.parts, #index.parts + #(index.include or {}), tostring(sql.given(index.where)))
    .. (" AND x.relam = (SELECT m.oid FROM pg_am m WHERE m.amname = %s)"):format(d:literal(method))
  if method == "btree" then out = out .. (" AND i.indoption::text = '%s'"):format(orders(index.parts)) end
  if d.features.nulls_not_distinct then
    out = out .. (" AND i.indnullsnotdistinct = %s"):format(tostring(index.nulls_not_distinct or false))
  end
  return out
end

function STATE.index(index, q, d)
  return index_found(q, index.name, d, index_shape(index, d)
    .. optioned("x", index.storage, d) .. commented("obj_description(x.oid, 'pg_class')", index.comment, d))
end

local ACTION = { ["no action"] = "a", restrict = "r", cascade = "c", ["set null"] = "n", ["set default"] = "d" }

local function action(word) return sql.given(word) and ACTION[word:lower()] or "a" end

local function foreign_key_shape(key)
  return (" AND k.confdeltype = '%s' AND k.confupdtype = '%s' AND k.confmatchtype = '%s' AND cardinality(k.conkey) = %d"):format(
    action(key.on_delete), action(key.on_update), sql.given(key.match) and key.match:lower() == "full" and "f" or "s",
    #key.columns)
end

local function constraint_state(kind)
  return function(object, q, d)
    local what = kind or (object.primary and "primary_key" or "unique")
    local condition = (object.not_valid or object.not_enforced) and " AND NOT k.convalidated" or " AND k.convalidated"
    if what ~= "check" then
      condition = condition .. (" AND k.condeferrable = %s AND k.condeferred = %s"):format(
        tostring((object.deferrable or object.deferred) and true or false), tostring(object.deferred or false))
    end
    if what == "foreign_key" then condition = condition .. foreign_key_shape(object) end
    if object.parts and what ~= "exclusion" then
      condition = condition .. (" AND cardinality(k.conkey) = %d"):format(#object.parts)
    end
    return constraint(q, object.name, what, d, condition)
  end
end
STATE.key, STATE.check = constraint_state(), constraint_state("check")
STATE.foreign_key, STATE.exclusion = constraint_state("foreign_key"), constraint_state("exclusion")

-- The tables that it inherits from, all of them.
local function inheriting(options, d)
  local list = {}
  for i, shown in ipairs(options.inherits or {}) do
    local parts = names.split(shown)
    list[i] = ("to_regclass(%s)"):format(d:literal(d:qname({ schema = parts[2] and parts[1] or "", name = parts[2] or parts[1] })))
  end
  local count = " AND (SELECT count(*) FROM pg_inherits h WHERE h.inhrelid = c.oid%s) = %d"
  if #list == 0 then return count:format("", 0) end
  return count:format("", #list) .. count:format((" AND h.inhparent IN (%s)"):format(table.concat(list, ", ")), #list)
end

function STATE.shell(shell, _, d, passes)
  local options = shell.options or {}
  return ask(relation(shell.name, d, "'r', 'p'", (" AND c.relpersistence = '%s'"):format(options.unlogged and "u" or "p")
    .. optioned("c", options.storage, d) .. commented("obj_description(c.oid, 'pg_class')", shell.comment, d)
    .. (passes and inheriting(options, d) or "")))
end

function STATE.table(t, _, d) return M.table_exists(t.name, d) end
function STATE.sequence(s, _, d) return M.sequence_exists(s.name, d) end
function STATE.schema(s, _, d) return M.schema_exists(s.name, d) end
function STATE.enum(enum, _, d) return enum_values(enum.name, enum.values, d) end

function STATE.view(view, _, d)
  return ask(relation(view.name, d, view.materialized and "'m'" or "'v'",
                      commented("obj_description(c.oid, 'pg_class')", view.comment, d)))
end

-- Is it there at all? For what a step takes away.
local PRESENT = {
  column = function(a, q, d) return M.column_exists(q, a.name, d) end,
  index = function(a, q, d) return M.index_exists(q, a.name, d) end,
  key = function(a, q, d) return M.constraint_present(q, a.name, a.primary and "primary_key" or "unique", d) end,
  check = function(a, q, d) return M.constraint_present(q, a.name, "check", d) end,
  foreign_key = function(a, q, d) return M.constraint_present(q, a.name, "foreign_key", d) end,
  exclusion = function(a, q, d) return M.constraint_present(q, a.name, "exclusion", d) end,
  shell = function(a, _, d) return M.table_exists(a.name, d) end,
  table = STATE.table, sequence = STATE.sequence, schema = STATE.schema,
  enum = function(a, _, d) return M.enum_exists(a.name, d) end,
  view = function(a, _, d) return M.view_exists(a.name, d) end,
}

local LISTS = { column = { "columns" }, index = { "indexes" }, key = CONSTRAINTS, check = CONSTRAINTS,
                foreign_key = CONSTRAINTS, exclusion = CONSTRAINTS }

-- Does a later operation of the step take away or rename what this one makes?
local function gone_later(o, step)
  local later = false
  for _, other in ipairs(step and step.ops or {}) do
    if later and other.kind == o.kind and other.before and sql.same_name(other.before.name, o.after.name)
       and not (other.after and sql.same_name(other.after.name, o.after.name)) then
      return true
    end
    later = later or other == o
  end
  return false
end

-- The object as the step leaves it; nil where a later operation of the step takes it away or renames it.
local function outcome(o, step)
  local lists = LISTS[o.kind]
  if lists then return left(step, o.table, lists, o.after) end
  if not o.after or gone_later(o, step) then return nil end
  if o.kind ~= "shell" and o.kind ~= "table" or not knows(step) then return o.after end
  return tables_after(step)[dialect.key(o.after.name)]
end

-- Does the step make an object of the kind under the name that the operation left?
local function made_again(o, step)
  for _, other in ipairs(step and step.ops or {}) do
    if other.kind == o.kind and other.after and sql.same_name(other.after.name, o.before.name) then return true end
  end
  return false
end

-- Has something else of the step taken the name that the operation left?
local function taken(o, step)
  local lists = o.kind == "index" and INDEXES or LISTS[o.kind]
  if lists then return member(step, o.table, lists, o.before.name) ~= nil end
  if o.kind ~= "shell" and o.kind ~= "table" then return made_again(o, step) end
  return tables_after(step)[dialect.key(o.before.name)] ~= nil
end

local function is_partitioned(step, q)
  local t = tables_after(step)[dialect.key(q)]
  return t ~= nil and ((t.options or {}).partition_by or "") ~= ""
end

local function object_done(o, d, step)
  local a, b = o.before, o.after
  local state = STATE[o.kind]
  -- The way back of a key that took its index over drops both: the index does not come back by itself.
  if o.kind == "index" and not a and step and step.form == "using_index" then return nil end
  -- What a partition had of its own stays where it is: the table's own tells.
  if step and step.form == "from_partitions" and not is_partitioned(step, o.table) then return nil end
  local passes = o.kind == "shell" and not ops.equal((a.options or {}).inherits or {}, (b.options or {}).inherits or {})
  local moved = a and not (b and (type(a.name) == "table" and sql.same_name(a.name, b.name) or a.name == b.name))
  -- Each state names its object.
  if a and not moved and state(a, o.table, d, passes) == state(b, o.table, d, passes) then return nil end
  local list, made = {}, outcome(o, step)
  if made then list[1] = state(made, o.table, d, passes) end
  if moved and not taken(o, step) then list[#list + 1] = no(PRESENT[o.kind](a, o.table, d)) end
  return all(list)
end

-- A trigger alone does not tell a sync from the one before it: its function states what it keeps equal, and who leads.
local function sync_done(o, d, step)
  local sync = o.after or o.before
  local name = syncs.trigger_name(sync)
  if not o.after then
    return not made_again(o, step) and no(M.trigger_exists(sync.table, name, d)) or nil
  end
  return ask(("SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    .. " JOIN pg_proc p ON p.oid = t.tgfoid"
    .. " WHERE n.nspname = %s AND c.relname = %s AND t.tgname = %s AND position(%s in p.prosrc) > 0"):format(
    d:literal(namespace(sync.table)), d:literal(sync.table.name), d:literal(name), d:literal(syncs.signature(sync))))
end

-- A raw step says itself when it is done; undone is the opposite.
local function raw_done(o)
  local raw = o.after or o.before
  if not raw.done_when or raw.done_when == "" then return nil end
  local is = o.after and "" or " NOT"
  return ("SELECT CASE WHEN%s coalesce((%s)::text, '') IN ('1', 't', 'true') THEN '1' ELSE '0' END"):format(
    is, (raw.done_when:match("^%s*(.-)[%s;]*$")))
end

M.bystanders = definitions.bystanders

--- A query that gives '1' once the operation has run, as far as the catalog can tell; nil where it cannot.
---@param o table operation
---@param d table dialect
---@param step? table the step that it is part of
---@return string?
function M.done(o, d, step)
  local passes = step and (step.form == "attach" or step.form == "detach_concurrently")
  if passes and o.kind ~= "table" and o.kind ~= "shell" then return nil end  -- the parent has it, or had it
  if o.kind == "sync" then return sync_done(o, d, step) end
  if o.kind == "raw" then return raw_done(o) end
  if o.kind == "definition" then return definitions.done(o, d) end
  return STATE[o.kind] and object_done(o, d, step)
end

return M
