--- Two passes over a row whose columns are kept equal in pairs, or filled.
---
--- A trigger of the application that looks at a row before it is written knows one column of a pair and not the other. A first pass
--- of ours makes the two equal for it, and the one behind them all carries over what such triggers have changed since. What the first
--- pass left is kept in a setting of the transaction, until the next row's. A row of which a value cannot be carried over it gives
--- back as it came: a trigger of the application may make that fit yet, and what does not fit then the last pass says, once.

local dialect = require("forge.dialect")
local names = require("dialects.postgres.names")

local M = {}

-- The setting of a sync; a table may have several, its partitions have theirs, and a trigger between the passes may write other rows.
local function kept(sync)
  return ("concat('forgelua.pass_%s_', TG_RELID, '_', pg_trigger_depth())"):format(dialect.checksum(sync.name.name))
end

--- What the pairs are made of: the columns' names, and the place of each among them.
---@param pairs_ table[] pairs of the sync
---@param other_inputs fun(pair: table): string[] columns besides `old` that the new one is computed from
---@return string[] columns
---@return table<string, integer> at
function M.columns(pairs_, other_inputs)
  local list, at = {}, {}
  local function add(name)
    if at[name] then return end
    list[#list + 1] = name
    at[name] = #list
  end
  for _, pair in ipairs(pairs_) do
    if (pair.old or "") ~= "" then add(pair.old) end
    for _, name in ipairs(other_inputs(pair)) do add(name) end
    add(pair.new)
  end
  return list, at
end

--- How the function begins: `forgelua_seen` is what the first pass left, which has just seen the same row, or NULL where it left nothing.
function M.first_lines(sync)
  return {
    "  IF TG_NARGS = 0 THEN",
    ("    forgelua_seen := nullif(current_setting(%s, true), '')::text[];"):format(kept(sync)),
    "  ELSE",
    "    forgelua_given := NEW;",
    "  END IF;",
  }
end

--- How it ends: the first pass says what it leaves.
---@param columns string[] as `M.columns` gives them
---@param fills integer how many pairs are filled: which of them the first pass has computed stands behind the columns
function M.last_lines(sync, columns, fills, d)
  local texts = {}
  for i, name in ipairs(columns) do texts[i] = ("NEW.%s::text"):format(d:ident(name)) end
  for i = 1, fills do texts[#texts + 1] = ("(forgelua_made[%d])::text"):format(i) end
  return {
    "  IF TG_NARGS > 0 AND forgelua_failed THEN",
    "    NEW := forgelua_given;",
    ("    PERFORM set_config(%s, '', true);"):format(kept(sync)),
    "  ELSIF TG_NARGS > 0 THEN",
    ("    PERFORM set_config(%s, ARRAY[%s]::text, true);"):format(kept(sync), table.concat(texts, ", ")),
    "  END IF;",
  }
end

--- A condition: has one of the columns another value than the first pass left?
---@param columns string[]
---@param at table<string, integer> as `M.columns` gives it
---@return string
function M.touched(columns, at, d)
  local list = {}
  for i, name in ipairs(columns) do
    list[i] = ("NEW.%s::text IS DISTINCT FROM forgelua_seen[%d]"):format(d:ident(name), at[name])
  end
  return table.concat(list, " OR ")
end

--- A condition: did the first pass compute the fill of that number?
---@param columns string[] as `M.columns` gives them
---@param fill integer
---@return string
function M.made(columns, fill) return ("coalesce(forgelua_seen[%d], '') = 'true'"):format(#columns + fill) end

--- The names of the two passes' triggers. Triggers run in the order of their names' bytes: these sort before and behind what
--- applications call theirs, `zz_last` among them.
function M.first_trigger(sync) return names.clip("!zz_" .. sync.name.name) end
function M.last_trigger(sync) return names.clip("~zz_" .. sync.name.name) end

return M
