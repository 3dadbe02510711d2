--- The same SQL text with some of its names, or what stands where one does, being others.

local reading = require("forge.sqltext.reading")

local M = {}

local bare_name, is_call, neighbour = reading.bare_name, reading.is_call, reading.neighbour
local quoted_where_needed, significant, visit = reading.quoted_where_needed, reading.significant, reading.visit

local usual_quote = '"'

--- Sets what stands around names that need it; the planner does so for the dialect at hand.
---@param quote string
function M.quote_names_with(quote) usual_quote = quote end

--- Are texts those of MySQL and MariaDB, in whose strings a backslash escapes what follows it?
---@return boolean
function M.backslash_escapes() return usual_quote == "`" end

--- The text with identifiers renamed. Unquoted words are compared without regard to case.
---@param text string?
---@param names table<string, string> old name → new name
---@return string?
function M.rename(text, names)
  if not text or text == "" then return text end
  local folded = {}
  for old, new in pairs(names) do folded[old:lower()] = new end
  local house = text:find("`", 1, true) and "`" or usual_quote
  local out = {}
  visit(text, function(token, kind, after)
    local new
    if kind == "quoted" then
      new = names[bare_name(token, kind)]
    elseif kind == "word" then
      new = folded[token:lower()]
    end
    if new and not is_call(text, after) then
      out[#out + 1] = quoted_where_needed(new, kind == "quoted" and token:sub(1, 1) or house)
    else
      out[#out + 1] = token
    end
  end)
  return table.concat(out)
end

--- The text with other SQL where an identifier stands.
---@param text string
---@param name string
---@param sql string
function M.substitute(text, name, sql)
  local out, low = {}, name:lower()
  visit(text, function(token, kind, after)
    local same = kind == "quoted" and bare_name(token, kind) == name or kind == "word" and token:lower() == low
    out[#out + 1] = same and not is_call(text, after) and sql or token
  end)
  return table.concat(out)
end

--- The query of a view with columns and tables renamed. A result that is nothing but a renamed column keeps its name, unless the
--- view itself names its columns.
---@param query string
---@param renames table `named`: the view names its columns; `tables`: whose `columns` get other names, { schema, name } and
--- old name → new name; `moved`: tables that get other names, { from, to }
function M.renamed_query(query, renames)
  -- The engine's own, where there is one: it reads what each part of the query means.
  if renamed_query then return renamed_query(query, renames) end
  local names = {}
  for old, new in pairs(renames.columns or {}) do names[old] = new end
  for _, one in ipairs(renames.moved or {}) do names[one.from.name] = one.to.name end
  return M.rename(query, names)
end

--- An expression whose queries read the table through one of their own, which an engine makes before it writes the first row.
---@param text string
---@param name string the table's
function M.read_apart(text, name)
  local list, out = significant(text), {}
  for i, item in ipairs(list) do
    out[#out + 1] = item.token
    local before, following = neighbour(list, i, -1), neighbour(list, i, 1)
    local same = item.kind == "quoted" and bare_name(item.token, "quoted") == name or item.kind == "word" and item.low == name:lower()
    local qualifies = following and following.token == "." or before and before.token == "."
    if same and item.clause == "from" and not qualifies and not (before and before.low == "as") then
      local alias = following and (following.kind == "quoted" or following.kind == "word" and not reading.RESERVED[following.low])
      -- The limit keeps the optimizer from merging the inner query into the outer one.
      out[#out] = ("(SELECT * FROM %s LIMIT 9223372036854775807)"):format(item.token)
        .. (not alias and not (following and following.low == "as") and " AS " .. item.token or "")
    end
  end
  return table.concat(out)
end

return M
