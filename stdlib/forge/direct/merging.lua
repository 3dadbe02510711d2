--- Steps that alter one table: what makes the engine write it anew is kept, so that all of it costs one rewrite.

local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

local MERGED = { "title", "why", "loses", "loses_forward", "app" }

local function append(into, list)
  for _, value in ipairs(list or {}) do into[#into + 1] = value end
end

local function join(a, b, separator)
  if (a or "") == "" then return b end
  if (b or "") == "" then return a end
  return a .. separator .. b
end

local function merge(pending, spec)
  append(pending.ops, strategy.flat(spec.ops))
  for _, field in ipairs(MERGED) do pending[field] = join(pending[field], spec[field], "; ") end
  for _, field in ipairs({ "checks_first", "checks_before", "checks_after", "checks_back", "hazards" }) do
    pending[field] = pending[field] or {}
    append(pending[field], spec[field])
  end
  local c = spec.compatibility
  if c then
    local had = pending.compatibility or { old_app = true, new_app = true }
    pending.compatibility = {
      old_app = had.old_app and c.old_app ~= false, new_app = had.new_app and c.new_app ~= false,
      note = join(had.note, c.note, "; "),
    }
  end
  pending.reverse_work = pending.reverse_work or spec.reverse_work
end

-- Operations that an engine carries out by writing the table anew: several of them cost one rewrite together.
local function rewrites(ctx, t, list)
  for _, op in ipairs(list) do
    local joins = ctx.features.rebuild or op.kind == "column" or op.kind == "shell" or (op.before or op.after).primary
    if joins and op.kind ~= "view" and op.kind ~= "sync" and op.kind ~= "table" and strategy.impact(ctx, op, t).rewrite
    then
      return true
    end
  end
  return false
end

-- Does a question that is asked before the rewrite name a column that only the rewrite brings?
local function asks_for_new(pending, spec)
  for _, check in ipairs(spec.checks_before or {}) do
    for _, op in ipairs(pending.ops) do
      local brought = op.kind == "column" and op.after and not (op.before and op.before.name == op.after.name) and op.after.name
      if brought and sqltext.names(check.sql, brought) then return true end
    end
  end
  return false
end

--- Joins a step into another: the operations of both, in one transaction.
function M.join(into, step) merge(into, step) end

--- Adds a step that alters one table; what makes the engine rewrite it is kept until `flush`, so that all of it costs
--- one rewrite.
---@param b table
---@param unit table
---@param object string
---@param what string
---@param spec table a step's fields
---@param t table? the table as it was before the operations (they are applied when they are made)
function M.ddl(b, unit, object, what, spec, t)
  local ctx = b.ctx
  local list = strategy.flat(spec.ops)
  if #list == 0 then return nil end
  local can_merge = ctx.features.rebuild or (ctx.d.emit and ctx.d.emit.step_alter)
  if unit.pending and asks_for_new(unit.pending, spec) then M.flush_unit(b, unit) end
  local must_wait = ctx.features.rebuild and unit.pending
  if can_merge and not spec.form and (must_wait or rewrites(ctx, t or b:table(unit.q), list))
    and not (unit.pending and unit.pending.reverse_work and spec.reverse_work) then
    unit.pending = unit.pending or { ops = {}, count = 0, object = object, what = what }
    unit.pending.count = unit.pending.count + 1
    merge(unit.pending, spec)
    return nil
  end
  return b:step(object, what, spec)
end

--- Emits what `ddl` has kept for one table.
function M.flush_unit(b, unit)
  local pending = unit.pending
  if not pending then return end
  unit.pending = nil
  local one = pending.count == 1
  local object, what = one and pending.object or show(unit.q), one and pending.what or "rewrite-once"
  local form = b.ctx.features.rebuild and "rebuild" or (#pending.ops > 1 and "alter" or nil)
  pending.count, pending.object, pending.what = nil, nil, nil
  pending.form = form
  b:step(object, what, pending)
end

function M.flush(_, _, b)
  for _, unit in ipairs(b.units) do M.flush_unit(b, unit) end
end

return M
