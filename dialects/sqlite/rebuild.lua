--- A table built anew: everything that SQLite's ALTER TABLE cannot do, in one transaction that keeps every row, rowid,
--- trigger, view and reference. Order of work: https://sqlite.org/lang_altertable.html, section 7.

local ddl = require("dialects.sqlite.ddl")
local types = require("dialects.sqlite.types")

local M = {}

local ident, literal = ddl.ident, ddl.literal

--- Fails the transaction, with `message` in SQLite's own words, unless the query gives 0.
---@param add fun(sql: string)
function M.demand_zero(add, message, query)
  add("CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT " .. ident(message) .. " CHECK (found <= 0))")
  add("INSERT INTO temp.forgelua_check " .. query)
  add("DROP TABLE temp.forgelua_check")
end

--- Sets triggers aside that a drop would take along: ours, and those that nobody told the plan about. The definitions are
--- read when the script runs.
---@param condition string over sqlite_master
---@param store string name of the temporary table that holds them meanwhile
function M.keep_triggers(add, condition, store)
  add("CREATE TEMP TABLE " .. store .. " AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m "
    .. "WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on "
    .. "FROM main.sqlite_master AS t WHERE type = 'trigger' AND (" .. condition .. ")")
end

--- Puts kept triggers back, where what they stand on is still there. A trigger is nothing but its row in sqlite_master, so
--- the row is what is written; RESET ends the writing and reads the schema again.
function M.restore_triggers(add, store)
  add("PRAGMA writable_schema = ON")
  add("INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) "
    .. "SELECT 'trigger', name, tbl_name, 0, sql FROM temp." .. store .. " AS k WHERE EXISTS (SELECT 1 FROM "
    .. "main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name))")
  add("PRAGMA writable_schema = RESET")
  add("DROP TABLE temp." .. store)
end

--- Takes kept triggers out of the schema, so that renames leave their text alone.
function M.lift_triggers(add, store)
  add("PRAGMA writable_schema = ON")
  add("DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp." .. store .. ")")
  add("PRAGMA writable_schema = RESET")
end

--- Fails where a view or trigger no longer makes sense: a rename makes SQLite read them all.
function M.probe_schema(add)
  add("CREATE TABLE forgelua_probe (a)")
  add("ALTER TABLE forgelua_probe RENAME COLUMN a TO b")
  add("DROP TABLE forgelua_probe")
end

-- Violations of foreign keys from and to the named tables; own = false: to them only.
local function violations(names, own)
  local quoted = {}
  for i, name in ipairs(names) do quoted[i] = literal(name:lower()) end
  local list = table.concat(quoted, ", ")
  local reach = "lower(f.\"table\") IN (" .. list .. ")"
  if own then reach = "(lower(m.name) IN (" .. list .. ") OR " .. reach .. ")"
  else reach = reach .. " AND lower(m.name) NOT IN (" .. list .. ")" end
  return "SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, "
    .. "pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND " .. reach
    .. ") AS t, pragma_foreign_key_check(t.name) AS v"
end

--- Remembers how many rows break a foreign key already: a rebuild must not add any. A new foreign key must hold for all.
function M.count_violations(add, groups)
  local names, own = {}, true
  for i, group in ipairs(groups) do
    names[i] = group.before.name.name
    if group.adds_foreign_key then own = false end
  end
  add("CREATE TEMP TABLE forgelua_violations AS " .. violations(names, own))
end

--- Fails where more rows break a foreign key than before.
function M.compare_violations(add, groups)
  local names = {}
  for i, group in ipairs(groups) do names[i] = group.after.name.name end
  M.demand_zero(add, "rows break a foreign key after the rebuild",
    "SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (" .. violations(names, true) .. ")")
  add("DROP TABLE temp.forgelua_violations")
end

local function free_name(name, taken)
  local candidate, n = name .. "__gone", 1
  while taken[candidate:lower()] do
    n = n + 1
    candidate = name .. "__gone_" .. n
  end
  return candidate
end

local function rename_natively(add, table_name, from, to, live)
  add("ALTER TABLE " .. ident(table_name) .. " RENAME COLUMN " .. ident(from) .. " TO " .. ddl.new_name(to))
  live[from:lower()], live[to:lower()] = nil, true
end

local function rename_step(add, o, table_name, source, live)
  local from, to = o.before.name, o.after.name
  local native = source[from]
  source[from] = nil
  if native and live[to:lower()] and to:lower() ~= native:lower() then
    rename_natively(add, table_name, to, free_name(to, live), live)
  end
  if native and native ~= to then
    rename_natively(add, table_name, native, to, live)
    native = to
  end
  source[to] = native
end

-- Renames run as SQLite's own, so that views, triggers, indexes and other tables' references follow. A name that a
-- dropped column still holds is moved out of the way first. Gives: column after → its name in the table just before
-- the copy (none: a new column), and the table's name.
local function native_renames(add, group)
  local source, live = {}, {}
  for _, col in ipairs(group.before.columns) do source[col.name], live[col.name:lower()] = col.name, true end
  local table_name = group.before.name.name
  for _, o in ipairs(group.ops) do
    if o.kind == "column" then
      if not o.before then source[o.after.name] = nil
      elseif not o.after then source[o.before.name] = nil
      elseif o.before.name ~= o.after.name then rename_step(add, o, table_name, source, live) end
    elseif o.kind == "shell" and o.after.name.name ~= table_name then
      for _, sql in ipairs(ddl.rename_table(table_name, o.after.name.name)) do add(sql) end
      table_name = o.after.name.name
    end
  end
  return source, table_name
end

-- The type that a column had before the step, by the name it ends with.
local function types_before(group)
  local was = {}
  for _, col in ipairs(group.before.columns) do was[col.name] = col.type end
  for _, o in ipairs(group.ops) do
    if o.kind == "column" then
      local from = o.before and was[o.before.name]
      if o.before then was[o.before.name] = nil end
      if o.after then was[o.after.name] = from end
    end
  end
  return was
end

local function demand_convertible(add, table_name, col, native, from, expr)
  if types.castable(from, col.type) ~= "checked" then return end
  local message = ("values of %s.%s cannot be held as %s"):format(table_name, col.name, types.sql(col.type))
  M.demand_zero(add, message, "SELECT count(*) FROM " .. ident(table_name) .. " WHERE " .. ident(native)
    .. " IS NOT NULL AND (" .. expr .. ") IS NULL")
end

local function copied_columns(add, group, source, table_name)
  local targets, exprs = {}, {}
  local was = types_before(group)
  for _, col in ipairs(group.after.columns) do
    local native = source[col.name]
    if native and not col.generated then
      local expr = ident(native)
      local from = was[col.name]
      if from and types.castable(from, col.type) ~= "free" then expr = types.convert(expr, from, col.type) end
      if expr ~= ident(native) then demand_convertible(add, table_name, col, native, from, expr) end
      targets[#targets + 1], exprs[#exprs + 1] = ident(col.name), expr
    end
  end
  return targets, exprs
end

-- Rows keep their rowid where both tables have one that no copied column sets.
local function keep_rowid(group, source, targets, exprs)
  if ddl.rowid_column(group.after) then return end
  local to, from = ddl.rowid_name(group.after), ddl.rowid_name(group.before)
  local alias = ddl.rowid_column(group.before)
  if alias then
    from = nil
    for _, col in ipairs(group.after.columns) do
      if source[col.name] and col.name == alias.name then from = ident(source[col.name]) end
    end
  end
  if to and from then
    table.insert(targets, 1, to)
    table.insert(exprs, 1, from)
  end
end

local function counts_up(t)
  local alias = ddl.rowid_column(t)
  return alias ~= nil and ddl.counts_up(alias)
end

-- The highest key ever given stays known, so that a deleted row's number is not given again.
local function keep_sequence(add, group, table_name, new_name)
  if not (counts_up(group.before) and counts_up(group.after)) then return end
  add("DELETE FROM sqlite_sequence WHERE name = " .. literal(new_name))
  add("INSERT INTO sqlite_sequence (name, seq) SELECT " .. literal(new_name)
    .. ", seq FROM sqlite_sequence WHERE name = " .. literal(table_name))
end

--- Builds one table anew. `add` takes the statements of a transaction in which foreign keys are not enforced.
---@param add fun(sql: string)
---@param group table from changes.classify
function M.table(add, group)
  local source, table_name = native_renames(add, group)
  local new_name = table_name .. "__rebuild"
  local targets, exprs = copied_columns(add, group, source, table_name)
  keep_rowid(group, source, targets, exprs)
  add("PRAGMA legacy_alter_table = ON")
  M.keep_triggers(add, "lower(tbl_name) = " .. literal(table_name:lower()), "forgelua_kept")
  add(ddl.table_sql(group.after, new_name))
  if #targets > 0 then
    add("INSERT INTO " .. ident(new_name) .. " (" .. table.concat(targets, ", ") .. ")\n  SELECT "
      .. table.concat(exprs, ", ") .. " FROM " .. ident(table_name))
  end
  keep_sequence(add, group, table_name, new_name)
  add("DROP TABLE " .. ident(table_name))
  add("ALTER TABLE " .. ident(new_name) .. " RENAME TO " .. ident(table_name))
  M.restore_triggers(add, "forgelua_kept")
  add("PRAGMA legacy_alter_table = OFF")
  for _, index in ipairs(group.after.indexes or {}) do add(ddl.index_sql(index, table_name)) end
end

return M
