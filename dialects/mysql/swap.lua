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
local dialect = require("forge.dialect")
local state = require("dialects.mysql.state")
local sync = require("dialects.mysql.sync")

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
        sync.add_triggers(out, d, o.after, t, now)
        made[o] = true
      end
    end
  end
  return made
end

local function early_views(out, step, d, plan)
  local kept = {}
  for _, pair in ipairs(plan.renames) do
    local view, aside = plan.created[key(pair[2])], plan.early_views[key(pair[2])]
    if aside and key(aside) == key(pair[1]) and not can_stand_early(view, step, plan.dropped) then
      plan.early_views[key(pair[2])] = nil
    else
      if aside and key(aside) == key(pair[1]) then
        local made = {}
        for field, value in pairs(view) do made[field] = value end
        made.name = aside
        d.emit.create_view(out, { op = "create_view", kind = "view", after = made }, step, d)
      end
      kept[#kept + 1] = pair
    end
  end
  plan.renames = kept
end

local function after_renames(out, step, d, plan, made)
  local pending = {}
  local function flush()
    for _, run in ipairs(pending) do alter.many(out, run, step, d, { locked = true }) end
    pending = {}
  end
  local function push(o)
    local name = key(o.table)
    for _, run in ipairs(pending) do
      if key(run[1].table) == name then run[#run + 1] = o; return end
    end
    pending[#pending + 1] = { o }
  end
  for _, o in ipairs(step.ops) do
    local created, dropped = o.op == "create_view", o.op == "drop_view"
    if is_rename(o) then
      state.apply(step, o)
    elseif o.table and clauses.carries(o) then
      push(o)
    elseif created and plan.early_views[key(o.after.name)] then
      created = false
    elseif dropped and plan.aside[key(o.before.name)] then
      out:add("DROP VIEW " .. d:qname(plan.aside[key(o.before.name)]))
    elseif dropped and plan.created[key(o.before.name)] then
      dropped = false  -- replaced where it is created
    elseif created and plan.dropped[key(o.after.name)] and not plan.aside[key(o.after.name)] then
      d.emit.alter_view(out, { op = "alter_view", kind = "view", before = o.after, after = o.after }, step, d)
    elseif not made[o] then
      flush()
      d.emit[o.op](out, o, step, d)
    end
  end
  flush()
end

-- Members are carried over in the order of the operations, under the names that their tables have then.
local function swap_tables(out, step, d)
  local before_of = names_of(step)
  local plan = plan_tables(step)
  for _, o in ipairs(step.ops) do
    if o.op == "create_sync" then
      sync.prepare(out)
      break
    end
  end
  local made = early_triggers(out, step, d, before_of)
  early_views(out, step, d, plan)
  -- Foreign keys and the like that go while the tables still have their old names.
  local rest, renamed = { ops = {}, tables = step.tables, id = step.id, direction = step.direction }, false
  local first = {}
  for _, o in ipairs(step.ops) do
    renamed = renamed or is_rename(o)
    if not renamed and o.table and clauses.carries(o) then
      first[#first + 1] = o
    else
      rest.ops[#rest.ops + 1] = o
    end
  end
  for _, o in ipairs(first) do
    alter.many(out, { o }, rest, d, { locked = true })
  end
  out:add(rename_sql(d, plan.renames))
  after_renames(out, rest, d, plan, made)
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

-- A renamed column is named by the triggers of syncs that stay, too.
local function lock_sql(d, tables, step)
  local out, seen = {}, {}
  local function add(name)
    if seen[key(name)] then return end
    seen[key(name)] = true
    out[#out + 1] = d:qname(name) .. " WRITE"
  end
  for _, name in ipairs(tables) do add(name) end
  for _, o in ipairs(step.ops) do
    local fk = o.kind == "foreign_key" and (o.after or o.before)
    if fk then add(fk.ref) end
  end
  return "LOCK TABLES " .. table.concat(out, ", ")
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

local function swap_columns(out, step, d)
  local tables = altered_tables(step)
  local drops, creates, rest = {}, {}, {}
  for _, o in ipairs(step.ops) do
    if o.op == "drop_sync" then drops[#drops + 1] = o
    elseif o.op == "create_sync" then creates[#creates + 1] = o
    elseif not (o.table and clauses.carries(o)) then rest[#rest + 1] = o end
  end
  if #creates > 0 then sync.prepare(out) end
  if #tables > 0 then out:add(lock_sql(d, tables, step)) end
  for _, o in ipairs(drops) do sync.drop_triggers(out, d, o.before) end
  alter_all(out, step, d, tables)
  for _, o in ipairs(creates) do
    local t = ((step.tables or {}).after or {})[key(o.after.table)] or sync.table_of(step, o.after)
    sync.add_triggers(out, d, o.after, t)
  end
  if #tables > 0 then out:add("UNLOCK TABLES") end
  local _, created = views_of(step)
  for _, o in ipairs(rest) do
    if o.op == "drop_view" and created[key(o.before.name)] then
      -- replaced below, so that it is never missing
    elseif o.op == "create_view" and views_of(step)[key(o.after.name)] then
      d.emit.alter_view(out, { op = "alter_view", kind = "view", before = o.after, after = o.after }, step, d)
    else
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
