--- Columns of the copy that the deployed application leaves out, or leaves NULL: from the swap to contract a trigger fills them
--- as the copy was filled, so that its rows are not refused and do not get the default instead.

local fill_order = require("forge.fill_order")
local fold = require("forge.fold")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

-- The engine computed it until now, and nobody wrote it.
function M.was_computed(change) return change.before ~= nil and change.before.generated ~= nil end

local function stated(change)
  return (strategy.stated_fill(change)) or (M.was_computed(change) and change.before.generated.expr or nil)
end

-- Does nobody but the trigger give it a value for the deployed application?
local function is_new(change) return not change.before or M.was_computed(change) end

local function is_filled(change)
  if change.kind ~= "column" or not change.after or change.after.generated or not stated(change) then return false end
  return is_new(change) or (change.before.nullable and not change.after.nullable)
end

-- Where triggers run after the row is there, they cannot fill what it must have, nor tell a default from a value that is stated.
local function in_time(ctx, column) return not ctx.features.rebuild or (column.nullable and not column.default) end

-- The old table's columns under the names that the copy has for them.
local function new_names(unit)
  local map = {}
  for _, change in ipairs(unit.changes) do
    if change.kind == "column" and change.before and change.after and change.before.name ~= change.after.name then
      map[change.before.name] = change.after.name
    end
  end
  return map
end

-- Has the copy all that the expression reads of the old table?
local function can_read(entry, up, map)
  for _, column in ipairs(entry.unit.before.columns) do
    if sqltext.names(up, column.name) and not strategy.column(entry.after, map[column.name] or column.name) then return false end
  end
  return true
end

--- Notes the entry's filled columns.
function M.find(ctx, entry)
  local list, map = {}, new_names(entry.unit)
  for _, change in ipairs(entry.unit.changes) do
    if is_filled(change) and in_time(ctx, change.after) and can_read(entry, stated(change), map) then list[#list + 1] = change end
  end
  entry.filled, entry.new_names = fill_order.sorted(list, stated, ctx), map
end

function M.fills(entry, change) return strategy.contains(entry.filled, change) end

--- The copy without the defaults that would come before the trigger.
function M.without_defaults(entry, made)
  local columns = {}
  for i, column in ipairs(made.columns) do
    columns[i] = column
    for _, change in ipairs(entry.filled) do
      if is_new(change) and change.after.name == column.name and column.default then
        columns[i] = fold.copy(column)
        columns[i].default = nil
      end
    end
  end
  made.columns = columns
end

--- The trigger, as an operation of the swap; nil where nothing is to be filled.
function M.start(b, entry)
  if #entry.filled == 0 then return nil end
  local pairs_of = {}
  for i, change in ipairs(entry.filled) do
    local up, only_nulls = stated(change), select(2, strategy.stated_fill(change))
    if only_nulls then up = ("COALESCE(%s, %s)"):format(b.ctx.d:ident(change.before.name), up) end
    up = fill_order.or_default(b.ctx, change, sqltext.rename(up, entry.new_names))
    pairs_of[i] = { old = "", new = change.after.name, up = up, down = "", lead = is_new(change) and "old" or "new" }
  end
  entry.fill_sync = b:sync_name(entry.unit.q)
  return b:create_sync({ name = entry.fill_sync, kind = "fill", table = entry.unit.q, pairs = pairs_of, columns = {}, key = {} })
end

local function names(entry)
  local out = {}
  for i, change in ipairs(entry.filled) do out[i] = change.after.name end
  return table.concat(out, ", ")
end

--- Contract: the trigger goes, and the defaults come just before it does.
function M.stop(b, entry)
  if not entry.fill_sync then return end
  local q = entry.unit.q
  for _, change in ipairs(entry.filled) do
    local now = b:column(q, change.after.name)
    if is_new(change) and change.after.default and not now.default then
      b:step(show(q) .. "." .. change.after.name, "default", {
        title = ("Set the default of %s.%s"):format(show(q), change.after.name),
        why = "until now rows that left it out were filled from their other columns",
        ops = strategy.seq(b:alter_column(q, change.after.name, change.after)),
        compatibility = { old_app = true, new_app = true, note = "INSERTs that leave the column out get the default" },
      })
    end
  end
  b:step(show(q), "stop-filling", {
    title = ("Drop the trigger that filled %s of %s"):format(names(entry), show(q)),
    why = "every application writes these columns by itself now", ops = { b:drop_sync(entry.fill_sync) },
    app = ("Check that every deployed version writes %s."):format(names(entry)),
    compatibility = { old_app = false, new_app = true,
                      note = "rows of an application that leaves the column out are no longer filled" },
  })
  entry.fill_sync = nil
end

return M
