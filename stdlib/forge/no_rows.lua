--- Changes that only a table without rows can take: a required column that neither a default nor a backfill gives a value.
--- Where nothing is known of the table's rows it is planned as an empty one, and the scripts ask before they change anything.

local fold = require("forge.fold")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

--- Must somebody give the column a value in every row?
---@param column table
---@return boolean
function M.needs_value(column)
  return not column.nullable and not column.default and not column.generated and not column.identity
    and column.type.name ~= "serial" and column.type.name ~= "bigserial"
end

local function fills(change) return strategy.stated_fill(change) ~= nil end

-- By table: the columns of the group that need a value and get none, and whether another one is filled. Who states what rows
-- are to hold has some.
local function unfilled(group)
  local by_table, filled = {}, {}
  for _, change in ipairs(group.changes) do
    local key = change.kind == "column" and change.after and show(strategy.change_table(change))
    if key and fills(change) then
      filled[key] = true
    elseif key and not change.before and group.before[key] and M.needs_value(change.after) then
      by_table[key] = by_table[key] or {}
      table.insert(by_table[key], change.after.name)
    end
  end
  for key in pairs(filled) do by_table[key] = nil end
  return by_table
end

--- Notes in the group which of its tables must be empty, and plans those of which nothing is known as empty.
---@param group table
function M.assume(group)
  for key, names in pairs(unfilled(group)) do
    local facts = (group.facts or {})[key] or {}
    if facts.rows == 0 or (facts.rows == nil and not facts.hot) then
      group.must_be_empty = group.must_be_empty or {}
      group.must_be_empty[key] = { table = group.before[key].name, columns = names, known = facts.rows == 0 }
      group.facts = group.facts or {}
      group.facts[key] = fold.copy(facts)
      group.facts[key].rows = 0
    end
  end
end

local function sorted(map)
  local keys = {}
  for key in pairs(map or {}) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local function works_on(step, q)
  for _, op in ipairs(step.ops) do
    local own = op.table and (op.table.name or "") ~= "" and op.table or (op.before or op.after or {}).name
    if type(own) == "table" and fold.same_q(own, q) then return true end
  end
  return false
end

local function columns_text(entry)
  local out = {}
  for i, name in ipairs(entry.columns) do out[i] = show(entry.table) .. "." .. name end
  return table.concat(out, ", ")
end

--- Lets the scripts ask for rows before they change anything: the first step that works on the table carries the question.
---@param group table
---@param ctx table
---@param steps table[] in the order of phases
function M.ask(group, ctx, steps)
  for _, key in ipairs(sorted(group.must_be_empty)) do
    local entry, first = group.must_be_empty[key], steps[1]
    for _, step in ipairs(steps) do
      if works_on(step, entry.table) then
        first = step
        break
      end
    end
    if first then
      first.checks_first, first.hazards = first.checks_first or {}, first.hazards or {}
      table.insert(first.checks_first, strategy.must_be_none(
        ("%s has no rows, which would have no value for %s (state :default or :backfill)"):format(key, columns_text(entry)),
        ctx.d.ask and ctx.d.ask.count(entry.table)
          or ("SELECT COUNT(*) FROM (SELECT 1 AS one FROM %s LIMIT 1) AS found"):format(ctx.d:qname(entry.table))))
      table.insert(first.hazards, "must_be_empty")
    end
  end
end

--- What is to be decided before a plan runs that takes tables for empty.
---@param group table
---@return string[]
function M.action_items(group)
  local out = {}
  for _, key in ipairs(sorted(group.must_be_empty)) do
    local entry = group.must_be_empty[key]
    if not entry.known then
      out[#out + 1] = ("does %s hold rows? %s: NOT NULL, and neither a default nor a backfill. The scripts stop before they "
        .. "change anything where there is a row; then state :default or :backfill"):format(key, columns_text(entry))
    end
  end
  return out
end

return M
