--- Dual-write: triggers of our own that keep two columns, or two tables, equal while a plan is under way.
---
--- Each sync is one function and its triggers, named `zz_<sync>` so that they run after every other trigger of the
--- table and see what those have made of the row. The functions run as their owner: the application needs no right on
--- the other side or on the log.

local dialect = require("forge.dialect")
local names = require("dialects.postgres.names")
local sql = require("dialects.postgres.sql")

local M = {}

M.kErrors = "forgelua_sync_errors"

-- The table of values that a sync could not carry over.
local function log_table(out)
  out:add([[
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  logged_at timestamptz NOT NULL DEFAULT now(),
  sync text NOT NULL,
  operation text NOT NULL,
  column_name text,
  row_data jsonb,
  error_code text NOT NULL,
  message text NOT NULL
)]])
end

local function object_name(sync) return names.clip("zz_" .. sync.name.name) end
M.object_name = object_name

-- It stays where it was made when the table moves to another schema.
local function function_name(sync, d) return sql.beside(sync.name, object_name(sync), d) end

-- Cut in front of the suffix: what comes before it may fill the limit alone, and the two triggers would bear one name.
local function truncate_trigger(sync) return names.make("zz_" .. sync.name.name, nil, "all") end

--- What a sync does, in one line: its function begins with it, so that the catalog can tell one sync from another.
function M.signature(sync)
  local words = { "-- forgelua:", sync.kind }
  for _, pair in ipairs(sync.pairs) do
    words[#words + 1] = ("%s > %s (%s)"):format(pair.old or "", pair.new, pair.lead == "new" and "new" or "old")
  end
  if sync.kind == "table" then words[#words + 1] = dialect.key(sync.target) end
  return (table.concat(words, " "):gsub("[\r\n]", " ")) .. ";"
end

-- The handler that writes to the log. That the log cannot be written is no reason to refuse the application's row.
local function log_lines(sync, column, row, indent, d)
  local lines = {
    "EXCEPTION WHEN OTHERS THEN",
    "  DECLARE",
    "    forgelua_code text := SQLSTATE;",
    "    forgelua_text text := SQLERRM;",
    "  BEGIN",
    "    INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)",
    ("    VALUES (%s, TG_OP, %s, to_jsonb(%s), forgelua_code, forgelua_text);"):format(
      d:literal(sync.name.name), column and d:literal(column) or "NULL", row),
    "  EXCEPTION WHEN OTHERS THEN",
    "    RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;",
    "  END;",
  }
  for i, line in ipairs(lines) do lines[i] = indent .. line end
  return lines
end

local function append(list, more)
  for _, line in ipairs(more) do list[#list + 1] = line end
end

-- An expression over a row's bare column names, without reading it.
-- The row goes by the name of its table, where an expression says `orders.total`.
local function row_alias(expr, sync, d)
  return sql.qualifies(expr, sync.table.name) and d:ident(sync.table.name) or "r"
end

local function over_row(expr, sync, d, side)
  return ("(SELECT %s FROM (SELECT %s.*) AS %s)"):format(expr, side or "NEW", row_alias(expr, sync, d))
end

-- NEW.<column> := <expr>; what cannot be computed or held becomes NULL and is logged.
local function assign(lines, sync, column, expr, indent, d)
  local target = "NEW." .. d:ident(column)
  if not expr or expr == "" then
    lines[#lines + 1] = ("%s%s := NULL;"):format(indent, target)
    return
  end
  lines[#lines + 1] = indent .. "BEGIN"
  lines[#lines + 1] = ("%s  %s := %s;"):format(indent, target, over_row(expr, sync, d))
  append(lines, log_lines(sync, column, "NEW", indent, d))
  lines[#lines + 1] = ("%s  %s := NULL;"):format(indent, target)
  lines[#lines + 1] = indent .. "END;"
end

-- Columns besides the pair's own that `up` reads: when one of them changes, the new value does too.
local function other_inputs(pair, t)
  local words, found = {}, {}
  for word in pair.up:gmatch("[%w_]+") do words[word] = true end
  for quoted in pair.up:gmatch('"([^"]+)"') do words[quoted] = true end
  for _, column in ipairs(t and t.columns or {}) do
    if column.name ~= pair.old and column.name ~= pair.new and words[column.name] then
      found[#found + 1] = column.name
    end
  end
  return found
end

-- Image comparison sees what an operator of the type would hide: other letters in citext, another scale in numeric. The
-- cast keeps the parser from taking the two rows apart.
local function changed(columns, d)
  local new, old = {}, {}
  for i, column in ipairs(columns) do
    new[i], old[i] = "NEW." .. d:ident(column), "OLD." .. d:ident(column)
  end
  return ("ROW(%s)::record *<> ROW(%s)::record"):format(table.concat(new, ", "), table.concat(old, ", "))
end

-- What was computed from a row follows when the row changes, for as long as nobody has stated another value: a source
-- column may go with the old application.
local function follow_sources(lines, sync, pair, inputs, d)
  local new = d:ident(pair.new)
  append(lines, {
    "  ELSIF TG_OP = 'UPDATE' THEN",
    ("    IF %s AND NOT %s THEN"):format(changed(inputs, d), changed({ pair.new }, d)),
    "      BEGIN",
    "        forgelua_probe := OLD;",
    ("        forgelua_probe.%s := %s;"):format(new, over_row(pair.up, sync, d, "OLD")),
    ("        forgelua_side := CASE WHEN ROW(forgelua_probe.%s)::record *= ROW(OLD.%s)::record THEN 'new' END;"):format(new, new),
    "      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;",
    "      END;",
    "      IF forgelua_side = 'new' THEN",
  })
  assign(lines, sync, pair.new, pair.up, "        ", d)
  append(lines, { "      END IF;", "    END IF;" })
end

local function fill_pair(lines, sync, pair, t, d)
  lines[#lines + 1] = ("  IF NEW.%s IS NULL THEN"):format(d:ident(pair.new))
  assign(lines, sync, pair.new, pair.up, "    ", d)
  local inputs = pair.lead ~= "new" and other_inputs(pair, t) or {}
  if #inputs > 0 then follow_sources(lines, sync, pair, inputs, d) end
  lines[#lines + 1] = "  END IF;"
end

-- A table without a key is filled page by page, and a row that the application moves to a page already done would be
-- left out: there the trigger fills whatever it meets. (Elsewhere it does not: a bad row would be logged at each update.)
local function unfilled(pair, t, d)
  local keyless = t and not t.primary_key and #(t.uniques or {}) == 0
  if not keyless or pair.lead == "new" then return "" end
  return (" WHEN NEW.%s IS NULL AND NEW.%s IS NOT NULL THEN 'new'"):format(d:ident(pair.new), d:ident(pair.old))
end

-- Which side follows the other. `forgelua_side` becomes the column that is to be computed, "both" where both were
-- given, or NULL.
local function choose_side(lines, pair, t, d)
  local old, new = "NEW." .. d:ident(pair.old), "NEW." .. d:ident(pair.new)
  local inputs = other_inputs(pair, t)
  table.insert(inputs, 1, pair.old)
  local lead_is_new = pair.lead == "new"
  append(lines, {
    "  IF TG_OP = 'INSERT' THEN",
    "    forgelua_side := CASE",
    ("      WHEN %s IS NOT NULL AND %s IS NOT NULL THEN 'both'"):format(old, new),
    lead_is_new and ("      WHEN %s IS NOT NULL THEN 'new' ELSE 'old' END;"):format(old)
      or ("      WHEN %s IS NOT NULL THEN 'old' ELSE 'new' END;"):format(new),
    ("    forgelua_follows := '%s';"):format(lead_is_new and "new" or "old"),
    "  ELSE",
    ("    forgelua_side := CASE"),
    ("      WHEN %s THEN CASE WHEN %s THEN 'both' ELSE 'new' END"):format(changed(inputs, d), changed({ pair.new }, d)),
    ("      WHEN %s THEN 'old'%s END;"):format(changed({ pair.new }, d), unfilled(pair, t, d)),
    ("    forgelua_follows := '%s';"):format(lead_is_new and "old" or "new"),
    "  END IF;",
  })
end

-- Both sides given: where they agree they stand as written ('007' stays beside 7), else one follows the other.
local function settle_both(lines, sync, pair, d)
  local new = d:ident(pair.new)
  append(lines, {
    "  IF forgelua_side = 'both' THEN",
    "    forgelua_side := forgelua_follows;",
    "    BEGIN",
    "      forgelua_probe := NEW;",
    ("      forgelua_probe.%s := %s;"):format(new, over_row(pair.up, sync, d)),
    ("      IF ROW(forgelua_probe.%s)::record *= ROW(NEW.%s)::record THEN forgelua_side := NULL; END IF;"):format(new, new),
    "    EXCEPTION WHEN OTHERS THEN NULL;",
    "    END;",
    "  END IF;",
  })
end

local function column_pair(lines, sync, pair, t, d)
  if not pair.old or pair.old == "" then return fill_pair(lines, sync, pair, t, d) end
  choose_side(lines, pair, t, d)
  settle_both(lines, sync, pair, d)
  lines[#lines + 1] = "  IF forgelua_side = 'new' THEN"
  assign(lines, sync, pair.new, pair.up, "    ", d)
  lines[#lines + 1] = "  ELSIF forgelua_side = 'old' THEN"
  assign(lines, sync, pair.old, pair.down, "    ", d)
  lines[#lines + 1] = "  END IF;"
end

-- Temporary objects of the session come last, so that nobody can put one of his own in the way of what the owner runs.
local function create_function(out, sync, lines, d)
  local name = function_name(sync, d)
  out:add(("CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER\n"):format(name)
    .. "SET search_path TO public, pg_temp AS "
    .. sql.dollar("\n" .. M.signature(sync) .. "\n" .. table.concat(lines, "\n") .. "\n"))
  out:add(("REVOKE EXECUTE ON FUNCTION %s() FROM PUBLIC"):format(name))
end

local function create_trigger(out, sync, when, d, each, name)
  out:add(("CREATE TRIGGER %s %s ON %s FOR EACH %s EXECUTE FUNCTION %s()"):format(
    d:ident(name or object_name(sync)), when, d:qname(sync.table), each or "ROW", function_name(sync, d)))
end

local function columns_body(sync, t, d)
  local lines = {
    "#variable_conflict use_column",
    "DECLARE",
    "  forgelua_side text;",
    "  forgelua_follows text;",
    "  forgelua_probe record;",
    "BEGIN",
    "  IF current_setting('forgelua.backfill', true) IN ('on', 'copy') THEN RETURN NEW; END IF;",
  }
  for _, pair in ipairs(sync.pairs) do
    if sync.kind == "fill" then fill_pair(lines, sync, pair, t, d) else column_pair(lines, sync, pair, t, d) end
  end
  append(lines, { "  RETURN NEW;", "END" })
  return lines
end

local function key_equals(sync, d)
  local parts = {}
  for i, column in ipairs(sync.key) do
    parts[i] = ("%s = OLD.%s"):format(d:ident(column), d:ident(column))
  end
  return table.concat(parts, " AND ")
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

local function on_conflict(sync, changes, d)
  local set = {}
  for i, entry in ipairs(changes) do set[i] = ("%s = EXCLUDED.%s"):format(d:ident(entry.to), d:ident(entry.to)) end
  local action = #set > 0 and "DO UPDATE SET " .. table.concat(set, ", ") or "DO NOTHING"
  return ("ON CONFLICT (%s) %s"):format(sql.columns(sync.key, d), action)
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
  local insert = {
    ("      INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE"):format(d:qname(sync.target), sql.columns(to, d)),
    ("      SELECT %s FROM (SELECT NEW.*) AS r"):format(from),
  }
  if not target or sql.unique_on(target, sync.key) then
    insert[3] = ("      %s;"):format(on_conflict(sync, changes, d))
    return insert
  end
  local found = {}
  for i, column in ipairs(sync.key) do found[i] = ("%s = NEW.%s"):format(d:ident(column), d:ident(column)) end
  local where = table.concat(found, " AND ")
  local set_to, set_from = names_and_exprs(changes)
  local look = ("      PERFORM FROM %s WHERE %s;"):format(d:qname(sync.target), where)
  if #changes > 0 then
    look = ("      UPDATE %s SET (%s) = %s WHERE %s;"):format(
      d:qname(sync.target), sql.columns(set_to, d), over_row(set_from, sync, d), where)
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
      set[i] = { to = entry.to, expr = variable }
    end
  end
  if #lines == 0 then return {}, {} end
  local held = setmetatable({ columns = set }, { __index = sync })
  table.insert(lines, 1, "    IF TG_OP IN ('INSERT', 'UPDATE') THEN")
  table.insert(lines, 2, "      BEGIN")
  append(lines, {
    ("        IF TG_OP = 'UPDATE' AND %s THEN"):format(changed(sync.key, d)),
    ("          DELETE FROM %s WHERE %s;"):format(d:qname(sync.target), key_equals(sync, d)),
    "        END IF;",
  })
  append(lines, upsert(held, target, d))
  append(lines, log_lines(sync, nil, "NEW", "      ", d))
  append(lines, { "      END;", "    END IF;" })
  return lines, declare
end

local function table_body(sync, target, d)
  local name = d:qname(sync.target)
  local rescued, declare = salvage(sync, target, d)
  local lines = { "#variable_conflict use_column" }
  if #declare > 0 then lines[2] = "DECLARE" end
  append(lines, declare)
  append(lines, {
    "BEGIN",
    "  IF current_setting('forgelua.backfill', true) = 'copy' OR current_setting('forgelua.sync', true) = 'on' THEN",
    "    RETURN NULL;",
    "  END IF;",
    "  PERFORM set_config('forgelua.sync', 'on', true);",
    "  BEGIN",
    "    IF TG_OP = 'TRUNCATE' THEN",
    ("      TRUNCATE %s;"):format(name),
    "    END IF;",
    ("    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND %s) THEN"):format(changed(sync.key, d)),
    ("      DELETE FROM %s WHERE %s;"):format(name, key_equals(sync, d)),
    "    END IF;",
    "    IF TG_OP IN ('INSERT', 'UPDATE') THEN",
  })
  append(lines, upsert(sync, target, d))
  lines[#lines + 1] = "    END IF;"
  append(lines, log_lines(sync, nil, "CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END", "  ", d))
  append(lines, rescued)
  append(lines, { "  END;", "  PERFORM set_config('forgelua.sync', '', true);", "  RETURN NULL;", "END" })
  return lines
end

local function table_at(step, name)
  if not (step and step.tables) then return nil end
  local key = dialect.key(name)
  return step.tables.after[key] or step.tables.before[key]
end

function M.create_sync(out, o, step, d)
  local sync = o.after
  log_table(out)
  if sync.kind == "table" then
    create_function(out, sync, table_body(sync, table_at(step, sync.target), d), d)
    create_trigger(out, sync, "AFTER INSERT OR UPDATE OR DELETE", d)
    create_trigger(out, sync, "AFTER TRUNCATE", d, "STATEMENT", truncate_trigger(sync))
  else
    create_function(out, sync, columns_body(sync, table_at(step, sync.table), d), d)
    create_trigger(out, sync, "BEFORE INSERT OR UPDATE", d)
  end
end

function M.drop_sync(out, o, _, d)
  local sync = o.before
  local at = d:qname(sync.table)
  if sync.kind == "table" then
    out:add(("DROP TRIGGER %s ON %s"):format(d:ident(truncate_trigger(sync)), at))
  end
  out:add(("DROP TRIGGER %s ON %s"):format(d:ident(object_name(sync)), at))
  out:add(("DROP FUNCTION %s()"):format(function_name(sync, d)))
end

return M
