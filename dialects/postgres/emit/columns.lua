--- Columns: added, dropped, and altered in any combination of facets.

local ops = require("forge.ops")
local names = require("dialects.postgres.names")
local sql = require("dialects.postgres.sql")
local types = require("dialects.postgres.types")

local M = {}

local function comment(out, table_name, column, d)
  out:add(sql.comment_sql(("COLUMN %s.%s"):format(d:qname(table_name), d:ident(column.name)), column.comment, d))
end

function M.add_column(out, o, _, d)
  out:add(("ALTER TABLE %s ADD COLUMN %s"):format(d:qname(o.table), d:column_sql(o.after)))
  if sql.given(o.after.comment) then comment(out, o.table, o.after, d) end
end

function M.drop_column(out, o, _, d)
  out:add(("ALTER TABLE %s DROP COLUMN %s"):format(d:qname(o.table), d:ident(o.before.name)))
end

local function type_changes(a, b, d)
  return types.spelled(a.type, d) ~= types.spelled(b.type, d) or (a.collation or "") ~= (b.collation or "")
end

-- TYPE with its conversion. No USING where assigning does it, so that a change of the catalog alone stays one.
local function type_action(a, b, d)
  local target = types.stored(types.canonical(b.type))
  local action = ("ALTER COLUMN %s TYPE %s"):format(d:ident(b.name), types.sql(target, d))
  if sql.given(b.collation) then action = action .. " COLLATE " .. sql.collation(b.collation) end
  if b.generated then return action end
  local from = types.stored(types.canonical(a.type))
  local kind = types.castable(from, target)
  if kind == "free" then return action end
  local converted = types.convert(d:ident(b.name), from, target, d)
  if not converted then
    -- Neither the server nor we know a way from one to the other but the text between them.
    converted = ("CAST(CAST(%s AS text) AS %s)"):format(d:ident(b.name), types.sql(target, d))
  end
  return action .. " USING " .. converted
end

-- What the column's default is, whoever states it: a serial's counter is one too.
local function default_text(column, d)
  if column.generated or column.identity or types.is_serial(column.type) then return nil end
  return column.default and d:default_sql(column.default)
end

local function plain_actions(a, b, d)
  local name = "ALTER COLUMN " .. d:ident(b.name)
  local actions = {}
  local retyped = type_changes(a, b, d)
  local old, new = default_text(a, d), default_text(b, d)
  if a.generated and not b.generated then actions[#actions + 1] = name .. " DROP EXPRESSION" end
  if old and (retyped or old ~= new) then actions[#actions + 1] = name .. " DROP DEFAULT" end
  if retyped then actions[#actions + 1] = type_action(a, b, d) end
  if new and (retyped or old ~= new) then
    -- One SET says as much as a DROP and a SET, where nothing stands between them.
    if not retyped and old then actions[#actions] = nil end
    actions[#actions + 1] = ("%s SET DEFAULT %s"):format(name, new)
  end
  if a.nullable ~= false and b.nullable == false then actions[#actions + 1] = name .. " SET NOT NULL" end
  return actions
end

-- The highest value that the counter must not give again: what the rows hold, and what the counter before it gave
-- (a swap leaves that in a setting).
local function advance(table_name, column, sequence, d)
  local highest = ("SELECT max(%s) FROM %s"):format(d:ident(column), d:qname(table_name))
  return ("SELECT setval(%s, v) FROM (SELECT greatest((%s), "):format(sequence, highest)
    .. "nullif(current_setting('forgelua.sequence', true), '')::bigint) AS v) AS s WHERE v > 0"
end

local function counts(column) return column.identity ~= nil or types.is_serial(column.type) end
M.counts = counts

-- The sequence behind a column is called after the table and the column. Where either gets another name, the sequence
-- does too, if it still had the name that the server gives.
local FOLLOW = [[

DECLARE
  held regclass := pg_get_serial_sequence(%s, %s);
BEGIN
  IF (SELECT relname FROM pg_class WHERE oid = held) = %s THEN
    EXECUTE format('ALTER SEQUENCE %%s RENAME TO %%I', held, %s);
  END IF;
END
]]

--- Lets a column's sequence follow its new name.
---@param now table { table = QName, column = string } as it is called now
---@param was table { table = string, column = string } names before
function M.rename_counter(out, now, was, d)
  local old, new = names.sequence(was.table, was.column), names.sequence(now.table, now.column)
  if old == new then return end
  out:add("DO " .. sql.dollar(FOLLOW:format(sql.name_literal(now.table, d), d:literal(now.column), d:literal(old),
                                            d:literal(new))))
end

local function serial_of(table_name, column, d)
  return ("pg_get_serial_sequence(%s, %s)"):format(sql.name_literal(table_name, d), d:literal(column))
end
M.serial_of = serial_of

-- Runs `command` on the sequence behind a serial column, whatever that sequence is called.
local function on_sequence(out, table_name, column, command, d)
  out:add("DO " .. sql.dollar(("BEGIN EXECUTE replace(%s, '?', %s); END"):format(
    d:literal(command), serial_of(table_name, column, d))))
end

local function identity_before(out, o, d)
  local a, b = o.before, o.after
  local at = ("ALTER TABLE %s ALTER COLUMN %s"):format(d:qname(o.table), d:ident(b.name))
  if a.identity and not b.identity then out:add(at .. " DROP IDENTITY") end
  if types.is_serial(a.type) and not types.is_serial(b.type) then
    -- The counter belongs to the column: without an owner it can go once no default reads it.
    local lines = {
      "DECLARE held text := " .. serial_of(o.table, b.name, d) .. ";",
      "BEGIN",
      "  " .. at .. " DROP DEFAULT;",
      "  IF held IS NOT NULL THEN EXECUTE 'DROP SEQUENCE ' || held; END IF;",
      "END",
    }
    out:add("DO " .. sql.dollar(table.concat(lines, "\n")))
  end
end

local function new_counter(out, o, d)
  local b = o.after
  local stored = types.stored(b.type)
  local counter = sql.beside(o.table, names.sequence(o.table, b.name), d)
  out:add(("CREATE SEQUENCE %s AS %s OWNED BY %s.%s"):format(
    counter, types.sql(stored, d), d:qname(o.table), d:ident(b.name)))
  out:add(("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT nextval(%s::regclass)"):format(
    d:qname(o.table), d:ident(b.name), d:literal(counter)))
  out:add(advance(o.table, b.name, d:literal(counter) .. "::regclass", d))
end

local function identity_altered(out, at, a, b)
  local words = {}
  if (a.always or false) ~= (b.always or false) then
    words[#words + 1] = "SET GENERATED " .. (b.always and "ALWAYS" or "BY DEFAULT")
  end
  if (a.increment or 1) ~= (b.increment or 1) then
    words[#words + 1] = ("SET INCREMENT BY %d"):format(b.increment or 1)
  end
  if (a.start or 1) ~= (b.start or 1) then words[#words + 1] = ("SET START WITH %d"):format(b.start or 1) end
  if #words > 0 then out:add(at .. " " .. table.concat(words, " ")) end
end

local function identity_after(out, o, d)
  local a, b = o.before, o.after
  local at = ("ALTER TABLE %s ALTER COLUMN %s"):format(d:qname(o.table), d:ident(b.name))
  if b.identity and a.identity then
    identity_altered(out, at, a.identity, b.identity)
  elseif b.identity then
    out:add(at .. " ADD " .. sql.identity_sql(b.identity))
    out:add(advance(o.table, b.name, serial_of(o.table, b.name, d), d))
  elseif types.is_serial(b.type) and not types.is_serial(a.type) then
    new_counter(out, o, d)
  elseif types.is_serial(b.type) and a.type.name ~= b.type.name then
    local width = types.sql(types.stored(b.type), d)
    on_sequence(out, o.table, b.name, "ALTER SEQUENCE ? AS " .. width, d)
  end
end

-- Does the text name the column? Words are compared, since nothing of ours reads SQL.
local function mentions(text, name)
  for word in (text or ""):gmatch("[%w_]+") do
    if word == name then return true end
  end
  return false
end

local function part_uses(parts, name)
  for _, part in ipairs(parts or {}) do
    if part.column == name or mentions(part.expr, name) then return true end
  end
  return false
end

local function listed(list, name)
  for _, entry in ipairs(list or {}) do
    if entry == name then return true end
  end
  return false
end

-- Indexes and constraints that go with dropped columns and must be made again.
local function remake(out, table_name, gone, t, d)
  local at = d:qname(table_name)
  local function any(names_it)
    for _, name in ipairs(gone) do
      if names_it(name) then return true end
    end
    return false
  end
  for _, index in ipairs(t.indexes or {}) do
    if any(function(name)
      return part_uses(index.parts, name) or listed(index.include, name) or mentions(index.where, name)
    end) then out:add(sql.index_sql(index, table_name, d)) end
  end
  local function add(text) out:add(("ALTER TABLE %s ADD %s"):format(at, text)) end
  local keys = { t.primary_key }
  for _, key in ipairs(t.uniques or {}) do keys[#keys + 1] = key end
  for _, key in ipairs(keys) do
    if any(function(name) return part_uses(key.parts, name) or listed(key.include, name) end) then
      add(sql.key_sql(key, d))
    end
  end
  for _, check in ipairs(t.checks or {}) do
    if any(function(name) return mentions(check.expr, name) end) then add(sql.check_sql(check, d)) end
  end
  for _, key in ipairs(t.foreign_keys or {}) do
    if any(function(name) return listed(key.columns, name) end) then add(sql.foreign_key_sql(key, d)) end
  end
end

-- A generation expression cannot be put on a column that stands (before 17 not even exchanged): the column is made
-- anew.
local function regenerate(out, o, step, d)
  local at, b = d:qname(o.table), o.after
  local dialect = require("forge.dialect")
  if d.features.set_expression and o.before.generated and b.generated.stored ~= false then
    out:add(("ALTER TABLE %s ALTER COLUMN %s SET EXPRESSION AS (%s)"):format(at, d:ident(b.name), b.generated.expr))
    return
  end
  out:add(("ALTER TABLE %s DROP COLUMN %s, ADD COLUMN %s"):format(at, d:ident(b.name), d:column_sql(b)))
  local t = step and step.tables and step.tables.after[dialect.key(o.table)]
  if t then remake(out, o.table, { b.name }, t, d) end
  if sql.given(b.comment) then comment(out, o.table, b, d) end
end

local function generation_changes(a, b)
  return b.generated and not (a.generated and ops.equal(a.generated, b.generated))
end

--- Generated columns of a table that are computed from a column.
---@return table[] columns
function M.computed_from(t, name)
  local list = {}
  for _, column in ipairs(t and t.columns or {}) do
    if column.generated and column.name ~= name and mentions(column.generated.expr, name) then
      list[#list + 1] = column
    end
  end
  return list
end

-- The server refuses to alter the type of a column that a generated one reads: those go, and are made anew behind it.
local function dependents(o, step, d)
  local tables = step and step.tables
  if not tables or not type_changes(o.before, o.after, d) then return {} end
  local key = require("forge.dialect").key(o.table)
  local after, list = tables.after[key], {}
  for i, column in ipairs(M.computed_from(tables.before[key], o.before.name)) do
    list[i] = sql.column_of(after, column.name) or column
  end
  return list, after
end

function M.alter_column(out, o, step, d)
  local a, b = o.before, o.after
  local at = d:qname(o.table)
  local computed, t = dependents(o, step, d)
  for _, column in ipairs(computed) do out:add(("ALTER TABLE %s DROP COLUMN %s"):format(at, d:ident(column.name))) end
  if a.name ~= b.name then
    out:add(("ALTER TABLE %s RENAME COLUMN %s TO %s"):format(at, d:ident(a.name), d:ident(b.name)))
    if counts(a) and counts(b) then
      M.rename_counter(out, { table = o.table, column = b.name }, { table = o.table, column = a.name }, d)
    end
  end
  if generation_changes(a, b) then return regenerate(out, o, step, d) end
  identity_before(out, o, d)
  local actions = plain_actions(a, b, d)
  if #actions > 0 then out:add(("ALTER TABLE %s %s"):format(at, table.concat(actions, ", "))) end
  identity_after(out, o, d)
  if a.nullable == false and b.nullable ~= false then
    out:add(("ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL"):format(at, d:ident(b.name)))
  end
  local gone = {}
  for i, column in ipairs(computed) do
    gone[i] = column.name
    M.add_column(out, { table = o.table, after = column }, step, d)
  end
  if t then remake(out, o.table, gone, t, d) end
  if (a.comment or "") ~= (b.comment or "") then comment(out, o.table, b, d) end
end
M.rename_column = M.alter_column

return M
