--- Rows kept aside before a drop, as the user's `:archive()` asks: plain SQL that every engine understands, so that the
--- archive is no part of the model and outlives the plan.

local ops = require("forge.ops")
local strategy = require("forge.strategy")

local M = {}

local function raw(name, up, down, why)
  return ops.run_raw({ name = { schema = "", name = name }, up = up, down = down, why = why, phase = "contract" })
end

local function written(t)
  local names, always = {}, false
  for _, column in ipairs(t.columns) do
    if not column.generated then names[#names + 1] = column.name end
    always = always or (column.identity and column.identity.always) or false
  end
  return names, always
end

-- Rows that are there already stay as they are: whoever goes back from a stop before the drop finds all of them.
local function not_there(ctx, t, from, to)
  local same = {}
  for i, name in ipairs(strategy.key(t)) do
    same[i] = ("there.%s = %s.%s"):format(ctx.d:ident(name), to, ctx.d:ident(name))
  end
  local where = #same > 0 and " WHERE " .. table.concat(same, " AND ") or ""
  return ("NOT EXISTS (SELECT 1 FROM %s AS there%s)"):format(from, where)
end

--- The step that copies a whole table into `<table>__archive`.
---@return table spec of a step
function M.table(b, t)
  local ctx = b.ctx
  local q = strategy.derived_qname(ctx, t.name, "__archive")
  local from, to = ctx.d:qname(t.name), ctx.d:qname(q)
  local names, always = written(t)
  local list = strategy.idents(ctx, names)
  local overriding = always and " OVERRIDING SYSTEM VALUE" or ""
  local why = "rows of " .. strategy.display(t.name) .. " are kept before it goes"
  return {
    title = ("Archive %s into %s"):format(strategy.display(t.name), strategy.display(q)),
    why = "the specification asks for it: the rows outlive the drop, and the way back restores them",
    ops = {
      raw(q.name .. "_create", ("CREATE TABLE %s AS SELECT * FROM %s WHERE 1 = 0"):format(to, from),
        "DROP TABLE " .. to, why),
      raw(q.name .. "_rows", ("INSERT INTO %s (%s) SELECT %s FROM %s"):format(to, list, list, from),
        ("INSERT INTO %s (%s)%s SELECT %s FROM %s WHERE %s")
          :format(from, list, overriding, list, to, not_there(ctx, t, from, to)), why),
    },
    compatibility = { old_app = true, new_app = true, note = "nothing writes the table any more" },
    archive = { table = t.name, as = q }, hazards = { "archive" },
  }
end

--- Do the rows of a table that goes come back with it?
---@param ctx table
---@param q table the table
---@return boolean
function M.keeps_rows(ctx, q) return ctx.archived ~= nil and ctx.archived(q) end

--- The step that copies one column, with the table's key, into `<table>_<column>__archive`; nil where the table has no
--- key to find the rows again.
---@return table? spec
function M.column(b, unit, column)
  local ctx, t = b.ctx, b:table(unit.q)
  local key = strategy.key(t)
  if #key == 0 or column.generated then return nil end
  local q = strategy.derived_qname(ctx, { schema = unit.q.schema, name = unit.q.name .. "_" .. column.name }, "__archive")
  local from, to, value = ctx.d:qname(unit.q), ctx.d:qname(q), ctx.d:ident(column.name)
  local joined = {}
  for i, name in ipairs(key) do
    joined[i] = ("kept.%s = %s.%s"):format(ctx.d:ident(name), from, ctx.d:ident(name))
  end
  local where = table.concat(joined, " AND ")
  local list = strategy.idents(ctx, key) .. ", " .. value
  return {
    title = ("Archive %s.%s into %s"):format(strategy.display(unit.q), column.name, strategy.display(q)),
    why = "the specification asks for it: the values outlive the drop, and the way back restores them",
    ops = {
      raw(q.name .. "_create", ("CREATE TABLE %s AS SELECT %s FROM %s"):format(to, list, from), "DROP TABLE " .. to,
        "values are kept before the column goes"),
      raw(q.name .. "_rows", ("DELETE FROM %s WHERE %s IS NULL"):format(to, value),
        ("UPDATE %s SET %s = (SELECT kept.%s FROM %s AS kept WHERE %s) WHERE EXISTS (SELECT 1 FROM %s AS kept WHERE %s)")
          :format(from, value, value, to, where, to, where), "values are kept before the column goes"),
    },
    compatibility = { old_app = true, new_app = true, note = "nothing writes the column any more" },
    hazards = { "archive" },
  }
end

return M
