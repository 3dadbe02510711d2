--- What dialects share in telling how rows are moved batch by batch: SQL with gaps for values (Walk in
--- engine/plan/step.hpp).

local M = {}

local MARK = "\1"  -- stands in no SQL text

--- The place of a value inside a template.
function M.gap(name) return MARK .. name .. MARK end

--- The places of a key's parts: lo1, lo2 …
function M.gaps(prefix, n)
  local out = {}
  for i = 1, n do out[i] = M.gap(prefix .. i) end
  return out
end

--- A template as texts with the names of values between them.
function M.gapped(template)
  local out, at = {}, 1
  while true do
    local mark = template:find(MARK, at, true)
    out[#out + 1] = template:sub(at, (mark or 0) - 1)
    if not mark then return out end
    at = mark + 1
  end
end

--- A walk whose members that hold gaps are given as templates.
function M.new(fields)
  for _, name in ipairs({ "upper", "upper_after", "move", "move_after", "list", "list_after", "move_row", "log_row",
    "checkpoint", "compare", "compare_after" }) do
    if fields[name] then fields[name] = M.gapped(fields[name]) end
  end
  return fields
end

--- A work's question for rows that are not as they should be, asked of a part of its table. Strategies ask it in two ways: of the
--- table's rows, and of its rows beside those of a copy; nil where it is neither.
---@param work table
---@param name string the table, as the question names it
---@param range string the condition of that part
---@return string?
function M.compare(work, name, range)
  local verify = work.verify or ""
  local of_rows, of_copy = "SELECT COUNT(*) FROM " .. name .. " WHERE ", " FROM " .. name .. ") AS source WHERE NOT EXISTS ("
  if verify:sub(1, #of_rows) == of_rows then return of_rows .. range .. " AND (" .. verify:sub(#of_rows + 1) .. ")" end
  local at = verify:find(of_copy, 1, true)
  return at and verify:sub(1, at - 1) .. " FROM " .. name .. " WHERE " .. range .. verify:sub(at + #(" FROM " .. name)) or nil
end

--- Whether a column has a value of its own for rows that cannot be carried over whole: only the script keeps those.
function M.salvages(work)
  for _, entry in ipairs(work.set) do
    if (entry.otherwise or "") ~= "" then return true end
  end
  return false
end

return M
