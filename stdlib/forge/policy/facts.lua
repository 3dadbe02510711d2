--- What rules look at: the words of a change, what it costs in place, what is known of its table.

local fold = require("forge.fold")
local ops = require("forge.ops")
local naming = require("forge.policy.names")
local strategy = require("forge.strategy")

local M = {}

local function word_of(change)
  if change.op and change.op ~= "" then return change.op end
  if change.kind == "raw" then return "run_raw" end
  local noun = change.kind == "key" and ((change.after or change.before).primary and "primary_key" or "unique")
    or (change.kind == "shell" and "table" or change.kind)
  return (not change.before and "create_" or not change.after and "drop_" or "alter_") .. noun
end

local function is_alter(change, kind) return change.kind == kind and change.before and change.after end

--- The words that a change answers to: its operation's, and finer ones for alterations of a column.
---@param change table
---@return string[]
function M.words(change)
  local list = { word_of(change) }
  if not is_alter(change, "column") then return list end
  local before, after = change.before, change.after
  if before.nullable and not after.nullable then list[#list + 1] = "set_not_null" end
  if after.nullable and not before.nullable then list[#list + 1] = "drop_not_null" end
  if not fold.same(before.type, after.type) then list[#list + 1] = "change_type" end
  if not fold.same(before.default, after.default) then list[#list + 1] = "change_default" end
  if before.name ~= after.name and list[1] ~= "rename_column" then list[#list + 1] = "rename_column" end
  return list
end

-- The operations that a change comes to when it is carried out in place.
local function in_place(change, ctx)
  if not is_alter(change, "column") then
    return { { kind = change.kind, op = word_of(change), table = change.table, before = change.before,
               after = change.after } }
  end
  local list, now = {}, change.before
  for _, part in ipairs(strategy.column_parts(ctx, change.before, change.after)) do
    local final = strategy.with_part(now, change.after, part)
    list[#list + 1] = ops.alter_column(change.table, now, final)
    now = final
  end
  return list
end

-- The hardest of the operations decides: one that holds up writers counts for all.
local function cost(change, ctx, t)
  local total = { online = true, rewrite = false, scan = false, blocks = "nothing" }
  for _, op in ipairs(in_place(change, ctx)) do
    local impact = strategy.impact(ctx, op, t)
    local safe = strategy.safe_form(ctx, op, t)
    if safe then total.safe_form = safe end
    if not (impact.online or safe) then total.online = false end
    if impact.rewrite then total.rewrite = true end
    if impact.scan and not safe then total.scan = true end
    if not safe and (impact.blocks == "writes" or impact.blocks == "reads and writes") then
      total.blocks = impact.blocks
    end
  end
  return total
end

local function retypes(change)
  if not is_alter(change, "column") then return false end
  local before, after = change.before, change.after
  return not (fold.same(before.type, after.type) and fold.same(before.collation, after.collation)
    and fold.same(before.charset, after.charset) and fold.same(before.generated, after.generated))
end

-- Every fact, also those that a change may be without.
local FACTS = { "adds", "blocks", "bytes", "created", "creates_table", "critical", "downtime", "drops", "environment",
                "fills", "hot", "kind", "on_rows", "online", "renames_column", "retypes", "rewrites", "rows", "safe_form",
                "stated", "table", "words" }

local ASKED = {
  __index = function(_, name)
    if naming.known(FACTS, name) then return nil end
    error(("policy: there is no fact '%s'%s"):format(tostring(name), naming.suggest(tostring(name), FACTS)), 2)
  end,
}

--- Everything that rules look at, for one change.
---@param change table
---@param group table
---@param ctx table
---@return table facts
function M.facts(change, group, ctx)
  local q = strategy.change_table(change)
  q = q or strategy.rewritten_by_enum(group, ctx, change)
  local t = q and group.before[strategy.display(q)]
  local f = strategy.facts(group, ctx, q)
  local intent = change.intent or {}
  f.words, f.kind, f.table = M.words(change), change.kind, t
  f.adds, f.drops = change.before == nil, change.after == nil
  f.creates_table = change.kind == "table" and f.adds
  f.fills = strategy.stated_fill(change) ~= nil
  -- Who states what rows are to hold has some, whatever their number was when the hint was written.
  f.on_rows = t ~= nil and not f.created and (f.rows ~= 0 or f.fills)
  f.renames_column = is_alter(change, "column")
    and not strategy.same_column_name(ctx, change.before.name, change.after.name) or false
  f.retypes = retypes(change)
  f.downtime = ctx.downtime or intent.downtime
  local c = f.on_rows and cost(change, ctx, t) or { online = true, rewrite = false, scan = false, blocks = "nothing" }
  f.online, f.rewrites, f.blocks, f.safe_form = c.online, c.rewrite, c.blocks, c.safe_form
  return setmetatable(f, ASKED)
end

--- What the decision rested on, for people: pairs of a name and a value.
function M.facts_list(f)
  local list = { { "environment", f.environment } }
  local function add(name, value) list[#list + 1] = { name, value } end
  if f.kind == "table" or f.table then
    add("rows", f.stated and string.format("%.0f", f.rows) or "unknown (counts as large)")
    add("critical", f.critical and "yes" or "no")
    add("hot", f.hot and "yes" or "no")
  end
  add("in place", f.online and "online on this engine" or ("blocks " .. f.blocks
    .. (f.rewrites and ", rewrites the table" or "")))
  if f.safe_form then add("safe form", f.safe_form) end
  return list
end

return M
