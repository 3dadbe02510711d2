--- What is known of a table and of the engine: sizes, batches, windows, and what an operation costs there; and the
--- refusal of what cannot be carried out.

local answers = require("forge.dialect_answers")
local dialect = require("forge.dialect")

local M = {}

local key_of = dialect.key

--- Ends the planning of a group: the change cannot be carried out, for this reason.
function M.refuse(change, reason)
  error({ forge_refused = true, change = change, message = reason }, 0)
end

--- What is known of a table: rows (nil: unknown), whether it counts as critical and hot, whether the plan creates it.
---@return table facts { rows?, bytes?, hot, critical, environment, created, stated }
function M.facts(group, ctx, q)
  local key = q and key_of(q) or ""
  local stated = (group.facts or {})[key] or {}
  local critical = stated.critical
  if critical == nil then critical = ctx.critical or false end
  return {
    rows = stated.rows, bytes = stated.bytes, hot = stated.hot or false, critical = critical,
    environment = ctx.environment or "production", created = q ~= nil and (group.before or {})[key] == nil,
    stated = stated.rows ~= nil,
  }
end

--- What the engine takes for an operation.
---@return table impact { lock, blocks, rewrite, scan, brief, online }
function M.impact(ctx, op, t, form)
  local judge = ctx.d.locks and ctx.d.locks[op.op]
  if not judge then return { lock = "", blocks = "nothing", online = true, brief = true } end
  local given = { d = ctx.d, version = ctx.version, features = ctx.features, table = t, form = form or "" }
  return answers.impact(judge, op.op, judge(op, given))
end

--- The table that an enum's new values make the engine write anew and that has the most rows, an unknown number being the
--- most; nil where none is written.
---@return table? q
---@return table? facts
function M.rewritten_by_enum(group, ctx, change)
  local alters = change.kind == "enum" and change.before and change.after
  if not alters or not M.impact(ctx, { kind = "enum", op = "alter_enum", before = change.before, after = change.after }).rewrite then
    return nil
  end
  local name, found, most = key_of(change.before.name), nil, nil
  local keys = {}
  for key in pairs(group.before or {}) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do
    local t = group.before[key]
    for _, column in ipairs(t.columns) do
      local facts = column.type.ref == name and M.facts(group, ctx, t.name)
      if facts and (not most or (facts.rows or math.huge) > (most.rows or math.huge)) then found, most = t.name, facts end
    end
  end
  return found, most
end

--- The engine's safe recipe for an operation, or nil.
---@return string? "not_null_by_check", "not_valid_validate", "concurrently", "using_index", "from_partitions", "inplace"
function M.safe_form(ctx, op, t)
  if ctx.plain then return nil end  -- nobody is writing: the plain form is shortest
  local judge = ctx.d.locks and ctx.d.locks.safe_form
  if not judge then return nil end
  return judge(op, { d = ctx.d, version = ctx.version, features = ctx.features, table = t, form = "" })
end

-- Rows a second that are rewritten in place with all their indexes: a tenth of what was measured on an idle machine.
local kRowsPerSecond = 10000

--- The seconds that a stated window ("30m", "2h", "90") lasts; 0 where none is stated.
function M.window_seconds(text)
  local number, unit = tostring(text or ""):match("^(%d+%.?%d*)%s*([smhd]?)")
  if not number then return 0 end
  return tonumber(number) * ({ s = 1, m = 60, h = 3600, d = 86400 })[unit ~= "" and unit or "s"]
end

--- Does a stated window cover what rewriting so many rows is estimated to take?
---@param rows number? nil is unknown: no window covers it
---@param downtime string?
function M.window_covers(rows, downtime)
  return (downtime or "") ~= "" and rows ~= nil and rows / kRowsPerSecond <= M.window_seconds(downtime)
end

--- The batch that suits a table.
---@return integer rows, integer pause_ms
function M.batch(ctx, facts)
  local list = ctx.batching or require("strategies.batching")
  local rows = facts.rows or math.huge
  for _, row in ipairs(list) do
    local hot = row.hot == nil or row.hot == facts.hot
    if hot and rows <= (row.up_to_rows or math.huge) then return row.size, row.pause_ms or 0 end
  end
  return 10000, 100
end

--- A number of rows for people.
function M.rows_text(rows)
  if not rows then return "an unknown number of rows" end
  local text = string.format("%.0f", rows)
  while text:find("^%d%d%d%d") do
    local made, count = text:gsub("^(%d+)(%d%d%d)", "%1,%2")
    text = made
    if count == 0 then break end
  end
  return text .. (rows == 1 and " row" or " rows")
end

return M
