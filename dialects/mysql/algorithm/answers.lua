--- An answer of the server: ALGORITHM and LOCK, and the weaker of two.

local M = {}

--- Weaker later. REBUILD is INPLACE with the table written anew while writes go on.
M.RANK = { INSTANT = 1, NOCOPY = 2, INPLACE = 3, REBUILD = 4, COPY = 5 }
local LOCK_RANK = { NONE = 1, SHARED = 2, EXCLUSIVE = 3 }

---@return table { algorithm, lock, note }
function M.answer(algorithm, lock, note) return { algorithm = algorithm, lock = lock or "NONE", note = note } end

--- The weaker of two.
function M.worse(a, b)
  if not a then return b end
  local pick = M.RANK[b.algorithm] > M.RANK[a.algorithm] and b or a
  local lock = LOCK_RANK[b.lock] > LOCK_RANK[a.lock] and b.lock or a.lock
  return { algorithm = pick.algorithm, lock = lock, note = pick.note }
end

return M
