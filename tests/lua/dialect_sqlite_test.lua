-- SQLite's dialect: exact SQL for each operation, and which operations ask for the table to be built anew.
local t = require("forge.test")
local ops = require("forge.ops")
local dialect = require("forge.dialect")
local d = require("dialects.sqlite")
local ddl = require("dialects.sqlite.ddl")
local types = d.types
local describe, it, expect = t.describe, t.it, t.expect

local function q(name) return { name = name } end
local function type_of(name, ...) return { name = name, args = { ... }, values = {} } end
local function col(name, type_, more)
  local c = { name = name, type = type(type_) == "table" and type_ or type_of(type_), nullable = true, invisible = false }
  for key, value in pairs(more or {}) do c[key] = value end
  return c
end
local function key(columns, more)
  local k = { primary = false, parts = {} }
  for i, name in ipairs(columns) do k.parts[i] = { column = name, desc = false } end
  for field, value in pairs(more or {}) do k[field] = value end
  return k
end
local function fk(columns, ref, ref_columns, more)
  local f = { columns = columns, ref = q(ref), ref_columns = ref_columns, deferrable = false }
  for field, value in pairs(more or {}) do f[field] = value end
  return f
end
local function tbl(name, columns, more)
  local made = {
    name = q(name), columns = columns, uniques = {}, indexes = {}, foreign_keys = {}, checks = {}, exclusions = {}, options = {},
  }
  for field, value in pairs(more or {}) do made[field] = value end
  return made
end
local function copy(value)
  if type(value) ~= "table" then return value end
  local made = {}
  for field, inner in pairs(value) do made[field] = copy(inner) end
  return made
end

local function step(list, before, after, more)
  local s = { id = "s", ops = list, direction = "forward", tables = { before = {}, after = {} } }
  for _, one in ipairs(before) do s.tables.before[dialect.key(one.name)] = one end
  for _, one in ipairs(after) do s.tables.after[dialect.key(one.name)] = one end
  for field, value in pairs(more or {}) do s[field] = value end
  return s
end
local function sql(s)
  local out = {}
  for i, statement in ipairs(d:render(s)) do out[i] = statement.sql end
  return out
end
local function text(s) return table.concat(sql(s), ";\n") end

local ID = col("id", "integer", { nullable = false, identity = { always = false } })
local function orders(extra, more)
  local columns = { ID, col("total", type_of("numeric", 12, 2), { nullable = false }) }
  for _, c in ipairs(extra or {}) do columns[#columns + 1] = c end
  local made = tbl("orders", columns, { primary_key = key({ "id" }, { primary = true }) })
  for field, value in pairs(more or {}) do made[field] = value end
  return made
end

describe("sqlite text of tables", function()
  it("has one form, whatever order constraints come in", function()
    local a = orders({ col("c", "integer"), col("d", "integer") }, {
      uniques = { key({ "c", "d" }, { name = "z" }), key({ "c" }) },
      checks = { { name = "pos", expr = "total >= 0" }, { expr = "c < d" } },
      foreign_keys = { fk({ "c" }, "customers", { "id" }, { name = "to_c", on_delete = "set null" }),
                       fk({ "c", "d" }, "pairs", { "a", "b" }, { deferrable = true, deferred = true }) },
    })
    local b = copy(a)
    for _, field in ipairs({ "uniques", "checks", "foreign_keys" }) do
      b[field][1], b[field][2] = b[field][2], b[field][1]
    end
    expect(ddl.table_sql(a)):is(ddl.table_sql(b))
    expect(ddl.table_sql(a)):is([[
CREATE TABLE "orders" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "total" numeric(12,2) NOT NULL CONSTRAINT "pos" CHECK (total >= 0),
  "c" integer CONSTRAINT "to_c" REFERENCES "customers" ("id") ON DELETE SET NULL,
  "d" integer,
  CONSTRAINT "z" UNIQUE ("c", "d"),
  UNIQUE ("c"),
  CHECK (c < d),
  FOREIGN KEY ("c", "d") REFERENCES "pairs" ("a", "b") DEFERRABLE INITIALLY DEFERRED
)]])
  end)
  it("knows STRICT, WITHOUT ROWID, collations, defaults and generated columns", function()
    local made = tbl("kv", {
      col("k", type_of("varchar", 20), { nullable = false, collation = "NOCASE" }),
      col("flag", "boolean", { default = { kind = "boolean", text = "true" } }),
      col("at", "timestamptz", { default = { kind = "sql", text = "now()" } }),
      col("made", "bigint", { default = { kind = "sql", text = "strftime('%s')" } }),
      col("low", "text", { generated = { expr = "lower(k)", stored = true } }),
    }, { primary_key = key({ "k" }, { primary = true, name = "kv_key" }), options = { strict = true, without_rowid = true } })
    expect(ddl.table_sql(made)):is([[
CREATE TABLE "kv" (
  "k" text COLLATE "NOCASE" NOT NULL,
  "flag" integer DEFAULT TRUE,
  "at" text DEFAULT CURRENT_TIMESTAMP,
  "made" integer DEFAULT (strftime('%s')),
  "low" text GENERATED ALWAYS AS (lower(k)) STORED,
  CONSTRAINT "kv_key" PRIMARY KEY ("k")
) STRICT, WITHOUT ROWID]])
  end)
  it("quotes every name", function()
    local made = tbl('my "own', { col("select", "text"), col("a]b", { name = "native", ref = "ODD TYPE(1)" }) })
    expect(ddl.table_sql(made)):is('CREATE TABLE "my ""own" (\n  "select" text,\n  "a]b" ODD TYPE(1)\n)')
    expect(d:literal("it's")):is("'it''s'")
  end)
  it("refuses a counter that is no sole key", function()
    expect(function() ddl.table_sql(tbl("x", { ID })) end):fails_with("sole primary key")
  end)
end)

describe("sqlite operations that ALTER TABLE carries out", function()
  it("adds a column with its own constraints in one statement", function()
    local before = orders()
    local ref = col("customer", "integer")
    local n = col("n", "integer", { nullable = false, default = { kind = "number", text = "-1" } })
    local after = orders({ ref, n }, { checks = { { name = "small", expr = "n < 5" } },
                                       foreign_keys = { fk({ "customer" }, "customers", { "id" }) } })
    expect(sql(step({
      ops.add_column(q "orders", ref), ops.add_column(q "orders", n), ops.add_check(q "orders", after.checks[1]),
      ops.add_foreign_key(q "orders", after.foreign_keys[1]),
    }, { before }, { after }))):equals({
      'ALTER TABLE "orders" ADD COLUMN "customer" integer REFERENCES "customers" ("id")',
      'ALTER TABLE "orders" ADD COLUMN "n" integer NOT NULL DEFAULT -1 CONSTRAINT "small" CHECK (n < 5)',
    })
  end)
  it("renames, drops and indexes", function()
    local note = col("note", "text")
    local before, after = orders({ note }), orders({ col("remark", "text") })
    expect(sql(step({ ops.alter_column(q "orders", note, after.columns[3]) }, { before }, { after }))):equals({
      'ALTER TABLE "orders" RENAME COLUMN "note" TO remark' })
    -- The engine writes the new name into checks and views as it stands in the statement.
    local keyword = orders({ col("order", "text") })
    expect(sql(step({ ops.alter_column(q "orders", note, keyword.columns[3]) }, { before }, { keyword }))):equals({
      'ALTER TABLE "orders" RENAME COLUMN "note" TO "order"' })
    expect(sql(step({ ops.drop_column(q "orders", note) }, { before }, { orders() }))):equals({
      'ALTER TABLE "orders" DROP COLUMN "note"' })
    local index = { name = "i", unique = true, where = "total > 0",
                    parts = { { column = "total", desc = true }, { expr = "lower(note)", collation = "NOCASE" } } }
    expect(sql(step({ ops.create_index(q "orders", index) }, { before }, { before }))):equals({
      'CREATE UNIQUE INDEX "i" ON "orders" ("total" DESC, (lower(note)) COLLATE "NOCASE") WHERE total > 0' })
  end)
  it("makes a new table once, with everything that the step gives it", function()
    local made = orders({ col("c", "integer") }, { foreign_keys = { fk({ "c" }, "customers", { "id" }) } })
    local bare = copy(made)
    bare.foreign_keys = {}
    expect(sql(step({ ops.create_table(bare), ops.add_foreign_key(q "orders", made.foreign_keys[1]) }, {}, { made })))
      :equals({ ddl.table_sql(made) })
  end)
end)

local function rebuilds(list, before, after)
  return text(step(list, { before }, { after })):find("__rebuild", 1, true) ~= nil
end

describe("sqlite rebuilds", function()
  local note = col("note", "text")
  it("are chosen for what ALTER TABLE cannot do", function()
    local before = orders({ note })
    local required = copy(before)
    required.columns[3].nullable = false
    expect(rebuilds({ ops.alter_column(q "orders", note, required.columns[3]) }, before, required)):is(true)
    local unique = key({ "note" })
    expect(rebuilds({ ops.add_key(q "orders", unique) }, before, orders({ note }, { uniques = { unique } }))):is(true)
    local computed = col("c", "text", { default = { kind = "sql", text = "random()" } })
    expect(rebuilds({ ops.add_column(q "orders", computed) }, before, orders({ note, computed }))):is(true)
    local stored = col("g", "integer", { generated = { expr = "total * 2", stored = true } })
    expect(rebuilds({ ops.add_column(q "orders", stored) }, before, orders({ note, stored }))):is(true)
    local indexed = orders({ note }, { indexes = { { name = "i", parts = { { column = "note" } } } } })
    expect(rebuilds({ ops.drop_column(q "orders", note) }, indexed, orders())):is(true)
    expect(rebuilds({ ops.drop_index(q "orders", indexed.indexes[1]), ops.drop_column(q "orders", note) }, indexed, orders()))
      :is(false)
    local strict = orders({ note }, { options = { strict = true } })
    expect(rebuilds({ ops.alter_table(ops.shell(before), ops.shell(strict)) }, before, strict)):is(true)
  end)
  it("take every operation of a table along, and leave the text of a table built new", function()
    local before = orders({ note })
    local after = orders({ col("remark", "integer") }, { checks = { { name = "c", expr = "remark > 0" } },
      indexes = { { name = "i", parts = { { column = "remark" } } } } })
    local renamed = col("remark", "text")
    local list = sql(step({
      ops.alter_column(q "orders", note, renamed), ops.alter_column(q "orders", renamed, after.columns[3]),
      ops.add_check(q "orders", after.checks[1]), ops.create_index(q "orders", after.indexes[1]),
    }, { before }, { after }))
    local whole = table.concat(list, "\n")
    expect(list[1]):is("PRAGMA foreign_keys = OFF")
    expect(list[2]):is("BEGIN IMMEDIATE")
    expect(list[#list]):is("COMMIT")
    expect(list):contains('ALTER TABLE "orders" RENAME COLUMN "note" TO remark')
    expect(list):contains(ddl.table_sql(after, "orders__rebuild"))
    expect(list):contains('DROP TABLE "orders"')
    expect(list):contains('ALTER TABLE "orders__rebuild" RENAME TO "orders"')
    expect(list):contains('CREATE INDEX "i" ON "orders" ("remark")')
    expect(whole):contains('values of orders.remark cannot be held as integer')
    expect(whole):contains("rows break a foreign key after the rebuild")
    local count = select(2, whole:gsub("CREATE TABLE \"orders", ""))
    expect(count):is(1)
  end)
  it("keep their own transaction apart from the script's", function()
    local before, after = orders({ note }), orders({ col("note", "text", { nullable = false }) })
    for _, statement in ipairs(d:render(step({ ops.alter_column(q "orders", note, after.columns[3]) }, { before }, { after }))) do
      expect(statement.transactional):is(false)
    end
  end)
  it("move a dropped column's name out of a renamed one's way", function()
    local other = col("other", "text")
    local list = text(step({ ops.drop_column(q "orders", note), ops.alter_column(q "orders", other, col("note", "text")) },
      { orders({ note, other }) }, { orders({ col("note", "text") }) }))
    expect(list):contains('RENAME COLUMN "note" TO note__gone')
    expect(list):contains('RENAME COLUMN "other" TO note')
    expect(list):contains('INSERT INTO "orders__rebuild" ("id", "total", "note")')
  end)
  it("leave a table alone whose constraint goes and comes back", function()
    local child = orders({ col("c", "integer") }, { foreign_keys = { fk({ "c" }, "customers", { "id" }) } })
    local c, old, new = tbl("customers", { ID }), tbl("customers__old", { ID }), tbl("customers__new", { ID })
    for _, one in ipairs({ c, old, new }) do one.primary_key = key({ "id" }, { primary = true }) end
    local list = text(step({
      ops.drop_foreign_key(q "orders", child.foreign_keys[1]), ops.rename_table(ops.shell(c), ops.shell(old)),
      ops.rename_table(ops.shell(new), ops.shell(c)), ops.add_foreign_key(q "orders", child.foreign_keys[1]),
    }, { c, new, child }, { c, old, child }, { form = "swap" }))
    expect(list):lacks("__rebuild")
    expect(list):contains('ALTER TABLE "customers" RENAME TO "customers__old"')
    expect(list):contains("PRAGMA legacy_alter_table = ON")
  end)
end)

describe("sqlite types", function()
  it("render arguments, and words whose text would mislead as text", function()
    expect(types.sql(type_of("varchar", 20))):is("varchar(20)")
    expect(types.sql(type_of("uuid"))):is("text")
    expect(types.sql(type_of("point"))):is("blob")
    expect(types.affinity("POINT")):is("integer")
    expect(types.affinity("FLOATING POINT")):is("integer")
    expect(types.affinity("JSON")):is("numeric")
  end)
  it("say how values pass", function()
    expect(types.castable(type_of("varchar", 10), type_of("varchar", 10))):is("free")
    expect(types.castable(type_of("integer"), type_of("bigint"))):is("widening")
    expect(types.castable(type_of("integer"), type_of("text"))):is("widening")
    expect(types.castable(type_of("text"), type_of("integer"))):is("checked")
    expect(types.castable(type_of("timestamp"), type_of("text"))):is("widening")
  end)
  it("have a row for every portable word", function()
    for _, word in ipairs({ "smallint", "serial", "money", "citext", "bytea", "interval", "jsonb", "inet", "bit", "varbit",
      "point", "geometry", "tsvector", "hstore", "enum", "set", "array", "native", "year", "macaddr", "xml" }) do
      expect(types.map[word]):isnt(nil)
    end
  end)
end)

describe("sqlite predicates and locks", function()
  local note = col("note", "text")
  local before, after = orders({ note }), orders({ col("note", "text", { nullable = false }) })
  local s = step({ ops.alter_column(q "orders", note, after.columns[3]) }, { before }, { after })
  it("ask for what an operation leaves behind, and no more", function()
    expect(d.catalog.done(s.ops[1], d, s)):contains('"notnull" = 1')
    local check = { name = "c", expr = "note <> 1" }
    local more = step({ ops.add_check(q "orders", check) }, { before }, { orders({ note }, { checks = { check } }) })
    expect(d.catalog.done(more.ops[1], d, more)):contains("CONSTRAINT c CHECK (note <> 1)")
    expect(d.catalog.column_exists(q "orders", "note")):contains("pragma_table_xinfo('orders')")
  end)
  it("say what is rewritten", function()
    local row = d.locks.alter_column(s.ops[1], { d = d, step = s })
    expect(row.rewrite):is(true)
    expect(row.online):is(false)
    local add = step({ ops.add_column(q "orders", note) }, { orders() }, { before })
    expect(d.locks.add_column(add.ops[1], { d = d, step = add }).online):is(true)
  end)
end)

describe("sqlite scripts", function()
  local target = orders({ col("n", "integer") })
  it("walk along the rowid in committed batches, and remember where they are", function()
    local list = sql(step({}, { target }, { target }, { work = {
      kind = "backfill", table = q "orders", set = { { to = "n", expr = "total * 100" } }, where = "n IS NULL", key = { "id" },
      batch_rows = 500, pause_ms = 100, rows = -1 } }))
    local whole = table.concat(list, "\n")
    expect(list):contains(".once forgelua-batches.sql")
    expect(list):contains(".read forgelua-batches.sql")
    expect(whole):contains("LIMIT 500")
    expect(whole):contains("BEGIN IMMEDIATE;")
    expect(whole):contains(".shell sleep 0.100")
    expect(whole):contains("SELECT key_1 FROM forgelua_backfill_progress WHERE step = 's'")
  end)
  it("walk along the key of a table without rowid", function()
    local kv = tbl("kv", { col("a", "integer", { nullable = false }), col("b", "text", { nullable = false }) },
      { primary_key = key({ "a", "b" }, { primary = true }), options = { without_rowid = true } })
    local whole = text(step({}, { kv }, { kv }, { work = { kind = "backfill", table = q "kv",
      set = { { to = "b", expr = "b" } }, key = { "a", "b" }, batch_rows = 10, pause_ms = 0, rows = 5 } }))
    expect(whole):contains('("a", "b") > ')
    expect(whole):contains("row_number() OVER (ORDER BY \"a\", \"b\")")
  end)
end)
