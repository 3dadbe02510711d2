--- What the C++ engine calls: one function per crossing, so that a plan costs a few calls and not one per column.

local answers = require("forge.dialect_answers")
local dialect = require("forge.dialect")
local fold = require("forge.fold")
local planner = require("forge.planner")

local M = {}

--- Loads a dialect for one version.
---@param name string "postgres", "mysql", "mariadb", "sqlite"
---@param version string? "" or nil: the dialect's default
---@return table d
function M.dialect(name, version)
  local d = require("dialects." .. name)
  if type(d) ~= "table" or type(d.render) ~= "function" then
    error(("dialects/%s/init.lua must return what forge.dialect.define gives"):format(name), 0)
  end
  if version and version ~= "" then d = d:at(version) end
  require("forge.sqltext").quote_names_with(d:ident("two words"):sub(1, 1))
  return d
end

--- What lowering must know of a dialect, as plain data.
---@param d table
---@return table facts { version, features, laws, types = { {word, canonical, min, max, default_args, family} … }, names … }
function M.facts(d)
  local words = {}
  for word in pairs(d.types.map) do words[#words + 1] = word end
  table.sort(words)
  local types = {}
  for _, word in ipairs(words) do
    local row = d.types.map[word]
    local args = row.args or {}
    types[#types + 1] = {
      word = word, canonical = row.canonical or word, family = row.family or "other",
      min_args = args[1] or 0, max_args = args[2] or args[1] or 0,
      default_args = row.default_args or {}, unsupported = row.unsupported,
    }
  end
  return {
    version = d.version_text, features = d.features, types = types, laws = d.laws or {},
    identifier_limit = d.types.identifier_limit or 0,
    identifier_unit = d.types.identifier_unit or "bytes",
  }
end

-- The type under its canonical word, with the arguments that the word takes.
local function renamed(t, row, map)
  if not row.canonical or row.canonical == t.name then return t end
  local target = map[row.canonical]
  local takes = target and target.args and (target.args[2] or target.args[1] or 0) > 0
  local stated = takes and #(t.args or {}) > 0 and t.args or nil
  return {
    name = row.canonical, args = row.fixed_args or stated or row.default_args or {}, ref = t.ref, values = t.values, unsigned = t.unsigned,
    array = t.array,
  }
end

--- A type as the engine holds it: aliases resolved, what it does not take left out, what it assumes filled in.
---@param d table
---@param t table a Type
---@return table { type, note? } note: what stands in for a type that the engine has not
function M.canonical(d, t)
  local map = d.types.map
  local row = map[t.name]
  if not row and t.name ~= "native" and t.name ~= "user" then error(("unknown type '%s'"):format(t.name), 0) end
  if not row then return { type = t } end
  local note = row.unsupported
  local made = d.types.canonical and d.types.canonical(t) or t
  made = renamed(made, map[made.name] or row, map)
  local final = map[made.name]
  local args = made.args or {}
  if final and final.args and (final.args[2] or final.args[1] or 0) == 0 then args = {} end
  if #args == 0 and final and final.default_args then args = final.default_args end
  if #args == 1 and final and final.unstated == args[1] then args = {} end
  -- numeric(12) is numeric(12, 0) wherever the engine itself keeps the scale.
  if #args == 1 and (made.name == "numeric" or made.name == "decimal") and d.name ~= "sqlite" then args = { args[1], 0 } end
  return {
    type = { name = made.name, args = args, ref = made.ref, values = made.values, unsigned = made.unsigned, array = made.array },
    note = note,
  }
end

--- The queries that read a database of the dialect's engine and version: { section, sql } … (engine/db/catalog.hpp).
function M.queries(d)
  if not d.queries then error(("dialects/%s has no queries.lua: its databases cannot be read"):format(d.name), 0) end
  return d.queries.list(d)
end

--- What a column of the catalog is in the model's words.
function M.read_column(d, given) return d.read.column(given, d) end

--- An expression of the catalog in the one spelling that the model keeps; nil where the dialect has nothing to say.
function M.read_expression(d, text) return d.read.expression and d.read.expression(text) end

--- Asks the policy and the strategies for the steps of every group.
---@param groups table[]
---@param ctx table
function M.plan(groups, ctx) return planner.plan(groups, ctx) end

-- The strongest of several impacts: the one that blocks most; a rewrite or scan of any counts for all.
local RANK = { nothing = 0, DDL = 1, writes = 2, ["reads and writes"] = 3 }

local function add_unique(list, value)
  for _, known in ipairs(list) do
    if known == value then return end
  end
  list[#list + 1] = value
end

local function stronger(a, b)
  local ra, rb = RANK[a.blocks] or 0, RANK[b.blocks] or 0
  if ra ~= rb then return ra > rb end
  return (a.rewrite and not b.rewrite) or (a.scan and not b.scan and not b.rewrite)
end

local function combine(total, row)
  if not total then
    total = { lock = "", blocks = "nothing", rewrite = false, scan = false, brief = true, notes = {}, also_locks = {} }
  end
  local lead = total.lock == "" or stronger(row, total)
  if lead then
    total.lock, total.blocks = row.lock or total.lock, row.blocks or total.blocks
    total.algorithm = row.algorithm or total.algorithm
  end
  total.rewrite = total.rewrite or row.rewrite or false
  total.scan = total.scan or row.scan or false
  total.brief = total.brief and row.brief ~= false
  if row.note and row.note ~= "" then add_unique(total.notes, row.note) end
  for _, name in ipairs(row.also_locks or {}) do add_unique(total.also_locks, name) end
  return total
end

local function table_of_op(o, tables)
  local name = o.table or (o.before or o.after).name
  if o.kind == "definition" then name = (o.after or o.before).on end
  if o.kind == "sync" then name = (o.after or o.before).table end
  if not name then return nil end
  return tables[dialect.key(name)]
end

local function as_impact(total)
  if not total then return nil end
  return {
    lock = total.lock, blocks = total.blocks, rewrite = total.rewrite, scan = total.scan, brief = total.brief,
    algorithm = total.algorithm, note = table.concat(total.notes, "; "), also_locks = total.also_locks,
  }
end

-- A swap holds all its locks to the end: those of views that go and come, and of tables whose foreign keys follow, too. (Where
-- an engine locks the whole file, there is nothing to name.)
local function held_by_swap(d, total, step)
  if not total or step.form ~= "swap" or d.features.rebuild then return end
  local moved = {}
  for _, o in ipairs(step.ops) do
    if o.kind == "shell" then moved[dialect.key(o.before.name)], moved[dialect.key(o.after.name)] = true, true end
    if o.kind == "column" then moved[dialect.key(o.table)] = true end
  end
  for _, o in ipairs(step.ops) do
    local name = o.kind == "foreign_key" and o.table or (o.kind == "view" and o.before and o.before.name)
    if name and not moved[dialect.key(name)] then add_unique(total.also_locks, dialect.key(name)) end
  end
end

--- What a step takes, in the direction it is given in.
local function impact(d, step)
  local total
  for _, o in ipairs(step.ops) do
    local judge = d.locks[o.op]
    if judge then
      local ctx = {
        d = d, version = d.version, features = d.features, form = step.form, step = step,
        table = table_of_op(o, step.tables.before) or table_of_op(o, step.tables.after),
      }
      total = combine(total, answers.impact(judge, o.op, judge(o, ctx)))
    end
  end
  held_by_swap(d, total, step)
  if step.work and d.locks.work then total = combine(total, d.locks.work(step.work, { d = d, version = d.version })) end
  return as_impact(total)
end

-- The names that an operation's object bears before and after it.
local function own_names(o)
  local list = {}
  for _, side in ipairs({ o.before or {}, o.after or {} }) do
    if type(side.name) == "table" then
      list[#list + 1] = dialect.key(side.name)
    elseif side.name then
      list[#list + 1] = dialect.key(o.table) .. "." .. side.name
    end
  end
  return list
end

-- Whether a later operation of the step takes, brings back or renames what this one is about: it then has the last word.
-- (Also under the name in other letter case, which most engines take for the same.)
local function overtaken(ops, at)
  if at == #ops then return false end
  local mine = {}
  for _, name in ipairs(own_names(ops[at])) do mine[name:lower()] = true end
  local holder = ops[at].table and dialect.key(ops[at].table)
  for i = at + 1, #ops do
    local names = own_names(ops[i])
    local moves = not ops[i].before or not ops[i].after or names[1] ~= names[2]
    for _, name in ipairs(names) do
      if mine[name:lower()] or (moves and name == holder) then return true end
    end
  end
  return false
end

-- For each operation, by its place, a query that gives '1' once it has run; nil where the dialect cannot tell.
local function done_parts(d, step)
  local parts = {}
  for i, o in ipairs(step.ops) do
    parts[i] = not overtaken(step.ops, i) and d.catalog.done and d.catalog.done(o, d, step) or nil
  end
  return parts
end

-- A query that gives '1' once every operation of the step has run; nil where the dialect cannot tell.
local function all_done(d, step, by_op)
  local parts = {}
  for i = 1, #step.ops do
    if by_op[i] then add_unique(parts, by_op[i]) end
  end
  if #parts == 0 then return nil end
  if #parts == 1 then return parts[1] end
  if d.ask then return d.ask.every(parts) end
  for i, sql in ipairs(parts) do parts[i] = "(" .. sql .. ") = '1'" end
  return "SELECT CASE WHEN " .. table.concat(parts, " AND ") .. " THEN '1' ELSE '0' END"
end

--- A query that gives '1' once every operation of the step has run; nil where the dialect cannot tell.
---@param d table
---@param step table
function M.done(d, step) return all_done(d, step, done_parts(d, step)) end

-- Which operations a script asks about first: those that nothing but a later step undoes.
local MARK_RANK = { table = 1, shell = 1, column = 2, view = 3, index = 3, sync = 4 }

local function free(names, holder, seen)
  if holder and seen[holder:lower()] then return false end
  for _, name in ipairs(names) do
    if seen[name:lower()] then return false end
  end
  return true
end

-- Does the query surely give '0' before the operation? `undone` gives the query about its reverse.
local function flips(o, names, sql, undone)
  if not o.before or not o.after or names[1]:lower() ~= names[2]:lower() then return true end
  if o.kind ~= "column" then return false end
  if fold.same(o.before.type, o.after.type) and o.before.nullable == o.after.nullable then return false end
  local other = undone()
  return other ~= nil and other ~= sql
end

-- The operation by which scripts tell whether the step has run, with its query: '0' before it, '1' after it. What a server
-- or a user's own SQL may find there already (schemas, `execute`), and what the dialect tells by text alone, is none.
local function mark(d, forward, backward, parts)
  local best, best_rank
  local seen, unmarked = {}, d.catalog.unmarked or {}
  for i, o in ipairs(forward.ops) do
    local names, holder = own_names(o), o.table and dialect.key(o.table)
    local rank = MARK_RANK[o.kind] or 5
    local known = parts[i] and o.kind ~= "raw" and o.kind ~= "schema" and not unmarked[o.kind]
    if known and (not best or rank < best_rank) and free(names, holder, seen) then
      local undone = function() return d.catalog.done(backward.ops[#forward.ops - i + 1], d, backward) end
      if flips(o, names, parts[i], undone) then best, best_rank = { op = i, sql = parts[i] }, rank end
    end
    for _, name in ipairs(names) do seen[name:lower()] = true end
  end
  return best
end

--- The same for one change of the diff as the plan ends it; `mark` where that is sure not to hold before the plan.
---@param d table
---@param forward table a step of that change alone
---@param backward table the same step turned round
---@return table { done, mark }
function M.final(d, forward, backward)
  local parts = done_parts(d, forward)
  return { done = all_done(d, forward, parts), mark = mark(d, forward, backward, parts) }
end

--- What of the changes' definitions the catalog shows as the server's own text.
---@param d table
---@param step table a step of all changes
function M.server_texts(d, step) return require("forge.server_texts").of(d, step) end

--- Renders one step both ways.
---@param d table
---@param forward table the step, with tables and direction
---@param backward table the same step turned round
---@return table { forward = statements, backward = statements, walk, reverse_walk, impact, done, mark }
function M.render(d, forward, backward)
  local parts = done_parts(d, forward)
  local there, walk = d:render(forward)
  local back, reverse_walk = d:render(backward)
  return {
    forward = there, backward = back, walk = walk, reverse_walk = reverse_walk,
    impact = impact(d, forward), done = all_done(d, forward, parts), mark = mark(d, forward, backward, parts),
  }
end

--- The rows of the risk matrix for the steps of a plan.
function M.risks(steps, ctx)
  local risks = require("strategies.risks")
  if type(risks) ~= "table" or type(risks.rows) ~= "function" or type(risks.hazards) ~= "table" then
    error("strategies/risks.lua must return what forge.override.extend \"builtin:strategies.risks\" gives: "
      .. "a table with 'hazards' and 'rows'", 0)
  end
  return risks.rows(steps, ctx, risks.hazards)
end

--- The statements that remove progress and error tables at the end of a run by hand.
function M.cleanup(d)
  local out = dialect.buffer()
  if d.emit.script_cleanup then d.emit.script_cleanup(out, d) end
  return dialect.written(out)
end

return M
