--- Keys, indexes, checks, foreign keys and exclusions changed in place, each in the engine's safe steps.
--- What enforces more comes in `switch`; what enforces less goes in `expand`; indexes come in `expand` and go in
--- `contract`.

local columns = require("forge.direct.columns")
local fold = require("forge.fold")
local losses = require("forge.losses")
local rules = require("forge.direct.lost_rules")
local ops = require("forge.ops")
local strategy = require("forge.strategy")
local words = require("forge.direct.member_words")

local M = {}

local show = strategy.display
local noun, title, object_id = words.noun, words.title, words.object_id
local checks_for, enforcing, BREAKS = words.checks_for, words.enforcing, words.BREAKS

M.reference_stays = rules.reference_stays

-- The member with its name, its columns and its tables as they are called at this point of the plan.
local function as_now(b, unit, kind, object)
  local map = {}
  -- A field that is renamed stands beside its old name: what names it waits until it is there.
  for _, change in ipairs(b.ctx.features.documents and {} or unit.changes) do
    if change.kind == "column" and change.before and change.after and change.before.name ~= change.after.name
      and b:column(unit.q, change.before.name) and not b:column(unit.q, change.after.name) then
      map[change.after.name] = change.before.name
    end
  end
  local made = fold.bare(map) and object or fold.renamed_member(kind, object, map)
  local name = strategy.member_name(b.ctx, kind, object.name, unit.final or unit.q, unit.q)
  if name ~= object.name then
    made = fold.copy(made)
    made.name = name
  end
  return kind == "foreign_key" and b:current_key(made) or made
end
M.as_now = as_now

-- What a member that stood before the plan is called at this point of it.
local function name_now(b, unit, kind, change)
  return strategy.member_name(b.ctx, kind, change.before.name, unit.before.name, unit.q)
end

local function concurrent_index(b, unit, index, why)
  b:step(object_id(unit.q, index), "build-index", {
    title = title("Build", "index", index, unit.q), why = why, form = "concurrently", transaction = false,
    ops = { b:add_member(unit.q, "index", index) },
    checks_before = checks_for(b.ctx, unit.q, "index", index),
    compatibility = { old_app = true, new_app = true, note = index.unique and BREAKS.key or "" },
    hazards = { "index_build" },
  })
end

local function key_index(key, name)
  return {
    name = name, unique = true, parts = key.parts, include = key.include or {},
    nulls_not_distinct = key.nulls_not_distinct or false, storage = {},
  }
end

-- A constraint over a unique index that was built beside running writes.
local function by_index(b, unit, key)
  local index = key_index(key, key.name)
  concurrent_index(b, unit, index, "built concurrently, the index keeps nobody waiting; the constraint then takes it over")
  b:step(object_id(unit.q, key), "use-index", {
    title = title("Turn the index into", "key", key, unit.q), why = "the index proves it: no row is read under the lock",
    form = "using_index", ops = { b:drop_member(unit.q, "index", index.name), b:add_member(unit.q, "key", key) },
    compatibility = { old_app = true, new_app = true },
  })
end

local function by_validation(b, unit, kind, object)
  local first = fold.copy(object)
  first.not_valid = true
  b:step(object_id(unit.q, object), "add-not-valid", {
    title = title("Add", kind, object, unit.q) .. ", not yet validated",
    why = "it binds new rows at once; the rows that stand are not read under the lock",
    ops = { b:add_member(unit.q, kind, first) },
    checks_before = checks_for(b.ctx, unit.q, kind, object),
    compatibility = { old_app = true, new_app = true, note = BREAKS[kind] }, hazards = { "constraint" },
  })
  b:step(object_id(unit.q, object), "validate", {
    title = title("Validate", kind, object, unit.q), why = "validation reads the rows while reads and writes go on",
    ops = { b:alter_member(unit.q, kind, object.name, object) }, hazards = { "scan" },
  })
end

--- Adds a member in the engine's safe steps, in the current phase.
---@param b table
---@param unit table
---@param kind string
---@param object table as it is to stand now
---@param why? string
function M.add(b, unit, kind, object, why)
  local ctx, t = b.ctx, b:table(unit.q)
  local form = strategy.safe_form(ctx, ops[(kind == "index" and "create_" or "add_") .. kind](unit.q, object), t)
  if form == "concurrently" and kind == "index" then
    return concurrent_index(b, unit, object, why or "built concurrently, it keeps neither reads nor writes waiting")
  end
  if form == "using_index" and kind == "key" then return by_index(b, unit, object) end
  if form == "from_partitions" and require("forge.direct.partition_indexes").add(b, unit, kind, object, M.add) then return end
  -- Modules that only some engines need are loaded there alone: a plan names every module that had a say in it.
  if form == "prepare_unique" then
    local prepare_unique = require("forge.direct.prepare_unique")
    if not prepare_unique.few(b, unit) then return prepare_unique.steps(b, unit, kind, object, key_index) end
  end
  if form == "warn_first" then return require("forge.direct.warn_first").check(b, unit, object) end
  if form == "not_valid_validate" and not object.not_valid and not object.not_enforced then
    return by_validation(b, unit, kind, object)
  end
  columns.ddl(b, unit, object_id(unit.q, object), "add-" .. noun(kind, object):gsub(" ", "-"), {
    title = title("Add", kind, object, unit.q),
    why = why or (enforcing(kind, object) and "the new schema promises it" or "the new schema's queries use it"),
    ops = { b:add_member(unit.q, kind, object) },
    checks_before = checks_for(ctx, unit.q, kind, object),
    compatibility = { old_app = true, new_app = true, note = enforcing(kind, object) and BREAKS[kind] or "" },
    hazards = { kind == "index" and "index_build" or "constraint" },
  }, t)
end

--- Adds the foreign keys that had to wait for what they refer to, as far as that is ready now.
function M.add_postponed(b)
  local left = {}
  for _, row in ipairs(b.postponed) do
    local fk = as_now(b, row.unit, "foreign_key", row.key)
    -- A copied table has got it with its new form; where the strategy of a column that it names has brought it, nothing is left
    -- to do either.
    local stands = row.unit.copied and not row.lacking or b:member(row.unit.q, "foreign_key", fk.name)
    if not stands and b:key_waits(fk, b:table(row.unit.q), row.unit.after) then
      left[#left + 1] = row
    elseif not stands then
      b.strategy = row.strategy
      M.add(b, row.unit, "foreign_key", fk, "what it refers to has its final form now")
      columns.flush_unit(b, row.unit)
    end
  end
  b.postponed = left
end

--- Drops a member that stands.
function M.drop(b, unit, kind, name, why)
  local t, object = b:table(unit.q), b:member(unit.q, kind, name)
  local word = ops["drop_" .. kind](unit.q, object)
  local concurrently = kind == "index" and strategy.safe_form(b.ctx, word, t) == "concurrently"
  local going = rules.going(b, unit, kind, object)
  columns.ddl(b, unit, object_id(unit.q, object), "drop-" .. noun(kind, object):gsub(" ", "-"), {
    title = title("Drop", kind, object, unit.q),
    why = why or (kind == "index" and "no query of the new schema counts on it" or "the new schema no longer asks for it"),
    form = concurrently and "concurrently" or nil, transaction = not concurrently,
    ops = { b:drop_member(unit.q, kind, name) }, reverse_work = going.reverse_work, loses = going.loses,
    checks_back = going.checks_back,
    compatibility = {
      old_app = true, new_app = true,
      note = kind == "index" and "queries that used the index get slower"
        or "rows that the rule refused are accepted from here; the way back stops while such rows stand",
    },
    hazards = { kind == "index" and "index_drop" or "rule_dropped" },
  }, t)
end

local function refuse_incoming(change, b, unit)
  local parts = strategy.plain_columns(change.before.parts)
  for _, row in ipairs(b.group.incoming or {}) do
    local fk = row.foreign_key
    if parts and fold.same_q(fk.ref, unit.before.name) and fold.same(parts, fk.ref_columns) and b:key_stays(row) then
      strategy.refuse(change, ("the %s %s of %s cannot be dropped: the foreign key %s of %s still refers to it"):format(
        noun("key", change.before), change.before.name or "", show(unit.q), fk.name, show(row.table)))
    end
  end
end

-- Columns that the primary key held and that go: nobody writes them from here on.
local function let_go(b, unit)
  for _, change in ipairs(unit.changes) do
    if change.kind == "column" and change.before and not change.after and b:column(unit.q, change.before.name) then
      columns.stop_insisting(b, unit, change.before.name)
    end
  end
end

local function rename_only(change)
  local made = fold.copy(change.before)
  made.name = change.after.name
  return change.before.name ~= change.after.name and fold.same(made, change.after)
end

local function rename(b, unit, kind, change)
  local t, from, to = b:table(unit.q), name_now(b, unit, kind, change), as_now(b, unit, kind, change.after).name
  if from == to then return end  -- it came with the rename of its table
  local list
  if strategy.can_rename(b.ctx, kind, change.before) then
    list = { b:rename_member(unit.q, kind, from, to) }
  else
    -- Where a renamed field stands twice, the index passes to its new name.
    local object = fold.copy(b.ctx.features.documents and as_now(b, unit, kind, change.after) or b:member(unit.q, kind, from))
    object.name = to
    list = { b:drop_member(unit.q, kind, from), b:add_member(unit.q, kind, object) }
  end
  columns.ddl(b, unit, object_id(unit.q, change.after), "rename", {
    title = ("Rename the %s %s to %s"):format(noun(kind, change.before), words.label({ name = from }), words.label({ name = to })),
    why = #list == 1 and "metadata only" or "this engine cannot rename it, so it is made again under the new name",
    ops = list, compatibility = { old_app = true, new_app = true, note = "statements that name it (hints) must follow" },
  }, t)
end

-- Foreign keys that count on a key go before it is replaced, and come back when what they refer to is unique again.
local function release_referring(b, unit, change)
  local parts = strategy.plain_columns(change.before.parts)
  if b.ctx.features.rebuild or not parts then return end
  -- PostgreSQL holds a foreign key to the very index, others to any that serves.
  if fold.same(parts, strategy.plain_columns(change.after.parts)) and not b.ctx.features.using_index then return end
  for _, row in ipairs(b.group.incoming or {}) do
    local fk = row.foreign_key
    if fold.same_q(fk.ref, unit.before.name) and fold.same(parts, fk.ref_columns) and b:key_stays(row) then
      b:borrow(row.table)
      local at = b:unit_at(row.table)
      if b:member(at.q, "foreign_key", fk.name) then
        columns.release_key(b, { unit = at, key = fk }, ("the %s of %s changes"):format(noun("key", change.before), show(unit.q)),
          "the engine drops no key under a foreign key; it comes back, tested against all rows, when its target is unique again")
      end
    end
  end
end

-- A new definition beside the old one first, so that no moment is without either.
local function replace(b, unit, kind, change)
  local after = as_now(b, unit, kind, change.after)
  local name = name_now(b, unit, kind, change)
  if kind == "key" then release_referring(b, unit, change) end
  local going = losses.same_rule(kind, change.before, change.after) and {} or rules.going(b, unit, kind, b:member(unit.q, kind, name))
  local elsewhere = kind == "foreign_key" and not b.ctx.features.rebuild
    and not fold.same(change.before.ref_columns, change.after.ref_columns)
  if name ~= after.name or not strategy.can_rename(b.ctx, kind, change.before) or (elsewhere and columns.target_goes(b, change.before))
    or (kind == "key" and change.before.primary) or kind == "exclusion" then
    if kind == "index" and name ~= after.name then
      M.add(b, unit, kind, after)
      return M.drop(b, unit, kind, name)
    end
    if elsewhere then
      -- It goes before another key takes the old one's place, and comes behind it.
      columns.release_key(b, { unit = unit, key = b:member(unit.q, kind, name), final = change.after, going = going },
        "what it refers to changes", "the engine drops no key under a foreign key")
      return columns.flush_unit(b, unit)
    end
    local t = b:table(unit.q)
    return columns.ddl(b, unit, object_id(unit.q, after), "replace", {
      loses = going.loses, checks_back = going.checks_back, reverse_work = going.reverse_work,
      title = title("Replace", kind, after, unit.q), why = "its definition changes",
      ops = { b:drop_member(unit.q, kind, name), b:add_member(unit.q, kind, after) },
      checks_before = checks_for(b.ctx, unit.q, kind, after),
      compatibility = { old_app = true, new_app = true, note = BREAKS[kind] or "" }, hazards = { "constraint" },
    }, t)
  end
  local beside = fold.copy(after)
  beside.name = strategy.derived_name(b.ctx, name, "__new")
  M.add(b, unit, kind, beside, "the new definition stands beside the old one until it can take its name")
  b:step(object_id(unit.q, after), "take-over", {
    loses = going.loses, checks_back = going.checks_back, reverse_work = going.reverse_work,
    title = title("Let the new definition take over", kind, after, unit.q), why = "metadata only",
    ops = { b:drop_member(unit.q, kind, name), b:rename_member(unit.q, kind, beside.name, name) },
    compatibility = { old_app = true, new_app = true },
  })
end

-- Where something of another kind bears the name until now, what becomes of that.
local function passed_on_by(b, unit, kind, name)
  local other = strategy.shares_names_with(b.ctx, kind)
  for _, change in ipairs(other and b:member(unit.q, other, name) and unit.changes or {}) do
    if change.kind == other and change.before and not change.after and name_now(b, unit, other, change) == name then
      return change
    end
  end
end

-- An index takes the name of a key, or a key that of an index: it stands beside the other one first.
local function hand_over(b, unit, kind, object, from)
  b.settled[from] = true
  local name, beside = object.name, fold.copy(object)
  beside.name = strategy.derived_name(b.ctx, name, "__new")
  M.add(b, unit, kind, beside, "it stands beside the one whose name it takes")
  columns.flush_unit(b, unit)
  local lost, back = rules.lost(b, unit, from.kind, b:member(unit.q, from.kind, name))
  b:step(object_id(unit.q, object), "take-over", {
    loses = lost, checks_back = back,
    title = title("Let the new definition take over", kind, object, unit.q), why = "metadata only",
    ops = { b:drop_member(unit.q, from.kind, name), b:rename_member(unit.q, kind, beside.name, name) },
    compatibility = { old_app = true, new_app = true },
  })
end

local function new_column_only(b, unit, kind, object)
  for _, column in ipairs((unit.before or { columns = {} }).columns) do
    if strategy.member_names(kind, object, column.name) then return false end
  end
  return b:table(unit.q) ~= nil
end

local function standing(b, unit, kind, change) return b:member(unit.q, kind, name_now(b, unit, kind, change)) end

-- Are the columns there that the member names, of the types that they are to have? Those of a column that another strategy brings
-- come later, and an operator class fits the new type alone.
local function ready(b, unit, kind, object)
  for _, column in ipairs((unit.after or { columns = {} }).columns) do
    if strategy.member_names(kind, object, column.name) then
      local now = b:column(unit.q, column.name)
      if not now or strategy.retyped(now, column) then return false end
    end
  end
  return true
end

--- Carries out at once what becomes of a key or an index that stands.
function M.settle(b, unit, change)
  b.settled[change] = true
  if not standing(b, unit, change.kind, change) then return end
  if not change.after then
    if change.kind == "key" then refuse_incoming(change, b, unit) end
    return M.drop(b, unit, change.kind, name_now(b, unit, change.kind, change))
  end
  replace(b, unit, change.kind, change)
end

local function only_visibility(kind, change)
  if kind ~= "index" then return false end
  local made = fold.copy(change.before)
  made.invisible, made.comment = change.after.invisible, change.after.comment
  return fold.same(made, change.after)
end

local function add_when(kind, phase)
  return function(change, _, _, b)
    local unit = b:unit(change)
    local object = as_now(b, unit, kind, change.after)
    local early = kind == "index" and (not object.unique or new_column_only(b, unit, kind, object))
    if phase == "expand" and not (early and ready(b, unit, kind, object)) then return end
    unit.added = unit.added or {}
    if unit.added[change] or (phase ~= "contract" and words.waits(b:table(unit.q), kind, object)) then return end
    local from = passed_on_by(b, unit, kind, object.name)
    if from and phase ~= "switch" then return end
    unit.added[change] = true
    if from then return hand_over(b, unit, kind, object, from) end
    if kind == "foreign_key" and b:key_waits(object, b:table(unit.q), unit.after) then return b:postpone_key(unit, object) end
    M.add(b, unit, kind, object)
  end
end

-- Which phase a drop belongs to: rules that bind less go as soon as the new application may need it.
local DROP_PHASE = { key = "switch", index = "contract", check = "expand", foreign_key = "expand", exclusion = "expand" }

-- Is it the key of a column that counts up and goes, too? Then it goes in contract, with the column.
local function goes_with_column(b, unit, kind, object)
  for _, change in ipairs(kind == "key" and unit.changes or {}) do
    if change.kind == "column" and not change.after and strategy.counts_as_key(b.ctx, object, change.before) then return true end
  end
  return false
end

local function member(kind)
  local function act(phase)
    local add = add_when(kind, phase)
    return function(change, sub, ctx, b)
      local unit = b:unit(change)
      if not change.before then
        if phase ~= "contract" or kind == "index" then add(change, sub, ctx, b) end
      elseif not change.after then
        if phase ~= DROP_PHASE[kind] or not standing(b, unit, kind, change) then return end
        if kind == "key" then refuse_incoming(change, b, unit) end
        if goes_with_column(b, unit, kind, change.before) then return end
        M.drop(b, unit, kind, name_now(b, unit, kind, change))
        if kind == "key" and change.before.primary then let_go(b, unit) end
      elseif phase == "switch" and not b.settled[change] then
        if rename_only(change) then return rename(b, unit, kind, change) end
        if only_visibility(kind, change) then
          local t = b:table(unit.q)
          local final = fold.copy(as_now(b, unit, kind, change.after))
          return columns.ddl(b, unit, object_id(unit.q, final), "alter-index", {
            title = title("Alter", kind, final, unit.q), why = "metadata only",
            ops = strategy.seq(b:alter_member(unit.q, kind, change.before.name, final)),
          }, t)
        end
        replace(b, unit, kind, change)
        if kind == "key" and change.before.primary then let_go(b, unit) end
      end
    end
  end
  return { expand = act("expand"), switch = act("switch"), contract = act("contract") }
end

M.key = member("key")
M.index = member("index")
M.check = member("check")
M.foreign_key = member("foreign_key")
M.exclusion = member("exclusion")

return M
