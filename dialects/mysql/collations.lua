--- Texts of two collations: a comparison of two columns has to say which of them holds (error 1267), and only an index's own
--- collation lets it be used.

local M = {}

local TEXTS = { text = true, enum = true }

local function column_of(t, name)
  for _, col in ipairs((t or {}).columns or {}) do if col.name == name then return col end end
  return nil
end

--- The character set and the collation of a text column: what it says, else its table; "" where that is left to the database.
---@param t table|nil Table
---@param col table Column
---@return string charset, string collation
local function said(t, col)
  local charset, collation = col.charset or "", col.collation or ""
  if charset == "" and collation == "" then
    local options = (t or {}).options or {}
    charset, collation = options.charset or "", options.collation or ""
  end
  if charset == "" then charset = collation:match("^[^_]+") or "" end
  return charset:lower(), collation:lower()
end

M.said = said

local function is_text(d, col)
  local entry = d.types.map[col.type.name]
  return entry ~= nil and TEXTS[entry.family] == true
end

--- forge.strategy.collations tells what is asked.
function M.apart(d, source, col, target, column)
  if not (is_text(d, col) and is_text(d, column)) then return false end
  local charset, collation = said(source, col)
  local other_charset, other_collation = said(target, column)
  return charset ~= other_charset or collation ~= other_collation
end

--- The text by its code points alone.
function M.exact(_, x) return ("CONVERT(%s USING utf8mb4) COLLATE utf8mb4_bin"):format(x) end

--- A key of `source` as the column `name` of `target` compares it. Of two character sets the server itself takes the larger one.
---@return string? sql nil where the column's collation is the database's, which has no name in a script
function M.keyed_as(d, x, source, target, name)
  local col, column = column_of(source, name), column_of(target, name)
  if not col or not column or not M.apart(d, source, col, target, column) then return x end
  local charset, collation = said(source, col)
  local own_charset, own = said(target, column)
  if charset ~= "" and own_charset ~= "" and charset ~= own_charset then return x end
  if own ~= "" then return ("CONVERT(%s USING %s) COLLATE %s"):format(x, own_charset, own) end
  if own_charset ~= "" and collation == "" then return x end
  return nil
end

return M
