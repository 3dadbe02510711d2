--- The vocabulary of the spec language, as data: every word with what it takes, what it means and an example. The constructors
--- (spec.lua), `forgelua doc` and the editor types in stdlib/meta are all held to this list.

local M = {}

---@class forge.Word
---@field word string
---@field on string what it is said of: "spec" (a word by itself), "header", "changes", "column", "index", "table" …
---@field kind string "object", "part", "value", "source", "field", "change", "type", "modifier"
---@field takes? string what it is called with
---@field args? table[] a type word's arguments: { name, least, most, optional }
---@field values? string[] the values that are allowed
---@field field? string where a node keeps it
---@field doc string
---@field example string

---@type forge.Word[]
M.list = {}

for _, name in ipairs({ "words_objects", "words_types", "words_columns", "words_documents", "words_changes" }) do
  for _, row in ipairs(require("forge." .. name)) do M.list[#M.list + 1] = row end
end

local function argument_text(args)
  if #args == 0 then return "nothing" end
  local parts = {}
  for i, arg in ipairs(args) do parts[i] = arg[4] and (arg[1] .. "?") or arg[1] end
  return table.concat(parts, ", ")
end

for _, row in ipairs(M.list) do
  if row.args then row.takes = argument_text(row.args) end
end

--- The words said of one thing, in order.
---@param on string
---@return forge.Word[]
function M.of(on)
  local out = {}
  for _, row in ipairs(M.list) do
    if row.on == on then out[#out + 1] = row end
  end
  return out
end

return M
