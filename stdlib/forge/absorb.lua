--- Changes that go along with others: one table is copied once, one column is moved once, types at both ends of a foreign
--- key change together.

local fold = require("forge.fold")
local policy_of = require("forge.policy")
local strategy = require("forge.strategy")

local M = {}

-- Strategies that take a whole table; the greater number leads where several were chosen.
local WHOLE_TABLE = { shadow_table = 1, blue_green = 2, big_bang = 3 }

-- Must a change of the table be left to others by a strategy that takes whole tables?
local function leaves_one(unit, choices, name)
  local module = policy_of.strategy_module(name)
  for _, change in ipairs(unit.changes) do
    local own = choices[change] and choices[change].strategy
    if own and own ~= "direct" and own ~= name and not module.takes(change) then return true end
  end
  return false
end

--- The strategy that takes the whole of a table, or nil. One that stops the application takes all or nothing: what it cannot
--- carry out would move rows beside writes that it has stopped, so a copy takes all of it then.
---@param b table a builder over the group
function M.lead_of(b, unit, choices)
  local lead
  for _, change in ipairs(unit.changes) do
    local name = choices[change] and choices[change].strategy
    if name and WHOLE_TABLE[name] and (not lead or WHOLE_TABLE[name] > WHOLE_TABLE[lead]) then lead = name end
  end
  if lead ~= "big_bang" or not leaves_one(unit, choices, lead) then return lead end
  local copy = policy_of.strategy_module("shadow_table")
  for _, change in ipairs(unit.changes) do
    if copy.takes(change) then return copy.serves(change, b.group, b.ctx) and "shadow_table" or lead end
  end
  return lead
end

-- The change of a key that gives way to a new column which counts up, or takes the place of one that goes, on an engine
-- where such a column and its key must come and go in one statement.
local function key_of_counter(ctx, unit)
  for _, change in ipairs(ctx.d.counter_is_key and unit.changes or {}) do
    local one_sided = change.kind == "column" and not (change.before and change.after)
    for _, key in ipairs(one_sided and unit.changes or {}) do
      local replaced = key.kind == "key" and key.before and key.after
      if replaced and change.after and strategy.counts_as_key(ctx, key.after, change.after) then return key end
      if replaced and change.before and change.before.identity and strategy.counts_as_key(ctx, key.before, change.before) then
        return key
      end
    end
  end
end

-- The change of a column that ceases to count up, where another one begins to: a table of such an engine has one of them at a time.
local function counter_passes(ctx, unit)
  local ceases, begins
  for _, change in ipairs(ctx.d.counter_is_key and unit.changes or {}) do
    local did = change.kind == "column" and change.before and change.before.identity
    local does = change.kind == "column" and change.after and change.after.identity
    if did and not does then ceases = change end
    if does and not did then begins = change end
  end
  return begins and ceases
end

-- Such a table is copied whole: in place, the old key would be gone before anything holds the rows apart, or two columns would count.
local function copied_for_counter(b, unit, choices, ctx)
  local key = key_of_counter(ctx, unit) or counter_passes(ctx, unit)
  if not key or not choices[key] then return nil end
  local copy = policy_of.strategy_module("shadow_table")
  local ok, why = copy.serves(key, b.group, ctx)
  if not ok then
    strategy.refuse(key, ("a column of %s that counts up comes or goes together with a key or another such column, for which "
      .. "the table is copied, and %s. "
      .. "Do the other changes of its columns in a migration of their own"):format(strategy.display(unit.q), why))
  end
  return "shadow_table"
end

local function take(choice, name, rule, reason)
  choice.strategy, choice.rule, choice.reason = name, rule, reason
end

-- Two ways at once would copy a table twice.
local function whole_tables(b, choices, ctx)
  for _, unit in ipairs(b.units) do
    local lead = copied_for_counter(b, unit, choices, ctx) or M.lead_of(b, unit, choices)
    local module = lead and policy_of.strategy_module(lead)
    for _, change in ipairs(lead and unit.changes or {}) do
      local choice = choices[change]
      if choice and choice.strategy ~= lead and module.takes(change, b.group, ctx) then
        take(choice, lead, "one copy of a table",
          ("%s takes %s whole, and this change with it"):format(lead, strategy.display(unit.q)))
      end
    end
  end
end

local function retyped(change)
  return change.kind == "column" and change.before and change.after
    and not fold.same(change.before.type, change.after.type)
end

-- Engines refuse a foreign key between different types, and a reference that is copied follows what it refers to.
local function references(b, choices, ctx)
  for _, unit in ipairs(b.units) do
    for _, change in ipairs(unit.changes) do
      local choice = choices[change]
      if choice and retyped(change) and not WHOLE_TABLE[choice.strategy] then
        for _, fk in ipairs((unit.before or {}).foreign_keys or {}) do
          local parent = b.by_key[strategy.display(fk.ref)]
          local lead = parent and parent ~= unit and M.lead_of(b, parent, choices)
          local module = lead and policy_of.strategy_module(lead)
          if lead and strategy.contains(fk.columns, change.before.name) and module.serves(change, b.group, ctx) then
            take(choice, lead, "types along a foreign key",
              ("the column follows %s, whose type changes with it"):format(strategy.display(fk.ref)))
          end
        end
      end
    end
  end
end

-- Members that name a column which a strategy moves go with it.
local function members(b, choices, ctx)
  for _, unit in ipairs(b.units) do
    for _, name in ipairs({ "shadow_column", "expand_migrate_contract" }) do
      local module, moved = policy_of.strategy_module(name), {}
      for _, change in ipairs(unit.changes) do
        if choices[change] and choices[change].strategy == name and change.kind == "column" then
          moved[#moved + 1] = change
        end
      end
      for _, change in ipairs(#moved > 0 and unit.changes or {}) do
        local choice = choices[change]
        -- A sitting that leaves the column to this strategy leaves what names it, too.
        local free = choice and (not WHOLE_TABLE[choice.strategy] or choice.strategy == "big_bang")
        if free and choice.strategy ~= name
          and module.absorbs and module.absorbs(change, moved, b.group, ctx) then
          take(choice, name, "with its column", "it names a column that this strategy moves")
        end
      end
    end
  end
end

-- Two hot tables or more that are copied anyway flip together.
local function hot_sets(b, choices, ctx)
  local copied = {}
  for _, unit in ipairs(b.units) do
    if M.lead_of(b, unit, choices) == "shadow_table" then copied[#copied + 1] = unit end
  end
  if #copied < 2 then return end
  for _, unit in ipairs(copied) do
    if not strategy.facts(b.group, ctx, unit.before and unit.before.name).hot then return end
  end
  for _, unit in ipairs(copied) do
    for _, change in ipairs(unit.changes) do
      local choice = choices[change]
      if choice and choice.strategy == "shadow_table" then
        take(choice, "blue_green", "hot tables flip together",
          "hot tables that are copied anyway change over in one short step")
      end
    end
  end
end

-- The change of the column that a retyped column refers to, if its type changes too.
local function retyped_target(b, unit, change)
  for _, fk in ipairs((unit.before or {}).foreign_keys or {}) do
    local parent = b.by_key[strategy.display(fk.ref)]
    for i, name in ipairs(parent and parent ~= unit and fk.columns or {}) do
      for _, other in ipairs(name == change.before.name and parent.changes or {}) do
        if retyped(other) and other.before.name == (fk.ref_columns[i] or name) then return other, parent end
      end
    end
  end
end

-- A table is copied whole: what one sitting would have done to it beside the copy goes along, and the rest, such as its rename, is
-- done in place again.
local function from_the_sitting(b, unit, choices, lead, ctx)
  local module, direct = policy_of.strategy_module(lead), policy_of.strategy_module("direct")
  for _, change in ipairs(unit.changes) do
    local choice = choices[change]
    if choice and choice.strategy == "big_bang" then
      if module.takes(change, b.group, ctx) then
        take(choice, lead, "one copy of a table",
          ("%s takes %s whole, and this change with it"):format(lead, strategy.display(unit.q)))
      elseif direct.serves(change, b.group, ctx) then
        take(choice, "direct", "one copy of a table", "the copy does not do it, and the table is in no sitting any more")
      end
    end
  end
end

local COPIES = { shadow_table = true, blue_green = true }

local function copied_by(b, unit, choices)
  local lead = M.lead_of(b, unit, choices)
  return COPIES[lead] and lead or nil
end

-- One end of a foreign key that is copied takes the other one along. Gives whether it did.
local function join_ends(b, choices, ctx, child, parent)
  local lead = copied_by(b, parent.unit, choices) or copied_by(b, child.unit, choices)
  local module, moved = lead and policy_of.strategy_module(lead), false
  for _, one in ipairs(lead and { child, parent } or {}) do
    if choices[one.change].strategy ~= lead and module.serves(one.change, b.group, ctx) then
      take(choices[one.change], lead, "types along a foreign key", "both ends of a foreign key change their types together")
      from_the_sitting(b, one.unit, choices, lead, ctx)
      moved = true
    end
  end
  return moved
end

-- Engines that compare types along a foreign key change both ends at one moment: where one is copied, the other is copied, too, and
-- what refers to that or is referred to by it in turn.
local function both_ends(b, choices, ctx)
  -- A pass reaches what is one foreign key away.
  local again, left = ctx.d.key_holds_type, #b.units
  while again and left > 0 do
    again, left = false, left - 1
    for _, unit in ipairs(b.units) do
      for _, change in ipairs(unit.changes) do
        local other, parent = nil, nil
        if choices[change] and retyped(change) then other, parent = retyped_target(b, unit, change) end
        if other and choices[other] and choices[other].strategy ~= choices[change].strategy then
          again = join_ends(b, choices, ctx, { unit = unit, change = change }, { unit = parent, change = other }) or again
        end
      end
    end
  end
end

--- Settles all of it, in place.
---@param b table a builder over the group
---@param choices table<table, table> by change
function M.all(b, choices, ctx)
  whole_tables(b, choices, ctx)
  references(b, choices, ctx)
  both_ends(b, choices, ctx)
  whole_tables(b, choices, ctx)
  members(b, choices, ctx)
  hot_sets(b, choices, ctx)
end

--- The tables (by key) that a second copy is made of.
function M.copied(b, choices)
  local out = {}
  for _, unit in ipairs(b.units) do
    local lead = M.lead_of(b, unit, choices)
    if lead == "shadow_table" or lead == "blue_green" then out[unit.key] = true end
  end
  return out
end

return M
