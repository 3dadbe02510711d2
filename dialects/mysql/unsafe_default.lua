--- MySQL adds no column whose default a replica might compute otherwise (error 1674), but it gives such a default to a column
--- that is there: the column comes empty, is filled, and gets its default and its rule.

local operations = require("forge.ops")

local M = {}

-- Manual, "Replication and System Functions": those that a default may call.
local UNSAFE = {
  "uuid", "uuid_short", "rand", "random_bytes", "sysdate", "user", "current_user", "session_user", "system_user",
  "connection_id", "version", "load_file",
}

local function unsafe(default)
  local text = default and default.kind == "sql" and default.text:lower() or ""
  for _, word in ipairs(UNSAFE) do
    if text:find("%f[%w_]" .. word .. "%s*%(") then return true end
  end
  return false
end

--- The operations that an `add_column` falls into, and the statement that fills the rows before the second; nil where the
--- server takes it as it is.
---@return table[]? operations
---@return string? fill
function M.apart(o, d)
  if d.flavour ~= "mysql" or o.op ~= "add_column" or not unsafe(o.after.default) then return nil end
  local bare = {}
  for key, value in pairs(o.after) do bare[key] = value end
  bare.default, bare.nullable = nil, true
  local fill = ("UPDATE %s SET %s = %s"):format(d:qname(o.table), d:ident(bare.name), o.after.default.text)
  return { operations.add_column(o.table, bare), operations.alter_column(o.table, bare, o.after) }, fill
end

return M
