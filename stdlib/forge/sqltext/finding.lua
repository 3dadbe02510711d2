--- What SQL text says: the names, tables and rows that it reads.

local reading = require("forge.sqltext.reading")

local M = {}

local bare_name, is_call, neighbour = reading.bare_name, reading.is_call, reading.neighbour
local significant, visit = reading.significant, reading.visit

--- The text with quotes taken off names that need none, for comparing.
---@param text string
function M.plain(text)
  if not text:find('["`]') then return text end
  local out = {}
  visit(text, function(token, kind)
    local name = kind == "quoted" and bare_name(token, kind)
    out[#out + 1] = name and name:find("^[a-z_][a-z0-9_]*$") and name or token
  end)
  return table.concat(out)
end

--- Does the text name this identifier?
---@param text string?
---@param name string
---@return boolean
function M.names(text, name)
  if not text or text == "" then return false end
  local found, low = false, name:lower()
  visit(text, function(token, kind, after)
    if kind == "quoted" then
      found = found or bare_name(token, kind) == name
    elseif kind == "word" then
      found = found or (token:lower() == low and not is_call(text, after))
    end
  end)
  return found
end

--- Does a query, or one inside an expression, read the table?
---@param text string
---@param name string
function M.reads_table(text, name)
  local low = name:lower()
  for _, item in ipairs(significant(text)) do
    local same = item.kind == "quoted" and bare_name(item.token, "quoted") == name or item.kind == "word" and item.low == low
    if same and item.clause == "from" then return true end
  end
  return false
end

--- The first of the names by which a query joins its tables: USING (name).
---@param text string
---@param names table<string, any>
---@return string?
function M.joins_using(text, names)
  local list, within = significant(text), false
  for i, item in ipairs(list) do
    local before = not item.space and neighbour(list, i, -1)
    if item.token == "(" and before and before.low == "using" then within = true end
    if item.token == ")" then within = false end
    local name = within and (item.kind == "quoted" and bare_name(item.token, "quoted") or item.kind == "word" and item.token)
    if name and names[name] then return name end
  end
end

--- Does a query select whole rows by a star?
---@param text string
---@return boolean
function M.has_star(text)
  return text:find("[Ss][Ee][Ll][Ee][Cc][Tt]%s+%*") ~= nil or text:find("%.%s*%*") ~= nil
end

-- Functions that give another value each time, and the word by which SQLite's date functions mean the current time.
local VOLATILE = {
  "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "now", "sysdate", "curdate", "curtime",
  "unix_timestamp", "utc_timestamp", "utc_date", "utc_time", "clock_timestamp", "statement_timestamp",
  "transaction_timestamp", "timeofday", "rand", "random", "randomblob", "random_bytes", "uuid", "uuid_short", "sys_guid",
  "gen_random_uuid", "uuid_generate_v4", "uuidv4", "uuidv7", "nextval",
}

--- Does an expression give another value each time that it is computed?
---@param expr string?
function M.volatile(expr)
  local text = (expr or ""):lower()
  for _, word in ipairs(VOLATILE) do
    if text:find("%f[%w_]" .. word .. "%f[^%w_]") then return true end
  end
  return false
end

--- Does an expression say `name.column` of the table?
---@param text string
---@param name string
---@return boolean
function M.qualifies(text, name)
  if not text:find(".", 1, true) then return false end
  local found = false
  visit(text, function(token, kind, after)
    local same = kind == "quoted" and bare_name(token, kind) == name or kind == "word" and token:lower() == name:lower()
    if same and text:find("^%s*%.", after) then found = true end
  end)
  return found
end

--- Does an expression read rows of a table, by a query inside it? (`EXTRACT(year FROM at)` does not.)
---@param text string?
---@return boolean
function M.reads_rows(text)
  local words = {}
  visit(text or "", function(token, kind)
    if kind == "word" then words[token:lower()] = true end
  end)
  return words.select and words.from or false
end

return M
