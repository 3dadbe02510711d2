--- The swap: renames that must happen at once, with what the renamed things leave behind: grants, owners and counters
--- belong to the thing and not to its name, and have to follow the name.

local dialect = require("forge.dialect")
local columns = require("dialects.postgres.emit.columns")
local names = require("dialects.postgres.names")
local sql = require("dialects.postgres.sql")
local types = require("dialects.postgres.types")

local M = {}

local function add_name(list, seen, name, d)
  local text = d:qname(name)
  if not seen[text] then
    seen[text] = true
    list[#list + 1] = text
  end
end

-- The tables that the step renames or whose columns it renames, in the order of the operations: the application locks
-- the one it writes to before the one that our trigger writes to.
local function touched_tables(step, d)
  local list, seen = {}, {}
  for _, o in ipairs(step.ops) do
    local name = o.kind == "shell" and o.before.name or (o.kind == "column" and o.table)
    if name and step.tables.before[dialect.key(name)] then add_name(list, seen, name, d) end
  end
  return list, seen
end

-- What is locked at the start: views first, as a query locks them before the tables that they read; then the tables in their
-- order, and those whose foreign keys follow. A materialised view takes no LOCK TABLE.
local function locked(step, tables, d)
  local list, seen = {}, {}
  for _, o in ipairs(step.ops) do
    if o.op == "drop_view" and not o.before.materialized then add_name(list, seen, o.before.name, d) end
  end
  for _, name in ipairs(tables) do
    if not seen[name] then list[#list + 1] = name end
    seen[name] = true
  end
  for _, o in ipairs(step.ops) do
    local holder = o.kind == "foreign_key" and o.table
    if holder and step.tables.before[dialect.key(holder)] then add_name(list, seen, holder, d) end
  end
  return list
end

-- Tables and views whose grants must stand on whatever bears the name afterwards.
local function granted(step, tables, seen, d)
  local list = {}
  for i, name in ipairs(tables) do list[i] = name end
  for _, o in ipairs(step.ops) do
    if o.op == "drop_view" then add_name(list, seen, o.before.name, d) end
  end
  for i, name in ipairs(list) do list[i] = d:literal(name) end
  return list
end

local function keep_grants(out, list)
  out:add("CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS\n"
    .. "SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl\n"
    .. ("FROM unnest(ARRAY[%s]) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)\n"):format(
      table.concat(list, ", "))
    .. "UNION ALL\n"
    .. "SELECT n.name, a.attname, NULL, a.attacl\n"
    .. ("FROM unnest(ARRAY[%s]) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)\n"):format(
      table.concat(list, ", "))
    .. "WHERE a.attacl IS NOT NULL AND NOT a.attisdropped")
end

local GIVE = [[

DECLARE
  g record;
BEGIN
  FOR g IN
    SELECT k.name, k.owner FROM forgelua_grants k JOIN pg_class c ON c.oid = to_regclass(k.name)
    WHERE k.owner IS NOT NULL AND c.relowner::regrole::text <> k.owner
  LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO %s', g.name, g.owner);
  END LOOP;
  FOR g IN
    SELECT k.name, x.privilege_type || coalesce(' (' || quote_ident(k.column_name) || ')', '') AS privilege,
           CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END AS grantee,
           CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS option
    FROM forgelua_grants k CROSS JOIN LATERAL aclexplode(k.acl) AS x
    WHERE to_regclass(k.name) IS NOT NULL AND x.grantee::regrole::text <> coalesce(k.owner, '')
      AND (k.column_name IS NULL OR EXISTS (SELECT FROM pg_attribute a
        WHERE a.attrelid = to_regclass(k.name) AND a.attname = k.column_name AND NOT a.attisdropped))
  LOOP
    EXECUTE format('GRANT %s ON %s TO %s%s', g.privilege, g.name, g.grantee, g.option);
  END LOOP;
END
]]

-- Pairs of names: the table that ends as `name`, and where the one that bore it before has gone.
local function table_pairs(step)
  local gone, found = {}, {}
  for _, o in ipairs(step.ops) do
    if o.kind == "shell" and not sql.same_name(o.before.name, o.after.name) then
      gone[dialect.key(o.before.name)] = o.after.name
    end
  end
  for _, o in ipairs(step.ops) do
    local moved = o.kind == "shell" and gone[dialect.key(o.after.name)]
    if moved and not sql.same_name(o.before.name, o.after.name) then
      found[#found + 1] = { now = o.after.name, aside = moved, came_from = o.before.name }
    end
  end
  return found
end

-- Columns of the table now in place → columns of the one aside, from the sync that kept the two equal.
local function column_map(step, pair)
  local map = {}
  for _, o in ipairs(step.ops) do
    local sync = o.op == "drop_sync" and o.before
    if sync and sync.kind == "table" and sql.same_name(sync.target, pair.came_from) then
      for _, entry in ipairs(sync.columns) do map[entry.to] = entry.expr end
    end
  end
  return map
end

local function nextval_of(column)
  local text = column.default and column.default.kind == "sql" and column.default.text
  return text and text:lower():find("nextval", 1, true)
end

-- The column goes on with the counter of the one before it: the same sequence, with its name, grants and value.
-- A default that the model states reads the right sequence by itself; only the ownership moves.
local TAKE_OVER = [[

DECLARE
  held text := pg_get_serial_sequence(%s, %s);
  mine text := pg_get_serial_sequence(%s, %s);
BEGIN
  IF held IS NULL OR held = mine THEN RETURN; END IF;
%s  EXECUTE replace(%s, '?', held);
  IF mine IS NOT NULL THEN EXECUTE 'DROP SEQUENCE ' || mine; END IF;
%sEND
]]

local NAME = [[
  held := pg_get_serial_sequence(%s, %s);
  IF (SELECT relname FROM pg_class WHERE oid = held::regclass) = %s THEN
    EXECUTE format('ALTER SEQUENCE %%s RENAME TO %%I', held::regclass, %s);
  END IF;
]]

local SET_DEFAULT = "  EXECUTE replace(%s, '?', quote_literal(held));\n"

local ONLY_READ = [[
  IF NOT EXISTS (SELECT FROM pg_depend p JOIN pg_attrdef f ON p.classid = 'pg_attrdef'::regclass AND p.objid = f.oid
    WHERE f.adrelid = %s::regclass AND p.refobjid = held::regclass) THEN RETURN; END IF;
]]

local function take_over(pair, column, old_name, d)
  local at, name = d:qname(pair.now), d:ident(column.name)
  local first
  local last = ""
  if types.is_serial(column.type) then
    last = NAME:format(sql.name_literal(pair.now, d), d:literal(column.name),
                       d:literal(names.sequence(pair.aside, old_name)), d:literal(names.sequence(pair.now, column.name)))
    first = SET_DEFAULT:format(d:literal(
      ("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT nextval(?::regclass)"):format(at, name)))
  else
    first = ONLY_READ:format(sql.name_literal(pair.now, d))
  end
  local width = types.sql(types.stored(types.canonical(column.type)), d)
  local owned = d:literal(("ALTER SEQUENCE ? AS %s OWNED BY %s.%s"):format(width, at, name))
  return TAKE_OVER:format(sql.name_literal(pair.aside, d), d:literal(old_name),
                          sql.name_literal(pair.now, d), d:literal(column.name), first, owned, last)
end

-- An identity's sequence cannot change hands: it goes on from the other's value.
local GO_ON = [[

DECLARE
  held regclass := pg_get_serial_sequence(%s, %s);
  mine regclass := pg_get_serial_sequence(%s, %s);
BEGIN
  IF held IS NULL OR mine IS NULL THEN RETURN; END IF;
  IF pg_sequence_last_value(held) IS NOT NULL THEN
    PERFORM setval(mine, greatest(pg_sequence_last_value(held), coalesce(pg_sequence_last_value(mine), 0)));
  END IF;
END
]]

local function go_on(pair, column, old_name, d)
  return GO_ON:format(sql.name_literal(pair.aside, d), d:literal(old_name),
                         sql.name_literal(pair.now, d), d:literal(column.name))
end

local function counters_of_tables(out, step, d)
  for _, pair in ipairs(table_pairs(step)) do
    local now = step.tables.after[dialect.key(pair.now)]
    local aside = step.tables.after[dialect.key(pair.aside)]
    local map = column_map(step, pair)
    for _, column in ipairs(now and now.columns or {}) do
      local old_name = sql.column_of(aside, map[column.name]) and map[column.name] or column.name
      local old = sql.column_of(aside, old_name)
      local counted = old and (columns.counts(old) or nextval_of(old))
      if columns.counts(column) and not counted then
        -- Nothing counted before: the rows that were copied hold the values that must not be given again.
        out:add(columns.advance(pair.now, column.name, ("pg_get_serial_sequence(%s, %s)"):format(
          sql.name_literal(pair.now, d), d:literal(column.name)), d))
      elseif old and (column.identity or (old.identity and types.is_serial(column.type))) then
        out:add("DO " .. sql.dollar(go_on(pair, column, old_name, d)))
      elseif old and (types.is_serial(column.type) or nextval_of(column)) then
        out:add("DO " .. sql.dollar(take_over(pair, column, old_name, d)))
      end
    end
  end
end

local counts = columns.counts

-- A column that loses its counter where another of the table gains one: the value of the first is kept in a setting,
-- and the second goes on from it (see alter_column).
local function keep_counters(out, step, d)
  local gains = {}
  for _, o in ipairs(step.ops) do
    if o.kind == "column" and o.before and o.after and counts(o.after) and not counts(o.before) then
      gains[dialect.key(o.table)] = true
    end
  end
  for _, o in ipairs(step.ops) do
    local loses = o.kind == "column" and o.before and counts(o.before) and not (o.after and counts(o.after))
    if loses and gains[dialect.key(o.table)] then
      local counter = ("pg_get_serial_sequence(%s, %s)"):format(
        sql.name_literal(o.table, d), d:literal(o.before.name))
      out:add(("SELECT set_config('forgelua.sequence', pg_sequence_last_value(%s::regclass)::text, true)"):format(
        counter))
    end
  end
end

--- All operations of the step, in one transaction, under locks that are taken first.
function M.step_swap(out, step, d)
  local tables, seen = touched_tables(step, d)
  local holders = granted(step, tables, seen, d)
  local locks = locked(step, tables, d)
  if #locks > 0 then
    out:add(("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE"):format(table.concat(locks, ", ")))
  end
  if #holders > 0 then keep_grants(out, holders) end
  keep_counters(out, step, d)
  for _, o in ipairs(step.ops) do d.emit[o.op](out, o, step, d) end
  counters_of_tables(out, step, d)
  if #holders > 0 then
    out:add("DO " .. sql.dollar(GIVE))
    out:add("DROP TABLE forgelua_grants")
  end
end

return M
