--- Views while the tables below them change: the part of the builder that takes them away and brings them back.

local dialect = require("forge.dialect")
local fold = require("forge.fold")
local sqltext = require("forge.sqltext")
local collations = require("forge.strategy.collations")
local known = require("forge.strategy.facts")
local lookup = require("forge.strategy.tables")

local M = {}

local key_of = dialect.key

local Methods = {}
M.VIEW_METHODS = Methods

local function view_uses(view, q)
  for _, used in ipairs(view.uses or {}) do
    if fold.same_q(used, q) then return true end
  end
  return false
end

local function sorted_views(state)
  local keys, list = {}, {}
  for key in pairs(state.views) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do list[#list + 1] = state.views[key] end
  return list
end

--- The views that stand now and read the table, or read a view that does: each after what it reads.
---@param q table
---@param wanted? fun(view: table): boolean which of the views that read the table itself count
function Methods:views_on(q, wanted)
  local found, order = {}, {}
  local function visit(name, direct)
    for _, view in ipairs(sorted_views(self.state)) do
      local key = key_of(view.name)
      if not found[key] and view_uses(view, name) and (not direct or not wanted or wanted(view)) then
        found[key] = true
        visit(view.name, false)
        table.insert(order, 1, view)
      end
    end
  end
  visit(q, true)
  return order
end

--- Views, each after what it reads.
function M.sorted_views(list)
  local out, done = {}, {}
  local function visit(view)
    if done[key_of(view.name)] then return end
    done[key_of(view.name)] = true
    for _, other in ipairs(list) do
      if view_uses(view, other.name) then visit(other) end
    end
    out[#out + 1] = view
  end
  for _, view in ipairs(list) do visit(view) end
  return out
end

--- Brings a table outside of the group into the state, so that its foreign keys can be moved; it must end as it was.
function Methods:borrow(q)
  local key = key_of(q)
  if self.state.tables[key] then return end
  local t = self.ctx.table and self.ctx.table(q, "before")
  if not t then error("the table " .. key .. " is not known, but its foreign keys must move", 0) end
  t = fold.copy(t)
  local kept = {}
  for _, fk in ipairs(t.foreign_keys or {}) do
    -- Foreign keys that other changes drop are gone by the time that others move.
    if not self:key_dropped(q, fk) then kept[#kept + 1] = fk end
  end
  t.foreign_keys = kept
  self.state.tables[key] = t
  self.borrowed[key] = t
end

--- Does another group's change drop this foreign key of a table that stays?
function Methods:key_dropped(q, fk)
  local find = self.ctx.table
  local other = find and find((self.ctx.renamed or {})[key_of(q)] or q, "after")
  return other ~= nil and other ~= false and fold.find(other.foreign_keys, fk.name) == nil
end

--- The views that read these columns of the table; a query with a star reads them all.
function Methods:views_naming(q, columns)
  return self:views_on(q, function(view)
    if sqltext.has_star(view.query) then return true end
    for _, name in ipairs(columns) do
      if sqltext.names(view.query, name) then return true end
    end
    return false
  end)
end

--- The views that read every column of the table, and those that read them: a star is written out when a view is made, so
--- they are made again whenever a column comes or goes, on the way back too.
function Methods:starred_views(q)
  if self.ctx.features.rebuild then return {} end
  return self:views_on(q, function(view) return sqltext.has_star(view.query) end)
end

--- A view that serves a table under another name, with the columns that it has now.
---@param name table the view's name
---@param over table the table's
function Methods:bridge(name, over)
  self.bridges = self.bridges or {}
  self.bridges[key_of(name)] = over
  local t, names = self:table(over), {}
  for i, column in ipairs(t.columns) do names[i] = self.ctx.d:ident(column.name) end
  return { name = name, query = "SELECT " .. table.concat(names, ", ") .. " FROM " .. self.ctx.d:qname(over), columns = {},
           uses = { over } }
end

local function bridged_table(self, view)
  local over = (self.bridges or {})[key_of(view.name)]
  return over and self:table(over) and over
end

--- Operations that take views away: those that read others first.
function Methods:take_views(views)
  local list = {}
  for i = #views, 1, -1 do list[#list + 1] = self:drop_view(views[i].name) end
  return list
end

-- A view that goes in this plan, and can no longer be made: it is not brought back.
local function let_go(self, view, lost)
  local change = self.final_views[key_of(view.name)]
  if not change or change.after then return false end
  for _, name in ipairs(lost) do
    if sqltext.names(view.query, name) then
      self.settled[change] = true
      return true
    end
  end
  return false
end

-- `USING (k)` says one name for two columns: while only one of them has its new name, no text says the same.
local function refuse_joined(self, view, map)
  local name = sqltext.joins_using(view.query, map)
  if not name then return end
  known.refuse(self.group.changes[1], ("the view %s joins by USING (%s), and that column gets another name: write ON with both columns "
    .. "in a migration of its own first"):format(key_of(view.name), name))
end

--- Operations that bring views back: as they were, with columns and tables renamed, or as the plan wants them at its
--- end where it alters them (that change is then settled).
---@param views table[] as `views_on` gave them
---@param map table<string, string> renamed columns and tables
---@param after boolean may they take their final form now
---@param lost? string[] columns that are not there any more: a view that reads one, and goes, stays away
---@param over_tables? table<string, boolean> the tables whose columns `map` renames
function Methods:bring_views(views, map, after, lost, over_tables)
  local list = {}
  for _, view in ipairs(views) do
    local change = self.final_views[key_of(view.name)]
    local stays_away, over = let_go(self, view, lost or {}), bridged_table(self, view)
    if over then
      list[#list + 1] = self:create_view(self:bridge(view.name, over))
    elseif not stays_away and after and change and change.after and self:renames_done(change.after) then
      list[#list + 1] = self:create_view(change.after)
      self.settled[change] = true
    elseif not stays_away and after and not fold.bare(map) and self:view_after(view.name) and self:renames_done(view) then
      list[#list + 1] = self:create_view(self:view_after(view.name))
    elseif not stays_away then
      refuse_joined(self, view, map)
      list[#list + 1] = self:create_view(M.mapped_view(view, map, over_tables))
    end
  end
  return list
end

--- Do all columns and tables that the view reads have their final names?
function Methods:renames_done(view)
  for _, used in ipairs(view.uses or {}) do
    local unit = self.by_key[key_of(used)]
    if unit and unit.after and not fold.same_q(unit.q, unit.final) then return false end
    for _, change in ipairs(unit and unit.changes or {}) do
      local renamed = change.kind == "column" and change.before and change.after and change.before.name ~= change.after.name
      if renamed and not self:column(unit.q, change.after.name) then return false end
    end
  end
  return true
end

--- The view as it is after the plan; nil where it goes, or where the engine did not say.
function Methods:view_after(q) return (self.group.views_after or {})[key_of(q)] end

--- Does the view go in this plan, by this group's changes or another's?
function Methods:view_goes(q)
  local change = self.final_views[key_of(q)]
  if change then return change.after == nil end
  return self.group.views_after ~= nil and not self:view_after(q)
end

-- A column of the table as it is called now, by the name that it has after the plan.
local function column_now(self, unit, name)
  local now = self:table(unit.q)
  local found = lookup.column(now, name)
  for _, change in ipairs(found and {} or unit.changes) do
    if change.kind == "column" and change.before and change.after and change.after.name == name then
      found = lookup.column(now, change.before.name)
    end
  end
  return found
end

--- A foreign key with the names that its target and the target's columns have at this point of the plan. What another group
--- renames is said by its new name, so that the engine lets the rename come first.
function Methods:current_key(fk)
  local key = key_of(fk.ref)
  local target = self.by_key[key]
  local now = target and target.q or not target and (self.ctx.renamed or {})[key]
  local made = fold.copy(fk)
  if now then made.ref = now end
  made.ref_columns = {}
  for i, name in ipairs(fk.ref_columns or {}) do
    local found = target and self:table(target.q) and column_now(self, target, name)
    made.ref_columns[i] = found and found.name or name
  end
  return fold.same(made, fk) and fk or made
end

-- The column after the plan that is called so before it, or after it.
local function column_after(unit, t, name)
  for _, change in ipairs(unit and unit.changes or {}) do
    if change.kind == "column" and change.before and change.before.name == name then return change.after end
  end
  return lookup.column(t, name)
end

--- Must a foreign key wait? The two ends, which have one type after the plan, may have two now, where the engine compares
--- them.
---@param fk table with its target's final columns
---@param child table the referring table as it stands when the key is to be added
---@param after table? the referring table after the plan; nil where it does not change
function Methods:key_waits(fk, child, after)
  local parent = self.by_key[key_of(fk.ref)]
  if not parent or not parent.after or not self:table(parent.q) then return false end
  for i, name in ipairs(fk.columns) do
    local own, target = lookup.column(child, name), fk.ref_columns[i] or name
    local own_final, final = column_after(self.by_key[key_of(child.name)], after or child, name),
      column_after(parent, parent.after, target)
    local now = column_now(self, parent, target)
    if self.ctx.d.key_holds_type and own and now and final and not fold.same(own.type, now.type)
      and not (own_final and not fold.same(own_final.type, final.type)) then return true end
    if own and now and own_final and final and collations.part_keys(self.ctx, child, own, self:table(parent.q), now)
      and not collations.part_keys(self.ctx, after or child, own_final, parent.after, final) then return true end
  end
  return false
end

--- Keeps a foreign key for the moment at which its target is ready: the planner adds it at the end of that phase.
---@param lacking boolean? a copy of the table does not bring it either
function Methods:postpone_key(unit, fk, lacking)
  self.postponed[#self.postponed + 1] = { unit = unit, key = fk, strategy = self.strategy, lacking = lacking }
end

-- Does it refer to the same columns, under the names that they have by then?
local function refers_alike(ctx, before, after)
  local map = (ctx.renamed_columns or {})[key_of(before.ref)] or {}
  for i, name in ipairs(before.ref_columns or {}) do
    if (map[name] or name) ~= (after.ref_columns or {})[i] then return false end
  end
  return #(before.ref_columns or {}) == #(after.ref_columns or {})
end

--- Does a foreign key of another table still stand after the plan, and refer to the same columns of the same table?
---@param row table { table, foreign_key }
function Methods:key_stays(row)
  local unit, renamed = self.by_key[key_of(row.table)], self.ctx.renamed or {}
  if not unit and not self.ctx.table then return true end
  local t = unit and unit.after or not unit and self.ctx.table(renamed[key_of(row.table)] or row.table, "after")
  local key = t and fold.find(t.foreign_keys, row.foreign_key.name)
  if not key or not refers_alike(self.ctx, row.foreign_key, key) then return false end
  local target = self.by_key[key_of(row.foreign_key.ref)]
  return fold.same_q(key.ref, target and target.final or renamed[key_of(row.foreign_key.ref)] or row.foreign_key.ref)
end

--- A view whose text follows renamed columns or tables.
---@param map table<string, string> new names of the columns of `over_tables`, or, where that is missing, of tables and views
---@param over_tables? table<string, boolean>
function M.mapped_view(view, map, over_tables)
  if fold.bare(map) then return view end
  local made = fold.copy(view)
  local renames = { named = #(view.columns or {}) > 0, tables = {}, columns = over_tables and map or {}, moved = {} }
  made.uses = {}
  for i, used in ipairs(view.uses or {}) do
    local to = not over_tables and map[used.name] and { schema = used.schema, name = map[used.name] }
    if to then renames.moved[#renames.moved + 1] = { from = used, to = to } end
    if over_tables and over_tables[used.name] then renames.tables[#renames.tables + 1] = used end
    made.uses[i] = to or used
  end
  made.query = sqltext.renamed_query(view.query, renames)
  return made
end

return M
