--- Locks of MariaDB's own operations; the others are MySQL's rows over dialects/mariadb/algorithm.lua.

local M = {}

for _, word in ipairs({ "create_sequence", "drop_sequence", "alter_sequence", "rename_sequence" }) do
  M[word] = function()
    return {
      lock = "EXCLUSIVE metadata lock on the sequence", blocks = "DDL", rewrite = false, scan = false, brief = true,
      online = true,
    }
  end
end

return M
