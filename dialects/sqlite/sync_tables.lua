--- Dual-write between two tables (dialects/sqlite/sync.lua says by what rules).

local ddl = require("dialects.sqlite.ddl")
local common = require("dialects.sqlite.sync_parts")
local sqltext = require("forge.sqltext")
local types = require("dialects.sqlite.types")

local M = {}

local ident = ddl.ident
local bare, held, log_sql, may_name, new_row = common.bare, common.held, common.log_sql, common.may_name, common.new_row
local over_row, trigger = common.over_row, common.trigger

-- The key of both tables: the sync's own, or the rowid of tables that have nothing else.
local function table_keys(sync, t)
  if #sync.key == 0 then
    local rowid = ddl.rowid_name(t)
    if not rowid then error(("table '%s' has no key to copy it by"):format(t.name.name), 0) end
    return { rowid }, true
  end
  local list = {}
  for i, name in ipairs(sync.key) do list[i] = ident(name) end
  return list, false
end

local function equal_terms(keys, row)
  local parts = {}
  for i, name in ipairs(keys) do parts[i] = name .. " IS " .. row .. "." .. name end
  return table.concat(parts, " AND ")
end

-- Does the key tell the source's rows apart?
local function identifies(t, names)
  local lists = { { t.primary_key }, t.uniques or {}, t.indexes or {} }
  for i, list in ipairs(lists) do
    for _, key in ipairs(list) do
      local found = #key.parts == #names and (i < 3 or (key.unique and (key.where or "") == ""))
      for _, part in ipairs(key.parts) do
        local named = false
        for _, name in ipairs(names) do named = named or part.column == name end
        found = found and named
      end
      if found then return true end
    end
  end
  return #names == 0
end

-- The row as it stands by now, as a table of one row or none: a trigger of the application's that fired before may have changed it,
-- and told the copy already. Where a key does not tell rows apart there is but the statement's own.
local function seen_row(sync, t, keys)
  if not identifies(t, sync.key) then return new_row(t) end
  local list = {}
  for i, col in ipairs(t.columns) do list[i] = ident(col.name) end
  return ("(SELECT %s FROM %s WHERE %s) AS %s"):format(table.concat(list, ", "), ident(t.name.name), equal_terms(keys, "NEW"),
    ident(t.name.name))
end

-- A condition that no row bears the key of OLD (any more), or that one bears the key of NEW.
local function there(sync, t, keys, row)
  if not identifies(t, sync.key) then return "" end
  return (" AND %sEXISTS (SELECT 1 FROM %s WHERE %s)"):format(row == "OLD" and "NOT " or "", ident(t.name.name),
    equal_terms(keys, row))
end

-- Each column of the target with its expression over the source's row.
local function target_values(sync, target)
  local columns, values = {}, {}
  for i, column in ipairs(sync.columns) do
    columns[i] = ident(column.to)
    values[i] = target and held(target, column.to, column.expr) or column.expr
  end
  return columns, values
end

-- May a value be another one when it comes back? What only changes its declared type is not.
local function alters(t, target, column)
  local from, source = target and ddl.find(target.columns, column.to), ddl.find(t.columns, bare(column.expr))
  if not from or not source then return from ~= nil end
  local how = types.castable(from.type, source.type)
  return how ~= "free" and (how ~= "widening" or from.type.name == "native" or source.type.name == "native")
end

local function same_key(keys)
  local terms = {}
  for i, key in ipairs(keys) do terms[i] = "OLD." .. key .. " IS NEW." .. key end
  return table.concat(terms, " AND ")
end

-- By column of the sync: a condition that nobody has written anew what its value follows, so that it stays as it is there, as the
-- way there and back may alter it ('007' becomes '7').
local function unwritten(sync, t, target)
  local out = {}
  for i, column in ipairs(sync.columns) do
    local terms = {}
    for _, col in ipairs(t.columns) do
      local name = ident(col.name)
      if may_name(column.expr, col.name) then terms[#terms + 1] = "OLD." .. name .. " COLLATE BINARY IS NEW." .. name end
    end
    if #terms > 0 and alters(t, target, column) and not sqltext.reads_rows(column.expr) then
      out[i] = table.concat(terms, " AND ")
    end
  end
  return out
end

-- An assignment of every column but the key's. `kept`: what else must hold for a value to stay.
local function set_sql(name, columns, values, keys, row, unwritten_by, kept)
  local in_key, names, list = {}, {}, {}
  for _, key in ipairs(keys) do in_key[key] = true end
  for i, column in ipairs(columns) do
    if not in_key[column] then
      local stays = unwritten_by[i]
      names[#names + 1] = column
      list[#list + 1] = stays and ("CASE WHEN %s%s THEN %s.%s ELSE %s END"):format(stays, kept, name, column, values[i])
        or values[i]
    end
  end
  if #names == 0 then return nil end
  return "(" .. table.concat(names, ", ") .. ") = (SELECT " .. table.concat(list, ", ") .. " FROM " .. row .. ")"
end

-- The row that bears the key there. Where that is another one than the statement began with it is another row's values that it holds.
local function update_sql(name, columns, values, keys, row, unwritten_by)
  local set = set_sql(name, columns, values, keys, row, unwritten_by, " AND " .. same_key(keys))
  return set and "  UPDATE OR IGNORE " .. name .. " SET " .. set .. " WHERE " .. equal_terms(keys, "NEW")
end

-- A row whose key changes goes along, with what only the target holds of it, unless another one bears its new key there, or its old
-- one here. `gone` says the latter.
local function move_sql(name, columns, values, keys, row, unwritten_by, gone)
  local set = {}
  for i, key in ipairs(keys) do set[i] = key .. " = NEW." .. key end
  set[#set + 1] = set_sql(name, columns, values, keys, row, unwritten_by, "")
  return "  UPDATE OR IGNORE " .. name .. " SET " .. table.concat(set, ", ") .. " WHERE " .. equal_terms(keys, "OLD") .. " AND NOT ("
    .. same_key(keys) .. ")" .. gone .. " AND NOT EXISTS (SELECT 1 FROM " .. name .. " WHERE " .. equal_terms(keys, "NEW") .. ")"
end

local function insert_sql(name, columns, values, keys, row, by_rowid)
  local names, list = table.concat(columns, ", "), table.concat(values, ", ")
  if by_rowid then names, list = keys[1] .. ", " .. names, "NEW." .. keys[1] .. ", " .. list end
  return "  INSERT OR IGNORE INTO " .. name .. " (" .. names .. ") SELECT " .. list .. " FROM " .. row
    .. " WHERE NOT EXISTS (SELECT 1 FROM " .. name .. " WHERE " .. equal_terms(keys, "NEW") .. ")"
end

-- What the target refused shows as a row that is not as it should be.
local function refused_from(name, columns, values, keys, row, unwritten_by)
  local wanted, same = {}, {}
  for i, column in ipairs(columns) do
    wanted[i] = values[i] .. " AS v" .. i
    same[i] = "forgelua_t." .. column .. " IS s.v" .. i
    if unwritten_by[i] then same[i] = "(" .. unwritten_by[i] .. " OR " .. same[i] .. ")" end
  end
  local terms = {}
  for i, key in ipairs(keys) do terms[i] = "forgelua_t." .. key .. " IS NEW." .. key end
  return "WHERE NOT EXISTS (SELECT 1 FROM " .. name .. " AS forgelua_t, (SELECT " .. table.concat(wanted, ", ") .. " FROM "
    .. row .. ") AS s WHERE " .. table.concat(terms, " AND ") .. " AND " .. table.concat(same, " AND ") .. ")"
end

-- What makes room for the row under its new key, and takes it there. `gone`: no row bears the former one any more.
local function moved(sync, t, name, keys, list)
  local gone = there(sync, t, keys, "OLD")
  local delete = "  DELETE FROM " .. name .. " WHERE " .. equal_terms(keys, "OLD") .. " AND NOT (" .. same_key(keys) .. ")" .. gone
  if not identifies(t, sync.key) then return { delete, list.update } end
  local taken = " AND EXISTS (SELECT 1 FROM " .. name .. " WHERE " .. equal_terms(keys, "NEW") .. ")"
  return { delete .. taken, list.update, move_sql(name, list.columns, list.values, keys, list.row, list.unwritten, gone), delete }
end

-- The statements that give the target the row's image; `repeated` where it may stand there already, and under another key.
local function upsert(sync, t, target, keys, by_rowid, repeated)
  local columns, values = target_values(sync, target)
  local name = ident(sync.target.name)
  local row = seen_row(sync, t, keys)
  local unwritten_by = repeated and unwritten(sync, t, target) or {}
  local update = update_sql(name, columns, values, keys, row, unwritten_by)
  local body = { update }
  if repeated then
    body = {}
    local list = { columns = columns, values = values, row = row, unwritten = unwritten_by, update = update or "" }
    for _, statement in ipairs(moved(sync, t, name, keys, list)) do
      if statement ~= "" then body[#body + 1] = statement end
    end
  end
  body[#body + 1] = insert_sql(name, columns, values, keys, row, by_rowid)
  body[#body + 1] = log_sql(sync, t, keys, "NEW", "", "NULL", refused_from(name, columns, values, keys, row, unwritten_by)
    .. there(sync, t, keys, "NEW"))
  return body
end

-- A value that a conversion turned into NULL: seen where the column of the same name had one.
local function log_lost_values(body, sync, t, keys)
  for _, column in ipairs(sync.columns) do
    if ddl.find(t.columns, column.to) and bare(column.expr) ~= column.to then
      local source = "NEW." .. ident(column.to)
      body[#body + 1] = log_sql(sync, t, keys, "NEW", column.to, "quote(" .. source .. ")", "WHERE " .. source
        .. " IS NOT NULL AND " .. over_row(t, column.expr, "NEW") .. " IS NULL")
    end
  end
end

--- The triggers that carry every change of a table into another one.
---@param target table|nil the other table, where it is known
function M.create(out, sync, t, target)
  local keys, by_rowid = table_keys(sync, t)
  -- Both directions between two tables share one marker: neither may answer the other.
  local a, b = sync.table.name, sync.target.name
  local marker = a < b and a .. "|" .. b or b .. "|" .. a
  local name = ident(sync.target.name)
  local inserted, updated = upsert(sync, t, target, keys, by_rowid, false), upsert(sync, t, target, keys, by_rowid, true)
  for _, body in ipairs { inserted, updated } do log_lost_values(body, sync, t, keys) end
  local gone = there(sync, t, keys, "OLD")
  out:add(trigger(sync, "_ins", "INSERT", t, marker, inserted))
  out:add(trigger(sync, "_upd", "UPDATE", t, marker, updated))
  out:add(trigger(sync, "_del", "DELETE", t, marker,
    { "  DELETE FROM " .. name .. " WHERE " .. equal_terms(keys, "OLD") .. gone }))
end

return M
