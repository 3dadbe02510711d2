-- Whole plans on a real server, as the strategies make them: the end is the new schema, the way back from every phase's
-- end is the old one with its rows, and the deployed application writes at every point where the plan says it can.
-- luacheck: ignore 631
package.path = "tests/support/?.lua;tests/lua/?.lua;" .. package.path

local h = require("postgres_harness")
local fold = require("forge.fold")
local m = require("support.model")
local ops = require("forge.ops")
local planner = require("forge.planner")
local cases = require("support.cases")

local only = arg and arg[1]  -- a part of a case's name: only such cases are run
local kRows = 300

local function sorted(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

-- Everything in the public schema but the order of columns, as text.
local SIGNATURE = [[
SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '
  || coalesce(pg_get_expr(f.adbin, f.adrelid), '-') || ' ' || a.attidentity::text || a.attgenerated::text || ' ' || coalesce(col_description(c.oid, a.attnum), '')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND c.relname NOT LIKE 'forgelua%' AND c.relname NOT LIKE '%\_\_archive'
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'forgelua%'
UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid) || ' ' || indisvalid FROM pg_index WHERE indrelid::regclass::text NOT LIKE 'pg\_%' AND indrelid::regclass::text NOT LIKE 'forgelua%' AND indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'sequence ' || relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'forgelua%'
UNION ALL SELECT 'relation ' || relname || ' ' || relkind::text || ' ' || coalesce(reloptions::text, '') || relpersistence::text FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'p') AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'forgelua%' AND relname NOT LIKE '%\_\_archive'
ORDER BY 1]]

local function difference(got, wanted)
  local have, want, lines = {}, {}, {}
  for line in got:gmatch("[^\n]+") do have[line] = true end
  for line in wanted:gmatch("[^\n]+") do want[line] = true end
  for _, line in ipairs(sorted(have)) do if not want[line] then lines[#lines + 1] = "  + " .. line end end
  for _, line in ipairs(sorted(want)) do if not have[line] then lines[#lines + 1] = "  - " .. line end end
  return #lines > 0 and table.concat(lines, "\n") or nil
end

local function build(tables, views)
  h.reset()
  local list = {}
  for _, key in ipairs(sorted(tables)) do list[#list + 1] = ops.create_table(fold.copy(tables[key])) end
  for _, o in ipairs(list) do
    local t = fold.copy(o.after)
    t.foreign_keys = {}
    h.apply { ops.create_table(t) }
  end
  for _, o in ipairs(list) do
    for _, fk in ipairs(o.after.foreign_keys) do h.apply { ops.add_foreign_key(o.after.name, fk) } end
  end
  for _, view in ipairs(views or {}) do h.apply { ops.create_view(view) } end
end

-- A value for row `n` (an SQL expression) that every case's constraints accept.
local function value(column, n)
  local word = column.type.name
  if word == "integer" or word == "bigint" or word == "numeric" then return n end
  if word == "varchar" or word == "text" then
    local room = column.type.args[1] or 40
    return room < 4 and "'EUR'" or "'n' || " .. n
  end
  return "NULL"
end

local function insert(t, source, n)
  local names, values = {}, {}
  for _, column in ipairs(t.columns) do
    if not column.generated and not column.identity then
      names[#names + 1] = h.d:ident(column.name)
      values[#values + 1] = value(column, column.name == "customer" and "(" .. n .. ") % 50 + 1" or n)
    end
  end
  return ("INSERT INTO %s (%s) SELECT %s %s;"):format(h.d:qname(t.name), table.concat(names, ", "), table.concat(values, ", "), source or "")
end

local function seed(tables)
  for _, key in ipairs(sorted(tables)) do
    h.run(insert(tables[key], ("FROM generate_series(1, %d) AS g"):format(kRows), "g"))
  end
  h.run "ANALYZE"
end

local function row_list(tables)
  local out = {}
  for _, key in ipairs(sorted(tables)) do
    local t, names = tables[key], {}
    for i, column in ipairs(t.columns) do names[i] = h.d:ident(column.name) end
    out[#out + 1] = key .. "\n" .. h.query(("SELECT %s FROM %s ORDER BY 1, 2"):format(table.concat(names, ", "), h.d:qname(t.name)))
  end
  return table.concat(out, "\n")
end

local function reversed(step)
  local out = fold.copy(step)
  out.ops = {}
  for i = #step.ops, 1, -1 do out.ops[#out.ops + 1] = ops.reverse(step.ops[i]) end
  out.form = step.reverse_form or step.form
  out.work, out.direction = step.reverse_work, "backward"
  return out
end

-- Steps with their tables before and after, ready to render both ways.
local function prepared(group, steps)
  local state, list = fold.state(group.before, group.views), {}
  for i, step in ipairs(steps) do
    local before = fold.branch(state).tables
    for _, o in ipairs(step.ops) do
      local problem = fold.apply(state, o)
      if problem then error(step.id .. ": " .. problem) end
    end
    local after = fold.branch(state).tables
    local forward, backward = fold.copy(step), reversed(step)
    forward.direction = "forward"
    forward.tables, backward.tables = { before = before, after = after }, { before = after, after = before }
    list[i] = { forward = forward, backward = backward }
  end
  return list
end

local function done_queries(step)
  local list = {}
  for _, o in ipairs(step.ops) do
    local sql = h.d.catalog.done(o, h.d, step)
    if sql then list[#list + 1] = { op = o.op, sql = sql } end
  end
  return list
end

local function carry_out(step, asks)
  for _, check in ipairs(asks and step.checks_before or {}) do
    h.equal(h.query(check.sql), check.expect, step.id .. " before: " .. check.title)
  end
  h.run("SET client_min_messages = error;\n" .. h.script(h.d:render(step)))
  local asked, answers = done_queries(step), {}
  for i, ask in ipairs(asked) do answers[i] = ask.sql .. ";" end
  local said = #asked > 0 and h.query(table.concat(answers, "\n")) or ""
  local at = 0
  for answer in said:gmatch("[^\n]+") do
    at = at + 1
    h.equal(answer, "1", step.id .. " " .. step.direction .. " " .. asked[at].op .. " is done: " .. asked[at].sql)
  end
  for _, check in ipairs(asks and step.checks_after or {}) do
    h.equal(h.query(check.sql), check.expect, step.id .. " after: " .. check.title)
  end
  if step.work then
    h.equal(h.query "SELECT error_code, message FROM forgelua_backfill_errors ORDER BY id LIMIT 1", "", step.id .. ": no row was kept aside")
    h.equal(h.query(step.work.verify), "0", step.id .. ": rows are right: " .. step.work.verify)
  end
end

local function old_app_writes(group, n)
  local sql = {}
  for _, key in ipairs(sorted(group.before)) do
    local t = group.before[key]
    sql[#sql + 1] = insert(t, "", tostring(n))
    if t.columns[4] then
      sql[#sql + 1] = ("UPDATE %s SET %s = %s WHERE %s = %d;"):format(h.d:qname(t.name), h.d:ident(t.columns[4].name),
        value(t.columns[4], tostring(n + 5000)), h.d:ident(t.columns[1].name), n - 4000)
    end
  end
  if #sql > 0 then h.run(table.concat(sql, "\n")) end
end

local function clean()
  local out = require("forge.dialect").buffer()
  h.d.emit.script_cleanup(out, h.d)
  h.run("SET client_min_messages = error;\n" .. h.script(out))
end

local PHASES = { "expand", "migrate", "switch", "contract" }
local WRITES = { postgres = true }

-- Forward to the end of a phase and back again.
local function there_and_back(group, list, last_phase, before, after)
  build(group.before, group.views)
  seed(group.before)
  local stop = 0
  for i, one in ipairs(list) do
    for rank, phase in ipairs(PHASES) do
      if one.forward.phase == phase and rank <= last_phase then stop = i end
    end
  end
  local compatible, lossy, written = true, false, 4001
  local function write(about)
    if not compatible or not WRITES.postgres then return end
    local ok, message = pcall(old_app_writes, group, written)
    if not ok then error(about .. ": the deployed application cannot write: " .. message, 0) end
    written = written + 1
  end
  for i = 1, stop do
    carry_out(list[i].forward, true)
    local c = list[i].forward.compatibility or {}
    compatible = compatible and c.old_app ~= false
    lossy = lossy or (list[i].forward.loses or "") ~= ""
    write("after " .. list[i].forward.id)
  end
  if stop == #list then
    clean()
    local wrong = difference(h.query(SIGNATURE), after)
    if wrong then error("the end is not the new schema:\n" .. wrong, 0) end
    h.run(h.d.emit and "SELECT 1")
  end
  local kept = not lossy and compatible and row_list(group.before)
  for i = stop, 1, -1 do
    carry_out(list[i].backward)
  end
  clean()
  local wrong = difference(h.query(SIGNATURE), before)
  if wrong then error("the way back does not end in the old schema:\n" .. wrong, 0) end
  if kept then h.equal(row_list(group.before), kept, "rows after the way back") end
  write("after the way back")
end

local function outline(steps)
  local lines = {}
  for i, step in ipairs(steps) do
    local words = {}
    for j, o in ipairs(step.ops) do
      local name = (o.after or o.before).name
      words[j] = o.op .. " " .. tostring(type(name) == "table" and name.name or name)
    end
    lines[i] = ("    %s [%s] %s%s"):format(step.id, step.form or "", table.concat(words, ", "), step.work and " WORK" or "")
  end
  return table.concat(lines, "\n")
end

local function run_case(case)
  local ctx = m.context("postgres", case.context)
  if case.strategy then ctx.strategy = case.strategy end
  local group = m.group(case.make(ctx))
  local result = planner.plan({ group }, ctx).groups[1]
  if result.refused then error("refused: " .. result.refused, 0) end
  local views_after = group.views
  for _, change in ipairs(group.changes) do
    if change.kind == "view" then views_after = case.make(ctx).views_after end
  end
  build(group.after, views_after)
  local after = h.query(SIGNATURE)
  build(group.before, group.views)
  local before = h.query(SIGNATURE)
  local list = prepared(group, result.steps)
  for last_phase = 4, 1, -1 do
    local ends = false
    for _, step in ipairs(result.steps) do ends = ends or step.phase == PHASES[last_phase] end
    if not ends then goto continue end
    local ok, message = pcall(there_and_back, group, list, last_phase, before, after)
    if not ok then error(("to the end of %s: %s\n%s"):format(PHASES[last_phase], message, outline(result.steps)), 0) end
    ::continue::
  end
end

for _, case in ipairs(cases) do
  local name = case.name .. (case.strategy and (" by " .. case.strategy) or "")
  -- What refers to what is put in order by the engine, which is not here.
  local here = not case.refused and not case.name:find("refer to each other's kind", 1, true) and (not case.engines or case.engines.postgres)
  if here and (not only or name:find(only, 1, true)) then
    h.it(name, function() run_case(case) end)
  end
end

h.report()
