--- Two passes over a row whose columns are kept equal in pairs.
---
--- A trigger of the application that looks at a row before it is written knows one column of a pair and not the other. Where there
--- is such a trigger, a first pass of ours makes the two equal for it, and the one behind them all carries over what they have
--- changed since. What the first pass left is kept in a setting of the transaction, by the table, and is gone once it has been read.

local names = require("dialects.postgres.names")
local sql = require("dialects.postgres.sql")

local M = {}

local KEPT = "'forgelua.pass_' || TG_RELID"

--- What the pairs are made of: the columns' names, and the place of each among them.
---@param pairs_ table[] pairs of the sync; those without an old side are left out
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
    if pair.old and pair.old ~= "" then
      add(pair.old)
      for _, name in ipairs(other_inputs(pair)) do add(name) end
      add(pair.new)
    end
  end
  return list, at
end

--- How the function begins: `forgelua_seen` is what the first pass left, NULL where there was none.
function M.first_lines()
  return {
    "  IF TG_NARGS = 0 THEN",
    ("    forgelua_seen := nullif(current_setting(%s, true), '')::text[];"):format(KEPT),
    "    IF forgelua_seen IS NOT NULL THEN",
    ("      PERFORM set_config(%s, '', true);"):format(KEPT),
    "    END IF;",
    "  END IF;",
  }
end

--- How it ends: the first pass says what it leaves.
---@param columns string[] as `M.columns` gives them
function M.last_lines(columns, d)
  if #columns == 0 then return {} end
  local texts = {}
  for i, name in ipairs(columns) do texts[i] = ("NEW.%s::text"):format(d:ident(name)) end
  return {
    "  IF TG_NARGS > 0 THEN",
    ("    PERFORM set_config(%s, ARRAY[%s]::text, true);"):format(KEPT, table.concat(texts, ", ")),
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

--- The name of the first pass's trigger. Triggers run in the order of their names' bytes: this sorts before letters and digits.
function M.trigger_name(sync) return names.clip("!zz_" .. sync.name.name) end

local CREATE = [[

BEGIN
  -- A trigger of the application that sees a row before it is written finds both columns filled, whichever was given.
  IF EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = to_regclass(@at@)
      AND NOT t.tgisinternal AND t.tgtype & 3 = 3 AND t.tgtype & 20 <> 0 AND position('-- forgelua:' in p.prosrc) = 0) THEN
    CREATE TRIGGER @name@ BEFORE INSERT OR UPDATE ON @table@ FOR EACH ROW
      WHEN (@when@) EXECUTE FUNCTION @run@('first');
  END IF;
END
]]

--- The statement that brings the first pass where there is use for it: the database knows its triggers, a specification need not.
---@param sync table
---@param when string whose rows it sees
---@param run string the function's name, quoted
---@return string
function M.create(sync, when, run, d)
  local at = d:qname(sync.table)
  local values = { at = d:literal(at), name = d:ident(M.trigger_name(sync)), table = at, when = when, run = run }
  return "DO " .. sql.dollar((CREATE:gsub("@(%w+)@", values)))
end

return M
