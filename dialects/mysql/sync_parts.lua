--- What the triggers of dual-writes are made of, be it between columns or between tables.

local checksum = require("forge.dialect").checksum
local held = require("dialects.mysql.held")

local M = {}

-- A sync of tables says its target in the names: when two tables change places, the triggers of both directions stand for
-- a moment, under one sync's name.
function M.trigger_name(sync, suffix)
  local base = sync.name.name or sync.name
  if sync.kind == "table" then suffix = "_" .. checksum(sync.target.name):sub(-4) .. suffix end
  if #base + #suffix > 64 then base = base:sub(1, 55 - #suffix) .. "_" .. checksum(base) end
  return base .. suffix
end

function M.key_names(t)
  local out = {}
  if t.primary_key then
    for _, part in ipairs(t.primary_key.parts) do if part.column then out[#out + 1] = part.column end end
  end
  return out
end

-- The row's key as text, for the log.
local function key_text(d, names, side)
  if #names == 0 then return "NULL" end
  local out = {}
  for i, name in ipairs(names) do out[i] = side .. "." .. d:ident(name) end
  return #out == 1 and ("CAST(%s AS CHAR)"):format(out[1]) or "CONCAT_WS(',', " .. table.concat(out, ", ") .. ")"
end

function M.log(d, t, sync, column, keys, side)
  return ("INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES (%s, %s, %s, %s, forgelua_message);")
    :format(d:literal(sync.name.name), d:literal(column), key_text(d, keys, side), held.row_json(d, t, side .. "."))
end

--- The statement of one trigger.
---@param ahead_of table|nil the sync whose trigger of that event it is to run before; else it runs after all that stand
function M.trigger(d, sync, suffix, timing, event, body, ahead_of)
  local name = { schema = sync.table.schema, name = M.trigger_name(sync, suffix) }
  return ("CREATE TRIGGER %s %s %s ON %s FOR EACH ROW%s\nforgelua_sync: BEGIN\n%s\nEND"):format(
    d:qname(name), timing, event, d:qname(sync.table), ahead_of and " PRECEDES " .. d:ident(M.trigger_name(ahead_of, suffix)) or "", body)
end

return M
