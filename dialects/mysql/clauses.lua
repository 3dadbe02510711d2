--- Operations on a table as clauses of one ALTER TABLE. A clause list may carry more than its operation: the index that a
--- foreign key leans on, the checks that name a renamed column.

local fold = require("forge.fold")
local algorithm = require("dialects.mysql.algorithm")
local indexes = require("dialects.mysql.algorithm.indexes")
local column_check = require("dialects.mysql.column_check")
local generated = require("dialects.mysql.generated")
local rename_column = require("dialects.mysql.rename_column")
local text = require("dialects.mysql.text")

local M = {}

local by_word = {}
M.by_word = by_word

-- Stands in a statement for the character set of the database, until the server says it.
M.OF_DATABASE = "\1"

-- A second column stands beside the one that it is to replace, so that the order of columns, which INSERTs without a column
-- list and queries with a star rely on, is the same once it has taken over. Where that would not be INSTANT it comes last.
local function place(o, d, t)
  if o.place then return " AFTER " .. d:ident(o.place) end
  local first = o.after.name:match("^(.+)__new$") or o.after.name:match("^(.+)__old$")
  if not first or not t or (d.flavour == "mysql" and not d:since(8, 0, 29)) then return "" end
  local found = false
  for _, col in ipairs(t.columns or {}) do
    if col.generated then return "" end
    found = found or col.name == first
  end
  return found and " AFTER " .. d:ident(first) or ""
end

function by_word.add_column(o, d, add, ctx) add("ADD COLUMN " .. d:column_sql(o.after) .. place(o, d, ctx.table)) end
function by_word.drop_column(o, d, add) add("DROP COLUMN " .. d:ident(o.before.name)) end

local function once(ctx, kind, name)
  local key = kind .. "/" .. name
  if ctx.redone[key] then return false end
  ctx.redone[key] = true
  return true
end

-- What names a renamed column is said in its new words, as the step's end says them, in the same statement. For columns of
-- keys and indexes `rename_column.apart` has made statements of their own out of it.
local function with_rename(o, d, add, ctx)
  if not rename_column.concerns(d, o) or not ctx.table or not ctx.final then return end
  for _, col in ipairs(rename_column.defaulted(ctx.table, ctx.final, o.before.name)) do
    if once(ctx, "default", col.name) then
      add(("ALTER COLUMN %s SET DEFAULT %s"):format(d:ident(col.name), text.default_sql(d, col.default, col.type)))
    end
  end
  if algorithm.indexed(ctx.table, o.before.name) then return end
  for _, reader in ipairs(rename_column.readers(ctx.table, ctx.final, o.before.name)) do
    if once(ctx, "column", reader.after.name) then add("MODIFY COLUMN " .. d:column_sql(reader.after)) end
  end
  for _, index in ipairs(rename_column.expression_indexes(ctx.table, ctx.final, o.before.name)) do
    if once(ctx, "index", index.name) then
      add("DROP INDEX " .. d:ident(index.name))
      ctx.late[#ctx.late + 1] = "ADD " .. text.index_sql(d, index)
    end
  end
  for _, check in ipairs(rename_column.checks(ctx.table, ctx.final, { o.before.name })) do
    if once(ctx, "check", check.name) then
      add("DROP CHECK " .. d:ident(check.name))
      ctx.late[#ctx.late + 1] = "ADD " .. text.check_sql(d, check)
    end
  end
end

local function only_renamed(o)
  local facets = algorithm.facets(o)
  facets.name = nil
  for _ in pairs(facets) do return false end
  return true
end

-- Neither server turns a virtual column into a stored one, or back: it goes and comes again where it stood, with the indexes
-- and checks that name it.
function M.turns(o)
  local a, b = (o.before or {}).generated, (o.after or {}).generated
  return a and b and (a.stored or false) ~= (b.stored or false)
end

local function index_names(index, name)
  for _, part in ipairs(index.parts or {}) do
    if part.column == name or algorithm.mentions(part.expr or "", name) then return true end
  end
  return false
end

local function remake(o, d, add, ctx)
  local name, t, last = o.before.name, ctx.table or {}, nil
  for _, spec in ipairs({ { "indexes", text.index_sql }, { "uniques", text.key_sql } }) do
    for _, index in ipairs(t[spec[1]] or {}) do
      if index_names(index, name) and once(ctx, "index", index.name) then
        add("DROP INDEX " .. d:ident(index.name))
        ctx.late[#ctx.late + 1] = "ADD " .. spec[2](d, index)
      end
    end
  end
  for _, check in ipairs(t.checks or {}) do
    if algorithm.mentions(check.expr, name) and once(ctx, "check", check.name) then
      add((d.flavour == "mysql" and "DROP CHECK " or "DROP CONSTRAINT ") .. d:ident(check.name))
      ctx.late[#ctx.late + 1] = "ADD " .. text.check_sql(d, check)
    end
  end
  for i, col in ipairs(t.columns or {}) do
    if col.name == name then last = i > 1 and "AFTER " .. d:ident(t.columns[i - 1].name) or "FIRST" end
  end
  add("DROP COLUMN " .. d:ident(name))
  add("ADD COLUMN " .. d:column_sql(o.after) .. (last and " " .. last or ""))
end

-- A column that is hidden or shown and else stays as it is. (A MODIFY makes checks anew, which may cost a copy.)
local function only_shown(o)
  local made = fold.copy(o.before)
  made.invisible = o.after.invisible
  return (o.before.invisible or false) ~= (o.after.invisible or false) and fold.same(made, o.after)
end

function by_word.alter_column(o, d, add, ctx)
  if M.turns(o) then return remake(o, d, add, ctx) end
  if d.flavour == "mysql" and only_shown(o) then
    return add("ALTER COLUMN " .. d:ident(o.after.name) .. " SET " .. (o.after.invisible and "INVISIBLE" or "VISIBLE"))
  end
  if o.before.name == o.after.name then
    local check = column_check.sql(d, ctx.checks, o.after.name, text.bracketed)
    if check ~= "" then column_check.release(d, add, ctx, o.after.name) end
    return add("MODIFY COLUMN " .. d:column_sql(o.after) .. check)
  end
  if only_renamed(o) and d.features.rename_column then
    add("RENAME COLUMN " .. d:ident(o.before.name) .. " TO " .. d:ident(o.after.name))
  else
    add("CHANGE COLUMN " .. d:ident(o.before.name) .. " " .. d:column_sql(o.after))
  end
  with_rename(o, d, add, ctx)
end

function by_word.rename_column(o, d, add, ctx) return by_word.alter_column(o, d, add, ctx) end

function by_word.add_primary_key(o, d, add) add("ADD " .. text.key_sql(d, o.after)) end
function by_word.drop_primary_key(_, _, add) add("DROP PRIMARY KEY") end
function by_word.alter_primary_key(o, d, add)
  add("DROP PRIMARY KEY")
  add("ADD " .. text.key_sql(d, o.after))
end
-- The name of a primary key is PRIMARY, whatever a schema calls it.
function by_word.rename_primary_key() end

function by_word.add_unique(o, d, add) add("ADD " .. text.key_sql(d, o.after)) end
function by_word.drop_unique(o, d, add) add("DROP INDEX " .. d:ident(o.before.name)) end
function by_word.alter_unique(o, d, add)
  add("DROP INDEX " .. d:ident(o.before.name))
  add("ADD " .. text.key_sql(d, o.after))
end

local function rename_index(o, d, add, make)
  if d.features.rename_index then
    return add("RENAME INDEX " .. d:ident(o.before.name) .. " TO " .. d:ident(o.after.name))
  end
  add("DROP INDEX " .. d:ident(o.before.name))
  add("ADD " .. make(d, o.after))
end

function by_word.rename_unique(o, d, add) rename_index(o, d, add, text.key_sql) end
function by_word.rename_index(o, d, add) rename_index(o, d, add, text.index_sql) end
function by_word.create_index(o, d, add) add("ADD " .. text.index_sql(d, o.after)) end
function by_word.drop_index(o, d, add) add("DROP INDEX " .. d:ident(o.before.name)) end

function by_word.alter_index(o, d, add)
  if indexes.only_visibility(o) and d.features.invisible_index then
    local word = d.flavour == "mysql" and (o.after.invisible and "INVISIBLE" or "VISIBLE")
      or (o.after.invisible and "IGNORED" or "NOT IGNORED")
    return add("ALTER INDEX " .. d:ident(o.before.name) .. " " .. word)
  end
  add("DROP INDEX " .. d:ident(o.before.name))
  add("ADD " .. text.index_sql(d, o.after))
end

function by_word.add_foreign_key(o, d, add) add("ADD " .. text.foreign_key_sql(d, o.after)) end
function by_word.drop_foreign_key(o, d, add) add("DROP FOREIGN KEY " .. d:ident(o.before.name)) end
function by_word.alter_foreign_key(o, d, add)
  if generated.follows(d, o) then return end
  by_word.drop_foreign_key(o, d, add)
  add("ADD " .. text.foreign_key_sql(d, o.after))
end
by_word.rename_foreign_key = by_word.alter_foreign_key

local function drop_check(d, o)
  return (d.flavour == "mysql" and "DROP CHECK " or "DROP CONSTRAINT ") .. d:ident(o.before.name)
end

function by_word.add_check(o, d, add, ctx)
  local col = column_check.at(d, ctx.table, o.after)
  if col then return column_check.restate(d, add, ctx, col, text.bracketed) end
  add("ADD " .. text.check_sql(d, o.after))
end
function by_word.drop_check(o, d, add, ctx)
  if ctx.redone["check/" .. o.before.name] then return end
  local col = column_check.at(d, ctx.table, o.before)
  if col then return column_check.restate(d, add, ctx, col, text.bracketed) end
  add(drop_check(d, o))
end
function by_word.alter_check(o, d, add, ctx)
  if ctx.redone["check/" .. o.before.name] or generated.follows(d, o) then return end
  if d.flavour == "mysql" and algorithm.only_enforced(o) then
    return add("ALTER CHECK " .. d:ident(o.before.name) .. (o.after.not_enforced and " NOT ENFORCED" or " ENFORCED"))
  end
  by_word.drop_check(o, d, add, ctx)
  by_word.add_check(o, d, add, ctx)
end
by_word.rename_check = by_word.alter_check

-- Texts that CONVERT TO makes longer types of, so that as many characters fit.
local GROWS = { tinytext = true, text = true, mediumtext = true }

-- Columns that have their character set from the table, whether CONVERT TO is too much (it makes longer types, and takes those with
-- one of their own along, whatever else the statement says of them), and all columns with texts.
local function with_charset(d, t)
  local out, careful, texts = {}, false, {}
  for _, col in ipairs((t or {}).columns or {}) do
    local row = d.types.map[col.type.name]
    if row and (row.family == "text" or row.family == "enum") and (col.type.array or 0) == 0 then
      local own = (col.charset or "") ~= "" or (col.collation or "") ~= ""
      careful = careful or own or GROWS[col.type.name]
      if not own then out[#out + 1] = col end
      texts[#texts + 1] = col
    end
  end
  return out, careful, texts
end

-- MariaDB changes no text at either end of a foreign key, whether keys are checked or not (error 1832).
local function refuse_under_key(d, t, columns)
  for _, fk in ipairs(d.flavour == "mariadb" and (t or {}).foreign_keys or {}) do
    for _, col in ipairs(columns) do
      for _, name in ipairs(fk.columns) do
        if name == col.name then
          error(("MariaDB cannot give %s another character set or collation while foreign key %s stands on its column %s: drop the"
            .. " key in a migration of its own before, and make it again in one behind"):format(t.name.name, fk.name, name), 0)
        end
      end
    end
  end
end

local function convert_charset(options)
  local charset, collation = options.charset or "", options.collation or ""
  if charset == "" and collation ~= "" then charset = collation:match("^[^_]+") end
  if charset == "" then return "CONVERT TO CHARACTER SET DEFAULT" end
  return "CONVERT TO CHARACTER SET " .. charset .. (collation ~= "" and " COLLATE " .. collation or "")
end

function by_word.alter_table(o, d, add, ctx)
  local a, b, same = o.before.options or {}, o.after.options or {}, algorithm.same
  if not same(a.engine, b.engine) then add("ENGINE=" .. ((b.engine or "") ~= "" and b.engine or "InnoDB")) end
  if not (same(a.charset, b.charset) and same(a.collation, b.collation)) then
    local columns, careful, texts = with_charset(d, ctx.table)
    refuse_under_key(d, ctx.table, columns)
    local clause = convert_charset(b)
    if clause:find(" DEFAULT$") then
      columns = texts
      -- MySQL names the database's default by CONVERT TO alone: the statement is put together on the server.
      ctx.asks_database = careful and d.flavour == "mysql"
      if ctx.asks_database then clause = "CONVERT TO CHARACTER SET " .. M.OF_DATABASE end
    end
    add((clause:gsub("^CONVERT TO", careful and "DEFAULT" or "CONVERT TO")))
    for _, col in ipairs(careful and columns or {}) do
      local check = column_check.sql(d, ctx.checks, col.name, text.bracketed)
      if not ctx.stated[col.name] then add("MODIFY COLUMN " .. d:column_sql(col) .. check) end
    end
  end
  if not same(a.row_format, b.row_format) then
    add("ROW_FORMAT=" .. ((b.row_format or "") ~= "" and b.row_format:upper() or "DEFAULT"))
  end
  if not same(o.before.comment, o.after.comment) then add("COMMENT=" .. d:literal(o.after.comment or "")) end
  if not same(a.partition_by, b.partition_by) then
    local by = b.partition_by or ""
    ctx.last = by ~= "" and "PARTITION BY " .. by or "REMOVE PARTITIONING"
  end
end

--- A fresh context for the clauses of one ALTER TABLE.
---@param d table dialect
---@param t table|nil the table before it
---@param final table|nil the table once the whole step has run
function M.context(d, t, final)
  return { d = d, table = t, final = final, redone = {}, late = {}, stated = {}, released = {}, checks = (t or {}).checks or {} }
end

--- Is the operation one that an ALTER TABLE carries?
function M.carries(o) return by_word[o.op] ~= nil end

--- Adds one operation's clauses to a list.
---@param list string[]
function M.collect(list, o, d, ctx)
  by_word[o.op](o, d, function(clause) list[#list + 1] = clause end, ctx)
end

return M
