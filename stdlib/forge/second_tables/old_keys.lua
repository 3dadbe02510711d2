--- Foreign keys that only one of the two tables is to have. A copy with a key that the table has not would refuse what the
--- deployed application writes, to the table that is referred to as well; so it gets such a key with the swap. The old table
--- would refuse what the new application does, so it lets go of its own then.

local fold = require("forge.fold")
local members = require("forge.direct.members")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

local RULE = { "on_delete", "on_update", "match", "deferrable", "deferred", "not_enforced" }

local function mapped(names, map)
  local out = {}
  for i, name in ipairs(names or {}) do out[i] = map[name] or name end
  return out
end

-- What the columns of the table are called in the end.
local function final_names(entry)
  local map = {}
  for _, change in ipairs(entry.unit.changes) do
    if change.kind == "column" and change.before and change.after then map[change.before.name] = change.after.name end
  end
  return map
end

local function same_key(ctx, map, old, new)
  local ref, key = (ctx.renamed or {})[show(old.ref)] or old.ref, show(old.ref)
  if not fold.same_q(ref, new.ref) or not fold.same(mapped(old.columns, map), new.columns) then return false end
  if not fold.same(mapped(old.ref_columns, (ctx.renamed_columns or {})[key] or {}), new.ref_columns) then return false end
  for _, field in ipairs(RULE) do
    if not fold.same(old[field], new[field]) then return false end
  end
  return true
end

-- Do both point from the same columns at the same table, whatever else they say?
local function points_alike(ctx, map, old, new)
  return fold.same_q((ctx.renamed or {})[show(old.ref)] or old.ref, new.ref) and fold.same(mapped(old.columns, map), new.columns)
end

local function any(list, wanted)
  for _, one in ipairs(list or {}) do
    if wanted(one) then return true end
  end
  return false
end

--- Is the foreign key of the finished table one that the table has already? Names do not matter.
function M.stands(ctx, entry, fk)
  local map = final_names(entry)
  return any(entry.unit.before.foreign_keys, function(old) return same_key(ctx, map, old, fk) end)
end

local function goes(ctx, entry, old)
  local map = final_names(entry)
  return not any(entry.after.foreign_keys, function(new) return same_key(ctx, map, old, new) end)
end

-- "t (c)", for each of the keys.
local function said(q, keys)
  local out = {}
  for i, fk in ipairs(keys) do out[i] = ("%s (%s)"):format(show(q), table.concat(fk.columns, ", ")) end
  return table.concat(out, ", ")
end

-- What an engine does whose foreign keys are a part of the table's text, where an application has switched them on.
local function refusing(ctx, set, keys_of, text)
  local out = {}
  for _, entry in ipairs(ctx.features.rebuild and set.entries or {}) do
    local keys = keys_of(entry)
    if #keys > 0 then out[#out + 1] = text:format(said(entry.unit.q, keys)) end
  end
  return #out > 0 and table.concat(out, "; ") or nil
end

--- What the copies' own keys refuse to the deployed application from the moment on at which its writes are repeated there; nil where
--- they wait for the swap, or there are none.
---@param set table or { entries = { entry } }
---@return string?
function M.refused_by_copies(ctx, set)
  return refusing(ctx, set, function(entry)
    local keys = {}
    for _, fk in ipairs(entry.after.foreign_keys or {}) do
      if not fk.not_enforced and not M.stands(ctx, entry, fk) then keys[#keys + 1] = fk end
    end
    return keys
  end, "where foreign_keys is on, the deployed application is refused from here what breaks the new foreign key of %s")
end

--- What the old tables' keys refuse to the new application until contract; nil where they let go of them.
---@return string?
function M.refused_by_old_tables(ctx, set)
  return refusing(ctx, set, function(entry)
    local keys = {}
    for _, old in ipairs(entry.unit.before.foreign_keys or {}) do
      if goes(ctx, entry, old) then keys[#keys + 1] = old end
    end
    return keys
  end, "where foreign_keys is on, the new application is refused until contract what breaks the old foreign key of %s")
end

-- The key as a question about the finished tables; nil where what it says is not there any more, or holds by another key.
local function question(ctx, b, set, entry, old, in_set)
  local made, map = fold.copy(old), final_names(entry)
  made.columns = mapped(old.columns, map)
  if any(entry.after.foreign_keys, function(new) return points_alike(ctx, map, old, new) and not new.not_enforced end) then return nil end
  for _, name in ipairs(made.columns) do
    if not strategy.column(entry.unit.after, name) then return nil end  -- the copy may keep it for a while
  end
  local other = in_set(set, old.ref)
  if other then
    made.ref, made.ref_columns = other.unit.q, mapped(old.ref_columns, final_names(other))
    for _, name in ipairs(made.ref_columns) do
      if not strategy.column(other.unit.after, name) then return nil end
    end
  elseif not members.reference_stays(b, entry.unit, old) then
    return nil
  end
  return strategy.check_orphans(ctx, entry.unit.q, made)
end

--- After the swap: the old table lets go of the keys that the new one has not, or has otherwise.
---@param in_set fun(set: table, q: table): table? the entry of a table of the set
function M.release(ctx, b, set, in_set)
  if ctx.features.rebuild then return end  -- the table would be built anew for it
  for _, entry in ipairs(set.entries) do
    local list, checks = {}, {}
    local held = fold.copy(b:table(entry.old_q).foreign_keys or {})
    for i, old in ipairs(entry.unit.before.foreign_keys or {}) do
      local now = held[i]
      if now and fold.same(now.columns, old.columns) and goes(ctx, entry, old) then
        list[#list + 1] = b:drop_member(entry.old_q, "foreign_key", now.name)
        checks[#checks + 1] = question(ctx, b, set, entry, old, in_set)
      end
    end
    b:step(show(entry.unit.q), "release-keys", {
      title = ("Drop the foreign keys of %s that %s has no more"):format(show(entry.old_q), show(entry.unit.q)),
      why = "the old table must not refuse what the new application does to its rows and to those that they point at",
      ops = list, form = strategy.form_of(ctx, b:table(entry.old_q), list), checks_back = #checks > 0 and checks or nil,
      loses = ("rows of %s that point nowhere: the way back stops at them until they are changed"):format(show(entry.unit.q)),
      compatibility = { old_app = true, new_app = true }, hazards = { "rule_dropped" },
    })
  end
end

--- What the swap asks where the copy has had its new keys from the start and nothing has tested them.
function M.checks(ctx, b, set, in_set)
  local out = {}
  for _, entry in ipairs(ctx.features.rebuild and set.entries or {}) do
    for _, fk in ipairs(entry.after.foreign_keys or {}) do
      local other = in_set(set, fk.ref)
      local made = fold.copy(other and fk or b:current_key(fk))
      if other then made.ref = other.new_q end
      local there = other or not strategy.never_there(ctx, made.ref)
      if there and not fk.not_enforced and not M.stands(ctx, entry, fk) then
        out[#out + 1] = strategy.check_orphans(ctx, entry.new_q, made)
      end
    end
  end
  return out
end

return M
