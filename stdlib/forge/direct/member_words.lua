--- How steps speak of keys, indexes, checks, foreign keys and exclusions: nouns, titles, what is asked first, what breaks.

local strategy = require("forge.strategy")

local M = {}

local show = strategy.display
local NOUN = { key = "unique constraint", index = "index", check = "check", foreign_key = "foreign key",
               exclusion = "exclusion constraint" }

function M.noun(kind, object)
  return kind == "key" and object.primary and "primary key" or (kind == "index" and object.unique and "unique index")
    or NOUN[kind]
end

-- SQLite takes a foreign key to a table that is not there: nothing can be asked of that. Second tables (t__new) come with the plan.
local function leads_nowhere(ctx, fk)
  return ctx.features.rebuild and ctx.table and not fk.ref.name:find("__%l+")
    and not (ctx.table(fk.ref, "before") or ctx.table(fk.ref, "after"))
end

--- What must hold before the member comes.
function M.checks_for(ctx, q, kind, object)
  local bound = ctx.d.ask and ctx.d.ask.bound(kind, object) or nil
  if kind == "key" then
    local list = { strategy.check_duplicates(ctx, q, object.parts, bound) }
    if object.primary then
      for _, name in ipairs(strategy.plain_columns(object.parts) or {}) do
        list[#list + 1] = strategy.check_nulls(ctx, q, name)
      end
    end
    return list
  end
  if kind == "index" and object.unique then
    return { strategy.check_duplicates(ctx, q, object.parts, ctx.d.ask and bound or object.where) }
  end
  if kind == "check" and not object.not_enforced then return { strategy.check_holds(ctx, q, object) } end
  if kind == "foreign_key" and not object.not_enforced and not leads_nowhere(ctx, object) then
    return { strategy.check_orphans(ctx, q, object) }
  end
end

-- What the application sees of a member that comes.
M.BREAKS = {
  key = "writes that would double a value fail from here", check = "writes that violate it fail from here",
  foreign_key = "writes that point nowhere fail from here", exclusion = "writes that conflict fail from here",
}

--- Does it refuse writes?
function M.enforcing(kind, object) return kind ~= "index" or object.unique end

--- A member without a name is said by what it holds: the model keeps that behind "unnamed:" and its kind.
function M.label(object)
  local name = object.name or ""
  local held = name:match("^unnamed:%a[%a_]*:(.*)$")
  return held and "(" .. held .. ")" or name
end

--- The title of a step about a member.
function M.title(verb, kind, object, q)
  local name = M.label(object)
  return ("%s the %s%s on %s"):format(verb, M.noun(kind, object), name ~= "" and " " .. name or "", show(q))
end

--- What a step about the member is called after.
function M.object_id(q, object) return show(q) .. "." .. (object.name or "primary_key") end

--- A spatial index takes no column that may be NULL: does it wait until those that it holds insist on a value?
---@param t table the table as it stands
---@param kind string
---@param object table what is to be added
---@return boolean
function M.waits(t, kind, object)
  if kind ~= "index" or (object.method or ""):lower() ~= "spatial" then return false end
  for _, column in ipairs(t.columns) do
    if column.nullable and strategy.member_names(kind, object, column.name) then return true end
  end
  return false
end

return M
