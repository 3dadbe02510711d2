--- Groups that move together: which of them must be planned as one, and how they become one.

local fold = require("forge.fold")
local strategy = require("forge.strategy")

local M = {}

local function merge_into(lead, other)
  for _, field in ipairs({ "before", "after", "facts", "views_after", "must_be_empty" }) do
    if other[field] then
      lead[field] = lead[field] or {}
      for key, value in pairs(other[field]) do lead[field][key] = value end
    end
  end
  local seen = {}
  for _, view in ipairs(lead.views) do seen[strategy.display(view.name)] = true end
  for _, view in ipairs(other.views or {}) do
    if not seen[strategy.display(view.name)] then lead.views[#lead.views + 1] = view end
  end
  for _, field in ipairs({ "tables", "changes", "incoming", "heirs" }) do
    for _, value in ipairs(other[field] or {}) do lead[field][#lead[field] + 1] = value end
  end
end

--- One group out of several; foreign keys between them are no longer incoming.
function M.joined(list)
  local whole = { id = list[1].id, tables = {}, before = {}, after = {}, changes = {}, facts = {}, views = {},
                  incoming = {}, heirs = {}, views_after = list[1].views_after and {} or nil }
  for _, group in ipairs(list) do merge_into(whole, group) end
  local outside = {}
  for _, row in ipairs(whole.incoming) do
    if not whole.before[strategy.display(row.table)] then outside[#outside + 1] = row end
  end
  whole.incoming = outside
  return whole
end

-- The groups that rename tables, by both names.
local function renamers(groups, plans)
  local out = {}
  for i, group in ipairs(groups) do
    for _, change in ipairs(plans[i].choices and group.changes or {}) do
      if change.kind == "shell" and not fold.same_q(change.before.name, change.after.name) then
        out[strategy.display(change.before.name)] = i
        out[strategy.display(change.after.name)] = i
      end
    end
  end
  return out
end

local function recollates(before, after)
  return not (fold.same(before.charset, after.charset) and fold.same(before.collation, after.collation))
end

-- The groups that change the types or collations of columns, by table, where the engine compares them with those of foreign keys.
local function retypers(groups, plans, ctx)
  local out = {}
  for i, group in ipairs(ctx.d.key_holds_type and groups or {}) do
    for _, change in ipairs(plans[i].choices and group.changes or {}) do
      local from, to, held = change.before, change.after, ctx.d.ends_of_key_apart
      if change.kind == "column" and from and to and not (fold.same(from.type, to.type) and not (held and recollates(from, to))) then
        out[strategy.display(change.table)] = i
      elseif held and change.kind == "shell" and recollates(from.options or {}, to.options or {}) then
        out[strategy.display(to.name)] = i
      end
    end
  end
  return out
end

-- The tables that what a change brings refers to or reads.
local function named_by(change)
  local out = {}
  if change.kind == "view" then return change.after.uses or {} end
  if change.kind == "foreign_key" then return { change.after.ref } end
  for _, fk in ipairs(change.kind == "table" and change.after.foreign_keys or {}) do out[#out + 1] = fk.ref end
  return out
end

-- Does the group change a column that the foreign key stands on?
local function moves_columns(group, row)
  for _, change in ipairs(group.changes) do
    if change.kind == "column" and change.before and fold.same_q(change.table, row.table)
      and strategy.contains(row.foreign_key.columns, change.before.name) then
      return true
    end
  end
  return false
end

--- Groups that must be planned as one: those whose copied tables refer to each other, so that their copies do, too; tables
--- that go with the copied ones that they refer to; views that go with the tables that they read; and what comes and names a
--- table that is renamed.
---@param groups table[]
---@param plans table[] for each group its choices, and the tables that they copy
---@return integer[][] sets lists of places in `groups`
function M.sets(groups, plans, ctx)
  local owner, home, any = {}, {}, {}
  for i, group in ipairs(groups) do
    home[i] = i
    for key in pairs(plans[i].choices and group.before or {}) do
      any[key] = i
      if plans[i].copied[key] then owner[key] = i end
    end
  end
  local function root(i)
    while home[i] ~= i do i = home[i] end
    return i
  end
  local function join(i, other)
    if other and root(other) ~= root(i) then
      local a, c = root(i), root(other)
      home[math.max(a, c)] = math.min(a, c)
    end
  end
  local function link(i, fk) join(i, owner[strategy.display(fk.ref)]) end
  local renamer, retyper = renamers(groups, plans), retypers(groups, plans, ctx)
  for i, group in ipairs(groups) do
    for key in pairs(plans[i].choices and plans[i].copied or {}) do
      for _, fk in ipairs((group.before[key] or {}).foreign_keys or {}) do link(i, fk) end
      for _, fk in ipairs((group.after[key] or {}).foreign_keys or {}) do
        link(i, fk)
        join(i, renamer[strategy.display(fk.ref)])
        join(i, retyper[strategy.display(fk.ref)])
      end
    end
    for _, row in ipairs(plans[i].choices and group.incoming or {}) do
      local key = strategy.display(row.table)
      if plans[i].copied[strategy.display(row.foreign_key.ref)] then
        join(i, renamer[key])
        if any[key] and moves_columns(groups[any[key]], row) then join(i, any[key]) end
      end
    end
    for _, change in ipairs(plans[i].choices and group.changes or {}) do
      local goes = not change.after
      for _, used in ipairs(goes and change.kind == "view" and change.before.uses or {}) do
        join(i, any[strategy.display(used)])
      end
      for _, fk in ipairs(goes and change.kind == "table" and change.before.foreign_keys or {}) do link(i, fk) end
      for _, q in ipairs(change.after and named_by(change) or {}) do
        join(i, renamer[strategy.display(q)])
        if change.kind ~= "view" then
          join(i, owner[strategy.display(q)])
          join(i, retyper[strategy.display(q)])
        end
      end
    end
  end
  local lists, at = {}, {}
  for i in ipairs(groups) do
    local r = root(i)
    if not at[r] then
      at[r] = {}
      lists[#lists + 1] = at[r]
    end
    table.insert(at[r], i)
  end
  return lists
end

return M
