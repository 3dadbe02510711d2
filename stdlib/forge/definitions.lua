--- How every dialect renders definitions: the statements are their own.

local dialect = require("forge.dialect")

local M = {}

--- The name of the object behind its kind, as people say it: "audit" of "trigger audit on orders".
---@param one table a Definition
---@return string
function M.own(one)
  local text = one.name.name:sub(#one.kind + 2)
  local suffix = one.on and (one.on.name or "") ~= "" and " on " .. dialect.key(one.on) or ""
  return suffix ~= "" and text:sub(-#suffix) == suffix and text:sub(1, -#suffix - 1) or text
end

--- A name without the quotes that it stands in.
function M.unquoted(text)
  local quote, inner = text:match('^(["`])(.*)["`]$')
  return quote and (inner:gsub(quote .. quote, quote)) or text
end

--- The statement that makes the object, whole.
---@param one table a Definition
---@return string
function M.statement(one)
  local create, definer = one.create, one.definer or ""
  if definer ~= "" then create = create:gsub("^CREATE ", function() return "CREATE DEFINER = " .. definer .. " " end) end
  if (one.body or "") == "" then return create end
  return create .. "\n" .. one.body
end

local function by_key(parts)
  local map = {}
  for _, part in ipairs(parts or {}) do map[part.key] = part end
  return map
end

local function is_given(text) return (text or "") ~= "" end

--- Can the new statement take the place of the old object?
function M.in_place(before, after)
  return after.replaces and (before.shape or "") == (after.shape or "")
end

-- A domain's statement: what comes before its default, the default, and whether it is NOT NULL.
local function domain_facts(one)
  local text, not_null = one.create, one.create:find(" NOT NULL$") ~= nil
  text = text:gsub(" NOT NULL$", "")
  local at = text:find(" DEFAULT ", 1, true)
  if not at then return text, nil, not_null end
  return text:sub(1, at - 1), text:sub(at + 1), not_null
end

-- A domain of the same type changes in place; false where the type is another.
local function change_domain(add, before, after)
  local base, default, not_null = domain_facts(before)
  local new_base, new_default, new_not_null = domain_facts(after)
  if base ~= new_base then return false end
  local alter = base:gsub("^CREATE", "ALTER"):gsub(" AS .*$", " ")
  if default ~= new_default then add(alter .. (new_default and "SET " .. new_default or "DROP DEFAULT"), after) end
  if not_null ~= new_not_null then add(alter .. (new_not_null and "SET NOT NULL" or "DROP NOT NULL"), after) end
  return true
end

-- A composite type's attributes are parts of it, so that one may come or go while columns have the type; at first they are
-- written inside.
local function composite(one)
  local inside, rest = {}, {}
  for _, part in ipairs(one.parts or {}) do
    local text = part.key:find("^attribute ") and part.make:match(" ADD ATTRIBUTE (.*)$")
    if text then inside[#inside + 1] = text else rest[#rest + 1] = part end
  end
  return (one.create:gsub("%(%)$", function() return "(" .. table.concat(inside, ", ") .. ")" end)), rest
end

local function make(add, one)
  local text, parts = M.statement(one), one.parts or {}
  if text:find(" AS %(%)$") then text, parts = composite(one) end
  add(text, one)
  for _, part in ipairs(parts) do add(part.make, one) end
end

-- Only the properties that differ: what goes first.
local function change_parts(add, before, after)
  local old, new = by_key(before.parts), by_key(after.parts)
  for _, part in ipairs(before.parts or {}) do
    local now = new[part.key]
    local goes = not now or (now.make ~= part.make and is_given(part.undo))
    if goes and is_given(part.undo) then add(part.undo, before) end
  end
  for _, part in ipairs(after.parts or {}) do
    local was = old[part.key]
    if not was or was.make ~= part.make then add(part.make, after) end
  end
end

--- The emitters of the three operations; `add(sql, definition)` takes each statement.
---@param adder fun(out: table, d: table): fun(sql: string, one: table)
---@return table<string, function>
function M.emitters(adder)
  local emit = {}
  function emit.create_definition(out, o, _, d) make(adder(out, d), o.after) end
  function emit.drop_definition(out, o, _, d) adder(out, d)(o.before.drop, o.before) end
  function emit.alter_definition(out, o, _, d)
    local add, before, after = adder(out, d), o.before, o.after
    if M.statement(before) == M.statement(after) then return change_parts(add, before, after) end
    if after.kind == "domain" and change_domain(add, before, after) then return change_parts(add, before, after) end
    if M.in_place(before, after) then
      add(M.statement(after), after)
      return change_parts(add, before, after)
    end
    add(before.drop, before)
    make(add, after)
  end
  return emit
end

return M
