--- The body of a dual-write between two tables: each row's image is kept in the other table.

local common = require("dialects.postgres.emit.sync_parts")
local sql = require("dialects.postgres.sql")
local sqltext = require("forge.sqltext")
local types = require("dialects.postgres.types")

local M = {}

local append, changed, log_lines, over_row = common.append, common.changed, common.log_lines, common.over_row

local function key_equals(sync, d, side)
  local parts = {}
  for i, column in ipairs(sync.key) do
    parts[i] = ("%s = %s.%s"):format(d:ident(column), side or "OLD", d:ident(column))
  end
  return table.concat(parts, " AND ")
end

-- The row as it stands by now: a trigger of the application's that fired before may have changed it, and told the copy already.
-- Where a key does not tell rows apart, or the table bears another name meanwhile, there is but the statement's own.
local function with_images(sync, source, d)
  if not source or not sql.unique_on(source, sync.key, true) then return sync end
  local from = (" FROM %s WHERE "):format(d:qname(sync.table))
  return setmetatable({
    image = ("SELECT *%s%s LIMIT 1"):format(from, key_equals(sync, d, "NEW")),
    gone = (" AND NOT EXISTS (SELECT%s%s)"):format(from, key_equals(sync, d)),
  }, { __index = sync })
end

-- The row of the former key goes, unless another one bears it by now.
local function delete_old(sync, indent, d)
  local delete = ("DELETE FROM %s WHERE %s"):format(d:qname(sync.target), key_equals(sync, d))
  if not sync.gone then return { indent .. delete .. ";" } end
  return { indent .. "IF forgelua_here THEN", ("%s  %s%s;"):format(indent, delete, sync.gone), indent .. "ELSE",
    ("%s  %s;"):format(indent, delete), indent .. "END IF;" }
end

-- The target's columns that may be written: the server computes the generated ones itself.
local function written(sync, target)
  local list = {}
  for _, entry in ipairs(sync.columns) do
    local column = sql.column_of(target, entry.to)
    if not (column and column.generated) then list[#list + 1] = entry end
  end
  return list
end

local function in_key(sync, name)
  for _, column in ipairs(sync.key) do
    if column == name then return true end
  end
  return false
end

-- Those that an existing row gets anew: not its key, and not what only the server may count.
local function updated(sync, list, target)
  local out = {}
  for _, entry in ipairs(list) do
    local column = sql.column_of(target, entry.to)
    local fixed = column and column.identity and column.identity.always
    if not in_key(sync, entry.to) and not fixed then out[#out + 1] = entry end
  end
  return out
end

-- Does a value of one type become another one on its way through the other type? A number or text that does not fit is refused
-- there, so it is not what comes back; what is rounded, or read as something else, is.
local function alters(d, from, through)
  local how = types.castable(from, through)
  if how == "free" or how == "widening" then return false end
  local a, b = d.types.map[from.name], d.types.map[through.name]
  return not (a and b and a.family == b.family and (a.family == "integer" or from.name == through.name and a.family == "text"))
end

-- The source's columns whose change a value of the target follows: what nobody has written anew stays as it is there, as the
-- way there and back may alter it ('007' becomes '7'). None where it is computed with every change of the row.
local function followed(entry, target, source, d)
  local column, names, last = sql.column_of(target, entry.to), {}, nil
  if not column or not source or sqltext.reads_rows(entry.expr) then return names end
  for _, one in ipairs(source.columns) do
    if sqltext.names(entry.expr, one.name) then names[#names + 1], last = one.name, one end
  end
  local plain = #names == 1 and (entry.expr == d:ident(last.name) or entry.expr:find("^CAST%(")) and not column.generated
  if #names == 0 or (plain and not alters(d, column.type, last.type)) then return {} end
  return names
end

-- That the row which bears the key in the target did so when the statement began, or has gone along with the key: under another one
-- it is another row's value that stands there.
local function same_row(sync, names, d)
  local others, read = {}, {}
  for _, name in ipairs(names) do read[name] = true end
  for _, name in ipairs(sync.key) do
    if not read[name] then others[#others + 1] = name end
  end
  if #others == 0 then return "" end
  return (sync.moves and " AND (forgelua_moved OR NOT %s)" or " AND NOT %s"):format(changed(others, d))
end

-- What an existing row of the target gets for each of its columns; `given` says how the new value is called.
local function values_kept(sync, changes, target, d, given)
  local out = {}
  for i, entry in ipairs(changes) do
    local value, names = given(entry), sync.source and followed(entry.from or entry, target, sync.source, d) or {}
    if #names > 0 then
      value = ("CASE WHEN TG_OP = 'UPDATE' AND NOT %s%s THEN forgelua_to.%s ELSE %s END"):format(changed(names, d),
        same_row(sync, names, d), d:ident(entry.to), value)
    end
    out[i] = value
  end
  return out
end

local function on_conflict(sync, changes, target, d)
  local set = values_kept(sync, changes, target, d, function(entry) return "EXCLUDED." .. d:ident(entry.to) end)
  for i, entry in ipairs(changes) do set[i] = ("%s = %s"):format(d:ident(entry.to), set[i]) end
  local action = #set > 0 and "DO UPDATE SET " .. table.concat(set, ", ") or "DO NOTHING"
  return ("ON CONFLICT (%s) %s"):format(sql.columns(sync.key, d), action)
end

-- The assignments that give a row of the target its new key; nil where it cannot be told apart, or its key not be set.
local function key_values(sync, target, d)
  local set, plain = {}, setmetatable({ image = false }, { __index = sync })
  for i, name in ipairs(sync.key) do
    local column = sql.column_of(target, name)
    for _, entry in ipairs(sync.columns) do
      if entry.to == name then set[i] = ("%s = %s"):format(d:ident(name), over_row(entry.expr, plain, d)) end
    end
    if not set[i] or (column and (column.generated or column.identity and column.identity.always)) then return nil end
  end
  return sync.gone and target and table.concat(set, ", ") or nil
end

-- A row whose key changes goes along, with what only the target holds of it, unless another one bears its new key there or its old
-- one here; else what stands under its old one goes.
local function under_new_key(sync, indent, d)
  local lines = {}
  if sync.moves then
    append(lines, {
      ("IF TG_OP = 'UPDATE' AND %s AND forgelua_here THEN"):format(changed(sync.key, d)),
      ("  UPDATE %s SET %s"):format(d:qname(sync.target), sync.moves),
      ("  WHERE %s%s AND NOT EXISTS (SELECT FROM %s WHERE %s);"):format(key_equals(sync, d), sync.gone, d:qname(sync.target),
        key_equals(sync, d, "NEW")),
      "  forgelua_moved := FOUND;",
      "END IF;",
    })
  end
  lines[#lines + 1] = ("IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND %s%s) THEN"):format(changed(sync.key, d),
    sync.moves and " AND NOT forgelua_moved" or "")
  append(lines, delete_old(sync, "  ", d))
  lines[#lines + 1] = "END IF;"
  for i, line in ipairs(lines) do lines[i] = indent .. line end
  return lines
end

local function names_and_exprs(list)
  local to, from = {}, {}
  for i, entry in ipairs(list) do to[i], from[i] = entry.to, entry.expr end
  return to, table.concat(from, ", ")
end

-- The row's image in the target: in one statement where a unique key finds it, else looked for first.
local function upsert(sync, target, d)
  local list = written(sync, target)
  local changes = updated(sync, list, target)
  local to, from = names_and_exprs(list)
  local at_once = not target or sql.unique_on(target, sync.key)
  local conflict = at_once and on_conflict(sync, changes, target, d) or ""
  local insert = {
    ("      INSERT INTO %s%s (%s) OVERRIDING SYSTEM VALUE"):format(d:qname(sync.target),
      conflict:find(" forgelua_to.", 1, true) and " AS forgelua_to" or "", sql.columns(to, d)),
    ("      SELECT %s FROM (%s) AS %s"):format(from, sync.image or "SELECT NEW.*", common.row_alias(from, sync, d)),
  }
  if at_once then
    insert[3] = ("      %s;"):format(conflict)
    return insert
  end
  local found = {}
  for i, column in ipairs(sync.key) do found[i] = ("%s = NEW.%s"):format(d:ident(column), d:ident(column)) end
  local where = table.concat(found, " AND ")
  local look = ("      PERFORM FROM %s WHERE %s;"):format(d:qname(sync.target), where)
  if #changes > 0 then
    local values = table.concat(values_kept(sync, changes, target, d, function(entry) return entry.expr end), ", ")
    look = ("      UPDATE %s%s SET (%s) = %s WHERE %s;"):format(d:qname(sync.target),
      values:find(" forgelua_to.", 1, true) and " AS forgelua_to" or "", sql.columns((names_and_exprs(changes)), d),
      over_row(values, sync, d), where)
  end
  insert[2] = insert[2] .. ";"
  return { look, "      IF NOT FOUND THEN", insert[1], insert[2], "      END IF;" }
end

-- What the target can hold of a row that it cannot hold whole: each column that may fail is computed by itself.
local function salvage(sync, target, d)
  local set, lines, declare = {}, {}, {}
  for i, entry in ipairs(sync.columns) do
    set[i] = entry
    if sql.given(entry.otherwise) then
      local variable = "forgelua_held" .. i
      declare[#declare + 1] = ("  %s %s.%s%%TYPE;"):format(variable, d:qname(sync.target), d:ident(entry.to))
      append(lines, {
        "        BEGIN",
        ("          %s := %s;"):format(variable, over_row(entry.expr, sync, d)),
        "        EXCEPTION WHEN OTHERS THEN",
        ("          %s := %s;"):format(variable, entry.otherwise),
        "        END;",
      })
      set[i] = { to = entry.to, expr = variable, from = entry }
    end
  end
  if #lines == 0 then return {}, {} end
  local held = setmetatable({ columns = set, image = false }, { __index = sync })
  table.insert(lines, 1, "    IF TG_OP IN ('INSERT', 'UPDATE') THEN")
  table.insert(lines, 2, "      BEGIN")
  if sync.moves then lines[#lines + 1] = "        forgelua_moved := false;" end
  append(lines, under_new_key(sync, "        ", d))
  append(lines, upsert(held, target, d))
  lines[#lines + 1] = log_lines(sync, "NEW", "      ", d)
  append(lines, { "      END;", "    END IF;" })
  return lines, declare
end

-- A foreign key between copies holds the first one back of several tables that are emptied together. It is noted in the log, and
-- goes with the next one of the same transaction, if its own table is still empty then. Where a table that has no copy refers to
-- one of them, their rows are deleted, in one statement: what refers to what is looked at behind it.
local TRUNCATED = [[
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> %s ORDER BY 1
        LOOP
          EXECUTE format('SELECT array_append($1, %%L) WHERE NOT EXISTS (SELECT FROM %%s)', forgelua_held.copy, forgelua_held.emptied)
          INTO forgelua_more USING forgelua_copies;
          forgelua_copies := coalesce(forgelua_more, forgelua_copies);
        END LOOP;
        BEGIN
          EXECUTE 'TRUNCATE ' || array_to_string(forgelua_copies, ', ');
        EXCEPTION WHEN feature_not_supported THEN
          EXECUTE (SELECT 'WITH ' || string_agg(format('c%%s AS (DELETE FROM %%s)', n, copy), ', ') || ' SELECT'
            FROM unnest(forgelua_copies) WITH ORDINALITY AS c (copy, n));
        END;
        DELETE FROM forgelua_sync_errors
        WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 = ANY (forgelua_copies);]]

local function truncated(sync, d)
  local name = d:qname(sync.target)
  local lines = { TRUNCATED:format(d:literal(name), name) }
  local names = ("ARRAY[TG_RELID::regclass::text, %s]"):format(d:literal(name))
  append(lines, { common.log_lines(sync, names, "      ", d), "      END;", "    END IF;" })
  return lines
end

--- The lines of the trigger's function; `target` and `source` are nil where their definitions are not known.
function M.body(sync, target, source, d)
  local name = d:qname(sync.target)
  sync = with_images(setmetatable({ source = source }, { __index = sync }), source, d)
  local moves = key_values(sync, target, d)
  sync = setmetatable({ moves = moves }, { __index = sync })
  local rescued, declare = salvage(setmetatable({ image = false }, { __index = sync }), target, d)
  local lines = {
    "#variable_conflict use_column",
    "DECLARE",
    "  forgelua_held record;",
    "  forgelua_more text[];",
    ("  forgelua_copies text[] := ARRAY[%s];"):format(d:literal(name)),
  }
  if sync.image then
    lines[#lines + 1] = ("  forgelua_here boolean := coalesce(to_regclass(%s) = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);")
      :format(d:literal(d:qname(sync.table)))
  end
  if sync.moves then lines[#lines + 1] = "  forgelua_moved boolean := false;" end
  append(lines, declare)
  append(lines, {
    "BEGIN",
    "  PERFORM set_config('forgelua.sync', 'on', true);",
    "  BEGIN",
  })
  append(lines, truncated(sync, d))
  append(lines, under_new_key(sync, "    ", d))
  append(lines, { ("    IF TG_OP IN ('INSERT', 'UPDATE')%s THEN"):format(sync.image and " AND forgelua_here" or "") })
  append(lines, upsert(sync, target, d))
  if sync.image then
    lines[#lines + 1] = "    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN"
    append(lines, upsert(setmetatable({ image = false }, { __index = sync }), target, d))
  end
  lines[#lines + 1] = "    END IF;"
  lines[#lines + 1] = log_lines(sync, "CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END", "  ", d)
  append(lines, rescued)
  append(lines, { "  END;", "  PERFORM set_config('forgelua.sync', '', true);", "  RETURN NULL;", "END" })
  return lines
end

return M
