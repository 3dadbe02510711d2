--- Dual-write: triggers of our own that keep two columns, or two tables, equal while a plan is under way.
---
--- Each sync is one function, `zz_<sync>`, and its triggers. The one named `~zz_<sync>` runs after every other trigger of the
--- table and sees what those have made of the row; of columns another runs ahead of them (sync_passes.lua). The functions run as
--- their owner: the application needs no right on the other side or on the log.

local dialect = require("forge.dialect")
local names = require("dialects.postgres.names")
local common = require("dialects.postgres.emit.sync_parts")
local passes = require("dialects.postgres.emit.sync_passes")
local sql = require("dialects.postgres.sql")
local tables = require("dialects.postgres.emit.sync_tables")

local M = {}

local append, changed, over_row, set_in = common.append, common.changed, common.over_row, common.set_in

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

M.trigger_name = passes.last_trigger

-- It stays where it was made when the table moves to another schema.
local function function_name(sync, d) return sql.beside(sync.name, names.clip("zz_" .. sync.name.name), d) end

-- Cut in front of the suffix: what comes before it may fill the limit alone, and the two triggers would bear one name.
local function truncate_trigger(sync) return names.make("~zz_" .. sync.name.name, nil, "all") end

--- What a sync does, in one line: its function begins with it, so that the catalog can tell one sync from another.
function M.signature(sync)
  local words = { "-- forgelua:", sync.kind }
  for _, pair in ipairs(sync.pairs) do
    words[#words + 1] = ("%s > %s (%s)"):format(pair.old or "", pair.new, pair.lead or "old")
  end
  if sync.kind == "table" then words[#words + 1] = dialect.key(sync.target) end
  local line = table.concat(words, " ")
  local broken = line:find("\n", 1, true) or line:find("\r", 1, true)
  return (broken and line:gsub("[\r\n]", " ") or line) .. ";"
end

local ASSIGN = "BEGIN\n  %s := %s;\n" .. common.HANDLER .. "\n  forgelua_failed := true;\n  %s := NULL;\nEND;"

-- NEW.<column> := <expr>; what cannot be computed or held becomes NULL, and is logged by the last pass.
local function assign(lines, sync, column, expr, indent, d)
  local target = "NEW." .. d:ident(column)
  if not expr or expr == "" then
    lines[#lines + 1] = ("%s%s := NULL;"):format(indent, target)
    return
  end
  lines[#lines + 1] = set_in(ASSIGN, indent):format(target, over_row(expr, sync, d), d:literal(sync.name.name), d:literal(column),
    "NEW", " WHERE TG_NARGS = 0", target)
end

local function new_leads(pair) return pair.lead == "new" or pair.lead == "required" end

-- Columns besides the pair's own that `up` reads: when one of them changes, the new value does too.
local function other_inputs(pair, t)
  if pair.up == pair.old or pair.up == "" then return {} end
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

-- What was computed from a row follows when the row changes, for as long as nobody has stated another value: a source
-- column may go with the old application.
local function follow_sources(lines, sync, pair, inputs, made, d)
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
  append(lines, { "        " .. made, "      END IF;", "    END IF;" })
end

-- The last pass computes anew what the first one has computed, where a trigger has changed what it comes from.
local function fill_pair(lines, sync, pair, fill, known, t, d)
  local inputs, new = other_inputs(pair, t), passes.touched({ pair.new }, known.at, d)
  local made, word, any = ("forgelua_made[%d] := true;"):format(fill), "IF", new
  if #inputs > 0 then
    local from = passes.touched(inputs, known.at, d)
    lines[#lines + 1] = ("  IF %s AND NOT (%s) AND (%s) THEN"):format(passes.made(known.columns, fill), new, from)
    assign(lines, sync, pair.new, pair.up, "    ", d)
    word, any = "ELSIF", from .. " OR " .. new
  end
  lines[#lines + 1] = ("  %s NEW.%s IS NULL AND (forgelua_seen IS NULL OR %s) THEN"):format(word, d:ident(pair.new), any)
  assign(lines, sync, pair.new, pair.up, "    ", d)
  lines[#lines + 1] = "    " .. made
  if #inputs > 0 and not new_leads(pair) then follow_sources(lines, sync, pair, inputs, made, d) end
  lines[#lines + 1] = "  END IF;"
end

-- A table without a key is filled page by page, and a row that the application moves to a page already done would be
-- left out: there the trigger fills whatever it meets. (Elsewhere it does not: a bad row would be logged at each update.)
local function unfilled(pair, t, d)
  local keyless = t and not t.primary_key and #(t.uniques or {}) == 0
  if not keyless or new_leads(pair) then return "" end
  return (" WHEN NEW.%s IS NULL AND NEW.%s IS NOT NULL THEN 'new'"):format(d:ident(pair.new), d:ident(pair.old))
end

-- Which side follows the other. `forgelua_side` becomes the column that is to be computed, "both" where both were
-- given, or NULL.
local SIDE = [[
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN %s THEN CASE WHEN %s THEN 'both' ELSE 'new' END
      WHEN %s THEN 'old' END;
    forgelua_follows := '%s';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN %s IS NOT NULL AND %s IS NOT NULL THEN 'both'
      WHEN %s IS NOT NULL THEN '%s' ELSE '%s' END;
    forgelua_follows := '%s';
  ELSE
    forgelua_side := CASE
      WHEN %s THEN CASE WHEN %s THEN 'both' ELSE 'new' END
      WHEN %s THEN 'old'%s END;
    forgelua_follows := '%s';
  END IF;]]

local function choose_side(lines, pair, at, t, d)
  local old, new = "NEW." .. d:ident(pair.old), "NEW." .. d:ident(pair.new)
  local inputs = other_inputs(pair, t)
  table.insert(inputs, 1, pair.old)
  local new_touched, new_changed = passes.touched({ pair.new }, at, d), changed({ pair.new }, d)
  local lead, other, other_column = "old", "new", new
  if new_leads(pair) then lead, other, other_column = "new", "old", old end
  lines[#lines + 1] = SIDE:format(passes.touched(inputs, at, d), new_touched, new_touched, other,
    old, new, other_column, lead, other, lead,
    changed(inputs, d), new_changed, new_changed, unfilled(pair, t, d), other)
end

-- Both sides given: where they agree they stand as written ('007' stays beside 7), else one follows the other.
local BOTH = [[
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.%s := %s;
      IF ROW(forgelua_probe.%s)::record *= ROW(NEW.%s)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;]]

local function settle_both(lines, sync, pair, d)
  local new = d:ident(pair.new)
  lines[#lines + 1] = BOTH:format(new, over_row(pair.up, sync, d), new, new)
end

local function column_pair(lines, sync, pair, at, t, d)
  choose_side(lines, pair, at, t, d)
  settle_both(lines, sync, pair, d)
  lines[#lines + 1] = "  IF forgelua_side = 'new' THEN"
  assign(lines, sync, pair.new, pair.up, "    ", d)
  lines[#lines + 1] = "  ELSIF forgelua_side = 'old' THEN"
  assign(lines, sync, pair.old, pair.down, "    ", d)
  lines[#lines + 1] = "  END IF;"
  if pair.lead == "required" then
    lines[#lines + 1] = ("  IF NEW.%s IS NULL AND NEW.%s IS NULL THEN"):format(d:ident(pair.old), d:ident(pair.new))
    assign(lines, sync, pair.new, pair.up, "    ", d)
    lines[#lines + 1] = "  END IF;"
  end
end

-- Temporary objects of the session come last, so that nobody can put one of his own in the way of what the owner runs.
local function create_function(out, sync, lines, d)
  local name = function_name(sync, d)
  out:add(("CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER\n"):format(name)
    .. "SET search_path TO public, pg_temp AS "
    .. sql.dollar("\n" .. M.signature(sync) .. "\n" .. table.concat(lines, "\n") .. "\n"))
  out:add(("REVOKE EXECUTE ON FUNCTION %s() FROM PUBLIC"):format(name))
end

-- Whose rows a trigger leaves alone: our own batches bring both sides, and of two tables the other one's trigger has written
-- them. A condition turns away at a fraction of what a call takes, which changes the search path for each row.
local function not_ours(sync)
  local function setting(name) return ("coalesce(current_setting('forgelua.%s', true), '')"):format(name) end
  if sync.kind == "table" then return setting("backfill") .. " <> 'copy' AND " .. setting("sync") .. " <> 'on'" end
  return setting("backfill") .. " NOT IN ('on', 'back', 'copy')"
end

local function create_trigger(out, sync, when, d, each, name, argument)
  out:add(("CREATE TRIGGER %s %s ON %s FOR EACH %s WHEN (%s) EXECUTE FUNCTION %s(%s)"):format(
    d:ident(name or passes.last_trigger(sync)), when, d:qname(sync.table), each or "ROW", not_ours(sync), function_name(sync, d),
    argument or ""))
end

local function kept_trigger(sync) return names.make("~zz_" .. sync.name.name, nil, "kept") end

-- What a batch computes from must stay as it is: the application's own triggers fire for its rows, and one that keeps the time of
-- the last change would set the old column as the new one is filled. By the batch's marker.
local function kept_sides(sync, t)
  local sides = { on = {}, back = {} }
  local function keep(side, name)
    local column = sql.column_of(t, name)
    if not (column and column.generated) then table.insert(sides[side], name) end
  end
  for _, pair in ipairs(sync.kind == "columns" and sync.pairs or {}) do
    keep("on", pair.old)
    keep("back", pair.new)
  end
  return sides
end

-- The condition names the pair's columns alone: the server refuses another type for any column that a condition names.
local function create_kept(out, sync, t, d)
  local sides, conditions = kept_sides(sync, t), {}
  for _, side in ipairs({ "on", "back" }) do
    if #sides[side] > 0 then
      conditions[#conditions + 1] = ("current_setting('forgelua.backfill', true) = '%s' AND %s"):format(side, changed(sides[side], d))
    end
  end
  if #conditions == 0 then return end
  out:add(("CREATE TRIGGER %s BEFORE UPDATE ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION %s('kept')"):format(
    d:ident(kept_trigger(sync)), d:qname(sync.table), table.concat(conditions, " OR "), function_name(sync, d)))
end

local function kept_lines(sync, t, d)
  local sides, lines = kept_sides(sync, t), { "  IF TG_NARGS > 0 AND TG_ARGV[0] = 'kept' THEN" }
  for _, side in ipairs({ "on", "back" }) do
    for _, name in ipairs(sides[side]) do
      lines[#lines + 1] = ("    IF current_setting('forgelua.backfill') = '%s' THEN NEW.%s := OLD.%s; END IF;"):format(
        side, d:ident(name), d:ident(name))
    end
  end
  if #lines == 1 then return {} end
  append(lines, { "    RETURN NEW;", "  END IF;" })
  return lines
end

local function is_fill(pair) return (pair.old or "") == "" end

-- The function of a sync on one table, both its passes.
local function body(sync, t, d)
  local lines = {
    "#variable_conflict use_column",
    "DECLARE",
    "  forgelua_side text;",
    "  forgelua_follows text;",
    "  forgelua_seen text[];",
    "  forgelua_made boolean[];",
    "  forgelua_probe record;",
    "  forgelua_given record;",
    "  forgelua_failed boolean := false;",
    "BEGIN",
  }
  append(lines, kept_lines(sync, t, d))
  append(lines, passes.first_lines(sync))
  local columns, at = passes.columns(sync.pairs, function(pair) return other_inputs(pair, t) end)
  local fills = 0
  for _, pair in ipairs(sync.pairs) do
    if is_fill(pair) then
      fills = fills + 1
      fill_pair(lines, sync, pair, fills, { columns = columns, at = at }, t, d)
    else
      column_pair(lines, sync, pair, at, t, d)
    end
  end
  append(lines, passes.last_lines(sync, columns, fills, d))
  append(lines, { "  RETURN NEW;", "END" })
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
    create_function(out, sync, tables.body(sync, table_at(step, sync.target), table_at(step, sync.table), d), d)
    create_trigger(out, sync, "AFTER INSERT OR UPDATE OR DELETE", d)
    create_trigger(out, sync, "AFTER TRUNCATE", d, "STATEMENT", truncate_trigger(sync))
  else
    local t = table_at(step, sync.table)
    create_function(out, sync, body(sync, t, d), d)
    create_trigger(out, sync, "BEFORE INSERT OR UPDATE", d, "ROW", passes.first_trigger(sync), "'first'")
    create_trigger(out, sync, "BEFORE INSERT OR UPDATE", d)
    create_kept(out, sync, t, d)
  end
end

function M.drop_sync(out, o, _, d)
  local sync = o.before
  local at = d:qname(sync.table)
  if sync.kind == "table" then
    out:add(("DROP TRIGGER %s ON %s"):format(d:ident(truncate_trigger(sync)), at))
  end
  out:add(("DROP TRIGGER %s ON %s"):format(d:ident(passes.last_trigger(sync)), at))
  if sync.kind ~= "table" then out:add(("DROP TRIGGER %s ON %s"):format(d:ident(passes.first_trigger(sync)), at)) end
  if sync.kind == "columns" then out:add(("DROP TRIGGER IF EXISTS %s ON %s"):format(d:ident(kept_trigger(sync)), at)) end
  out:add(("DROP FUNCTION %s()"):format(function_name(sync, d)))
end

return M
