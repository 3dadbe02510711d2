--- Dual-write between two tables (dialects/mysql/sync.lua says by what rules).

local collations = require("dialects.mysql.collations")
local fold = require("forge.fold")
local held = require("dialects.mysql.held")
local common = require("dialects.mysql.sync_parts")
local row = require("dialects.mysql.row")
local sqltext = require("forge.sqltext")

local M = {}

local key_names, log, trigger = common.key_names, common.log, common.trigger

-- Sync to another table. A target that is not there (it is being swapped) is passed over: 1146. A row that is still
-- referred to (1451) may be so only in the moment between a swap and its foreign keys: the statement is then refused as it
-- would have been before. "Data truncated" (1265) is an error of strict mode that bears a warning's state.
local kCatchTable = [[
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;]]

local function key_match(d, t, sync, side)
  local out = {}
  for i, name in ipairs(sync.key) do
    local expr = name
    for _, column in ipairs(sync.columns) do if column.to == name then expr = column.expr end end
    out[i] = d:ident(name) .. " = " .. collations.keyed_as(d, row.expr(d, t, expr, side), t, sync.found_in, name)
  end
  return table.concat(out, " AND ")
end

local function value_sql(d, t, column) return column.held or row.expr(d, t, column.expr, "NEW") end

local function insert_sql(d, t, sync, columns)
  local names, values = {}, {}
  for i, column in ipairs(columns or sync.columns) do
    names[i], values[i] = d:ident(column.to), value_sql(d, t, column)
  end
  return ("INSERT INTO %s (%s) VALUES (%s);"):format(
    d:qname(sync.target), table.concat(names, ", "), table.concat(values, ", "))
end

local function update_sql(d, t, sync, side, columns)
  local sets = {}
  for i, column in ipairs(columns or sync.columns) do
    sets[i] = d:ident(column.to) .. " = " .. value_sql(d, t, column)
  end
  return ("UPDATE %s SET %s WHERE %s;"):format(
    d:qname(sync.target), table.concat(sets, ", "), key_match(d, t, sync, side))
end

local function report(d, sync, t, side, rescue)
  return table.concat({
    "  IF forgelua_failed OR forgelua_taken THEN",
    "    SET forgelua_failed = FALSE;",
    "    SET forgelua_taken = FALSE;",
    "    " .. log(d, t, sync, "*", sync.key and #sync.key > 0 and key_names(t) or {}, side) .. (rescue or ""),
    "  END IF;",
  }, "\n")
end

local function column_of(t, name)
  for _, col in ipairs((t or {}).columns or {}) do if col.name == name then return col end end
  return nil
end

-- Does a value of one type become another one on its way through the other type? A number or text that does not fit is refused
-- there, so it is not what comes back; what is rounded, cut or read as something else is.
local function alters(d, from, through)
  if fold.same(from, through) then return false end
  local how = d.types.castable(from, through, d)
  if how == "free" or how == "widening" then return false end
  local a, b = d.types.map[from.name].family, d.types.map[through.name].family
  return not (a == b and (a == "integer" or from.name == through.name and a == "text"))
end

-- The source's columns whose change a value of the target follows, where the way there and back alters it ('007' becomes '7'): what
-- nobody has written anew stays as it is. nil where it is computed with every change of the row.
local function follows(d, t, sync, target, column)
  local col = column_of(target, column.to)
  if not col then return nil end
  for _, name in ipairs(sync.key) do
    if name == column.to then return nil end
  end
  local bare = row.bare(t, column.expr)
  if bare and not alters(d, col.type, bare.type) then return nil end
  local names = bare and { bare.name } or row.inputs(t, column.expr, "")
  return #names > 0 and not (not bare and sqltext.reads_rows(column.expr)) and names or nil
end

-- One such value. What cannot be carried over is logged by its column.
local function kept_value(d, t, sync, column, read, variable)
  local changes, found = {}, ("FROM %s WHERE %s"):format(d:qname(sync.target), key_match(d, t, sync, "OLD"))
  for i, name in ipairs(read) do changes[i] = row.changed(d, t, name) end
  local otherwise = (column.otherwise or "") ~= "" and column.otherwise or "NULL"
  return table.concat({
    ("  IF %s OR NOT EXISTS (SELECT 1 %s) THEN"):format(table.concat(changes, " OR "), found),
    ("    SET %s = %s;"):format(variable, row.expr(d, t, column.expr, "NEW")),
    "    IF forgelua_failed THEN",
    ("      SET forgelua_failed = FALSE, %s = %s;"):format(variable, otherwise),
    "      " .. log(d, t, sync, column.to, key_names(t), "NEW"),
    "    END IF;",
    "  ELSE",
    ("    SET %s = (SELECT %s %s);"):format(variable, d:ident(column.to), found),
    "  END IF;", "",
  }, "\n")
end

-- A sync that writes such values from variables, the variables, and the lines that fill them.
local function keeping(d, t, sync, target)
  local list, declared, lines = {}, {}, {}
  for i, column in ipairs(sync.columns) do
    local read = follows(d, t, sync, target, column)
    list[i] = column
    if read then
      local variable = "forgelua_kept" .. i
      list[i] = { to = column.to, held = variable }
      local kind = held.variable_type(d, target, column_of(target, column.to))
      declared[#declared + 1] = ("  DECLARE %s %s DEFAULT NULL;\n"):format(variable, kind)
      lines[#lines + 1] = kept_value(d, t, sync, column, read, variable)
    end
  end
  return setmetatable({ columns = list }, { __index = sync }), table.concat(declared), table.concat(lines)
end

-- What the target can hold of a row that it cannot hold whole. A row whose key changed is found under its old one.
local function salvage(d, t, sync, target, moves)
  local columns, variables = held.split(d, sync.columns, target)
  if #variables == 0 then return "" end
  local out = { "" }
  local function add(line) out[#out + 1] = "    " .. line end
  for _, v in ipairs(variables) do
    add(("SET %s = %s;"):format(v.name, row.expr(d, t, v.expr, "NEW")))
    add(("IF forgelua_failed THEN SET forgelua_failed = FALSE, %s = %s; END IF;"):format(v.name, v.otherwise))
  end
  if moves then add(("DELETE FROM %s WHERE %s;"):format(d:qname(sync.target), key_match(d, t, sync, "OLD"))) end
  add(insert_sql(d, t, sync, columns))
  add("IF forgelua_taken THEN")
  add("  " .. update_sql(d, t, sync, "NEW", columns))
  add("END IF;")
  return table.concat(out, "\n")
end

-- The row is inserted first and updated where it is there already (1062): reading before would lock the gaps beside it, for
-- reads in a trigger lock, and two inserts would wait for each other. Where another unique key is taken the update finds
-- nothing, and the clash is logged.
local function upsert(d, t, sync, target, moves)
  return table.concat({
    "  IF NOT forgelua_moved THEN",
    "    " .. insert_sql(d, t, sync),
    "    IF forgelua_taken THEN",
    "      SET forgelua_taken = FALSE;",
    "      " .. update_sql(d, t, sync, "NEW"),
    ("      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM %s WHERE %s) THEN"):format(
      d:qname(sync.target), key_match(d, t, sync, "NEW")),
    "        SET forgelua_taken = TRUE;",
    "      END IF;",
    "    END IF;",
    "  END IF;",
    report(d, sync, t, "NEW", salvage(d, t, sync, target, moves)),
  }, "\n")
end

-- A row whose key changes keeps what only the target holds of it.
local function move(d, t, sync)
  local out = {}
  for i, name in ipairs(sync.key) do
    local expr = name
    for _, column in ipairs(sync.columns) do if column.to == name then expr = column.expr end end
    out[i] = row.expr(d, t, expr, "OLD") .. " <=> " .. row.expr(d, t, expr, "NEW")
  end
  return table.concat({
    "  IF NOT (" .. table.concat(out, " AND ") .. ") THEN",
    "    " .. update_sql(d, t, sync, "OLD"),
    "    SET forgelua_moved = ROW_COUNT() > 0;",
    "  END IF;",
    "",
  }, "\n")
end

local function delete_body(d, t, sync)
  return table.concat({
    kCatchTable,
    ("  DELETE FROM %s WHERE %s;"):format(d:qname(sync.target), key_match(d, t, sync, "OLD")),
    report(d, sync, t, "OLD"),
  }, "\n")
end

-- A row that goes takes those along, or lets go of those, that refer to it in its own table. MySQL 9 does not do the same in the target
-- from a trigger that fires behind it (error 6575).
local function goes_first(d, sync, t)
  for _, fk in ipairs(d.self_reference_goes_first and t.foreign_keys or {}) do
    local own = fk.ref.name == t.name.name or fk.ref.name == sync.table.name
    if own and (fk.on_delete == "cascade" or fk.on_delete == "set null") then return true end
  end
  return false
end

--- The CREATE TRIGGER statements, in the order in which they are to be made (sync.lua).
---@param target table|nil the other table, where it is known
function M.triggers(d, sync, t, target)
  sync = setmetatable({ found_in = target }, { __index = sync })
  local keeps, declared, values = keeping(d, t, sync, target)
  local function head(of)
    local _, variables = held.split(d, of.columns, target)
    return (#variables > 0 and held.declared(variables) .. "\n" or "")
  end
  return {
    trigger(d, sync, "_d", goes_first(d, sync, t) and "BEFORE" or "AFTER", "DELETE", delete_body(d, t, sync)),
    trigger(d, sync, "_u", "AFTER", "UPDATE", declared .. head(keeps) .. kCatchTable .. "\n" .. values .. move(d, t, keeps)
      .. upsert(d, t, keeps, target, true)),
    trigger(d, sync, "_i", "AFTER", "INSERT", head(sync) .. kCatchTable .. "\n" .. upsert(d, t, sync, target)),
  }
end

return M
