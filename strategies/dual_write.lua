--- Documents whose fields get another name or another type while both applications run. No triggers exist: the applications keep
--- both forms by a contract that each step states, and the documents that stand are converted in batches along _id.
---
--- A renamed field stands twice until contract, written by both applications. A field that changes its type alone holds both
--- types for a while: each document tells by the type of its value which form it has.

local columns = require("forge.direct.columns")
local fold = require("forge.fold")
local losses = require("forge.losses")
local strategy = require("forge.strategy")
local words = require("forge.direct.member_words")

local show = strategy.display

local function in_key(t, name) return strategy.in_primary_key(t, name) and name == "_id" end

-- How the new value is made of the old one, and back; what the specification states comes first.
local function expressions(change, ctx)
  local intent, before, after = change.intent or {}, change.before, change.after
  local up, only_nulls = strategy.stated_fill(change)
  if only_nulls then up = ('{"$ifNull":[%s,%s]}'):format(ctx.d:value(before.name), up) end
  local up_made = strategy.convert(ctx, ctx.d:value(before.name), before.type, after.type)
  local down_made = strategy.convert(ctx, ctx.d:value(after.name), after.type, before.type)
  local down = (intent.backfill_down or "") ~= "" and intent.backfill_down or (not up and down_made) or nil
  return up or up_made, down
end

local function serves(change, group, ctx)
  if not ctx.features.documents then return false, "it serves engines of documents, where no triggers exist" end
  if change.kind ~= "column" or not change.before or not change.after then
    return false, "it serves fields that are renamed or change their type"
  end
  local t = group.before[show(change.table)]
  if not t then return false, "the collection is new" end
  if in_key(t, change.before.name) then return false, "_id of a document that stands cannot change" end
  if not expressions(change, ctx) then
    return false, ("nothing says how %s becomes %s: state :backfill"):format(ctx.d:type_sql(change.before.type),
      ctx.d:type_sql(change.after.type))
  end
  return true
end

local function renames(change) return change.before.name ~= change.after.name end

-- The type that holds both: what the validator accepts while documents of both forms stand.
local function both_types(ctx, before, after)
  local list, seen = {}, {}
  for _, t in ipairs({ before.type, after.type }) do
    local bson = ctx.d.types.bson_types(t)
    if #bson == 0 then return { name = "native", args = {}, ref = "any" } end
    for _, name in ipairs(bson) do
      if not seen[name] then list[#list + 1] = name end
      seen[name] = true
    end
  end
  return { name = "native", args = {}, ref = table.concat(list, "|") }
end

-- The field while both forms stand: nothing of its rules that one of them breaks.
local function open_field(ctx, change)
  local made = fold.copy(change.after)
  made.nullable, made.rules = true, nil
  if not renames(change) then made.type = both_types(ctx, change.before, change.after) end
  return made
end

local function same_type(ctx, change)
  return fold.same(ctx.d.types.bson_types(change.before.type), ctx.d.types.bson_types(change.after.type))
end

local function each(sub, b, visit)
  for _, change in ipairs(sub.changes) do
    local unit = b:unit(change)
    visit(change, unit, show(unit.q) .. "." .. change.after.name)
  end
end

local function expand(sub, ctx, b)
  each(sub, b, function(change, unit, object)
    local open = open_field(ctx, change)
    if renames(change) then
      b:step(object, "add-field", {
        title = ("Allow %s beside %s in %s"):format(open.name, change.before.name, show(unit.q)),
        why = "the new name stands beside the old one until nobody says the old one",
        ops = { b:add_column(unit.q, open) }, checks_first = strategy.check_unheld(ctx, unit.q, { open.name }),
        compatibility = { old_app = true, new_app = true },
      })
    else
      b:step(object, "allow-both", {
        title = ("Allow %s in %s beside %s"):format(ctx.d:type_sql(change.after.type), object, ctx.d:type_sql(change.before.type)),
        why = "while documents are converted, both types stand in the field",
        ops = strategy.seq(b:alter_column(unit.q, change.before.name, open)), compatibility = { old_app = true, new_app = true },
      })
    end
  end)
end

-- What applications promise each other where no trigger does it for them.
local function contract_text(ctx, change, unit)
  if renames(change) then
    return ("No triggers exist: deploy a version that writes %s.%s and %s with every write of either, and reads %s where %s is "
      .. "missing. On a replica set a change stream on %s may do the same for writers that cannot be changed."):format(show(unit.q),
      change.before.name, change.after.name, change.before.name, change.after.name, show(unit.q))
  end
  return ("No triggers exist: deploy a version that reads %s.%s as %s and as %s, and writes it as %s."):format(show(unit.q),
    change.after.name, ctx.d:type_sql(change.before.type), ctx.d:type_sql(change.after.type), ctx.d:type_sql(change.after.type))
end

-- A null is carried over, too: where a field takes another one's value as it is, both are there or neither.
local function or_only(ask, condition, expr, from, to)
  if expr ~= ask.field(from) then return condition end
  return ask.any { condition, ask.only(from, to) }
end

-- Which documents the backfill still has to change, and the question that finds those it has not.
local function conditions(ctx, change, up)
  local ask, old, new = ctx.d.ask, change.before.name, change.after.name
  if renames(change) then
    local open = ask.all { ask.is_null(new), ask.gives(up) }
    return or_only(ask, open, up, old, new), or_only(ask, ask.differs(ask.field(new), up), up, old, new)
  end
  if same_type(ctx, change) then
    return ask.all { ask.gives(up), ask.differs(ask.field(old), up) }, ask.differs(ask.field(old), up)
  end
  local other = ask.all { ask.of_other_type(new, ctx.d.types.bson_types(change.after.type)), ask.gives(ask.field(new)) }
  return other, other
end

local function way_back(ctx, b, change, unit, down)
  local old, new = change.before.name, change.after.name
  if not down or renames(change) then return nil end
  local ask = ctx.d.ask
  local bson = ctx.d.types.bson_types(change.before.type)
  if #bson == 0 or same_type(ctx, change) then return nil end
  local where = ask.all { ask.of_other_type(old, bson), ask.gives(ask.field(new)) }
  return b:backfill(unit, { { to = old, expr = down } }, where, strategy.count_where(ctx, unit.q, where))
end

local function lost(ctx, unit, change, down)
  if renames(change) then return nil end
  if not down then
    return ("the values of %s.%s as they were: nothing says how they are made again"):format(show(unit.q), change.before.name)
  end
  return losses.retype(ctx, unit, change.before, change.after, change)
end

local function migrate(sub, ctx, b)
  each(sub, b, function(change, unit, object)
    local up, down = expressions(change, ctx)
    local open, wrong = conditions(ctx, change, up)
    local facts = strategy.facts(sub, ctx, unit.before.name)
    local checks = {}
    local convertible = strategy.check_convertible(ctx, unit.q, change.before, change.after, up)
    if convertible then checks[1] = convertible end
    b:step(object, "dual-write", {
      title = ("The applications keep both forms of %s"):format(object),
      why = "what one application writes the other must find; no trigger does that here",
      app = contract_text(ctx, change, unit), compatibility = { old_app = true, new_app = true }, hazards = { "dual_write" },
    })
    local moved = b:backfill(unit, { { to = change.after.name, expr = up } }, open, strategy.count_where(ctx, unit.q, wrong))
    b:step(object, "backfill", {
      title = renames(change) and ("Copy %s of %s into %s"):format(change.before.name, show(unit.q), change.after.name)
        or ("Convert %s to %s"):format(object, ctx.d:type_sql(change.after.type)),
      why = ("%s, %d a batch along _id"):format(strategy.rows_text(facts.rows), moved.batch_rows),
      work = moved, reverse_work = way_back(ctx, b, change, unit, down), loses = lost(ctx, unit, change, down),
      checks_before = #checks > 0 and checks or nil,
      checks_after = { strategy.must_be_none("every document holds the converted value", moved.verify) },
      compatibility = { old_app = true, new_app = true }, hazards = { "backfill", "replica_lag" },
    })
  end)
end

-- An index of a renamed field cannot stand beside its successor under one name: it changes over when the new name leads.
local function move_members(b, unit, change)
  local old, new = change.before.name, change.after.name
  for _, spec in ipairs(strategy.MEMBERS) do
    for _, object in ipairs(unit.after[spec.field] or {}) do
      local stands = spec.kind ~= "check" and spec.kind ~= "foreign_key" and b:member(unit.q, spec.kind, object.name)
      if stands and strategy.member_names(spec.kind, stands, old) and strategy.member_names(spec.kind, object, new) then
        columns.ddl(b, unit, show(unit.q) .. "." .. object.name, "move", {
          title = ("Build %s of %s over %s in place of %s"):format(object.name, show(unit.q), new, old),
          why = "MongoDB renames no index, and two cannot bear one name",
          ops = strategy.seq(b:drop_member(unit.q, spec.kind, object.name), b:add_member(unit.q, spec.kind, object)),
          checks_before = words.checks_for(b.ctx, unit.q, spec.kind, object),
          compatibility = { old_app = true, new_app = true, note = "queries that used the index are slower until it is built" },
          hazards = { "index_build" },
        })
      elseif not stands and spec.kind == "foreign_key" and strategy.member_names(spec.kind, object, new) then
        local had = b:member(unit.q, spec.kind, object.name)
        if had then
          b:step(show(unit.q) .. "." .. (object.name or ""), "reference", {
            title = ("Ask about %s of %s in place of %s"):format(new, show(unit.q), old), why = "the validation counts orphans by it",
            ops = strategy.seq(b:alter_member(unit.q, spec.kind, object.name, object)),
            compatibility = { old_app = true, new_app = true },
          })
        end
      end
    end
  end
end

local function switch(sub, _, b)
  each(sub, b, function(change, unit, object)
    if renames(change) then
      columns.stop_insisting(b, unit, change.before.name)
      move_members(b, unit, change)
    end
    columns.enforce(b, unit, change.after.name, change.after)
    columns.flush_unit(b, unit)
    b:step(object, "lead", {
      title = ("Let %s lead"):format(object), why = "every document has it in its new form",
      app = ("Deploy the application that uses %s as the new schema has it%s."):format(object,
        renames(change) and "; it still writes " .. change.before.name .. " until contract" or ""),
      compatibility = { old_app = renames(change), new_app = true,
                        note = renames(change) and "both names stand, and hold the same" or "the old type is refused from here" },
    })
  end)
end

-- On the way back the old field is filled again before the deployed application reads it.
local function point_of_return(ctx, b, change, unit, object, down)
  if not down then return end
  local ask, old = ctx.d.ask, change.before.name
  local where = ask.all { ask.gives(down), ask.differs(ask.field(old), down) }
  where = or_only(ask, where, down, change.after.name, old)
  b:step(object, "point-of-return", {
    title = ("From here the way back fills %s of %s again"):format(old, show(unit.q)),
    why = "the old field is about to go; a rollback makes it from the new one",
    reverse_work = b:backfill(unit, { { to = old, expr = down } }, where, strategy.count_where(ctx, unit.q, where)),
    compatibility = { old_app = true, new_app = true },
  })
end

local function contract(sub, ctx, b)
  each(sub, b, function(change, unit, object)
    if not renames(change) then return end
    local _, down = expressions(change, ctx)
    local old = change.before.name
    point_of_return(ctx, b, change, unit, object, down)
    local exact = down and strategy.total(ctx, change.before.type, change.after.type)
    columns.ddl(b, unit, object, "drop-old", {
      title = ("Drop the old field %s of %s"):format(old, show(unit.q)), why = "every application uses the new one",
      ops = strategy.seq(b:drop_column(unit.q, old)),
      loses_forward = ("%s of %s as the old schema held it"):format(old, show(unit.q)),
      loses = not exact and ("%s.%s as it was: %s"):format(show(unit.q), old, down and "the way back makes it from the new field"
        or "nothing says how it is made again") or nil,
      app = "Check that no application, report or job names " .. old .. " any more; stop writing it.",
      compatibility = { old_app = false, new_app = true, note = "the deployed application finds no " .. old .. " from here" },
      hazards = { "drop" },
    })
  end)
end

local function absorbs(change, moved)
  if change.kind ~= "index" and change.kind ~= "key" and change.kind ~= "foreign_key" then return false end
  if not change.before or not change.after or change.before.name ~= change.after.name then return false end
  for _, own in ipairs(moved) do
    if renames(own) and strategy.member_names(change.kind, change.before, own.before.name) then return true end
  end
  return false
end

local function explain(sub)
  local n = #sub.changes
  return ("keeps both forms of a field by the applications' contract, as no triggers exist, until nobody uses the old one (%d %s)")
    :format(n, n == 1 and "change" or "changes")
end

return strategy.define {
  name = "dual_write", serves = serves, explain = explain, absorbs = absorbs,
  expand = expand, migrate = migrate, switch = switch, contract = contract,
}
