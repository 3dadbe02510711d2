--- What the risk matrix must know of the application's own triggers: which stand on a table, and what those miss of columns that are
--- kept equal in pairs.

local M = {}

--- The application's own triggers on the table, in the order of their names.
---@param ctx table
---@param q table? name of the table
---@return table[] { called, create }
function M.on(ctx, q)
  local out = {}
  for _, one in ipairs(q and ctx.definitions and ctx.definitions(q) or {}) do
    if one.kind == "trigger" then out[#out + 1] = one end
  end
  table.sort(out, function(a, b) return a.called < b.called end)
  return out
end

-- What a trigger of the application misses of a pair of columns, and what helps, by engine. PostgreSQL: a first pass of ours makes the
-- two equal before any trigger sees the row, yet which columns a statement names is the statement's. MySQL and MariaDB run triggers in
-- the order of their making: ours see what the application's have made of a row, and those not what ours will make of it.
local MISSES = {
  postgres = {
    when = "%f[%w]UPDATE%s+OF%f[%W]",
    risk = "%s: the application's trigger %s fires on UPDATE OF columns that it names, and not where the other of %s is written",
    help = "before step %d let %s fire on UPDATE OF both, until contract",
  },
  mysql = {
    when = "%f[%w]BEFORE%f[%W]",
    risk = "%s: the application's trigger %s sees a row before %s are made equal",
    help = "before step %d let %s read both where it reads one, as coalesce of the two, until contract",
  },
}
MISSES.mariadb = MISSES.mysql

--- What triggers of the application miss of the pairs that a step begins to keep equal.
---@param step table
---@param ctx table
---@return table[] { risk, mitigation }
function M.missed(step, ctx)
  local misses, out = MISSES[ctx.d and ctx.d.name or ""], {}
  for _, o in ipairs(misses and step.ops or {}) do
    local sync = o.kind == "sync" and o.after
    local pairs_ = {}
    for _, pair in ipairs(sync and sync.kind == "columns" and sync.pairs or {}) do
      if (pair.old or "") ~= "" then pairs_[#pairs_ + 1] = pair.old .. " and " .. pair.new end
    end
    for _, trigger in ipairs(#pairs_ > 0 and M.on(ctx, sync.table) or {}) do
      if (trigger.create or ""):upper():find(misses.when) then
        out[#out + 1] = { risk = misses.risk:format(step.title, trigger.called, table.concat(pairs_, ", ")),
                          mitigation = misses.help:format(step.number or 0, trigger.called) }
      end
    end
  end
  return out
end

return M
