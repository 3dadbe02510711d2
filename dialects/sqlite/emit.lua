--- One small function per operation, and the steps that need a transaction of their own kind.
---
--- What ALTER TABLE can do is done by it. As soon as one operation of a step needs a table built anew (rebuild.lua), the
--- whole step is written as one transaction in which foreign keys are not enforced; that can only be switched outside of
--- a transaction, so such a step brings its own BEGIN and COMMIT.

local aside = require("dialects.sqlite.aside")
local dialect = require("forge.dialect")
local catalog = require("dialects.sqlite.catalog")
local changes = require("dialects.sqlite.changes")
local ddl = require("dialects.sqlite.ddl")
local rebuild = require("dialects.sqlite.rebuild")
local sync = require("dialects.sqlite.sync")
local work = require("dialects.sqlite.work")

local M = {}

local ident, literal = ddl.ident, ddl.literal

function M.create_table(out, o)
  out:add(ddl.table_sql(o.after))
  for _, index in ipairs(o.after.indexes or {}) do out:add(ddl.index_sql(index, o.after.name.name)) end
end

function M.drop_table(out, o) out:add("DROP TABLE " .. ident(o.before.name.name)) end

function M.rename_table(out, o)
  for _, sql in ipairs(ddl.rename_table(o.before.name.name, o.after.name.name)) do out:add(sql) end
end

-- Comments do not exist here, and the options change by a rebuild: what is left is the name.
function M.alter_table(out, o)
  if o.before.name.name ~= o.after.name.name then M.rename_table(out, o) end
end

local function alter_prefix(o) return "ALTER TABLE " .. ident(o.table.name) end

-- The constraints of the step that ride on this column, in the order in which a new table has them.
local function riders(o, step)
  local texts = {}
  if not step.tables then return texts end
  for _, group in ipairs((changes.classify(step))) do
    for _, other in ipairs(group.ops) do
      if group.attached[other] == o then
        texts[#texts + 1] = other.op == "add_check" and ddl.check_sql(other.after) or ddl.column_reference_sql(other.after)
      end
    end
  end
  table.sort(texts)
  return texts
end

function M.add_column(out, o, step)
  local t = step.tables and step.tables.after[dialect.key(o.table)]
  local parts = { alter_prefix(o), "ADD COLUMN", ddl.column_sql(o.after, nil, t and t.options and t.options.strict) }
  for _, text in ipairs(riders(o, step)) do parts[#parts + 1] = text end
  out:add(table.concat(parts, " "))
end

function M.drop_column(out, o) out:add(alter_prefix(o) .. " DROP COLUMN " .. ident(o.before.name)) end

function M.rename_column(out, o)
  out:add(alter_prefix(o) .. " RENAME COLUMN " .. ident(o.before.name) .. " TO " .. ddl.new_name(o.after.name))
end

-- Reached only where nothing changes that SQLite keeps (a comment), or the name with it.
function M.alter_column(out, o)
  if o.before.name ~= o.after.name then M.rename_column(out, o) end
end

-- Constraints live in the table's text: a rebuild writes them, or the ADD COLUMN of their column has done so.
local function in_table_text() end
for _, noun in ipairs({ "primary_key", "unique", "foreign_key", "check" }) do
  for _, verb in ipairs({ "add_", "drop_", "alter_", "rename_" }) do M[verb .. noun] = in_table_text end
end

function M.create_index(out, o) out:add(ddl.index_sql(o.after, o.table.name)) end
function M.drop_index(out, o) out:add("DROP INDEX " .. ident(o.before.name)) end
function M.alter_index(out, o)
  M.drop_index(out, o)
  M.create_index(out, o)
end
M.rename_index = M.alter_index

function M.create_view(out, o) out:add(ddl.view_sql(o.after)) end
function M.drop_view(out, o) out:add("DROP VIEW " .. ident(o.before.name.name)) end

-- A view that is made anew would lose its INSTEAD OF triggers.
function M.alter_view(out, o)
  local add = function(sql) out:add(sql) end
  local same = o.before.name.name == o.after.name.name
  if same then rebuild.keep_triggers(add, "lower(tbl_name) = " .. literal(o.before.name.name:lower()), "forgelua_kept") end
  M.drop_view(out, o)
  M.create_view(out, o)
  if same then rebuild.restore_triggers(add, "forgelua_kept") end
end
M.rename_view = M.alter_view

for word, render in pairs(require("forge.definitions").emitters(function(out)
  return function(sql) out:add((sql:gsub("[%s;]+$", ""))) end
end)) do M[word] = render end

M.create_sync = sync.create
M.drop_sync = sync.drop

local function raw_sql(out, text) out:add((text:gsub("[%s;]+$", ""))) end
function M.run_raw(out, o) raw_sql(out, o.after.up) end
function M.undo_raw(out, o)
  if (o.before.down or "") ~= "" then raw_sql(out, o.before.down) end
end

--- The form of a step that states none: its operations are always looked at together.
function M.choose_form(step)
  return step.tables and "rebuild" or ""
end

-- Renders the operations in order; each table that must be built anew is built at its first operation, to what it is
-- after the step. `ran` holds operations that are carried out already.
local function render_ops(out, add, step, d, legacy, ran)
  local _, by_op = changes.classify(step)
  local built = {}
  for i, o in ipairs(step.ops) do
    local group = by_op[i]
    if not group or (not group.rebuild and not group.created) then
      local skip = ran and ran[o] or group and (group.unchanged and o.kind ~= "index" and o.kind ~= "shell"
        or group.dropped and o.op ~= "drop_table")
      if not skip then M[o.op](out, o, step, d) end
    elseif not built[group] then
      built[group] = true
      if group.rebuild then
        rebuild.table(add, group)
        if legacy then add("PRAGMA legacy_alter_table = ON") end
      elseif group.after then
        M.create_table(out, { after = group.after }, step, d)
      end
    end
  end
end

local function rebuilt_groups(step)
  local list = {}
  for _, group in ipairs((changes.classify(step))) do
    if group.rebuild then list[#list + 1] = group end
  end
  return list
end

-- A buffer whose statements all stand outside of the runner's own transactions.
local function own_transaction(out)
  local inner = {}
  function inner.add(_, sql) out:add(sql, { transactional = false }) end
  return inner, function(sql) out:add(sql, { transactional = false }) end
end

-- They stay off: with them on, DROP TABLE would first delete the rows, and with those the rows that refer to them. A
-- package's scripts run without them from start to end.
local function begin(add)
  add("PRAGMA foreign_keys = OFF")
  add("BEGIN IMMEDIATE")
end

function M.step_rebuild(out, step, d)
  local groups = rebuilt_groups(step)
  if #groups == 0 then return render_ops(out, function(sql) out:add(sql) end, step, d) end
  local inner, add = own_transaction(out)
  begin(add)
  rebuild.count_violations(add, groups)
  render_ops(inner, add, step, d)
  rebuild.compare_violations(add, groups)
  rebuild.probe_schema(add)
  add("COMMIT")
end

local function renamed_from_to(o)
  if not (o.before and o.after) or (o.kind ~= "shell" and o.kind ~= "column") then return nil end
  if o.kind == "shell" then return o.before.name.name, o.after.name.name end
  return o.table.name .. "\0" .. o.before.name, o.table.name .. "\0" .. o.after.name
end

-- What a step gives up and takes again: tables of which one is renamed away and another into its place, tables whose
-- columns are, and views that are made anew. The triggers that name them keep their text, since the name goes on
-- meaning what then stands there. `vacated` are the renames of tables into such a place.
local function retaken(step)
  local given, dropped = {}, {}
  local found = { names = {}, views = {}, vacated = {}, managed = {} }
  for _, o in ipairs(step.ops) do
    local from, to = renamed_from_to(o)
    if from and from ~= to then
      if given[to] then
        found.names[#found.names + 1] = o.kind == "column" and o.table.name or to
        if o.kind == "shell" then found.vacated[#found.vacated + 1] = { from = from, to = to } end
      end
      given[from] = true
    end
    if o.op == "drop_view" then dropped[o.before.name.name] = true end
    if o.op == "drop_definition" then found.managed[#found.managed + 1] = catalog.called(o.before) end
    if o.op == "create_view" and dropped[o.after.name.name] then
      found.views[#found.views + 1] = o.after.name.name
    end
  end
  found.any = #found.names + #found.views > 0
  return found
end

-- A pattern for GLOB that finds the name as a word of its own.
local function word_pattern(name)
  local plain = name:lower():gsub("[%[%*%?]", "[%0]")
  return literal("*[^a-z0-9_]" .. plain .. "[^a-z0-9_]*")
end

local function kept_condition(found)
  local parts = {}
  for _, name in ipairs(found.names) do
    parts[#parts + 1] = "lower(tbl_name) = " .. literal(name:lower()) .. " OR ' ' || lower(sql) || ' ' GLOB "
      .. word_pattern(name)
  end
  for _, name in ipairs(found.views) do parts[#parts + 1] = "lower(tbl_name) = " .. literal(name:lower()) end
  local kept = "instr(sql, 'forgelua_marker') = 0 AND (" .. table.concat(parts, " OR ") .. ")"
  -- Those that the step itself takes away and makes again.
  for _, name in ipairs(found.managed) do kept = kept .. " AND lower(name) <> " .. literal(name:lower()) end
  return kept
end

-- With legacy renames no reference follows: other tables go on pointing at the name, which the new table takes. What
-- pointed at the new table under its first name (itself, or others of its set) is text that we wrote, and is pointed on.
local function point_on(add, vacated)
  add("PRAGMA writable_schema = ON")
  for _, name in ipairs(vacated) do
    local from, to = ident(name.from), ident(name.to)
    add("UPDATE main.sqlite_master SET sql = replace(sql, " .. literal(from) .. ", " .. literal(to)
      .. ") WHERE type = 'table' AND instr(sql, " .. literal(from) .. ") > 0")
  end
  add("PRAGMA writable_schema = RESET")
end

function M.step_swap(out, step, d)
  local found, groups = retaken(step), rebuilt_groups(step)
  local legacy = #found.vacated > 0
  local inner, add = own_transaction(out)
  begin(add)
  if #groups > 0 then rebuild.count_violations(add, groups) end
  if found.any then
    rebuild.keep_triggers(add, kept_condition(found), "forgelua_lifted")
    rebuild.lift_triggers(add, "forgelua_lifted")
  end
  local ran, moved = {}, aside.renames(step)
  for _, row in ipairs(moved) do ran[row.op] = true end
  if #moved > 0 then aside.move(add, moved) end
  if legacy then add("PRAGMA legacy_alter_table = ON") end
  render_ops(inner, add, step, d, legacy, ran)
  if legacy then
    add("PRAGMA legacy_alter_table = OFF")
    point_on(add, found.vacated)
  end
  if found.any then rebuild.restore_triggers(add, "forgelua_lifted") end
  if #groups > 0 then rebuild.compare_violations(add, groups) end
  rebuild.probe_schema(add)
  add("COMMIT")
end

M.script_backfill = work.backfill
M.script_copy = work.copy
M.script_cleanup = work.cleanup
M.walk = require("dialects.sqlite.walk").walk

return M
