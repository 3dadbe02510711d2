--- A foreign key needs an index on its columns. Where none begins with them the server makes one, named as the key, and
--- never drops it with the key. We name that index in every statement, so that a way back leaves nothing behind.

local text = require("dialects.mysql.text")

local M = {}

-- MySQL makes an index of its own beside one that descends, and is content with that one only as long as there is no other.
local function begins(d, parts, columns)
  for i, name in ipairs(columns) do
    local part = (parts or {})[i]
    if not part or part.column ~= name or (part.length or 0) > 0 then return false end
    if part.desc and d.flavour == "mysql" then return false end
  end
  return true
end

local function served(d, t, fk)
  if t.primary_key and begins(d, t.primary_key.parts, fk.columns) then return true end
  for _, key in ipairs(t.uniques or {}) do if begins(d, key.parts, fk.columns) then return true end end
  for _, index in ipairs(t.indexes or {}) do
    local method = (index.method or ""):lower()
    if method ~= "fulltext" and method ~= "spatial" and begins(d, index.parts, fk.columns) then return true end
  end
  return false
end

local function same_columns(a, b)
  if #a ~= #b then return false end
  for i, name in ipairs(a) do if b[i] ~= name then return false end end
  return true
end

--- The indexes that stand only for foreign keys, in the order of those: { name, columns }. Keys over the same columns
--- share the first one's.
---@param d table dialect
---@param t table Table
---@return table[]
function M.of(d, t)
  local out = {}
  for _, fk in ipairs((t or {}).foreign_keys or {}) do
    local known = served(d, t, fk)
    for _, other in ipairs(out) do known = known or same_columns(other.columns, fk.columns) end
    if not known then out[#out + 1] = { name = fk.name, columns = fk.columns } end
  end
  return out
end

local function find(list, item)
  for _, other in ipairs(list) do
    if other.name == item.name and same_columns(other.columns, item.columns) then return true end
  end
  return false
end

--- What must go and come when a table changes from `before` to `after`.
---@return table[] dropped, table[] added
function M.change(d, before, after)
  local old, new, dropped, added = M.of(d, before), M.of(d, after), {}, {}
  for _, item in ipairs(old) do if not find(new, item) then dropped[#dropped + 1] = item end end
  for _, item in ipairs(new) do if not find(old, item) then added[#added + 1] = item end end
  return dropped, added
end

-- A foreign key without a name lets the server name its index after the first column, and that index is only lent: it goes
-- by itself when the key comes back under a name, or when another index serves the key.
local function lent(d, t, fk)
  if not fk.name:find("_ibfk_%d+$") then return nil end
  for _, index in ipairs(t.indexes or {}) do
    local plain = not index.unique and #index.parts == #fk.columns and begins(d, index.parts, fk.columns)
    if index.name == fk.columns[1] and plain then return index end
  end
  return nil
end

local SERVES = { create_index = true, add_unique = true, add_primary_key = true }

-- Does one of the operations take the index away, or let it go by itself?
local function lets_go(d, ops, fk, index)
  local found = false
  for _, o in ipairs(ops) do
    if o.op == "drop_index" and o.before.name == index.name then return false end
    if o.op == "drop_foreign_key" and o.before.name == fk.name then found = true end
    if SERVES[o.op] and begins(d, o.after.parts, fk.columns) then found = true end
  end
  return found
end

--- What makes the indexes that `ops` on the table would let go by themselves the user's own: an index that has got another
--- name, and be it for a moment, is not lent any more. The server only writes the names down.
---@return string[][] clauses of one ALTER TABLE each
function M.keeping(d, t, ops)
  local out, known = {}, {}
  for _, fk in ipairs((t or {}).foreign_keys or {}) do
    local index = lent(d, t, fk)
    if index and not known[index.name] and lets_go(d, ops, fk, index) then
      known[index.name] = true
      local own = d:ident(index.name)
      if d.features.rename_index then
        out[#out + 1] = { ("RENAME INDEX %s TO forgelua_kept"):format(own) }
        out[#out + 1] = { ("RENAME INDEX forgelua_kept TO %s"):format(own) }
      else
        out[#out + 1] = { "DROP INDEX " .. own, "ADD " .. text.index_sql(d, index) }
      end
    end
  end
  return out
end

return M
