--- The statements that move rows, for whoever drives them: a script, or an engine that runs the plan.

local assigned = require("dialects.postgres.assigned")
local dialect = require("forge.dialect")
local sql = require("dialects.postgres.sql")

local M = {}

--- What the sync triggers see of a batch's own writes: which side of a pair it brings, or that it writes a copy.
function M.marker(work, step)
  if work.kind == "copy" then return "copy" end
  return step.direction == "backward" and "back" or "on"
end

M.PROGRESS = [[
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  id text PRIMARY KEY,
  cursor jsonb,
  rows_done bigint NOT NULL DEFAULT 0,
  rows_total bigint,
  bad_rows bigint NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'running',
  token text,
  started_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
)]]

M.ERRORS = [[
CREATE TABLE IF NOT EXISTS forgelua_backfill_errors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  logged_at timestamptz NOT NULL DEFAULT now(),
  work text NOT NULL,
  row_key jsonb,
  row_data jsonb,
  error_code text NOT NULL,
  message text NOT NULL
)]]

--- By what a step's line of progress is found.
function M.id(step) return step.id .. (step.direction == "backward" and " (back)" or "") end

--- The condition of rows that still need it, to stand behind another one.
function M.condition(work) return work.where and work.where ~= "" and " AND (" .. work.where .. ")" or "" end

local function each(list, format_one)
  local out = {}
  for i, value in ipairs(list) do out[i] = format_one(value, i) end
  return table.concat(out, ", ")
end

local function target_columns(work, step, set)
  local target = step.tables and step.tables.after[dialect.key(work.target)]
  local list = {}
  for _, entry in ipairs(set) do
    local column = sql.column_of(target, entry.to)
    if not (column and column.generated) then list[#list + 1] = entry end
  end
  return list
end

-- Where no unique key of the target tells that a row is there already, it is looked for.
local function absent(work, step, d)
  local target = step.tables and step.tables.after[dialect.key(work.target)]
  if not target or #(work.key or {}) == 0 or sql.unique_on(target, work.key) then return "" end
  local same = {}
  for i, column in ipairs(work.key) do
    same[i] = ("there.%s = %s.%s"):format(d:ident(column), d:qname(work.table), d:ident(column))
    if not sql.column_of(target, column) then return "" end
  end
  return (" AND NOT EXISTS (SELECT FROM %s AS there WHERE %s)"):format(d:qname(work.target), table.concat(same, " AND "))
end

-- A row that is there already stands. Keys and exclusions that wait for the transaction's end cannot tell by themselves: then
-- the key of the walk is named, or the row was looked for before.
local function on_conflict(work, step, d)
  local target = step.tables and step.tables.after[dialect.key(work.target)]
  if not sql.has_deferrable(target) then return "\n      ON CONFLICT DO NOTHING" end
  if #(work.key or {}) == 0 or not sql.unique_on(target, work.key) then return "" end
  return ("\n      ON CONFLICT (%s) DO NOTHING"):format(sql.columns(work.key, d))
end

-- What is assigned to a column of `target`, of the rows of the work's own table.
local function value(work, step, target, d)
  local source = step.tables and step.tables.before[dialect.key(work.table)]
  return function(entry)
    local column = sql.column_of(target, entry.to)
    return column and assigned.value(d, entry.expr, column.type, source) or entry.expr
  end
end

local function update(work, step, d)
  local held = value(work, step, step.tables and step.tables.after[dialect.key(work.table)], d)
  return function(where, list)
    local set = each(list, function(entry) return ("%s = %s"):format(d:ident(entry.to), held(entry)) end)
    return ("UPDATE %s SET %s WHERE %s"):format(d:qname(work.table), set, where)
  end
end

-- FOR SHARE keeps a row from being deleted between its reading and its writing; rows that the sync trigger has written
-- already are newer and stand.
local function copy(work, step, d)
  local held = value(work, step, step.tables and step.tables.after[dialect.key(work.target)], d)
  return function(where, set)
    local list = target_columns(work, step, set)
    local to = each(list, function(entry) return d:ident(entry.to) end)
    local from = each(list, held)
    return ("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE\n      SELECT %s FROM %s WHERE %s FOR SHARE%s"):format(
      d:qname(work.target), to, from, d:qname(work.table), where .. absent(work, step, d), on_conflict(work, step, d))
  end
end

--- A function of (condition, set) that gives the statement which moves the rows that the condition finds.
function M.statement(work, step, d)
  if work.kind == "copy" then return copy(work, step, d) end
  return update(work, step, d)
end

return M
