--- What `forgelua doc WORD` says, and the editor types in stdlib/meta/spec.lua: both made from the vocabulary.

local words = require("forge.words")

local M = {}

local kOn = {
  type = "a type of a column", spec = "a word by itself",
  header = "a field of the migration", changes = "a change", column = "said of a column",
  alter_column = "said of alter_column", table = "said of a table", key = "said of a primary key or a unique constraint",
  index = "said of an index", part = "said of a part of an index", foreign_key = "said of a foreign key", check = "said of a check",
  exclude = "said of an exclusion", enum = "said of an enum",
  namespace = "said of a namespace", view = "said of a view", definition = "said of a definition",
  sequence = "said of a sequence",
  field = "said of a field of a document", collection = "said of a collection", add_value = "said of add_value",
}

local function title_of(group) return (kOn[group]:gsub("^%l", string.upper)) end

-- Words whose own words are listed with them.
local kOwners = { column = "column", field = "field", collection = "collection",
  table = "table", primary_key = "key", unique = "key", index = "index", foreign_key = "foreign_key",
  check = "check", exclude = "exclude", enum = "enum", namespace = "namespace",
  view = "view", definition = "definition", materialized_view = "view",
  sequence = "sequence", desc = "part", asc = "part", expr = "part", migration = "header", changes = "changes",
  alter_column = "alter_column", add_value = "add_value" }

local kTakes = { text = "text", sql = "an SQL expression, or sql { engine = … }", names = "a name, or an array of names",
  settings = "{ name = value, … }", number = "a whole number", length = "a whole number from 1 to 3072",
  span = "a number and s, m, h or d",
  date = "year-month-day", schema = "a schema", changes = "{ changes }", hints = "{ table = { fact = value } }" }

local function takes_text(row)
  if row.values then return "one of: " .. table.concat(row.values, ", ") end
  return kTakes[row.takes] or row.takes or "nothing"
end

local function describe(out, row)
  out[#out + 1] = row.word .. ": " .. (row.kind == "type" and kOn.type or kOn[row.on] or row.on)
  out[#out + 1] = "  " .. row.doc
  out[#out + 1] = "  takes: " .. takes_text(row)
  if row.args then
    for _, arg in ipairs(row.args) do
      out[#out + 1] = string.format("    %s: %d to %d%s", arg[1], arg[2], arg[3], arg[4] and ", may be left out" or "")
    end
  end
  out[#out + 1] = "  example: " .. row.example
end

local function list(out, on)
  local names = {}
  for _, row in ipairs(words.of(on)) do names[#names + 1] = row.word end
  if #names == 0 then return end
  table.sort(names)
  out[#out + 1] = ""
  local title = on == "header" and "Its fields" or on == "changes" and "The changes" or "Its words"
  out[#out + 1] = title .. ": " .. table.concat(names, ", ")
end

--- The documentation of one word, everywhere it is said. Nil where there is no such word.
---@param word string
---@return string? text
function M.document(word)
  local out = {}
  for _, row in ipairs(words.list) do
    if row.word == word then
      if #out > 0 then out[#out + 1] = "" end
      describe(out, row)
    end
  end
  if #out == 0 then return nil end
  if kOwners[word] then list(out, kOwners[word]) end
  return table.concat(out, "\n") .. "\n"
end

-- In the order in which the language is listed; a type is told apart from what else is said of a column.
local kGroups = { "spec", "header", "changes", "type", "column", "alter_column", "table", "key", "index", "part", "foreign_key",
  "check", "exclude", "enum", "add_value", "sequence", "view", "namespace", "collection", "field" }

local kWidth = 100

-- A title, and below it the names, in lines of at most kWidth characters.
local function paragraph(out, title, names)
  out[#out + 1] = title .. ":"
  local line = " "
  for index, name in ipairs(names) do
    local piece = " " .. name .. (index < #names and "," or "")
    if #line + #piece > kWidth then
      out[#out + 1] = line
      line = " "
    end
    line = line .. piece
  end
  out[#out + 1] = line
  out[#out + 1] = ""
end

--- All words of the language, by what they are said of.
---@return string
function M.contents()
  local by_group = {}
  for _, row in ipairs(words.list) do
    local group = row.kind == "type" and row.on == "column" and "type" or row.on
    by_group[group] = by_group[group] or {}
    table.insert(by_group[group], row.word)
  end
  local out = {}
  for _, group in ipairs(kGroups) do
    local names = by_group[group]
    table.sort(names)
    paragraph(out, title_of(group), names)
  end
  return table.concat(out, "\n") .. "\nforgelua doc WORD says what a word means, what it takes, and shows one.\n"
end

--- Every word once, in order: for suggestions and completion.
---@return string[]
function M.all()
  local seen, out = {}, {}
  for _, row in ipairs(words.list) do
    if not seen[row.word] then
      seen[row.word] = true
      out[#out + 1] = row.word
    end
  end
  table.sort(out)
  return out
end

-- Editor types --------------------------------------------------------------------------------------------------------

local kClass = { column = "forge.Column", field = "forge.Field", collection = "forge.Collection",
  alter_column = "forge.AlterColumn", table = "forge.Table", key = "forge.Key",
  index = "forge.Index", part = "forge.Part", foreign_key = "forge.ForeignKey", check = "forge.Check", exclude = "forge.Exclusion",
  enum = "forge.Enum", namespace = "forge.Namespace",
  view = "forge.View", definition = "forge.Definition", sequence = "forge.Sequence", add_value = "forge.AddValue" }

local kClassOrder = { "column", "field", "alter_column", "table", "collection", "key", "index", "part", "foreign_key", "check",
  "exclude", "enum", "namespace", "view", "definition", "sequence", "add_value" }

local kParameter = { text = "text: string", sql = "expression: string|forge.Sql", names = "names: string|string[]",
  settings = "settings: table<string, string|number|boolean>", number = "number: integer", length = "length: integer",
    span = "span: string" }

local function parameters(row)
  if row.args then
    local out = {}
    for _, arg in ipairs(row.args) do out[#out + 1] = arg[1] .. (arg[4] and "?" or "") .. ": integer" end
    return table.concat(out, ", ")
  end
  if row.takes == "nothing" then return "" end
  if row.values then return 'word: "' .. table.concat(row.values, '"|"') .. '"' end
  return kParameter[row.takes] or "value?: any, more?: any"
end

local kResult = { collection = "forge.Collection", field = "forge.Field", table = "forge.Table", column = "forge.Column",
  primary_key = "forge.Key", unique = "forge.Key", index = "forge.Index",
  foreign_key = "forge.ForeignKey", check = "forge.Check", exclude = "forge.Exclusion", enum = "forge.Enum", sequence = "forge.Sequence",
  view = "forge.View",
  definition = "forge.Definition", materialized_view = "forge.View", namespace = "forge.Namespace", desc = "forge.Part", asc = "forge.Part",
  expr = "forge.Part", prefix = "forge.Part", opclass = "forge.Part", sql = "forge.Sql", schema = "forge.Schema",
  from_sql = "forge.Schema", from_db = "forge.Schema", from_snapshot = "forge.Schema", from_spec = "forge.Schema",
  create_table = "forge.Table", drop_table = "forge.Table", rename_table = "forge.Table", alter_table = "forge.Table",
  alter_column = "forge.AlterColumn", create_enum = "forge.Enum", alter_enum = "forge.Enum", create_sequence = "forge.Sequence",
  alter_sequence = "forge.Sequence", create_view = "forge.View", create_materialized_view = "forge.View", alter_view = "forge.View",
  create_definition = "forge.Definition", alter_definition = "forge.Definition",
  create_namespace = "forge.Namespace", add_value = "forge.AddValue" }

local kParent = { alter_column = ": forge.Column", field = ": forge.Column", collection = ": forge.Table" }

local function class_text(out, on)
  local name = kClass[on]
  out[#out + 1] = "---@class " .. name .. (kParent[on] or "")
  out[#out + 1] = "---@overload fun(body: any): " .. name
  for _, row in ipairs(words.of(on)) do
    local given = parameters(row)
    local self = "self: " .. name .. (given ~= "" and ", " or "")
    out[#out + 1] = "---@field " .. row.word .. " fun(" .. self .. given .. "): " .. name .. " " .. row.doc
  end
  out[#out + 1] = ""
end

local kHeaderType = { text = "string", names = "string[]", date = "string", span = "string", schema = "forge.Schema",
  changes = "any[]", hints = "table<string, forge.Hint>" }

local function header_text(out)
  out[#out + 1] = "---@class forge.Header"
  for _, row in ipairs(words.of("header")) do
    out[#out + 1] = "---@field " .. row.word .. (row.word == "before" and " " or "? ") .. kHeaderType[row.takes] .. " " .. row.doc
  end
  out[#out + 1] = ""
end

local function global_text(out, row)
  out[#out + 1] = "--- " .. row.doc
  out[#out + 1] = "---"
  out[#out + 1] = "---     " .. row.example
  if row.word == "null" then
    out[#out + 1] = "---@type any"
    out[#out + 1] = "null = nil"
  elseif row.word == "migration" then
    out[#out + 1] = "---@param id string"
    out[#out + 1] = "---@return fun(header: forge.Header)"
    out[#out + 1] = "function migration(id) end"
  else
    out[#out + 1] = "---@param value any " .. takes_text(row)
    out[#out + 1] = "---@param more? any"
    out[#out + 1] = "---@return " .. (kResult[row.word] or "forge.Change")
    out[#out + 1] = "function " .. row.word .. "(value, more) end"
  end
  out[#out + 1] = ""
end

--- The text of stdlib/meta/spec.lua.
---@return string
function M.meta()
  local out = { "---@meta", "--- The words of the spec language, for editors. Made from the vocabulary by forge.doc; do not edit.", "",
    "---@class forge.Sql an SQL expression", "---@class forge.Schema a schema", "---@class forge.Change a change",
    "---@overload fun(body: any): forge.Change", "", "---@class forge.Hint", "---@field rows? number", "---@field bytes? number",
    "---@field writes_per_second? number", "---@field hot? boolean", "---@field critical? boolean", "" }
  for _, on in ipairs(kClassOrder) do class_text(out, on) end
  header_text(out)
  for _, on in ipairs({ "spec", "changes" }) do
    for _, row in ipairs(words.of(on)) do global_text(out, row) end
  end
  out[#out] = nil
  return table.concat(out, "\n") .. "\n"
end

return M
