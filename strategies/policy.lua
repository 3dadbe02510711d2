--- Which strategy serves which change: the first rule that matches and whose strategy serves decides.
---
--- Each rule sees the change, its group, the context, and the facts that forge.policy gathers: rows (nil is unknown and
--- counts as large), critical, hot, environment (production unless named), created (the plan creates the table), online
--- (the engine changes it in place without holding up writers), rewrites, fills, renames_column, retypes …

local pairs_of = require("forge.pairs")
local policy = require("forge.policy")
local strategy = require("forge.strategy")

-- Rows that are locked for about as long as a page load: what rewrites no more may happen in place.
local kSmall = 10000
-- Rows that move before anybody notices.
local kTiny = 1000
local function at_most(f, rows) return f.stated and f.rows <= rows end

local function fits_window(f) return strategy.window_covers(f.rows, f.downtime) end

-- Changes that cost more than an instant, or that both applications cannot live with at once.
local function heavy(f) return f.on_rows and (not f.online or f.renames_column or f.fills) and not f.drops end

local function in_key(change, f)
  return change.kind == "column" and f.table ~= nil and change.before ~= nil
    and strategy.in_primary_key(f.table, change.before.name)
end

local function adds_filled(change, f)
  return change.kind == "column" and f.on_rows and (f.fills or (f.adds and f.rewrites and change.after.default ~= nil))
end

-- Is the column one end of a foreign key? Engines that check types there refuse to change one end alone.
local function linked(change, group)
  local function names(list)
    for _, name in ipairs(list or {}) do
      if name == change.before.name then return true end
    end
  end
  for _, t in pairs(group.before) do
    local own = t.name.name == change.table.name and (t.name.schema or "") == (change.table.schema or "")
    for _, fk in ipairs(t.foreign_keys or {}) do
      if own and names(fk.columns) then return true end
      local target = fk.ref.name == change.table.name and (fk.ref.schema or "") == (change.table.schema or "")
      if target and names(fk.ref_columns) then return true end
    end
  end
  return false
end

return policy.new {
  file = "strategies/policy.lua",
  batching = require("strategies.batching"),
  thresholds = require("strategies.thresholds"),
  rules = {
    { name = "no rows", strategy = "direct",
      when = function(_, _, _, f) return not f.on_rows end,
      reason = "there are no rows that could be in the way: the object is new, empty, or holds none" },
    { name = "drop", strategy = "direct",
      when = function(_, _, _, f) return f.drops and (f.online or f.kind == "column" or f.kind == "table") end,
      reason = "what goes is dropped in contract, after every application has let go of it" },
    { name = "online", strategy = "direct",
      when = function(_, _, _, f) return f.online and not f.renames_column and not f.fills end,
      reason = "the engine does it in place, without holding up writers" },
    { name = "development", strategy = "big_bang",
      when = function(_, _, _, f) return f.environment == "development" and heavy(f) end,
      reason = "in development nobody waits: one sitting is simplest" },
    { name = "tiny", strategy = "big_bang",
      when = function(_, _, _, f) return at_most(f, kTiny - 1) and f.rows > 0 and not f.critical and heavy(f) end,
      reason = "fewer than 1,000 rows and not critical: it is over in an instant" },
    { name = "window", strategy = "big_bang",
      when = function(_, _, _, f) return fits_window(f) and not f.critical and heavy(f) end,
      reason = "the stated window covers the estimate" },
    { name = "another form of a document's field", strategy = "dual_write",
      when = function(change, _, ctx, f)
        return ctx.features.documents and change.kind == "column" and (f.renames_column or f.retypes
          or (f.fills and change.before ~= nil and not select(2, strategy.stated_fill(change))))
      end,
      reason = "documents of both forms stand side by side; as no triggers exist, the applications keep both by a contract" },
    { name = "replaced by a column with an inverse", strategy = "shadow_column",
      when = function(change, group) return change.kind == "column" and pairs_of.counterpart(change, group) ~= nil end,
      reason = "the new column and the one that goes can be kept equal both ways, so both applications go on" },
    { name = "to be filled", strategy = "expand_migrate_contract",
      when = function(change, _, _, f) return adds_filled(change, f) end,
      reason = "the column must be filled while the application goes on writing" },
    { name = "rename of a key column", strategy = "direct",
      when = function(change, _, _, f) return f.renames_column and not f.retypes and in_key(change, f) end,
      reason = "a key column cannot be doubled without copying the table, and a copy would not keep the old name either" },
    { name = "rename", strategy = "shadow_column",
      when = function(_, _, _, f) return f.renames_column end,
      reason = "old and new application must both find their name until the old one is gone" },
    { name = "rewrite in a small database file", strategy = "direct",
      when = function(_, _, ctx, f) return ctx.features.rebuild and at_most(f, kSmall) end,
      reason = "building a table of at most 10,000 rows anew takes less than a second" },
    { name = "index in a database file", strategy = "direct",
      when = function(change, _, ctx) return ctx.features.rebuild and change.kind == "index" end,
      reason = "building an index reads the table once; a second copy of the table would write all of it" },
    { name = "rewrite of a large database file", strategy = "shadow_table",
      when = function(_, _, ctx, f) return ctx.features.rebuild and not f.online end,
      reason = "building it anew in one transaction would keep writers waiting for as long as all rows take" },
    { name = "type change along a foreign key", strategy = "shadow_table",
      when = function(change, group, ctx, f) return f.retypes and not ctx.features.transactional_ddl and linked(change, group) end,
      reason = "the engine refuses to change one end of a foreign key alone; copies of both tables are swapped in together" },
    { name = "type change where a swap copies", strategy = "shadow_table",
      when = function(_, _, ctx, f) return f.retypes and f.table and ctx.d and ctx.d.renames_copy and ctx.d:renames_copy(f.table) end,
      reason = "the engine would copy the table for each rename of its columns; one copy is made beside running writes instead" },
    { name = "type change", strategy = "shadow_column",
      when = function(change, _, _, f) return f.retypes and not in_key(change, f) end,
      reason = "the engine would rewrite the table under a lock; a second column does it beside running writes" },
    { name = "NOT NULL on a small table", strategy = "shadow_column",
      when = function(change, _, _, f)
        return at_most(f, kSmall) and change.kind == "column" and change.before ~= nil and change.after ~= nil
      end,
      reason = "the engine has no safe steps for it; a second column is filled and enforced beside running writes" },
    { name = "small table", strategy = "direct",
      when = function(_, _, _, f) return at_most(f, kSmall) end,
      reason = "at most 10,000 rows: the lock is over in less than a second" },
    { name = "no online form", strategy = "shadow_table",
      when = function() return true end,
      reason = "the engine would lock or copy the table; a second table is filled beside running writes and swapped in" },
    { name = "refusal of last resort", strategy = "direct",
      when = function(change) return change.kind ~= "column" or change.before == nil or change.after ~= nil end,
      reason = "no other strategy serves: it runs in place, and its lock is stated" },
  },
}
