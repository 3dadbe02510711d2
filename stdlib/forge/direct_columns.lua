--- Columns changed in place: added, altered part by part (each part in its phase), dropped.

local fold = require("forge.fold")
local ops = require("forge.ops")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")
local archive = require("forge.archive")

local M = {}

local show = strategy.display

-- Merging -----------------------------------------------------------------------------------------------------------

local MERGED = { "title", "why", "loses", "loses_forward", "app" }

local function append(into, list)
  for _, value in ipairs(list or {}) do into[#into + 1] = value end
end

local function join(a, b, separator)
  if (a or "") == "" then return b end
  if (b or "") == "" then return a end
  return a .. separator .. b
end

local function merge(pending, spec)
  append(pending.ops, strategy.flat(spec.ops))
  for _, field in ipairs(MERGED) do pending[field] = join(pending[field], spec[field], "; ") end
  for _, field in ipairs({ "checks_before", "checks_after", "hazards" }) do
    pending[field] = pending[field] or {}
    append(pending[field], spec[field])
  end
  local c = spec.compatibility
  if c then
    local had = pending.compatibility or { old_app = true, new_app = true }
    pending.compatibility = {
      old_app = had.old_app and c.old_app ~= false, new_app = had.new_app and c.new_app ~= false,
      note = join(had.note, c.note, "; "),
    }
  end
  pending.reverse_work = pending.reverse_work or spec.reverse_work
end

-- Operations that an engine carries out by writing the table anew: several of them cost one rewrite together.
local function rewrites(ctx, t, list)
  for _, op in ipairs(list) do
    local joins = ctx.features.rebuild or op.kind == "column" or op.kind == "shell" or (op.before or op.after).primary
    if joins and op.kind ~= "view" and op.kind ~= "sync" and op.kind ~= "table" and strategy.impact(ctx, op, t).rewrite
    then
      return true
    end
  end
  return false
end

--- Joins a step into another: the operations of both, in one transaction.
function M.join(into, step) merge(into, step) end

--- Adds a step that alters one table; what makes the engine rewrite it is kept until `flush`, so that all of it costs
--- one rewrite.
---@param b table
---@param unit table
---@param object string
---@param what string
---@param spec table a step's fields
---@param t table? the table as it was before the operations (they are applied when they are made)
function M.ddl(b, unit, object, what, spec, t)
  local ctx = b.ctx
  local list = strategy.flat(spec.ops)
  if #list == 0 then return nil end
  local can_merge = ctx.features.rebuild or (ctx.d.emit and ctx.d.emit.step_alter)
  local must_wait = ctx.features.rebuild and unit.pending
  if can_merge and not spec.form and (must_wait or rewrites(ctx, t or b:table(unit.q), list))
    and not (unit.pending and unit.pending.reverse_work and spec.reverse_work) then
    unit.pending = unit.pending or { ops = {}, count = 0, object = object, what = what }
    unit.pending.count = unit.pending.count + 1
    merge(unit.pending, spec)
    return nil
  end
  return b:step(object, what, spec)
end

--- Emits what `ddl` has kept for one table.
function M.flush_unit(b, unit)
  local pending = unit.pending
  if not pending then return end
  unit.pending = nil
  local one = pending.count == 1
  local object, what = one and pending.object or show(unit.q), one and pending.what or "rewrite-once"
  local form = b.ctx.features.rebuild and "rebuild" or (#pending.ops > 1 and "alter" or nil)
  pending.count, pending.object, pending.what = nil, nil, nil
  pending.form = form
  b:step(object, what, pending)
end

function M.flush(_, _, b)
  for _, unit in ipairs(b.units) do M.flush_unit(b, unit) end
end

-- NOT NULL ------------------------------------------------------------------------------------------------------------

local function by_check(b, unit, name, final, object)
  local ctx, q = b.ctx, unit.q
  local check = {
    name = strategy.derived_name(ctx, q.name .. "_" .. name, "_not_null"),
    expr = ctx.d:ident(name) .. " IS NOT NULL", not_valid = true,
  }
  b:step(object, "not-null-guard", {
    title = "Refuse new NULLs in " .. object,
    why = "a CHECK that is not validated takes its lock for an instant and tests new rows only",
    ops = { b:add_member(q, "check", check) },
    checks_before = { strategy.check_nulls(ctx, q, name) },
    compatibility = { old_app = true, new_app = true, note = "writes of NULL into " .. object .. " fail from here" },
    hazards = { "constraint" },
  })
  local valid = fold.copy(check)
  valid.not_valid = false
  b:step(object, "not-null-validate", {
    title = "Validate that no row has NULL in " .. object,
    why = "validation reads the table while reads and writes go on",
    ops = { b:alter_member(q, "check", check.name, valid) }, hazards = { "scan" },
  })
  b:step(object, "not-null", {
    title = "Make " .. object .. " NOT NULL",
    why = "the validated CHECK proves it, so the table is not read again; the CHECK has then served",
    ops = strategy.seq(b:alter_column(q, name, final), b:drop_member(q, "check", check.name)),
    compatibility = { old_app = true, new_app = true },
  })
end

--- Makes a column NOT NULL (and gives it the rest of its final form) in the engine's safe steps.
---@param b table
---@param unit table
---@param name string the column as it is called now
---@param final table its form afterwards
function M.enforce(b, unit, name, final)
  local ctx, q = b.ctx, unit.q
  local object = show(q) .. "." .. name
  local t = b:table(q)
  local now = strategy.column(t, name)
  if fold.same(now, final) then return end
  local probe = ops.alter_column(q, now, final)
  if now.nullable and not final.nullable and strategy.safe_form(ctx, probe, t) == "not_null_by_check" then
    return by_check(b, unit, name, final, object)
  end
  M.ddl(b, unit, object, "not-null", {
    title = (now.nullable and not final.nullable) and "Make " .. object .. " NOT NULL" or "Finish " .. object,
    why = "every row has a value by now; from here the schema says so",
    ops = strategy.seq(b:alter_column(q, name, final)),
    checks_before = now.nullable and not final.nullable and { strategy.check_nulls(ctx, q, name) } or nil,
    compatibility = { old_app = true, new_app = true }, hazards = { "constraint" },
  }, t)
end

-- Altering --------------------------------------------------------------------------------------------------------------

-- PostgreSQL refuses to alter or drop a column that a view reads: its views go and come back in one transaction.
local function views_in_the_way(b, q, names)
  if b.ctx.features.rebuild or not b.ctx.features.transactional_ddl then return {} end
  return b:views_naming(q, names)
end

-- Generated columns that read a column: PostgreSQL alters no type under one.
local function readers(b, q, name)
  local list = {}
  if b.ctx.features.rebuild or not b.ctx.features.transactional_ddl then return list end
  for _, column in ipairs(b:table(q).columns) do
    if column.name ~= name and strategy.member_names("column", column, name) then list[#list + 1] = column end
  end
  return list
end

--- Must generated columns go and come back when the type of this column changes?
function M.has_readers(ctx, t, change)
  if ctx.features.rebuild or not ctx.features.transactional_ddl then return false end
  for _, column in ipairs(t.columns) do
    if column.name ~= change.before.name and strategy.member_names("column", column, change.before.name) then
      return true
    end
  end
  return false
end

-- What stands on columns that go for a moment, and the operations that take all of it away and bring it back.
local function take_readers(b, q, list)
  local gone, back = {}, {}
  for _, column in ipairs(list) do
    for _, spec in ipairs(strategy.MEMBERS) do
      for _, object in ipairs(b:table(q)[spec.field] or {}) do
        if strategy.member_names(spec.kind, object, column.name) then
          gone[#gone + 1] = b:drop_member(q, spec.kind, object.name)
          back[#back + 1] = { kind = spec.kind, object = object }
        end
      end
    end
    gone[#gone + 1] = b:drop_column(q, column.name)
  end
  return gone, back
end

local function bring_readers(b, q, list, back)
  local out = {}
  for _, column in ipairs(list) do out[#out + 1] = b:add_column(q, column) end
  for _, row in ipairs(back) do out[#out + 1] = b:add_member(q, row.kind, row.object) end
  return out
end

-- Foreign keys that keep a column from changing its type, of this table and of others: { unit, key }.
local function keys_in_the_way(b, unit, now, final)
  local out, d = {}, b.ctx.d
  if not d.key_holds_type or fold.same(now.type, final.type) or not d:key_holds_type(now.type, final.type) then return out end
  for _, row in ipairs(b.group.incoming or {}) do
    if fold.same_q(row.foreign_key.ref, unit.q) and strategy.contains(row.foreign_key.ref_columns, now.name) then
      b:borrow(row.table)
    end
  end
  local keys = {}
  for key in pairs(b.state.tables) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do
    local t = b.state.tables[key]
    for _, fk in ipairs(t.foreign_keys or {}) do
      local own = key == show(unit.q) and strategy.contains(fk.columns, now.name)
      if own or (fold.same_q(fk.ref, unit.q) and strategy.contains(fk.ref_columns, now.name)) then
        out[#out + 1] = { unit = b:unit_at(t.name), key = fk }
      end
    end
  end
  return out
end

-- The key as it is after the plan; a change of it is settled by making it again.
local function final_key(b, unit, fk)
  for _, change in ipairs(unit.changes) do
    if change.kind == "foreign_key" and change.before and change.before.name == fk.name then
      b.settled[change] = true
      return change.after
    end
  end
  return unit.after and fold.find(unit.after.foreign_keys, fk.name) or fk
end

-- They go before the column changes, and come back once both ends have their types.
local function release_keys(b, unit, now, final)
  for _, row in ipairs(keys_in_the_way(b, unit, now, final)) do
    local q, name = row.unit.q, row.key.name
    local made = final_key(b, row.unit, row.key)
    b:step(show(q) .. "." .. name, "release-key", {
      title = ("Take the foreign key %s of %s away while %s.%s changes its type"):format(name, show(q), show(unit.q), now.name),
      why = "the engine changes no type under a foreign key; it comes back, tested against all rows, when both ends are changed",
      ops = { b:drop_member(q, "foreign_key", name) },
      compatibility = { old_app = true, new_app = true, note = "until it is back, writes that point nowhere are accepted" },
      hazards = { "rule_dropped" },
    })
    if made then b:postpone_key(row.unit, made) end
  end
end

local TEXT = {
  comment = { "Comment", "documentation only" },
  type = { "Change the type of", "the engine does this in place" },
  default = { "Change the default of", "rows that stand keep their values; new rows take the new default" },
  on_update = { "Change what an update sets in", "rows that stand keep their values" },
  visibility = { "Change the visibility of", "only queries with a star are concerned" },
  relax = { "Allow NULL in", "nothing that is written today is refused tomorrow" },
  identity = { "Change how values are generated for", "rows that stand keep their values" },
  generated = { "Change the expression of", "the column is computed anew" },
}

local NOTES = {
  relax = "the deployed application must read NULL in it from the moment the new one writes any",
  default = "INSERTs that leave the column out get the new default",
}

local function alter_part(b, unit, change, part)
  local ctx, q, name = b.ctx, unit.q, change.before.name
  local object = show(q) .. "." .. name
  local now = b:column(q, name)
  local final = strategy.with_part(now, change.after, part)
  if part.what == "generated" then final = fold.copy(final) final.name = name end
  if part.what == "type" then release_keys(b, unit, now, final) end
  local generated = part.what == "type" and readers(b, q, name) or {}
  local named = { name }
  for _, column in ipairs(generated) do named[#named + 1] = column.name end
  local t = b:table(q)
  local blocked = (part.what == "type" or part.what == "generated") and views_in_the_way(b, q, named) or {}
  local text = TEXT[part.what]
  local checks = part.what == "type" and strategy.check_length(ctx, q, now, final)
  local taken = b:take_views(blocked)
  local gone, back = take_readers(b, q, generated)
  local altered = b:alter_column(q, name, final)
  M.ddl(b, unit, object, (part.what:gsub("_", "-")), {
    title = text[1] .. " " .. object, why = text[2],
    ops = strategy.seq(taken, gone, altered, bring_readers(b, q, generated, back), b:bring_views(blocked, {}, false)),
    checks_before = checks and { checks } or nil,
    compatibility = { old_app = true, new_app = true, note = NOTES[part.what] or "" },
    hazards = part.what == "type" and { "type" } or nil,
  }, t)
end

local function rename(b, unit, change)
  local q, from, to = unit.q, change.before.name, change.after.name
  local object = show(q) .. "." .. from
  local views = b.ctx.features.rebuild and {} or b:views_naming(q, { from })
  b:step(object, "rename", {
    title = ("Rename %s to %s"):format(object, to),
    why = "metadata only; both names cannot be served at once this way",
    ops = strategy.seq(b:take_views(views), b:rename_column(q, from, to), b:bring_views(views, { [from] = to }, true)),
    form = #views > 0 and "swap" or nil,
    app = ("Deploy the application that says %s together with this step."):format(to),
    compatibility = {
      old_app = false, new_app = true,
      note = ("statements that say %s fail from here; those that say %s failed until here"):format(from, to),
    },
    hazards = { "rename" },
  })
end

local function alter(change, b, phase)
  local unit = b:unit(change)
  local start = unit.parts and unit.parts[change]
  if not start then
    unit.parts = unit.parts or {}
    start = strategy.column_parts(b.ctx, change.before, change.after)
    unit.parts[change] = start
  end
  for _, part in ipairs(start) do
    if part.phase == phase then
      if part.what == "rename" then
        M.flush_unit(b, unit)
        rename(b, unit, change)
      elseif part.what == "not_null" then
        local now = b:column(unit.q, change.before.name)
        M.enforce(b, unit, change.before.name, strategy.with_part(now, change.after, part))
      else
        alter_part(b, unit, change, part)
      end
    end
  end
end

local function altered_in_contract(change, b)
  local unit = b:unit(change)
  -- The rename has run by now: the parts that wait for contract find the column under its new name.
  local list = strategy.column_parts(b.ctx, change.before, change.after)
  for _, part in ipairs(list) do
    if part.phase == "contract" then
      local moved = { before = fold.copy(change.before), after = change.after }
      moved.before.name = change.after.name
      alter_part(b, unit, moved, part)
    end
  end
end

-- Adding and dropping -----------------------------------------------------------------------------------------------------

local function needs_value(column)
  return not column.nullable and not column.default and not column.generated and not column.identity
    and column.type.name ~= "serial" and column.type.name ~= "bigserial"
end
M.needs_value = needs_value

-- Do columns of the table get other names, or move to second ones?
local function columns_move(b, unit)
  for _, change in ipairs(unit.changes) do
    if change.kind == "column" and change.after then
      local choice = (b.choices or {})[change]
      if choice and choice.strategy == "shadow_column" then return true end
      if change.before and change.before.name ~= change.after.name then return true end
    end
  end
  return false
end

-- A generated column reads others: it comes when those that are renamed or moved have their final names.
local function add_phase(change, b)
  return change.after.generated and columns_move(b, b:unit(change)) and "switch" or "expand"
end

local function add(change, sub, ctx, b)
  local unit, column = b:unit(change), change.after
  local object = show(unit.q) .. "." .. column.name
  local facts = strategy.facts(sub, ctx, unit.q)
  if needs_value(column) and facts.rows ~= 0 and not facts.created then
    strategy.refuse(change, ("%s is NOT NULL and has neither a default nor a backfill: the rows that stand would have "
      .. "no value. State :default or :backfill, or hints with rows = 0"):format(object))
  end
  local t = b:table(unit.q)
  M.ddl(b, unit, object, "add-column", {
    title = "Add " .. object, why = "the deployed application does not know the column and does not miss it",
    ops = { b:add_column(unit.q, column) },
    compatibility = {
      old_app = true, new_app = true,
      note = "an INSERT without a column list and a prepared SELECT * notice the added column",
    },
    hazards = { "added_column" },
  }, t)
end

local function refers_to(sub, b, unit, name)
  for _, view in ipairs(b:views_on(unit.q)) do
    if sqltext.names(view.query, name) and not b:view_goes(view.name) then return "the view " .. show(view.name) end
  end
  for _, row in ipairs(sub.incoming or {}) do
    if fold.same_q(row.foreign_key.ref, unit.before.name) and b:key_stays(row)
      and strategy.contains(row.foreign_key.ref_columns, name) then
      return ("the foreign key %s of %s"):format(row.foreign_key.name, show(row.table))
    end
  end
end

-- Does another table that the view reads have a column of that name? Then its text alone does not tell which is meant.
local function ambiguous(ctx, b, unit, name)
  for _, view in ipairs(b:views_on(unit.q)) do
    for _, used in ipairs(view.uses or {}) do
      local other = not fold.same_q(used, unit.q) and (b:table(used) or (ctx.table and ctx.table(used, "after")))
      if other and strategy.column(other, name) then return true end
    end
  end
  return false
end

local function member_of(t, name, wanted)
  for _, spec in ipairs(strategy.MEMBERS) do
    for _, object in ipairs(t[spec.field] or {}) do
      if wanted(spec.kind, object) and strategy.member_names(spec.kind, object, name) then return object end
    end
  end
end

local function is_unique(kind, object) return kind == "key" or (kind == "index" and object.unique) end
local function is_reference(kind) return kind == "foreign_key" end

-- The first value of a check that lists the column's values: an enum, where the engine has none.
local function allowed_literal(t, name)
  for _, check in ipairs(t.checks or {}) do
    if sqltext.names(check.expr, name) then
      local literal = check.expr:match("[Ii][Nn]%s*%(%s*('[^']*')")
      if literal then return literal end
    end
  end
end

-- What fills a column that comes back empty: a value that its own rules accept, as far as one can be made up.
local function made_up(ctx, t, column)
  local fk = member_of(t, column.name, is_reference)
  if fk and #fk.columns == 1 and not fold.same_q(fk.ref, t.name) then
    return ("(SELECT MIN(%s) FROM %s)"):format(ctx.d:ident(fk.ref_columns[1]), ctx.d:qname(fk.ref)),
      "the least key of " .. show(fk.ref)
  end
  local key = strategy.key(t)
  if member_of(t, column.name, is_unique) and #key == 1 and key[1] ~= column.name then
    local by_key = strategy.convert(ctx, ctx.d:ident(key[1]), strategy.column(t, key[1]).type, column.type)
    if by_key then return by_key, "the row's " .. key[1] end
  end
  local zero = allowed_literal(t, column.name) or strategy.zero(ctx, column)
  return zero, zero
end

-- A default, too, would give every row the same value on the way back.
local function insists(t, column)
  if needs_value(column) then return true end
  local given = column.default ~= nil or not column.nullable
  return given and not column.generated and not column.identity and member_of(t, column.name, is_unique) ~= nil
end

--- The new application does not write a column that goes, so until contract the column must not insist.
---@param b table
---@param unit table
---@param name string
function M.stop_insisting(b, unit, name)
  local ctx, q = b.ctx, unit.q
  local t = b:table(q)
  local now = strategy.column(t, name)
  if not now or not insists(t, now) or strategy.in_primary_key(t, name) then return end
  local object, empty = show(q) .. "." .. name, ctx.d:ident(name) .. " IS NULL"
  local value, said = made_up(ctx, unit.before or t, now)
  if now.nullable then value, said = nil, "NULL" end
  M.ddl(b, unit, object, "stop-insisting", {
    title = "Allow NULL in " .. object .. ", which goes",
    why = "the new application no longer writes it; its INSERTs must pass until the column is dropped",
    ops = { b:patch_column(q, name, { nullable = true }, { "default" }) },
    reverse_work = value and b:backfill(unit, { { to = name, expr = value } }, empty, strategy.count_where(ctx, q, empty))
      or nil,
    loses = said and ("rows written without %s get %s there on the way back"):format(name, said)
      or ("rows written without %s stop the way back until they are given a value"):format(name),
    compatibility = { old_app = true, new_app = true,
                      note = "the deployed application reads NULL in rows that the new one wrote" },
  }, t)
end

local function relax(change, _, _, b) M.stop_insisting(b, b:unit(change), change.before.name) end

local function loss_on_return(ctx, column)
  if column.default and not column.nullable then return "its default" end
  if column.nullable then return "NULL" end
  return strategy.zero(ctx, column) or "the zero of its type"
end

local function drop(change, sub, ctx, b)
  local unit = b:unit(change)
  local name = change.before.name
  local object = show(unit.q) .. "." .. name
  local column = b:column(unit.q, name)
  local by = refers_to(sub, b, unit, name)
  if by and not ambiguous(ctx, b, unit, name) then
    strategy.refuse(change, ("%s cannot be dropped: %s still refers to it. Change or drop that too"):format(object, by))
  end
  local kept = (change.intent or {}).archive and archive.column(b, unit, column)
  local blocked = {}
  if not ctx.features.rebuild then  -- a star is written out when a view is made: the view must be made again
    blocked = b:views_on(unit.q, function(view) return sqltext.has_star(view.query) end)
  end
  if kept then
    M.flush_unit(b, unit)
    b:step(object, "archive", kept)
  end
  local generated = column.generated ~= nil
  local t = b:table(unit.q)
  M.ddl(b, unit, object, "drop-column", {
    title = "Drop " .. object, why = "no application reads or writes it any more",
    ops = strategy.seq(b:take_views(blocked), b:drop_column(unit.q, name), b:bring_views(blocked, {}, false)),
    loses_forward = not generated and not kept and "every value of " .. object or nil,
    loses = not generated and not kept
      and ("the values of %s: the way back adds it again with %s in every row"):format(object, loss_on_return(ctx, column))
      or nil,
    app = "Check that no application, report or job names " .. object .. " any more.",
    compatibility = { old_app = false, new_app = true, note = "statements that name " .. object .. " fail from here" },
    hazards = { "drop" },
  }, t)
end

M.column = {
  expand = function(change, sub, ctx, b)
    if not change.before then
      if add_phase(change, b) == "expand" then add(change, sub, ctx, b) end
      return
    end
    if change.after then alter(change, b, "expand") end
  end,
  switch = function(change, sub, ctx, b)
    if not change.before then
      if add_phase(change, b) == "switch" then add(change, sub, ctx, b) end
      return
    end
    if change.after then return alter(change, b, "switch") end
    relax(change, sub, ctx, b)
  end,
  contract = function(change, sub, ctx, b)
    if not change.before then return end
    if change.after then return altered_in_contract(change, b) end
    drop(change, sub, ctx, b)
  end,
}

return M
