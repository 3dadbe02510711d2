--- Objects that are held by their statements: routines, triggers, domains, policies …
---
--- What others use comes early and goes late. What acts on rows by itself (a trigger, a rule, a policy) comes, changes and
--- goes at the switch, so that an old one and the one in its place never act together.

local ops = require("forge.ops")
local strategy = require("forge.strategy")

local M = {}

-- Kinds that act by themselves, on rows or on time.
local ACTS = { trigger = true, ["event trigger"] = true, rule = true, policy = true, ["row security"] = true, event = true,
               ["column default"] = true, ["not null"] = true }

-- Kinds that hold rows of their own, which only the application can bring back.
local HOLDS_ROWS = { ["virtual table"] = true }

local function rows_of(one) return HOLDS_ROWS[one.kind] and "what the " .. one.name.name .. " holds" or nil end

local function refill(one)
  return HOLDS_ROWS[one.kind] and ("Fill the %s again: it has been made anew, and is empty."):format(one.name.name) or nil
end

local function settles(one) return ACTS[one.kind] ~= nil end

local function create(change, b)
  local one = change.after
  local acts = settles(one)
  b:step(one.name.name, "create", {
    title = "Create the " .. one.name.name,
    why = acts and "from here it acts for both applications" or "nothing uses it yet",
    ops = { ops.create_definition(one) }, loses = rows_of(one), compatibility = {
      old_app = true, new_app = true,
      note = acts and "it acts on what the deployed application does, too" or "",
    },
    hazards = acts and { "trigger" } or nil,
  })
end

local function drop(change, b)
  local one = change.before
  b:step(one.name.name, "drop", {
    title = "Drop the " .. one.name.name, why = "the new schema is without it", ops = { ops.drop_definition(one) },
    loses = rows_of(one), loses_forward = rows_of(one),
    compatibility = settles(one) and { old_app = true, new_app = true, note = "what it did is no longer done" }
      or { old_app = false, new_app = true, note = "statements that name it fail from here" },
    hazards = { "drop" },
  })
end

-- What the columns of a composite type lose with an attribute that goes, or that goes and comes again elsewhere.
local function lost_attributes(before, after)
  local kept, list = {}, {}
  for _, part in ipairs(after.parts or {}) do kept[part.key .. "\0" .. part.make] = true end
  for _, part in ipairs(before.parts or {}) do
    local name = part.key:match("^attribute %d+ (.*)$")
    if name and not kept[part.key .. "\0" .. part.make] then
      list[#list + 1] = ("the values of attribute %s of %s"):format(name, before.name.name)
    end
  end
  return #list > 0 and table.concat(list, ", ") or nil
end

-- What columns and indexes are made of cannot go and come again under them.
local function refuse_replacing(change, ctx)
  local before, after = change.before, change.after
  if before.kind ~= "collation" and before.kind ~= "operator class" or ctx.d.name ~= "postgres" then return end
  if before.create == after.create and (before.body or "") == (after.body or "") then return end
  strategy.refuse(change, ("the %s cannot be altered in place while anything uses it. Make a second one under another name, "
    .. "and let its columns change to that"):format(before.name.name))
end

local function alter(change, b)
  local before, after = change.before, change.after
  local lost = lost_attributes(before, after) or rows_of(before)
  b:step(after.name.name, "alter", {
    title = "Change the " .. after.name.name, why = "its definition changes",
    ops = { ops.alter_definition(before, after) }, loses = lost, loses_forward = lost, app = refill(after),
    compatibility = { old_app = not lost, new_app = true, note = "both applications meet the new definition" },
    hazards = lost and { "drop" } or nil,
  })
end

function M.expand(change, _, _, b)
  if not change.before and not settles(change.after) then create(change, b) end
end

function M.switch(change, _, ctx, b)
  if change.before and change.after then
    refuse_replacing(change, ctx)
    alter(change, b)
  elseif change.after then
    if settles(change.after) then create(change, b) end
  elseif settles(change.before) then
    drop(change, b)
  end
end

function M.contract(change, _, _, b)
  if not change.after and not settles(change.before) then drop(change, b) end
end

return M
