--- Where MariaDB's catalog differs: sequences are tables of a kind of their own.

local mysql = require("dialects.mysql.catalog")

local M = { done_conditions = {} }
for word, make in pairs(mysql.done_conditions) do M.done_conditions[word] = make end

local function sequence(q, d)
  local database = (q.schema or "") ~= "" and d:literal(q.schema) or "DATABASE()"
  return ("EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s"
    .. " AND TABLE_TYPE = 'SEQUENCE')"):format(database, d:literal(q.name))
end

function M.sequence_exists(q, d) return mysql.yes(sequence(q, d)) end

function M.done_conditions.create_sequence(o, d) return sequence(o.after.name, d) end
function M.done_conditions.drop_sequence(o, d) return "NOT " .. sequence(o.before.name, d) end
M.done_conditions.rename_sequence = M.done_conditions.create_sequence

return M
