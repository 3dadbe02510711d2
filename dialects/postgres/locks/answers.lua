--- How it is said what a statement takes: its lock, what that keeps out, and whether rows are read or written.

local M = {}

local BLOCKS = {
  ["ACCESS EXCLUSIVE"] = "reads and writes", ["EXCLUSIVE"] = "writes", ["SHARE ROW EXCLUSIVE"] = "writes",
  ["SHARE"] = "writes", ["SHARE UPDATE EXCLUSIVE"] = "DDL", ["ROW SHARE"] = "nothing", ["ACCESS SHARE"] = "nothing",
  ["ROW EXCLUSIVE"] = "nothing", [""] = "nothing",
}

--- What a statement takes.
---@param lock string the mode of the lock; "" for none
---@param work string? nil (only the catalog is written), "scan" or "rewrite"
---@param note string?
---@param also string[]? other tables that are locked with it
function M.row(lock, work, note, also)
  local blocks = BLOCKS[lock]
  local held = blocks == "writes" or blocks == "reads and writes"
  return {
    lock = lock, blocks = blocks, rewrite = work == "rewrite", scan = work ~= nil,
    brief = work == nil or not held, note = note, also_locks = also or {},
    online = work == nil or (work == "scan" and not held),
  }
end

--- No lock on the table.
function M.none(note) return M.row("", nil, note) end

--- The lock that keeps out readers and writers.
function M.exclusive(work, note, also) return M.row("ACCESS EXCLUSIVE", work, note, also) end

--- A table's name as documents show it.
function M.shown(q) return q.schema and q.schema ~= "" and q.schema .. "." .. q.name or q.name end

return M
