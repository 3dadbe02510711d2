--- The tables of numbers that a policy states: rows per batch, thresholds of the runbook.

local naming = require("forge.policy.names")

local M = {}

local BATCH = { up_to_rows = "number", size = "number", pause_ms = "number", hot = "boolean", note = "string" }
local THRESHOLD = { name = "string", unit = "string", normal = "string", alert = "number", rollback = "boolean",
                    action = "string" }
local MOST = 2 ^ 53  -- beyond it numbers are no longer whole

local function names_of(fields)
  local names = {}
  for name in pairs(fields) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function check_list(list, what, level)
  local last = 0
  if type(list) ~= "table" then error(("policy: %s must be a list of rows"):format(what), level + 1) end
  for key in pairs(list) do
    if type(key) ~= "number" then
      error(("policy: %s must be a list of rows, and has a field '%s'"):format(what, tostring(key)), level + 1)
    end
    last = math.max(last, key)
  end
  if last == 0 then error(("policy: %s must be a list of rows"):format(what), level + 1) end
  for i = 1, last do
    if list[i] == nil then
      error(("policy: %s has no row %d, and rows behind it; table.remove takes a row out of a list"):format(what, i), level + 1)
    end
  end
end

-- The first row that fits serves: one that asks for no less than a row above it never does.
local function check_reached(list, level)
  for i, row in ipairs(list) do
    for j = 1, i - 1 do
      local above = list[j]
      local covers = (above.hot == nil or above.hot == row.hot) and
        (not above.up_to_rows or (row.up_to_rows and row.up_to_rows <= above.up_to_rows))
      if covers then
        error(("policy: batching row %d serves no table: row %d takes each one that it would fit"):format(i, j), level)
      end
    end
  end
end

local function check_row(row, i, fields, what, level)
  if type(row) ~= "table" then error(("policy: %s row %d must be a table"):format(what, i), level + 1) end
  for field, value in pairs(row) do
    local want = fields[field]
    if not want then
      error(("policy: %s row %d has an unknown field '%s'%s"):format(what, i, tostring(field),
        naming.suggest(tostring(field), names_of(fields))), level + 1)
    end
    if type(value) ~= want then
      error(("policy: %s row %d: '%s' must be a %s"):format(what, i, field, want), level + 1)
    end
    if want == "number" and (value ~= value or value < 0 or value > MOST) then
      error(("policy: %s row %d: '%s' must be a number from 0 to 2^53"):format(what, i, field), level + 1)
    end
  end
end

--- Checks rows per batch.
---@param list table[] { up_to_rows?, size, pause_ms?, hot?, note? }
---@param level number whose line an error names, as `error` counts
function M.check_batching(list, level)
  check_list(list, "batching", level)
  for i, row in ipairs(list) do
    check_row(row, i, BATCH, "batching", level)
    if (row.size or 0) < 1 then error(("policy: batching row %d needs a size of at least 1"):format(i), level) end
    for _, field in ipairs({ "size", "pause_ms" }) do
      if row[field] and row[field] % 1 ~= 0 then
        error(("policy: batching row %d: '%s' must be a whole number"):format(i, field), level)
      end
    end
  end
  local last = list[#list]
  if last.up_to_rows or last.hot ~= nil then
    error("policy: the last row of batching must serve every table (no up_to_rows, no hot)", level)
  end
  check_reached(list, level + 1)
end

--- Checks the runbook's thresholds.
---@param list table[] { name, unit, normal, alert, rollback, action }
---@param level number
function M.check_thresholds(list, level)
  check_list(list, "thresholds", level)
  local seen = {}
  for i, row in ipairs(list) do
    check_row(row, i, THRESHOLD, "thresholds", level)
    for _, field in ipairs({ "name", "alert", "action" }) do
      if row[field] == nil or row[field] == "" then
        error(("policy: thresholds row %d has no '%s'"):format(i, field), level)
      end
    end
    if seen[row.name] then error(("policy: thresholds row %d states '%s' once more"):format(i, row.name), level) end
    seen[row.name] = true
  end
end

return M
