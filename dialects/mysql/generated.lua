--- Names that the server changes by itself. RENAME TABLE a TO b turns a_chk_1 into b_chk_1 (MySQL) and a_ibfk_1 into b_ibfk_1
--- (both servers), whoever gave the name. A plan states these renames, and nothing is left to do for them; and the key of
--- a table that was renamed aside is found under its new name only.

local M = {}

local SUFFIX = { check = "chk", foreign_key = "ibfk" }

local function split(o, name)
  local suffix = SUFFIX[o.kind]
  if not suffix then return nil end
  return (name or ""):match("^(.+)_" .. suffix .. "_(%d+)$")
end

local function renamed_here(d, o) return o.kind == "foreign_key" or (o.kind == "check" and d.flavour == "mysql") end

--- Does the rename of a check or foreign key come with the rename of its table?
---@param o table Change
---@return boolean
function M.follows(d, o)
  if not (o.before and o.after) or not renamed_here(d, o) then return false end
  if o.op ~= "rename_check" and o.op ~= "rename_foreign_key" then return false end
  local from, n = split(o, o.before.name)
  local to, m = split(o, o.after.name)
  return from ~= nil and to ~= nil and from ~= to and n == m and (from == o.table.name or to == o.table.name)
end

local function matches(d, drop, add)
  local made = { kind = drop.kind, table = drop.table, before = drop.before, after = add.after, op = "rename_" .. drop.kind }
  return M.follows(d, made) and made or nil
end

--- Where a name is changed by dropping and making: the other half of `o` among `list`, and both as one rename.
---@param list table[] Change
---@return table|nil partner, table|nil rename
function M.partner(d, o, list)
  if not SUFFIX[o.kind] or (o.before and o.after) then return nil end
  for _, other in ipairs(list or {}) do
    if other.kind == o.kind and other.table and other.table.name == o.table.name and not (other.before and other.after)
      and (other.before == nil) ~= (o.before == nil) then
      local rename = matches(d, o.before and o or other, o.before and other or o)
      if rename then return other, rename end
    end
  end
  return nil
end

--- What the server calls a check or foreign key of a table that a swap renamed: aside, or aside again on the way back.
---@param o table Change
---@param name string as the model has it
---@param direction string|nil "forward" or "backward"
---@return string
function M.name(d, o, name, direction)
  if not renamed_here(d, o) then return name end
  local current = o.table.name
  local base = current:match("^(.+)__old$") or (direction == "backward" and current:match("^(.+)__new$")) or nil
  local prefix = base and base .. "_" .. SUFFIX[o.kind] .. "_"
  if not prefix or name:sub(1, #prefix) ~= prefix then return name end
  return current .. name:sub(#base + 1)
end

return M
