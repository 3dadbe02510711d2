--- The framework of dialects: checks that a dialect is whole when it is loaded, and renders steps with it.

local answers = require("forge.dialect_answers")
local naming = require("forge.policy.names")

local M = {}

--- Every operation that a dialect must be able to render and to judge.
M.WORDS = {
  "create_schema", "drop_schema", "alter_schema",
  "create_enum", "drop_enum", "alter_enum", "rename_enum",
  "create_sequence", "drop_sequence", "alter_sequence", "rename_sequence",
  "create_table", "drop_table", "alter_table", "rename_table",
  "add_column", "drop_column", "alter_column", "rename_column",
  "add_primary_key", "drop_primary_key", "alter_primary_key", "rename_primary_key",
  "add_unique", "drop_unique", "alter_unique", "rename_unique",
  "create_index", "drop_index", "alter_index", "rename_index",
  "add_foreign_key", "drop_foreign_key", "alter_foreign_key", "rename_foreign_key",
  "add_check", "drop_check", "alter_check", "rename_check",
  "add_exclusion", "drop_exclusion", "alter_exclusion", "rename_exclusion",
  "create_view", "drop_view", "alter_view", "rename_view",
  "create_definition", "drop_definition", "alter_definition",
  "create_sync", "drop_sync", "run_raw", "undo_raw",
}

--- Features with the type of their value.
M.FEATURES = {
  transactional_ddl = "boolean", namespaces = "boolean", named_enums = "boolean", sequences = "boolean",
  comments = "boolean", concurrent_index = "boolean", not_valid = "boolean", using_index = "boolean",
  alter_column_type = "boolean", alter_column_null = "boolean", rename_column = "boolean", drop_column = "boolean",
  add_constraint = "boolean", drop_constraint = "boolean", partial_index = "boolean", expression_index = "boolean",
  include = "boolean", desc_index = "boolean", exclusion = "boolean", check = "boolean", deferrable = "boolean",
  identity = "boolean", generated_stored = "boolean", generated_virtual = "boolean", materialized_view = "boolean",
  index_names = "string", constraint_names = "string", rename_index = "boolean", rename_constraint = "boolean",
  invisible_column = "boolean", invisible_index = "boolean", updatable_views = "boolean",
  stored_procedures = "boolean", view_follows_rename = "boolean", rebuild = "boolean",
  documents = "boolean",  -- are there documents and validators in place of rows and typed columns, and no triggers?
  unseen_cascades = "boolean",  -- does what a foreign key's action or TRUNCATE does fire no trigger?
  -- Of what names differ in nothing but the case of letters: "" (they do), "columns", "all".
  caseless = "string",
}

-- Words that a dialect lacking the feature need not render: the model never holds such objects on that engine.
local NEEDS = {
  schema = "namespaces", enum = "named_enums", sequence = "sequences", exclusion = "exclusion",
}

local function needed(word, features)
  local noun = word:match("_([a-z]+)$")
  local feature = NEEDS[noun]
  return not feature or features[feature]
end

local function merged(base, own)
  local out = {}
  for key, value in pairs(base or {}) do out[key] = value end
  for key, value in pairs(own or {}) do out[key] = value end
  return out
end

local function check_features(spec)
  for name, value in pairs(spec.features) do
    local want = M.FEATURES[name]
    if not want then error(("dialect '%s': unknown feature '%s'"):format(spec.name, name), 0) end
    if type(value) ~= want then
      error(("dialect '%s': feature '%s' must be a %s"):format(spec.name, name, want), 0)
    end
  end
  for name in pairs(M.FEATURES) do
    if spec.features[name] == nil then error(("dialect '%s': feature '%s' is not stated"):format(spec.name, name), 0) end
  end
end

local PARTS = { "types", "catalog", "emit", "locks", "errors" }

-- Each file of the dialect must return a table; `require` gives true for one that returns nothing.
local function check_parts(spec)
  for _, part in ipairs(PARTS) do
    local given = spec[part]
    if type(given) ~= "table" and not (given == nil and spec.extends) then
      error(("dialects/%s/%s.lua must return a table, and returns %s"):format(spec.name, part,
        (given == nil or given == true) and "nothing" or tostring(given)), 0)
    end
  end
  if spec.extends then return end
  if type(spec.types.map) ~= "table" then error(("dialects/%s/types.lua has no 'map' of types"):format(spec.name), 0) end
  if type(spec.catalog.done) ~= "function" then
    error(("dialects/%s/catalog.lua has no function 'done', which asks whether an operation has run"):format(spec.name), 0)
  end
  for _, list in ipairs({ "retry", "lock_timeout", "fatal" }) do
    if type(spec.errors[list]) ~= "table" then
      error(("dialects/%s/errors.lua has no list '%s' of what the server says"):format(spec.name, list), 0)
    end
  end
end

-- The operations that the name may stand for: comparing it with all of them would take longer than the rest of the start.
local function words_like(name)
  local out = {}
  for _, word in ipairs(M.WORDS) do
    local alike = word:sub(1, 3) == name:sub(1, 3) or word:sub(-4) == name:sub(-4)
    if alike and math.abs(#word - #name) <= 2 then out[#out + 1] = word end
  end
  return out
end

-- A function beside the operations whose name is nearly one of theirs is misspelt: nothing would ever call it.
local function check_spelling(spec)
  local known = {}
  for _, word in ipairs(M.WORDS) do known[word] = true end
  for _, part in ipairs({ "emit", "locks" }) do
    local names = {}
    for name in pairs(spec[part]) do names[#names + 1] = tostring(name) end
    table.sort(names)
    for _, name in ipairs(names) do
      local meant = not known[name] and naming.suggest(name, words_like(name), 2) or ""
      if meant ~= "" then
        error(("dialects/%s/%s.lua: there is no operation '%s'%s"):format(spec.name, part, name, meant), 0)
      end
    end
  end
end

local function check_words(spec)
  for _, word in ipairs(M.WORDS) do
    if needed(word, spec.features) then
      for _, part in ipairs({ "emit", "locks" }) do
        if type(spec[part][word]) ~= "function" then
          error(("dialects/%s/%s.lua: operation '%s' is missing"):format(spec.name, part, word), 0)
        end
      end
    end
  end
end

local Dialect = {}
Dialect.__index = Dialect

--- Checks a dialect and gives the object that renders with it.
---@param spec table { name, extends?, default_version, features, types, catalog, emit, locks, errors, ident, literal, ... }
---@return table dialect
function M.define(spec)
  check_parts(spec)
  local base = spec.extends
  local whole = merged(base and base.spec, spec)
  whole.extends = nil
  for _, part in ipairs({ "features", "emit", "locks", "catalog", "errors" }) do
    whole[part] = merged(base and base.spec[part], spec[part])
  end
  check_features(whole)
  check_words(whole)
  check_spelling(whole)
  local d = setmetatable({ spec = whole }, Dialect)
  for key, value in pairs(whole) do d[key] = value end
  return d:at(whole.default_version)
end

--- The same dialect for one version: "15", "10.11", 9.7. Features that depend on it are settled by `spec.settle`.
---@param version string|number
function Dialect:at(version)
  local d = setmetatable({}, Dialect)
  for key, value in pairs(self) do d[key] = value end
  d.version_text = tostring(version)
  local major, minor, patch = d.version_text:match("^(%d+)%.?(%d*)%.?(%d*)")
  if not major then error(("dialect '%s': version '%s' is not a number"):format(self.name, tostring(version)), 0) end
  -- 8.0.29 → 8.0029, 10.11 → 10.11, 15 → 15: versions of one engine compare as numbers.
  d.major, d.minor, d.patch = tonumber(major), tonumber(minor) or 0, tonumber(patch) or 0
  d.version = d.major * 1000000 + d.minor * 1000 + d.patch
  d.features = merged(self.spec.features)
  if self.spec.settle then self.spec.settle(d) end
  return d
end

--- Is this version at least major.minor.patch?
function Dialect:since(major, minor, patch)
  return self.version >= major * 1000000 + (minor or 0) * 1000 + (patch or 0)
end

--- `schema.name`, quoted; `name` alone in the default namespace.
function Dialect:qname(q)
  if q.schema and q.schema ~= "" then return self:ident(q.schema) .. "." .. self:ident(q.name) end
  return self:ident(q.name)
end

--- A short, stable sum of a name, for names that must be cut or told apart: eight hexadecimal digits.
---@param text string
---@return string
function M.checksum(text)
  local sum = 5381
  for i = 1, #text do sum = (sum * 33 + text:byte(i)) % 4294967296 end
  return ("%08x"):format(sum)
end

-- Asked for again and again, so each part of a name is looked at once.
local shown = {}

local function show(part)
  local known = shown[part]
  if known then return known end
  known = part:find('[."]') and '"' .. part:gsub('"', '""') .. '"' or part
  shown[part] = known
  return known
end

--- The key under which a step's tables stand: the engine's display form of a name.
---@param q table QName
function M.key(q)
  if q.schema and q.schema ~= "" then return show(q.schema) .. "." .. show(q.name) end
  return show(q.name)
end

local Out = {}
Out.__index = Out

--- Takes one statement, without its final semicolon.
function Out:add(sql, options)
  local given = type(options) == "table" and options or {}
  self[#self + 1] = {
    sql = sql, transactional = given.transactional ~= false, delimiter = given.delimiter, options = options,
  }
end

function M.buffer() return setmetatable({}, Out) end

--- What was written to a buffer, as the engine takes it: without the options as they were given, which are judged by then.
---@param out table
---@return table[] statements { sql, transactional, delimiter }
function M.written(out)
  local list = {}
  for i = 1, #out do
    list[i] = out[i]
    list[i].options = nil
  end
  return list
end

local function render_work(out, step, d)
  local work = step.work
  local render = d.emit["script_" .. work.kind]
  if not render then error(("dialect '%s' cannot render work of kind '%s'"):format(d.name, work.kind), 0) end
  render(out, work, step, d)
  local walk = d.emit.walk and d.emit.walk(work, step, d)
  if walk then walk.replaces = #out end
  return walk
end

local function render_ops(out, step, d)
  local form = step.form
  -- A dialect may find that the operations ask for a form that the strategy did not state (SQLite: a rebuild).
  if (not form or form == "") and d.emit.choose_form then form = d.emit.choose_form(step, d) end
  if form and form ~= "" then
    local whole = d.emit["step_" .. form]
    if not whole then error(("dialect '%s' has no form '%s' (step '%s')"):format(d.name, form, step.id), 0) end
    return whole(out, step, d)
  end
  for _, o in ipairs(step.ops) do
    local emit = d.emit[o.op]
    if not emit then error(("dialect '%s' cannot render '%s' (step '%s')"):format(d.name, o.op, step.id), 0) end
    local written = #out
    emit(out, o, step, d)
    -- A built-in one may leave to another operation of the step what they do together.
    answers.statements(emit, o.op, out, written)
  end
end

--- The statements of one step: its work first, then its operations.
---@param step table a Step with `tables` and `direction`
---@return table[] statements { sql, transactional, delimiter }
---@return table|nil walk how the rows of its work are moved without those statements (engine/plan/step.hpp)
function Dialect:render(step)
  local out = M.buffer()
  local walk = step.work and render_work(out, step, self) or nil
  if #step.ops > 0 then render_ops(out, step, self) end
  return M.written(out), walk
end

return M
