--- Looking things up in a table: columns, keys, and which members name a column.

local dialect = require("forge.dialect")
local fold = require("forge.fold")
local sqltext = require("forge.sqltext")

local M = {}

--- The members of a table that have names, as {kind, field}, in the order in which they are built.
M.MEMBERS = {
  { kind = "key", field = "uniques" }, { kind = "index", field = "indexes" }, { kind = "check", field = "checks" },
  { kind = "foreign_key", field = "foreign_keys" }, { kind = "exclusion", field = "exclusions" },
}

---@return table? column
function M.column(t, name)
  if not t then return nil end
  return (fold.find(t.columns, name))
end

--- Why triggers of the table do not see all that is written to its rows; nil where they do. Those of a partitioned table
--- fire for its partitions, those of a table for none that inherits from it.
function M.unseen_heir(group, q)
  for _, heir in ipairs(group.heirs or {}) do
    if fold.same_q(heir.of, q) and not heir.partition then
      return ("%s inherits from it, and no trigger of %s fires for the rows there (:strategy \"big_bang\" with a stated "
        .. "downtime needs none)"):format(dialect.key(heir.table), dialect.key(q))
    end
  end
end

--- Why the table cannot be copied for what it inherits, or for what inherits from it; nil where it can.
function M.bound_by_inheritance(group, t)
  local parents = (t.options or {}).inherits or {}
  if #parents > 0 then
    return ("its rows are rows of %s, which would hold those of a copy, too"):format(table.concat(parents, ", "))
  end
  for _, heir in ipairs(group.heirs or {}) do
    if fold.same_q(heir.of, t.name) and heir.partition then
      return ("%s is a partition of it, which cannot be one of its copy as well"):format(dialect.key(heir.table))
    end
  end
  return M.unseen_heir(group, t.name)
end

local function plain_columns(parts)
  local names = {}
  for _, part in ipairs(parts or {}) do
    if not part.column or part.column == "" or (part.length or 0) > 0 then return nil end
    names[#names + 1] = part.column
  end
  return #names > 0 and names or nil
end
M.plain_columns = plain_columns

local function all_not_null(t, names)
  for _, name in ipairs(names) do
    local column = M.column(t, name)
    if not column or column.nullable then return false end
  end
  return true
end

--- The columns that batches walk along: the primary key, else a unique key or index whose columns are NOT NULL.
---@return string[] names empty where the table has no such key
function M.key(t)
  if t.primary_key then
    local names = plain_columns(t.primary_key.parts)
    if names then return names end
  end
  for _, unique in ipairs(t.uniques or {}) do
    local names = plain_columns(unique.parts)
    if names and all_not_null(t, names) then return names end
  end
  for _, index in ipairs(t.indexes or {}) do
    local names = index.unique and (index.where or "") == "" and plain_columns(index.parts)
    if names and all_not_null(t, names) then return names end
  end
  return {}
end

local function parts_name(parts, name)
  for _, part in ipairs(parts or {}) do
    if part.column == name or sqltext.names(part.expr, name) then return true end
  end
  return false
end

local function list_names(list, name)
  for _, value in ipairs(list or {}) do
    if value == name then return true end
  end
  return false
end
M.contains = list_names

--- Does a member of the table name this column?
---@param kind string an operation's kind
function M.member_names(kind, object, name)
  if kind == "key" or kind == "index" then
    return parts_name(object.parts, name) or list_names(object.include, name) or sqltext.names(object.where, name)
  end
  if kind == "foreign_key" then return list_names(object.columns, name) end
  if kind == "check" then return sqltext.names(object.expr, name) end
  if kind == "exclusion" then return parts_name(object.parts, name) or sqltext.names(object.where, name) end
  return kind == "column" and object.generated ~= nil and sqltext.names(object.generated.expr, name)
end

--- Is the column part of the table's primary key?
function M.in_primary_key(t, name) return t.primary_key ~= nil and parts_name(t.primary_key.parts, name) end

--- Does the engine number the column by itself?
local function counts_up(column)
  return column.identity ~= nil or column.type.name == "serial" or column.type.name == "bigserial"
end
M.counts_up = counts_up

--- Must this primary key come and go in one step with this column? Some engines count up only what is a key.
---@param key table? a key
function M.counts_as_key(ctx, key, column)
  return (ctx.d.counter_is_key and key and key.primary and counts_up(column) and parts_name(key.parts, column.name)) or false
end

local SHARED_NAMES = { key = "index", index = "key" }

--- The kind of member whose names this one's may not be: keys and indexes share theirs, but where a key is a part of its table's
--- text.
---@return string? kind
function M.shares_names_with(ctx, kind) return not ctx.features.rebuild and SHARED_NAMES[kind] or nil end

--- Can the engine rename the member as it stands?
---@param kind string an operation's kind
function M.can_rename(ctx, kind, object)
  if kind == "index" then
    return ctx.features.rename_index and not (ctx.d.expression_index_keeps_name and fold.on_expression(object))
  end
  return ctx.features.rename_constraint or (kind == "key" and not object.primary and ctx.features.rename_index)
end

return M
