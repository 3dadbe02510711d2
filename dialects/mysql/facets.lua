--- What an alteration alters, facet by facet.

local M = {}

--- Do two values mean the same? (Booleans that are missing are false, texts that are missing are empty.)
function M.same(a, b)
  if type(a) == "table" and type(b) == "table" then
    for key in pairs(a) do if not M.same(a[key], b[key]) then return false end end
    for key in pairs(b) do if a[key] == nil and not M.same(nil, b[key]) then return false end end
    return true
  end
  local function empty(v)
    if type(v) == "table" then
      for _ in pairs(v) do return false end
      return true
    end
    return v == nil or v == false or v == "" or v == 0
  end
  return a == b or (empty(a) and empty(b))
end

--- The facets of a column, in the order in which they are judged.
M.FACETS = {
  "name", "type", "nullable", "default", "generated", "identity", "collation", "charset", "comment", "on_update",
  "invisible",
}

-- Facets that are there or not: an identity without options is one all the same.
local PRESENCE = { default = true, generated = true, identity = true }

--- What an alteration of a column alters: { type = true, … }.
function M.facets(o)
  local out = {}
  for _, facet in ipairs(M.FACETS) do
    local a, b = o.before[facet], o.after[facet]
    if (PRESENCE[facet] and (a == nil) ~= (b == nil)) or not M.same(a, b) then out[facet] = true end
  end
  return out
end

return M
