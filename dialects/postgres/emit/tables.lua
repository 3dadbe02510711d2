--- Tables as wholes.

local dialect = require("forge.dialect")
local columns = require("dialects.postgres.emit.columns")
local objects = require("dialects.postgres.emit.objects")
local partitions = require("dialects.postgres.emit.partitions")
local sql = require("dialects.postgres.sql")

local M = {}
for word, render in pairs(partitions.steps) do M[word] = render end

-- A foreign key or check that is not yet valid must be added once the table is there: CREATE TABLE makes it valid.
local function inline_checks(t)
  local now, later = {}, {}
  for _, check in ipairs(t.checks or {}) do
    local list = (check.not_valid and not check.not_enforced) and later or now
    list[#list + 1] = check
  end
  return now, later
end

local function column_list(key)
  local names = {}
  for i, part in ipairs(key.parts) do names[i] = part.column end
  return table.concat(names, "\0")
end

-- CREATE TABLE makes one index of keys over the same columns; a second key of theirs must be added afterwards.
local function inline_uniques(t)
  local now, later, seen = {}, {}, {}
  if t.primary_key then seen[column_list(t.primary_key)] = true end
  for _, key in ipairs(t.uniques or {}) do
    local columns_of = column_list(key)
    local list = seen[columns_of] and later or now
    list[#list + 1] = key
    seen[columns_of] = true
  end
  return now, later
end

local function definitions(t, uniques, checks, d)
  local lines = {}
  for _, column in ipairs(t.columns or {}) do lines[#lines + 1] = d:column_sql(column, t) end
  if t.primary_key then lines[#lines + 1] = sql.key_sql(t.primary_key, d) end
  for _, key in ipairs(uniques) do lines[#lines + 1] = sql.key_sql(key, d) end
  for _, check in ipairs(checks) do lines[#lines + 1] = sql.check_sql(check, d) end
  for _, exclusion in ipairs(t.exclusions or {}) do lines[#lines + 1] = sql.exclusion_sql(exclusion, d) end
  return lines
end

local function has(text) return text and text ~= "" end

local function tail(options, d)
  local words = {}
  if has(options.partition_by) then words[#words + 1] = "PARTITION BY " .. options.partition_by end
  if options.storage and #options.storage > 0 then
    words[#words + 1] = "WITH (" .. sql.settings_sql(options.storage, d) .. ")"
  end
  if has(options.tablespace) then words[#words + 1] = "TABLESPACE " .. d:ident(options.tablespace) end
  return #words > 0 and " " .. table.concat(words, " ") or ""
end

local function comments(out, t, d)
  local name = d:qname(t.name)
  if has(t.comment) then out:add(sql.comment_sql("TABLE " .. name, t.comment, d)) end
  for _, column in ipairs(t.columns or {}) do
    if has(column.comment) then
      out:add(sql.comment_sql(("COLUMN %s.%s"):format(name, d:ident(column.name)), column.comment, d))
    end
  end
end

function M.create_table(out, o, step, d)
  local t = o.after
  local options = t.options or {}
  local checks, later = inline_checks(t)
  local uniques, doubled = inline_uniques(t)
  local name = d:qname(t.name)
  local lines = definitions(t, uniques, checks, d)
  local attached = step and step.form == "attach" or step and step.form == "detach_concurrently"
  local body = attached and partitions.like_clause(lines, options, d) or partitions.create_clause(lines, options, d)
  out:add(("CREATE %sTABLE %s %s%s"):format(options.unlogged and "UNLOGGED " or "", name, body, tail(options, d)))
  for _, key in ipairs(doubled) do out:add(("ALTER TABLE %s ADD %s"):format(name, sql.key_sql(key, d))) end
  for _, index in ipairs(t.indexes or {}) do
    out:add(sql.index_sql(index, t.name, d))
    if has(index.comment) then
      out:add(sql.comment_sql("INDEX " .. sql.beside(t.name, index.name, d), index.comment, d))
    end
  end
  for _, check in ipairs(later) do out:add(("ALTER TABLE %s ADD %s"):format(name, sql.check_sql(check, d))) end
  -- After the indexes: a key of the table to itself may rest on one of them.
  for _, key in ipairs(t.foreign_keys or {}) do
    out:add(("ALTER TABLE %s ADD %s"):format(name, sql.foreign_key_sql(key, d)))
  end
  comments(out, t, d)
end

function M.drop_table(out, o, _, d) out:add("DROP TABLE " .. d:qname(o.before.name)) end

local function storage(out, name, before, after, d)
  local set, reset = sql.settings_change(before.storage, after.storage)
  if #set > 0 then out:add(("ALTER TABLE %s SET (%s)"):format(name, sql.settings_sql(set, d))) end
  if #reset > 0 then out:add(("ALTER TABLE %s RESET (%s)"):format(name, table.concat(reset, ", "))) end
end

-- The columns that count as they are called when the table gets its other name: those that earlier operations of the step add are
-- among them, and those that they rename have their new names.
local function counting(o, step)
  local key, out = dialect.key(o.before.name), {}
  local t = step.tables.before[key]
  for _, column in ipairs((t or step.tables.after[dialect.key(o.after.name)] or { columns = {} }).columns) do
    if columns.counts(column) then out[#out + 1] = column.name end
  end
  for _, other in ipairs(t and step.ops or {}) do
    if other == o then break end
    if other.op == "add_column" and dialect.key(other.table) == key and columns.counts(other.after) then
      out[#out + 1] = other.after.name
    elseif other.kind == "column" and other.before and other.after and dialect.key(other.table) == key then
      for i, name in ipairs(out) do out[i] = name == other.before.name and other.after.name or name end
    end
  end
  return out
end

local function rename_counters(out, o, step, d)
  for _, name in ipairs(step and step.tables and counting(o, step) or {}) do
    columns.rename_counter(out, { table = o.after.name, column = name }, { table = o.before.name, column = name }, d)
  end
end

function M.alter_table(out, o, step, d)
  local before, after = o.before.options or {}, o.after.options or {}
  objects.rename_object(out, "TABLE", o.before.name, o.after.name, d)
  rename_counters(out, o, step, d)
  local name = d:qname(o.after.name)
  partitions.pass(out, name, before, after, d)
  if (before.partition_by or "") ~= (after.partition_by or "") then
    error(("the partitioning of %s cannot be altered in place: it needs a second table"):format(name), 0)
  end
  if (before.unlogged or false) ~= (after.unlogged or false) then
    out:add(("ALTER TABLE %s SET %s"):format(name, after.unlogged and "UNLOGGED" or "LOGGED"))
  end
  if (before.tablespace or "") ~= (after.tablespace or "") then
    local target = has(after.tablespace) and after.tablespace or "pg_default"
    out:add(("ALTER TABLE %s SET TABLESPACE %s"):format(name, d:ident(target)))
  end
  storage(out, name, before, after, d)
  if (o.before.comment or "") ~= (o.after.comment or "") then
    out:add(sql.comment_sql("TABLE " .. name, o.after.comment, d))
  end
end
M.rename_table = M.alter_table

return M
