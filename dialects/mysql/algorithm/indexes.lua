--- What indexes ask for: those on expressions, and those by which InnoDB orders the rows.

local answers = require("dialects.mysql.algorithm.answers")
local facets = require("dialects.mysql.facets")
local fold = require("forge.fold")

local M = {}

local answer, worse = answers.answer, answers.worse

--- Is the column part of the index?
function M.has_column(index, name)
  for _, part in ipairs(index.parts or {}) do if part.column == name then return true end end
  return false
end

--- Is it a unique index that InnoDB orders the rows by, for want of a primary key?
function M.clusters(o, side, t)
  local index = o[side]
  if not t or t.primary_key or not index or not (index.unique or o.kind == "key") then return false end
  for _, part in ipairs(index.parts or {}) do
    local found
    for _, col in ipairs(t.columns or {}) do found = found or (col.name == part.column and not col.nullable) end
    if not found or (part.length or 0) > 0 then return false end
  end
  return true
end

--- The answer for what makes, drops or changes an index: `usual`, unless the rows are ordered by it before or afterwards.
function M.with_cluster(o, ctx, usual)
  if M.clusters(o, "before", ctx.table) then return worse(usual, answer("COPY", "SHARED")) end
  return M.clusters(o, "after", ctx.table) and worse(usual, answer("REBUILD")) or usual
end

--- Does a column that rows are ordered by take NULL from now on?
function M.leaves_cluster(o, t)
  if o.before.nullable or not o.after.nullable then return false end
  for _, list in ipairs({ (t or {}).uniques or {}, (t or {}).indexes or {} }) do
    for _, index in ipairs(list) do
      local unique = { before = index, kind = list == t.uniques and "key" or "index" }
      if M.has_column(index, o.before.name) and M.clusters(unique, "before", t) then return true end
    end
  end
  return false
end

--- Does an alteration of an index only hide or show it?
function M.only_visibility(o)
  for _, field in ipairs({ "name", "parts", "unique", "method", "comment" }) do
    if not facets.same(o.before[field], o.after[field]) then return false end
  end
  return not facets.same(o.before.invisible, o.after.invisible)
end

-- An expression is a hidden virtual column. Such a column with its index holds writes back, and neither comes nor goes in
-- place with a unique index, nor beside another one (error 1846; 9.7.4).
function M.create(o)
  local method = (o.after.method or ""):lower()
  if method == "fulltext" or method == "spatial" then return answer("INPLACE", "SHARED") end
  if not fold.on_expression(o.after) then return answer("INPLACE") end
  return o.after.unique and answer("COPY", "SHARED") or answer("INPLACE", "SHARED")
end

function M.drop(o)
  return o.before.unique and fold.on_expression(o.before) and answer("COPY", "SHARED") or answer("INPLACE")
end

function M.alter(o, ctx)
  if M.only_visibility(o) then return answer("INPLACE") end
  local replaces_expression = fold.on_expression(o.before) and fold.on_expression(o.after)
  local verdict = replaces_expression and answer("COPY", "SHARED") or worse(M.drop(o), M.create(o))
  return M.with_cluster(o, ctx, verdict)
end

return M
