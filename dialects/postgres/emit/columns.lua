--- Columns: added, dropped, and altered in any combination of facets.

local dialect = require("forge.dialect")
local fold = require("forge.fold")
local ops = require("forge.ops")
local counter = require("dialects.postgres.counter")
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

-- The type without its arguments, which no expression's casts depend on.
local function bare_type(column, d)
  local t = types.stored(types.canonical(column.type))
  return types.spelled({ name = t.name, ref = t.ref, array = t.array }, d)
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
-- Between two steps a column may have its new type and its old default: true and false are no numbers there.
local function default_text(column, d)
  if column.generated or column.identity or types.is_serial(column.type) then return nil end
  local text = column.default and d:default_sql(column.default)
  return text and types.assignable_default(text, column) or text
end

local function plain_actions(a, b, d)
  local name = "ALTER COLUMN " .. d:ident(b.name)
  local actions = {}
  local retyped = type_changes(a, b, d)
  local old, new = default_text(a, d), default_text(b, d)
  if a.generated and not b.generated then
    -- Before 15 the column goes on hanging on those that it was computed from, and goes with them unasked.
    if not d:since(15) then
      error(("PostgreSQL %s makes no ordinary column of the generated column %s that stands by itself: add a column beside it with "
        .. ":backfill, and drop this one"):format(d.version or "12", b.name), 0)
    end
    actions[#actions + 1] = name .. " DROP EXPRESSION"
  end
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

M.advance = advance

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
  local sequence = sql.beside(o.table, names.sequence(o.table, b.name), d)
  out:add(("CREATE SEQUENCE %s AS %s OWNED BY %s.%s"):format(
    sequence, types.sql(stored, d), d:qname(o.table), d:ident(b.name)))
  out:add(("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT nextval(%s::regclass)"):format(
    d:qname(o.table), d:ident(b.name), d:literal(sequence)))
  out:add(advance(o.table, b.name, d:literal(sequence) .. "::regclass", d))
end

local CALLED = [[

BEGIN
  EXECUTE format('ALTER SEQUENCE %%s RENAME TO %%I', pg_get_serial_sequence(%s, %s), %s);
END
]]

local function identity_altered(out, at, o, d)
  local a, b, words = o.before.identity, o.after.identity, {}
  if (a.always or false) ~= (b.always or false) then
    words[1] = "SET GENERATED " .. (b.always and "ALWAYS" or "BY DEFAULT")
  end
  for _, move in ipairs(counter.moves(a, b)) do
    local held = serial_of(o.table, o.after.name, d)
    out:add(("SELECT setval(%s, %d, false) WHERE coalesce(pg_sequence_last_value(%s::regclass), %d) %s %d"):format(
      held, move.value, held, counter.start(a), move.beyond, move.value))
  end
  for _, word in ipairs(counter.altered(a, b)) do words[#words + 1] = "SET " .. word end
  if #words > 0 then out:add(at .. " " .. table.concat(words, " ")) end
  if (a.sequence or "") == (b.sequence or "") then return end
  local name = sql.given(b.sequence) and b.sequence or names.sequence(o.table, o.after.name)
  out:add("DO " .. sql.dollar(CALLED:format(sql.name_literal(o.table, d), d:literal(o.after.name), d:literal(name))))
end

local function identity_after(out, o, d)
  local a, b = o.before, o.after
  local at = ("ALTER TABLE %s ALTER COLUMN %s"):format(d:qname(o.table), d:ident(b.name))
  if b.identity and a.identity then
    identity_altered(out, at, o, d)
  elseif b.identity then
    out:add(at .. " ADD " .. sql.identity_sql(d, b.identity))
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

local function any(names_in, test)
  for _, name in ipairs(names_in) do
    if test(name) then return true end
  end
  return false
end

-- What stands on columns of a table: { drop = statement or nil, make = statement } each. `wanted(kind, object)` says which.
local function standing_on(table_name, t, wanted, d)
  local list, at = {}, "ALTER TABLE " .. d:qname(table_name)
  local function constraint(kind, object, text)
    if not wanted(kind, object) then return end
    list[#list + 1] = { drop = { ("%s DROP CONSTRAINT %s"):format(at, d:ident(object.name)) },
                        make = { ("%s ADD %s"):format(at, text(object, d)) } }
  end
  for _, index in ipairs(t.indexes or {}) do
    if wanted("index", index) then
      local name = sql.beside(table_name, index.name, d)
      local entry = { drop = { "DROP INDEX " .. name }, make = { sql.index_sql(index, table_name, d) } }
      if sql.given(index.comment) then entry.make[2] = sql.comment_sql("INDEX " .. name, index.comment, d) end
      list[#list + 1] = entry
    end
  end
  if t.primary_key then constraint("key", t.primary_key, sql.key_sql) end
  for _, key in ipairs(t.uniques or {}) do constraint("key", key, sql.key_sql) end
  for _, check in ipairs(t.checks or {}) do constraint("check", check, sql.check_sql) end
  for _, exclusion in ipairs(t.exclusions or {}) do constraint("exclusion", exclusion, sql.exclusion_sql) end
  for _, key in ipairs(t.foreign_keys or {}) do constraint("foreign_key", key, sql.foreign_key_sql) end
  return list
end

local function run(out, list, what)
  for _, entry in ipairs(list) do
    for _, statement in ipairs(entry[what]) do out:add(statement) end
  end
end

-- Does the member go with any of these columns when they are dropped?
local function goes_with(gone)
  return function(kind, object)
    return any(gone, function(name)
      if kind == "foreign_key" then return listed(object.columns, name) end
      if kind == "check" then return mentions(object.expr, name) end
      return part_uses(object.parts, name) or listed(object.include, name) or mentions(object.where, name)
    end)
  end
end

-- Does the member compute with the column? The server would read its expression anew from its own text of it, with the
-- casts that the former type needed.
local function computes_with(name)
  return function(kind, object)
    if kind == "check" then return mentions(object.expr, name) end
    if mentions(object.where, name) then return true end
    for _, part in ipairs(kind ~= "foreign_key" and object.parts or {}) do
      if mentions(part.expr, name) then return true end
    end
    return false
  end
end

--- Members of a table that are made anew when the type of the column changes from one word to another.
function M.computing(table_name, t, a, b, d)
  if not t or a.generated or bare_type(a, d) == bare_type(b, d) then return {} end
  return standing_on(table_name, t, computes_with(a.name), d)
end

-- The tables as the operations of the step that come before this one leave them; nil where the step has none.
local function state_at(o, step)
  if not (step and step.tables) then return nil end
  local state = fold.state(step.tables.before)
  for _, other in ipairs(step.ops) do
    if other == o then return state end
    fold.apply(state, other)
  end
  return state
end

local function tables_around(o, step)
  local state = state_at(o, step)
  if not state then return nil end
  local key = dialect.key(o.table)
  local before = state.tables[key]
  if before then fold.apply(state, o) end
  return before, state.tables[key]
end

-- A generation expression cannot be put on a column that stands (before 17 not even exchanged): the column is made
-- anew.
local function regenerate(out, o, step, d)
  local at, b = d:qname(o.table), o.after
  if d.features.set_expression and o.before.generated and b.generated.stored ~= false then
    out:add(("ALTER TABLE %s ALTER COLUMN %s SET EXPRESSION AS (%s)"):format(at, d:ident(b.name), b.generated.expr))
    return
  end
  out:add(("ALTER TABLE %s DROP COLUMN %s, ADD COLUMN %s"):format(at, d:ident(b.name), d:column_sql(b)))
  local _, t = tables_around(o, step)
  if t then run(out, standing_on(o.table, t, goes_with({ b.name }), d), "make") end
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

-- The server refuses to alter the type of a column that a generated one reads, and lets what computes with the column
-- keep casts of the former type: all of that goes, and is made anew behind the change.
local function take_away(out, o, before, d)
  local a, b = o.before, o.after
  local gone, at = {}, d:qname(o.table)
  if not before or not type_changes(a, b, d) or b.generated then return gone end
  for i, column in ipairs(M.computed_from(before, a.name)) do gone[i] = column.name end
  local falls = goes_with(gone)
  run(out, standing_on(o.table, before, function(kind, object)
    return bare_type(a, d) ~= bare_type(b, d) and computes_with(a.name)(kind, object) and not falls(kind, object)
  end, d), "drop")
  for _, name in ipairs(gone) do out:add(("ALTER TABLE %s DROP COLUMN %s"):format(at, d:ident(name))) end
  return gone
end

local function bring_back(out, o, gone, after, step, d)
  local a, b = o.before, o.after
  if not after or not type_changes(a, b, d) or b.generated then return end
  for _, name in ipairs(gone) do
    M.add_column(out, { table = o.table, after = sql.column_of(after, name) }, step, d)
  end
  local fell = goes_with(gone)
  run(out, standing_on(o.table, after, function(kind, object)
    return fell(kind, object) or (bare_type(a, d) ~= bare_type(b, d) and computes_with(b.name)(kind, object))
  end, d), "make")
end

function M.alter_column(out, o, step, d)
  local a, b = o.before, o.after
  local at = d:qname(o.table)
  local before, after = tables_around(o, step)
  local gone = take_away(out, o, before, d)
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
  bring_back(out, o, gone, after, step, d)
  if (a.comment or "") ~= (b.comment or "") then comment(out, o.table, b, d) end
end
M.rename_column = M.alter_column

return M
