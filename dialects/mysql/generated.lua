--- Names that the server changes by itself. RENAME TABLE a TO b turns a_chk_1 into b_chk_1 (MySQL) and a_ibfk_1 into b_ibfk_1
--- (both servers), whoever gave the name. Plans state these renames beside that of the table (forge.strategy asks `renamed`),
--- and nothing is left to do for them here.

local M = {}

local SUFFIX = { check = "_chk_", foreign_key = "_ibfk_" }

local function renamed_here(d, kind) return kind == "foreign_key" or (kind == "check" and d.flavour == "mysql") end

--- What the server calls a member of table `from` once the table is called `to`; nil where the name stays.
---@param d table dialect
---@param kind string an operation's kind
---@param name string
---@param from string
---@param to string
---@return string?
function M.renamed(d, kind, name, from, to)
  if not renamed_here(d, kind) then return nil end
  local prefix = from .. SUFFIX[kind]
  if (name or ""):sub(1, #prefix) ~= prefix then return nil end
  return to .. SUFFIX[kind] .. name:sub(#prefix + 1)
end

--- Does the rename of a check or foreign key come with the rename of its table?
---@param o table Change
---@return boolean
function M.follows(d, o)
  if o.op ~= "rename_check" and o.op ~= "rename_foreign_key" then return false end
  local function base(name) return (name or ""):match("^(.+)" .. SUFFIX[o.kind]) end
  local from, to = base(o.before.name), base(o.after.name)
  if not from or not to or (from ~= o.table.name and to ~= o.table.name) then return false end
  return M.renamed(d, o.kind, o.before.name, from, to) == o.after.name
end

return M
