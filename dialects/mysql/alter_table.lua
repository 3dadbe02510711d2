--- Writes one ALTER TABLE for operations of a table, with what must run before and after it: its algorithm, the indexes of its foreign
--- keys, and the validation of keys that were added without a look at the rows.

local algorithm = require("dialects.mysql.algorithm")
local clauses = require("dialects.mysql.clauses")
local column_check = require("dialects.mysql.column_check")
local dialect = require("forge.dialect")
local fk_index = require("dialects.mysql.fk_index")
local generated = require("dialects.mysql.generated")
local state = require("dialects.mysql.state")
local text = require("dialects.mysql.text")

local M = {}

local FOREIGN = { add_foreign_key = true, alter_foreign_key = true, rename_foreign_key = true }

local function renames_of(ops)
  local map = {}
  for _, o in ipairs(ops) do
    if o.kind == "column" and o.before and o.after and o.before.name ~= o.after.name then
      map[o.before.name] = o.after.name
    end
  end
  return map
end

-- The table before the statement, in its new columns' names: a renamed column takes its index along.
local function with_new_names(before, ops)
  local renamed = renames_of(ops)
  local start = state.copy(before)
  for _, fk in ipairs(start.foreign_keys or {}) do
    for i, name in ipairs(fk.columns) do fk.columns[i] = renamed[name] or name end
  end
  local function rename_parts(owner)
    for _, part in ipairs((owner or {}).parts or {}) do part.column = renamed[part.column] or part.column end
  end
  rename_parts(start.primary_key)
  for _, key in ipairs(start.uniques or {}) do rename_parts(key) end
  for _, index in ipairs(start.indexes or {}) do rename_parts(index) end
  return start
end

--- Are two foreign keys, or their indexes, over the same columns in the same order?
function M.same_columns(a, b)
  return table.concat(a.columns, "\0") == table.concat(b.columns, "\0")
end

-- Has every column of the index gone in the same statement, and the index with them?
local function gone_with_columns(item, ops)
  local gone, left = {}, #item.columns
  for _, o in ipairs(ops) do if o.op == "drop_column" then gone[o.before.name] = true end end
  for _, name in ipairs(item.columns) do if gone[name] then left = left - 1 end end
  return left == 0
end

-- The indexes of foreign keys that the statement must drop, make or rename. `keep` names those whose key comes back in the
-- next statement.
local function index_clauses(d, before, after, ops, keep)
  local dropped, added = fk_index.change(d, with_new_names(before, ops), after)
  local out, renamed = {}, {}
  for _, item in ipairs(dropped) do
    local to
    for _, other in ipairs(added) do
      if not renamed[other.name] and M.same_columns(item, other) and d.features.rename_index then to = to or other end
    end
    if keep[item.name] then
      renamed[item.name] = true
    elseif to then
      renamed[to.name] = true
      out[#out + 1] = ("RENAME INDEX %s TO %s"):format(d:ident(item.name), d:ident(to.name))
    elseif not gone_with_columns(item, ops) then
      out[#out + 1] = "DROP INDEX " .. d:ident(item.name)
    end
  end
  for _, item in ipairs(added) do
    if not renamed[item.name] and not keep[item.name] then
      out[#out + 1] = "ADD KEY " .. d:ident(item.name) .. " (" .. text.idents(d, item.columns) .. ")"
    end
  end
  return out
end

local function width(column) return column and column.type.args and column.type.args[1] end

-- An index over as many characters as the column has is one over the whole column, and stays one when the column gets wider:
-- its prefix must be stated again.
local function prefix_clauses(d, before, after, ops)
  local out, again = {}, {}
  for _, o in ipairs(ops) do
    local old, new = o.kind == "column" and width(o.before), o.kind == "column" and width(o.after)
    for _, spec in ipairs(old and new and old < new and { { "uniques", text.key_sql }, { "indexes", text.index_sql } } or {}) do
      for _, item in ipairs(after[spec[1]] or {}) do
        local stands = false
        for _, other in ipairs(before[spec[1]] or {}) do stands = stands or other.name == item.name end
        for _, part in ipairs(stands and item.parts or {}) do
          local length = part.length or 0
          if part.column == o.after.name and length >= old and length < new then again[item.name] = spec[2](d, item) end
        end
      end
    end
  end
  for _, spec in ipairs({ "uniques", "indexes" }) do
    for _, item in ipairs(after[spec] or {}) do
      if again[item.name] then
        out[#out + 1] = "DROP INDEX " .. d:ident(item.name)
        out[#out + 1] = "ADD " .. again[item.name]
      end
    end
  end
  return out
end

local function orphan_query(d, child, fk)
  local present, match = {}, {}
  for i, name in ipairs(fk.columns) do
    present[i] = "c." .. d:ident(name) .. " IS NOT NULL"
    match[i] = "p." .. d:ident(fk.ref_columns[i]) .. " = c." .. d:ident(name)
  end
  return ("SELECT 1 FROM %s AS c WHERE %s AND NOT EXISTS (SELECT 1 FROM %s AS p WHERE %s)"):format(
    d:qname(child), table.concat(present, " AND "), d:qname(fk.ref), table.concat(match, " AND "))
end

-- The key was added without looking at the rows, so that writes went on; it holds every write since. What stood before is
-- looked at now, by a plain read; where it does not fit, the key goes again and the script stops.
local function validate(out, d, child, fk, had_index)
  local drop = "DROP FOREIGN KEY " .. d:ident(fk.name)
  if not had_index then drop = drop .. ", DROP INDEX " .. d:ident(fk.name) end
  local message = ("forgelua: rows of %s have no match for foreign key %s"):format(child.name, fk.name)
  out:add("DROP PROCEDURE IF EXISTS forgelua_check_foreign_key")
  out:add(table.concat({
    "CREATE PROCEDURE forgelua_check_foreign_key()", "BEGIN",
    "  IF EXISTS (" .. orphan_query(d, child, fk) .. ") THEN",
    "    ALTER TABLE " .. d:qname(child) .. " " .. drop .. ";",
    "    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = " .. d:literal(message:sub(1, 128)) .. ";",
    "  END IF;", "END",
  }, "\n"), { delimiter = "//" })
  out:add("CALL forgelua_check_foreign_key()")
  out:add("DROP PROCEDURE forgelua_check_foreign_key")
end

local function own_index(fk, list)
  for _, item in ipairs(list) do if item.name == fk.name then return true end end
  return false
end

--- The text of an ALTER TABLE.
---@param list string[] clauses
function M.sql(d, name, list, words, last)
  local all = {}
  for _, clause in ipairs(list) do all[#all + 1] = clause end
  for _, word in ipairs(words) do all[#all + 1] = word end
  local sql = "ALTER TABLE " .. d:qname(name) .. "\n  " .. table.concat(all, ",\n  ")
  return last and sql .. "\n  " .. last or sql
end

-- Each operation meets the table as those before it left it: a column whose indexes went is not indexed any more.
local function each_verdict(d, t, ops, take, step)
  local now = t
  for _, o in ipairs(ops) do
    take(o, algorithm.of(o, { d = d, table = now, step = step }))
    now = now and state.after(now, o)
  end
end

--- The algorithm and lock of one ALTER TABLE that carries all of `ops`.
---@param t table? Table before it
---@param step table? the step in which it stands
function M.judged(d, t, ops, step)
  local verdict
  each_verdict(d, t, ops, function(_, one) verdict = algorithm.worse(verdict, one) end, step)
  -- Dropping and making a primary key in one statement is the rebuild that making it alone is.
  local drops, adds = false, false
  for _, o in ipairs(ops) do
    drops = drops or o.op == "drop_primary_key"
    adds = adds or o.op == "add_primary_key"
  end
  if drops and adds and verdict.algorithm == "COPY" then
    local rest
    each_verdict(d, t, ops, function(o, one)
      if o.op ~= "drop_primary_key" then rest = algorithm.worse(rest, one) end
    end)
    verdict = rest
  end
  return verdict
end

-- What one ALTER TABLE is made of.
local function gather(ops, step, d, t)
  local list, final = {}, ((step.tables or {}).after or {})[dialect.key(ops[1].table or ops[1].after.name)]
  local ctx = clauses.context(d, t, final)
  local verdict = M.judged(d, t, ops)
  for _, o in ipairs(ops) do
    if o.kind == "column" then ctx.stated[(o.before or o.after).name] = true end
  end
  ctx.checks = column_check.afterwards(t, ops)
  for _, o in ipairs(ops) do
    clauses.collect(list, o, d, ctx)
    state.apply(step, o)
  end
  for _, clause in ipairs(ctx.late) do list[#list + 1] = clause end
  return list, verdict, ctx
end

local function with_foreign_keys(ops, d)
  local list = {}
  for _, o in ipairs(ops) do if FOREIGN[o.op] and not generated.follows(d, o) then list[#list + 1] = o.after end end
  return list
end

local function apply_extra(d, list, extra, verdict)
  for _, clause in ipairs(extra) do list[#list + 1] = clause end
  if #extra == 0 then return verdict end
  local nocopy = d.flavour == "mariadb" and "NOCOPY" or "INPLACE"
  return algorithm.worse(verdict, algorithm.answer(nocopy))
end

-- MariaDB (10.11.19) renames a column and then fails on the table's old checks (error 1054), if a foreign key to the table
-- was made in the same session: the cached definition is let go first.
local function stale_checks(d, t, ops)
  if d.flavour ~= "mariadb" then return false end
  for _, o in ipairs(ops) do
    local renamed = o.kind == "column" and o.before and o.after and o.before.name ~= o.after.name
    if renamed and algorithm.named_in_checks(o, { table = t }) then return true end
  end
  return false
end

-- MySQL copies no table under a foreign key whose text columns change (error 1833) unless the session does not check them.
local function types_under_keys(d, t, ops)
  -- Nor does either convert the texts of a table, which may be at one end of a foreign key (errors 1832 and 3780).
  for _, o in ipairs(ops) do
    if o.op == "alter_table" then
      local a, b = o.before.options or {}, o.after.options or {}
      if not algorithm.same(a.charset, b.charset) or not algorithm.same(a.collation, b.collation) then return true end
    end
  end
  for _, o in ipairs(d.flavour == "mysql" and t and ops or {}) do
    local both = o.kind == "column" and o.before and o.after
    if both and algorithm.facets(o).type and algorithm.indexed(t, o.before.name)
      and not d:key_holds_type(o.before.type, o.after.type) then return true end
  end
  return false
end

-- The statement, put together on the server where it says something that only the database knows.
local function run(out, sql, ctx, d)
  if not ctx.asks_database then return out:add(sql) end
  local at = sql:find(clauses.OF_DATABASE, 1, true)
  out:add(("SET @forgelua_alter = CONCAT(%s, @@character_set_database, ' COLLATE ', @@collation_database, %s)"):format(
    d:literal(sql:sub(1, at - 1)), d:literal(sql:sub(at + #clauses.OF_DATABASE))))
  out:add("PREPARE forgelua_alter FROM @forgelua_alter")
  out:add("EXECUTE forgelua_alter")
  out:add("DEALLOCATE PREPARE forgelua_alter")
end

--- One ALTER TABLE for all of `ops`, which are of one table and do not touch one thing twice.
---@param options table|nil { locked = true: inside LOCK TABLES, nothing is validated }
function M.one(out, ops, step, d, options)
  local name = ops[1].table or ops[1].before.name
  local t = state.copy(state.table(step, name))
  local list, verdict, ctx = gather(ops, step, d, t)
  local extra = {}
  if t then
    local now = state.table(step, name) or t
    extra = index_clauses(d, t, now, ops, (options or {}).keep or {})
    for _, clause in ipairs(prefix_clauses(d, t, now, ops)) do extra[#extra + 1] = clause end
  end
  verdict = apply_extra(d, list, extra, verdict)
  if #list == 0 and not ctx.last then return end
  for _, clauses_of in ipairs(fk_index.keeping(d, t, ops)) do
    out:add(M.sql(d, name, clauses_of, algorithm.words(d, algorithm.answer("INPLACE"))))
  end
  local keys = with_foreign_keys(ops, d)
  local unchecked = #keys > 0 or types_under_keys(d, t, ops)
  if unchecked then out:add("SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0") end
  if stale_checks(d, t, ops) then out:add("FLUSH TABLES " .. d:qname(name)) end
  run(out, M.sql(d, name, list, algorithm.words(d, verdict), ctx.last), ctx, d)
  if unchecked then out:add("SET SESSION foreign_key_checks = @forgelua_fk_checks") end
  if options and options.locked then return end
  local added = t and fk_index.of(d, state.table(step, name)) or {}
  for _, fk in ipairs(keys) do validate(out, d, name, fk, not own_index(fk, added)) end
end

return M
