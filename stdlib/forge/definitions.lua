--- How every dialect renders definitions: the statements are their own.

local M = {}

--- The statement that makes the object, whole.
---@param one table a Definition
---@return string
function M.statement(one)
  if (one.body or "") == "" then return one.create end
  return one.create .. "\n" .. one.body
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

local function make(add, one)
  add(M.statement(one), one)
  for _, part in ipairs(one.parts or {}) do add(part.make, one) end
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
