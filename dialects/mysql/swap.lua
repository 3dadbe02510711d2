--- Steps of the form `swap`: names that must change at one moment for every other session.
---
--- Tables: one RENAME TABLE, which is atomic on both servers (MariaDB refuses it under LOCK TABLES, and two ALTER … RENAME
--- leave a moment in which the name is free). What must hold from that moment on is put in place before it: triggers of the
--- new direction are made on the table under its old name and pass over a target that is not there yet, and a view that
--- takes a renamed table's name is made aside and renamed along.
---
--- Columns: triggers that name a column must go before it is renamed and come back after. LOCK TABLES … WRITE holds the
--- application's statements back meanwhile.

local alter = require("dialects.mysql.alter")
local clauses = require("dialects.mysql.clauses")
local counters = require("dialects.mysql.counters")
local dialect = require("forge.dialect")
local doubling = require("dialects.mysql.doubling")
local generated = require("dialects.mysql.generated")
local state = require("dialects.mysql.state")
local sync = require("dialects.mysql.sync")
local text = require("dialects.mysql.text")

local M = {}

local key = dialect.key

local function is_rename(o)
  return o.kind == "shell" and key(o.before.name) ~= key(o.after.name)
end

local function has_table_rename(step)
  for _, o in ipairs(step.ops) do if is_rename(o) then return true end end
  return false
end

local function beside(name, suffix)
  local base = name.name
  if #base + #suffix > 64 then base = base:sub(1, 64 - #suffix) end
  return { schema = name.schema, name = base .. suffix }
end

-- Who is called what before and after all renames of the step.
local function names_of(step)
  local before_of, after_of = {}, {}
  for _, o in ipairs(step.ops) do
    if is_rename(o) then
      local start = before_of[key(o.before.name)] or o.before.name
      before_of[key(o.after.name)] = start
      after_of[key(start)] = o.after.name
    end
  end
  return before_of, after_of
end

-- Views that must go, and views that must come, by name.
local function views_of(step)
  local dropped, created = {}, {}
  for _, o in ipairs(step.ops) do
    if o.op == "drop_view" then dropped[key(o.before.name)] = o.before end
    if o.op == "create_view" then created[key(o.after.name)] = o.after end
  end
  return dropped, created
end

local function plan_tables(step)
  local plan = { renames = {}, early_views = {}, aside = {}, taken = {}, freed = {} }
  local dropped, created = views_of(step)
  for _, o in ipairs(step.ops) do
    if is_rename(o) then
      plan.freed[key(o.before.name)] = true
      plan.taken[key(o.after.name)] = true
    end
  end
  for _, o in ipairs(step.ops) do
    if is_rename(o) then
      local view = dropped[key(o.after.name)]
      if view and not plan.aside[key(view.name)] then
        local away = beside(view.name, "__gone")
        plan.aside[key(view.name)] = away
        plan.renames[#plan.renames + 1] = { view.name, away }
      end
      plan.renames[#plan.renames + 1] = { o.before.name, o.after.name }
    end
  end
  for _, o in ipairs(step.ops) do
    local view = o.op == "create_view" and o.after
    if view and plan.freed[key(view.name)] and not plan.taken[key(view.name)] then
      plan.early_views[key(view.name)] = beside(view.name, "__view")
      plan.renames[#plan.renames + 1] = { plan.early_views[key(view.name)], view.name }
    end
  end
  plan.dropped, plan.created = dropped, created
  return plan
end

-- What a view that comes reads must be there before the renames, under the names that it uses, to make it aside.
local function can_stand_early(view, step, dropped)
  for _, used in ipairs(view.uses or {}) do
    local known = ((step.tables or {}).before or {})[key(used)] or dropped[key(used)]
    if not known then return false end
  end
  return true
end

local function rename_sql(d, renames)
  local out = {}
  for i, pair in ipairs(renames) do out[i] = d:qname(pair[1]) .. " TO " .. d:qname(pair[2]) end
  return "RENAME TABLE " .. table.concat(out, ", ")
end

-- Triggers of the new direction, on the table under the name that it has before the renames.
local function early_triggers(out, step, d, before_of)
  local made = {}
  for _, o in ipairs(step.ops) do
    if o.op == "create_sync" then
      local now = before_of[key(o.after.table)]
      local t = ((step.tables or {}).after or {})[key(o.after.table)]
      if now and t then
        sync.add_triggers(out, d, o.after, t, now, step.tables.after)
        made[o] = true
      end
    end
  end
  return made
end

-- The view that stands under a table's coming name is given all columns of that table, so that a view made aside over that
-- name may read any of them.
local function widen(out, d, step, view, source)
  local t = state.table(step, source)
  if not t then return end
  local names = {}
  for i, col in ipairs(t.columns) do names[i] = col.name end
  out:add(("CREATE OR REPLACE %sVIEW %s AS SELECT %s FROM %s"):format(
    view.security_invoker and "SQL SECURITY INVOKER " or "", d:qname(view.name), text.idents(d, names), d:qname(source)))
end

local function make_aside(out, step, d, plan, view, aside, before_of)
  for _, used in ipairs(view.uses or {}) do
    local standing, source = plan.dropped[key(used)], before_of[key(used)]
    if standing and source then widen(out, d, step, standing, source) end
  end
  local made = {}
  for field, value in pairs(view) do made[field] = value end
  made.name = aside
  d.emit.create_view(out, { op = "create_view", kind = "view", after = made }, { ops = {} }, d)
end

local function early_views(out, step, d, plan, before_of)
  local kept = {}
  for _, pair in ipairs(plan.renames) do
    local view, aside = plan.created[key(pair[2])], plan.early_views[key(pair[2])]
    local own = aside and key(aside) == key(pair[1])
    if own and not can_stand_early(view, step, plan.dropped) then
      plan.early_views[key(pair[2])] = nil
    else
      if own then make_aside(out, step, d, plan, view, aside, before_of) end
      kept[#kept + 1] = pair
    end
  end
  plan.renames = kept
end

local function lock_sql(d, names)
  local out, seen = {}, {}
  for _, name in ipairs(names) do
    if not seen[key(name)] then
      seen[key(name)] = true
      out[#out + 1] = d:qname(name) .. " WRITE"
    end
  end
  return "LOCK TABLES " .. table.concat(out, ", ")
end

-- A foreign key that moves from one table to another is gone for a moment: nobody writes to either meanwhile.
local function lock_keys(out, d, run)
  local names = {}
  for _, o in ipairs(run) do
    if o.kind == "foreign_key" and not generated.follows(d, o) then
      names[#names + 1] = o.table
      for _, side in ipairs({ "before", "after" }) do
        if o[side] then names[#names + 1] = o[side].ref end
      end
    end
  end
  if #names == 0 then return false end
  out:add(lock_sql(d, names))
  return true
end

-- Rows that came without a value get the type's zero before the column is NOT NULL again.
local function fill_nulls(out, d, o)
  local col = o.after
  local row = d.types.map[col.type.name] or {}
  local zero = row.zero or (col.type.values and col.type.values[1] and d:literal(col.type.values[1]))
  if not zero then return end
  out:add(("SET @forgelua_backfill = %d"):format(sync.side.copy))
  out:add(("UPDATE %s SET %s = %s WHERE %s IS NULL"):format(
    d:qname(o.table), d:ident(col.name), zero, d:ident(col.name)))
  out:add("SET @forgelua_backfill = NULL")
end

local function nullability(o)
  if o.kind ~= "column" or not (o.before and o.after) or o.before.name ~= o.after.name then return nil end
  if o.before.nullable == o.after.nullable then return nil end
  return o.after.nullable and "relax" or "tighten"
end

-- Members of tables, in the order of their operations: one ALTER TABLE a table, as far as may be.
local function alter_members(out, step, d, ops)
  local order, runs = {}, {}
  for _, o in ipairs(ops) do
    local name = key(o.table)
    if not runs[name] then
      runs[name] = {}
      order[#order + 1] = name
    end
    if nullability(o) == "tighten" then fill_nulls(out, d, o) end
    table.insert(runs[name], o)
  end
  for _, name in ipairs(order) do
    -- A table that cannot be altered under a lock has its new keys looked at afterwards.
    local open = doubling.numbered(d, state.table(step, runs[name][1].table)) ~= nil
    local locked = not open and lock_keys(out, d, runs[name])
    alter.many(out, runs[name], step, d, { locked = not open })
    if locked then out:add("UNLOCK TABLES") end
  end
end

local function retold(o, name)
  local made = {}
  for field, value in pairs(o) do made[field] = value end
  made.table = name
  return made
end

-- What is done before the tables change places, and what after. A column that must take NULL from then on takes it before;
-- one that no longer may is asked for values after. An operation between two renames names its table as it is called there.
local function sorted_members(step, before_of, after_of)
  local early, late, renamed, start_of = {}, {}, false, {}
  for _, o in ipairs(step.ops) do
    renamed = renamed or is_rename(o)
    if is_rename(o) then start_of[key(o.after.name)] = start_of[key(o.before.name)] or o.before.name end
    if o.table and clauses.carries(o) then
      local kind = nullability(o)
      if renamed and kind == "relax" and before_of[key(o.table)] then
        early[#early + 1] = retold(o, before_of[key(o.table)])
      elseif not renamed and kind == "tighten" and after_of[key(o.table)] then
        late[#late + 1] = retold(o, after_of[key(o.table)])
      elseif renamed then
        late[#late + 1] = retold(o, after_of[key(start_of[key(o.table)] or o.table)] or o.table)
      else
        early[#early + 1] = o
      end
    end
  end
  return early, late
end

-- Views and syncs once the tables have their new names.
local function rest(out, step, d, plan, made)
  for _, o in ipairs(step.ops) do
    local view = (o.after or o.before).name
    local handled = is_rename(o) or made[o] or (o.table and clauses.carries(o))
    if o.op == "create_view" and plan.early_views[key(view)] then
      handled = true
    elseif o.op == "drop_view" and plan.aside[key(view)] then
      out:add("DROP VIEW " .. d:qname(plan.aside[key(view)]))
      handled = true
    elseif o.op == "drop_view" and plan.created[key(view)] then
      handled = true  -- replaced where it is created, so that it is never missing
    elseif o.op == "create_view" and plan.dropped[key(view)] and not plan.aside[key(view)] then
      d.emit.alter_view(out, { op = "alter_view", kind = "view", before = o.after, after = o.after }, step, d)
      handled = true
    end
    if not handled then d.emit[o.op](out, o, step, d) end
  end
end

local function swap_tables(out, step, d)
  local before_of, after_of = names_of(step)
  local plan = plan_tables(step)
  local shown = { id = step.id, ops = {}, tables = step.tables }
  local early, late = sorted_members(step, before_of, after_of)
  for _, o in ipairs(step.ops) do
    if o.op == "create_sync" then
      sync.prepare(out)
      break
    end
  end
  alter_members(out, shown, d, early)
  counters.of_step(out, d, step, after_of)
  local made = early_triggers(out, step, d, before_of)
  early_views(out, step, d, plan, before_of)
  out:add(rename_sql(d, plan.renames))
  for _, o in ipairs(step.ops) do
    if is_rename(o) then state.apply(shown, o) end
  end
  -- The triggers of the old direction go first: they name a table that has moved.
  for _, o in ipairs(step.ops) do
    if o.op == "drop_sync" then
      sync.drop_triggers(out, d, o.before)
      made[o] = true
    end
  end
  alter_members(out, shown, d, late)
  rest(out, step, d, plan, made)
end

-- The tables whose columns a swap changes, in order.
local function altered_tables(step)
  local list, seen = {}, {}
  for _, o in ipairs(step.ops) do
    local name = o.table or (o.kind == "sync" and (o.after or o.before).table)
    if name and not seen[key(name)] then
      seen[key(name)] = true
      list[#list + 1] = name
    end
  end
  return list
end

local function lock_of_columns(d, tables, step)
  local names = {}
  for _, name in ipairs(tables) do names[#names + 1] = name end
  for _, o in ipairs(step.ops) do
    local fk = o.kind == "foreign_key" and (o.after or o.before)
    if fk then names[#names + 1] = fk.ref end
  end
  return lock_sql(d, names)
end

local function alter_all(out, step, d, tables)
  for _, name in ipairs(tables) do
    local run = {}
    for _, o in ipairs(step.ops) do
      if o.table and key(o.table) == key(name) and clauses.carries(o) then run[#run + 1] = o end
    end
    if #run > 0 then alter.many(out, run, step, d, { locked = true }) end
  end
end

-- A trigger of the user's that names a column must not be there when that is renamed. One of a table that is locked goes and
-- comes under the lock, so that no row is written without it; no other one can.
local function add_definitions(out, step, d, tables, word, locked)
  for _, o in ipairs(step.ops) do
    local one, under = o.op == word and (o.after or o.before), false
    for _, name in ipairs(one and one.kind == "trigger" and one.on and tables or {}) do
      under = under or key(name) == key(one.on)
    end
    if one and under == locked then d.emit[word](out, o, step, d) end
  end
end

local DEFINITIONS = { create_definition = true, drop_definition = true }

local function swap_columns(out, step, d)
  local tables = altered_tables(step)
  local drops, creates, others = {}, {}, {}
  for _, o in ipairs(step.ops) do
    if o.op == "drop_sync" then drops[#drops + 1] = o
    elseif o.op == "create_sync" then creates[#creates + 1] = o
    elseif not (o.table and clauses.carries(o)) then others[#others + 1] = o end
  end
  if #creates > 0 then sync.prepare(out) end
  add_definitions(out, step, d, tables, "drop_definition", false)
  if #tables > 0 then out:add(lock_of_columns(d, tables, step)) end
  add_definitions(out, step, d, tables, "drop_definition", true)
  for _, o in ipairs(drops) do sync.drop_triggers(out, d, o.before) end
  alter_all(out, step, d, tables)
  for _, o in ipairs(creates) do
    local t = ((step.tables or {}).after or {})[key(o.after.table)] or sync.table_of(step, o.after)
    sync.add_triggers(out, d, o.after, t, nil, nil, step)
  end
  add_definitions(out, step, d, tables, "create_definition", true)
  if #tables > 0 then out:add("UNLOCK TABLES") end
  add_definitions(out, step, d, tables, "create_definition", false)
  -- No view can be changed under LOCK TABLES; one that comes back is replaced, so that it is never missing.
  local dropped, created = views_of(step)
  for _, o in ipairs(others) do
    if o.op == "create_view" and dropped[key(o.after.name)] then
      d.emit.alter_view(out, { op = "alter_view", kind = "view", before = o.after, after = o.after }, step, d)
    elseif not DEFINITIONS[o.op] and not (o.op == "drop_view" and created[key(o.before.name)]) then
      d.emit[o.op](out, o, step, d)
    end
  end
end

--- Renders a step of the form `swap`.
function M.step(out, step, d)
  state.reset(step)
  if has_table_rename(step) then return swap_tables(out, step, d) end
  return swap_columns(out, step, d)
end

return M
