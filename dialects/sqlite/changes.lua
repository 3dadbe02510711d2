--- Which operations SQLite's ALTER TABLE can carry out, and which ask for the table to be built anew.

local dialect = require("forge.dialect")
local ddl = require("dialects.sqlite.ddl")

local M = {}

local function mentions(text, name)
  return text ~= nil and text:lower():find(name:lower(), 1, true) ~= nil
end

local function in_parts(parts, name)
  for _, part in ipairs(parts) do
    if part.column == name or mentions(part.expr, name) then return true end
  end
  return false
end

local function in_list(list, name)
  for _, item in ipairs(list or {}) do
    if item == name then return true end
  end
  return false
end

local function in_keys(t, name)
  if t.primary_key and in_parts(t.primary_key.parts, name) then return true end
  for _, key in ipairs(t.uniques or {}) do
    if in_parts(key.parts, name) then return true end
  end
  for _, fk in ipairs(t.foreign_keys or {}) do
    if in_list(fk.columns, name) then return true end
  end
  return false
end

local function in_texts(t, name)
  for _, check in ipairs(t.checks or {}) do
    if mentions(check.expr, name) then return true end
  end
  for _, col in ipairs(t.columns) do
    if col.name ~= name and col.generated and mentions(col.generated.expr, name) then return true end
  end
  return false
end

-- Indexes that an earlier operation of the same step drops are no hindrance.
local function in_indexes(t, name, dropped)
  for _, index in ipairs(t.indexes or {}) do
    local used = in_parts(index.parts, name) or mentions(index.where, name)
    if used and not dropped[index.name] then return true end
  end
  return false
end

--- May DROP COLUMN drop it? (Not a key's, an index's, a check's or a generated column's; a view or trigger that uses it
--- makes the statement itself fail.)
function M.can_drop(t, name, dropped_indexes)
  if not t or #t.columns < 2 then return false end
  return not (in_keys(t, name) or in_texts(t, name) or in_indexes(t, name, dropped_indexes or {}))
end

--- May ADD COLUMN add it?
function M.can_add(col)
  if ddl.counts_up(col) or (col.generated and col.generated.stored) then return false end
  if not ddl.constant_default(col.default) then return false end
  if col.generated then return col.nullable end
  return col.nullable or ddl.default_sql(col.default) ~= nil
end

local OBJECT_ONLY = { table = true, view = true, definition = true, sync = true, raw = true, enum = true, sequence = true, schema = true }

--- Do two columns differ in nothing that SQLite keeps, apart from the name? (It keeps no comments.)
function M.same_column(a, b)
  return ddl.counts_up(a) == ddl.counts_up(b)
    and ddl.column_sql(a):sub(#ddl.ident(a.name) + 1) == ddl.column_sql(b):sub(#ddl.ident(b.name) + 1)
end

local function options_of(shell)
  local options = shell.options or {}
  return (options.strict and "s" or "") .. (options.without_rowid and "w" or "")
end

local function native_column(o, group)
  if o.op == "add_column" then return M.can_add(o.after) end
  if o.op == "rename_column" then return true end
  if o.op == "alter_column" then return M.same_column(o.before, o.after) end
  return not group.renames and M.can_drop(group.before, o.before.name, group.dropped_indexes)
end

-- A constraint that ADD COLUMN can carry with the column it belongs to.
local function attachable(o, group)
  local carrier
  for _, other in ipairs(group.ops) do
    if other == o then break end
    if other.op == "add_column" and M.can_add(other.after) then
      local col = other.after
      if o.op == "add_foreign_key" and #o.after.columns == 1 and o.after.columns[1] == col.name
        and not ddl.default_sql(col.default) then carrier = other end
      if o.op == "add_check" and group.after and ddl.check_column(group.after, o.after) == col.name then
        carrier = other
      end
    end
  end
  return carrier
end

local TEXT = { foreign_key = ddl.foreign_key_sql, check = ddl.check_sql }

-- A constraint without a name may be told apart by another one than before: its text is the same.
local function same_text(o)
  local render = TEXT[o.kind] or ddl.unique_sql
  return (o.before.primary or false) == (o.after.primary or false) and render(o.before) == render(o.after)
end

local function native_member(o, group)
  if o.kind == "column" then return native_column(o, group) end
  if o.kind == "index" then return true end
  if o.kind == "shell" then
    return options_of(o.before) == options_of(o.after)
  end
  if o.before and o.after and same_text(o) then return true end
  local carrier = attachable(o, group)
  if carrier then group.attached[o] = carrier end
  return carrier ~= nil
end

local function note_facts(group, o)
  if o.op == "drop_index" then group.dropped_indexes[o.before.name] = true end
  if o.kind == "column" and o.before and o.after and o.before.name ~= o.after.name then group.renames = true end
  if o.op == "add_foreign_key" or o.op == "alter_foreign_key" then group.adds_foreign_key = true end
end

local function new_group(key, step)
  return {
    key = key, final = key, ops = {}, attached = {}, dropped_indexes = {}, before = step.tables.before[key],
  }
end

-- A step may rename a table and go on with it under its new name: every operation finds the group of the table it means.
local function collect(step)
  local groups, list, current = {}, {}, {}
  local by_op = {}
  local function group_of(key)
    local origin = current[key] or key
    if not groups[origin] then
      groups[origin] = new_group(origin, step)
      list[#list + 1] = groups[origin]
    end
    return groups[origin]
  end
  for i, o in ipairs(step.ops) do
    if o.kind == "table" or o.kind == "shell" or not OBJECT_ONLY[o.kind] then
      local name = o.table and o.table.name and o.table or (o.before or o.after).name
      local key = dialect.key(name)
      local group = group_of(key)
      by_op[i] = group
      group.ops[#group.ops + 1] = o
      note_facts(group, o)
      if o.op == "create_table" then group.created = true end
      if o.op == "drop_table" then group.dropped = true end
      if o.kind == "shell" then
        local renamed = dialect.key(o.after.name)
        if renamed ~= key then
          current[renamed], current[key] = group.key, nil
          group.final, group.renamed = renamed, true
        end
      end
    end
  end
  return list, by_op
end

-- Constraints that go and come back as they were (around a swap of tables) leave the table's text as it is.
local function unchanged(group)
  if not (group.before and group.after) or group.renames then return false end
  return ddl.table_sql(group.before, "t") == ddl.table_sql(group.after, "t")
end

local function classify(step)
  local list, by_op = collect(step)
  for _, group in ipairs(list) do
    group.after = step.tables.after[group.final]
    if not group.created and not group.dropped then
      local native = true
      for _, o in ipairs(group.ops) do native = native_member(o, group) and native end
      group.unchanged = not native and unchanged(group)
      group.rebuild = not native and not group.unchanged
    end
  end
  return list, by_op
end

-- Every operation of a step asks about the whole of it: one answer serves them all.
local answers = setmetatable({}, { __mode = "k" })

--- What a step does to each table, and whether that table must be built anew.
---@param step table a Step with `tables`, which is not changed any more
---@return table groups, table by_op groups in order of first mention; the group of each operation by its place
function M.classify(step)
  local answer = answers[step]
  if not answer then
    answer = { classify(step) }
    answers[step] = answer
  end
  return answer[1], answer[2]
end

return M
