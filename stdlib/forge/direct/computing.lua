--- A column that the engine computed and that is written from now on: until contract a trigger computes it for rows of the
--- deployed application, which never wrote it.

local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

--- The trigger, as an operation that follows the alteration; nil where none is needed, or none comes in time.
---@param b table the builder
---@param unit table
---@param change table
---@return table? op
function M.keep(b, unit, change)
  local ctx = b.ctx
  if ctx.plain or ctx.features.documents or ctx.features.rebuild or change.after.default then return nil end
  local sync = { name = b:sync_name(unit.q), kind = "fill", table = unit.q, columns = {}, key = {}, pairs = {
    { old = "", new = change.before.name, up = change.before.generated.expr, down = "", lead = "old" },
  } }
  unit.computing = unit.computing or {}
  unit.computing[#unit.computing + 1] = { name = sync.name, change = change }
  return b:create_sync(sync)
end

--- What the alteration means for the deployed application where no trigger computes the column for it.
---@return boolean old_app
---@return string note
function M.without(change)
  local name, given = change.before.name, change.after.nullable or change.after.default ~= nil
  return given, given and ("rows of the deployed application no longer get %s computed: it is %s in them"):format(name,
    change.after.default and "the default" or "NULL") or ("INSERTs that give no %s fail from here"):format(name)
end

--- Contract: every application writes the columns by itself.
function M.stop(b, unit)
  for _, one in ipairs(unit.computing or {}) do
    local object = show(unit.q) .. "." .. one.change.after.name
    b:step(object, "stop-computing", {
      title = "Drop the trigger that computed " .. object, why = "every application writes the column by itself now",
      ops = { b:drop_sync(one.name) }, app = "Check that every deployed version writes " .. object .. ".",
      compatibility = { old_app = false, new_app = true,
                        note = "rows of an application that leaves the column out are no longer computed" },
    })
  end
  unit.computing = nil
end

return M
