--- Views changed in place: created once what they read has its final name, exchanged with those that read them, dropped last.

local fold = require("forge.fold")
local ops = require("forge.ops")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")

local show = strategy.display

local function name_of(change) return show((change.after or change.before).name) end

-- May the view be created now? Not before every table and column that it names has its final name.
local function view_ready(b, view)
  for _, used in ipairs(view.uses or {}) do
    local unit = b.by_key[show(used)]
    if not unit and (b.ctx.renamed_back or {})[show(used)] then return false end
    if unit then
      if not b:table(used) or unit.moves then return false end
      for _, change in ipairs(unit.changes) do
        local waits = change.kind == "column" and change.before and change.after
          or change.kind == "shell" and not fold.same_q(change.before.name, change.after.name)
        if waits then return false end
        local comes = change.kind == "column" and change.after and sqltext.names(view.query, change.after.name)
        if comes and not b:column(unit.q, change.after.name) then return false end
      end
    elseif b.pending_views and b.pending_views[show(used)] then
      return false
    end
  end
  return true
end

local function create_view(change, b, phase)
  b.pending_views = b.pending_views or {}
  local key = name_of(change)
  if phase == "expand" and not view_ready(b, change.after) then
    b.pending_views[key] = true
    return
  end
  if b.state.views[key] then return end
  b.pending_views[key] = nil
  b:step(key, "create-view", {
    title = "Create the view " .. key, why = "the new application reads it",
    ops = { b:create_view(change.after) }, compatibility = { old_app = true, new_app = true },
  })
end

local function reads_one_of(view, list)
  for _, used in ipairs(view.uses or {}) do
    for _, other in ipairs(list) do
      if fold.same_q(used, other.name) then return true end
    end
  end
  return false
end

-- A view that will read one that reads it now: all of them go, and come back in their new order.
local function exchange(b, change, now, dependents)
  local list, final = { b:take_views(dependents), b:drop_view(now.name) }, { change.after }
  for _, view in ipairs(dependents) do
    local other = b.final_views[show(view.name)]
    if other and other.after then b.settled[other] = true end
    final[#final + 1] = other and other.after or view
  end
  for _, view in ipairs(strategy.sorted_views(final)) do list[#list + 1] = b:create_view(view) end
  return list
end

local function alter_view(change, b)
  local key = show(change.before.name)
  local now = b.state.views[key]
  if not now or fold.same(now, change.after) then return end
  local dependents = b:views_on(change.before.name)
  local renamed = not fold.same_q(change.before.name, change.after.name)
  local list
  if reads_one_of(change.after, dependents) then
    list = exchange(b, change, now, dependents)
  elseif #dependents > 0 or renamed or now.materialized or change.after.materialized then
    list = { b:take_views(dependents), b:drop_view(now.name), b:create_view(change.after),
             b:bring_views(dependents, renamed and { [now.name.name] = change.after.name.name } or {}, true) }
  else
    list = { b:op(ops.alter_view(now, change.after)) }
  end
  b:step(key, "alter-view", {
    title = "Change the view " .. key, why = "the new application reads it in its new form", ops = list,
    form = #list > 1 and "swap" or nil,
    compatibility = { old_app = not renamed, new_app = true,
                      note = "the deployed application must cope with the view's new columns" },
    hazards = { "view" },
  })
end

return {
  expand = function(change, _, _, b)
    if not change.before then create_view(change, b, "expand") end
  end,
  switch = function(change, _, _, b)
    if not change.before then return create_view(change, b, "switch") end
    if change.after then alter_view(change, b) end
  end,
  contract = function(change, _, _, b)
    if change.after or not b.state.views[name_of(change)] then return end
    b:step(name_of(change), "drop-view", {
      title = "Drop the view " .. name_of(change), why = "no application reads it any more",
      ops = { b:drop_view(change.before.name) },
      compatibility = { old_app = false, new_app = true, note = "queries that name it fail from here" },
      hazards = { "drop_view" },
    })
  end,
}
