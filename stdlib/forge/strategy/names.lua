--- Names: of what a change is about, of what a plan makes, and as people read them.

local dialect = require("forge.dialect")

local M = {}

local key_of = dialect.key

--- The table that a change is about, or nil.
function M.change_table(change)
  if change.table and change.table.name then return change.table end
  if change.kind == "table" or change.kind == "shell" then return (change.before or change.after).name end
end

--- `<base><suffix>`, cut so that it fits the engine's limit on names; where it is cut, a short hash keeps it apart
--- from others that are cut alike.
---@param ctx table
---@param base string
---@param suffix string such as "__new"
---@param spare integer? bytes to leave free of the limit
function M.derived_name(ctx, base, suffix, spare)
  local limit = (ctx.d.types and ctx.d.types.identifier_limit) or 63
  if limit == 0 or #base + #suffix + (spare or 0) <= limit then return base .. suffix end
  limit = limit - (spare or 0)
  local hash = 5381
  for i = 1, #base do hash = (hash * 33 + base:byte(i)) % 0x1000000 end
  local room = limit - #suffix - 7
  local cut = base:sub(1, room)
  while cut:find("[\128-\191]$") or cut:find("[\192-\255]$") do cut = cut:sub(1, -2) end
  return cut .. string.format("_%06x", hash) .. suffix
end

--- The same, numbered where something has that name: "t__new", "t__new_2" …
---@param taken fun(name: string): boolean
function M.free_name(ctx, base, suffix, taken, spare)
  local number = 1
  while true do
    local name = M.derived_name(ctx, base, number == 1 and suffix or suffix .. "_" .. number, spare)
    if not taken(name) then return name end
    number = number + 1
  end
end

--- The same in the schema of `q`.
function M.derived_qname(ctx, q, suffix, spare)
  return { schema = q.schema, name = M.derived_name(ctx, q.name, suffix, spare) }
end

--- What a member of a table called `from` is called while the table is called `to`: engines that name constraints after
--- their table rename them with it.
---@param kind string an operation's kind
---@param name string
function M.member_name(ctx, kind, name, from, to)
  local follow = ctx.d.renamed_with_table
  if not follow or not name or from.name == to.name then return name end
  return follow(ctx.d, kind, name, from.name, to.name) or name
end

--- Has the engine one name where these two columns' names are two? Some tell letters apart by case, some do not.
---@param ctx table
function M.same_column_name(ctx, a, b)
  return a == b or ((ctx.features.caseless or "") ~= "" and a:lower() == b:lower())
end

--- A name as people read it.
function M.display(q) return key_of(q) end

return M
