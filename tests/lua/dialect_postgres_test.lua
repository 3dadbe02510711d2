-- PostgreSQL's statements, word for word; tests/servers holds that the server takes them.
local t = require("forge.test")
local ops = require("forge.ops")
local dialect = require("forge.dialect")
local d = require("dialects.postgres")
local types = d.types

local function q(name, schema) return { name = name, schema = schema } end
local function ty(name, ...) return { name = name, args = { ... } } end
local function col(name, kind, more)
  local c = { name = name, type = type(kind) == "string" and ty(kind) or kind, nullable = true }
  for key, value in pairs(more or {}) do c[key] = value end
  return c
end
local function parts(...)
  local list = {}
  for i, name in ipairs({ ... }) do list[i] = { column = name } end
  return list
end

local function render(operations, more)
  more = more or {}
  local tables = { before = {}, after = {} }
  for _, side in ipairs({ "before", "after" }) do
    for _, one in ipairs(more[side] or {}) do tables[side][dialect.key(one.name)] = one end
  end
  return (more.d or d):render({ id = "s", ops = operations, form = more.form, work = more.work, tables = tables,
                                direction = more.direction or "forward" })
end

local function expect_sql(operations, expected, more)
  local got = {}
  for i, statement in ipairs(render(operations, more)) do got[i] = statement.sql end
  t.expect(got):equals(expected)
end

t.describe("names and literals", function()
  t.it("quotes what needs it and nothing else", function()
    t.expect(d:ident("orders")):is("orders")
    t.expect(d:ident("Orders")):is('"Orders"')
    t.expect(d:ident("order")):is('"order"')
    t.expect(d:ident('a"b')):is('"a""b"')
    t.expect(d:qname(q("t", "app"))):is("app.t")
    t.expect(d:literal("it's")):is("'it''s'")
    t.expect(d:literal("a\\b'")):is("E'a\\\\b'''")
  end)

  t.it("cuts generated names as the server does", function()
    local long = ("a"):rep(60)
    t.expect(types.names.primary_key(long)):is(("a"):rep(58) .. "_pkey")
    t.expect(#types.names.foreign_key(long, { long })):is(63)
    t.expect(types.names.index("t", { "a", "b" })):is("t_a_b_idx")
    t.expect(types.names.check("t", nil)):is("t_check")
  end)
end)

t.describe("types", function()
  t.it("has SQL for every word that it does not send elsewhere", function()
    local words = {}
    for word in pairs(types.map) do words[#words + 1] = word end
    t.expect(#words > 50):is_true()
    for _, word in ipairs(words) do
      local entry = types.map[word]
      if word ~= "enum" and word ~= "user" and word ~= "native" then
        t.expect(type(types.sql(ty(word), d)), word):is("string")
        t.expect(types.map[entry.canonical or word] ~= nil, word):is_true()
      end
    end
  end)

  t.it("writes arguments, arrays and named types", function()
    t.expect(d:type_sql(ty("numeric", 12, 2))):is("numeric(12, 2)")
    t.expect(d:type_sql({ name = "varchar", args = { 5 }, array = 2 })):is("varchar(5)[][]")
    t.expect(d:type_sql({ name = "enum", ref = 'app."Odd.One"', args = {} })):is('app."Odd.One"')
    t.expect(d:type_sql(ty("float", 20))):is("real")
    t.expect(d:type_sql(ty("datetime", 3))):is("timestamp(3)")
    t.expect(d:type_sql({ name = "integer", unsigned = true, args = {} })):is("bigint")
    t.expect(d:type_sql({ name = "bigint", unsigned = true, args = {} })):is("numeric(20, 0)")
    t.expect(d:type_sql(ty("mediumint"))):is("integer")
  end)

  t.it("knows what a change of type costs", function()
    local cases = {
      { ty("varchar", 10), ty("varchar", 20), "free" }, { ty("varchar", 20), ty("varchar", 10), "checked" },
      { ty("varchar", 10), ty "text", "free" }, { ty "text", ty "varchar", "free" },
      { ty "integer", ty "bigint", "widening" }, { ty "bigint", ty "integer", "checked" },
      { ty "serial", ty "integer", "free" }, { ty "serial", ty "bigserial", "widening" },
      { ty("numeric", 10, 2), ty("numeric", 12, 2), "free" }, { ty("numeric", 10, 2), ty("numeric", 12, 4), "widening" },
      { ty("numeric", 10, 2), ty("numeric", 10, 4), "checked" }, { ty "integer", ty("numeric", 10, 0), "widening" },
      { ty "integer", ty("numeric", 10, 2), "checked" }, { ty "bigint", ty "double", "checked" },
      { ty "timestamp", ty "timestamptz", "checked" }, { ty("timestamp", 3), ty "timestamp", "free" },
      { ty "json", ty "jsonb", "checked" }, { ty "jsonb", ty "json", "widening" },
      { ty "uuid", ty "text", "widening" }, { ty "text", ty "uuid", "checked" },
      { ty "uuid", ty "integer", nil }, { ty "bytea", ty "text", nil },
      { { name = "enum", ref = "a", args = {} }, ty "text", "widening" },
      { ty "boolean", ty "integer", "widening" }, { ty "integer", ty "boolean", "checked" },
      { ty "cidr", ty "inet", "free" }, { ty "integer", { name = "integer", array = 1, args = {} }, nil },
    }
    for _, case in ipairs(cases) do
      t.expect(types.castable(case[1], case[2]), case[1].name .. " to " .. case[2].name):is(case[3])
    end
  end)

  t.it("never cuts a value in silence", function()
    t.expect(types.convert("c", ty "text", ty("varchar", 3), d)):is("c")
    t.expect(types.convert("c", ty "integer", ty("varchar", 3), d)):is("CAST(c AS text)")
    t.expect(types.convert("c", ty "timestamp", ty "timestamptz", d)):is("(c AT TIME ZONE 'UTC')")
    t.expect(types.convert("c", ty "integer", ty "boolean", d)):is("(c <> 0)")
    t.expect(types.convert("c", ty "bytea", ty "text", d)):is_nil()
  end)
end)

t.describe("columns", function()
  local table_name = q "orders"
  t.it("adds and drops", function()
    expect_sql({ ops.add_column(table_name, col("total", ty("numeric", 12, 2),
      { nullable = false, default = { kind = "number", text = "0" }, comment = "sum" })) }, {
      "ALTER TABLE orders ADD COLUMN total numeric(12, 2) DEFAULT 0 NOT NULL",
      "COMMENT ON COLUMN orders.total IS 'sum'",
    })
    expect_sql({ ops.drop_column(table_name, col("total", "text")) }, { "ALTER TABLE orders DROP COLUMN total" })
  end)

  t.it("renames and alters at once", function()
    expect_sql({ ops.alter_column(table_name, col("a", "text", { default = { kind = "string", text = "1" } }),
      col("b", "integer", { nullable = false, default = { kind = "sql", text = "1 + 1" } })) }, {
      "ALTER TABLE orders RENAME COLUMN a TO b",
      "ALTER TABLE orders ALTER COLUMN b DROP DEFAULT, ALTER COLUMN b TYPE integer USING CAST(b AS integer), "
        .. "ALTER COLUMN b SET DEFAULT (1 + 1), ALTER COLUMN b SET NOT NULL",
    })
  end)

  t.it("leaves the rows alone where only the catalog changes", function()
    expect_sql({ ops.alter_column(table_name, col("a", ty("varchar", 5)), col("a", "text")) },
      { "ALTER TABLE orders ALTER COLUMN a TYPE text" })
    expect_sql({ ops.alter_column(table_name, col("a", "text"), col("b", "text")) },
      { "ALTER TABLE orders RENAME COLUMN a TO b" })
    expect_sql({ ops.alter_column(table_name, col("a", "text", { nullable = false }), col("a", "text")) },
      { "ALTER TABLE orders ALTER COLUMN a DROP NOT NULL" })
  end)

  t.it("exchanges a generation expression in place from version 17", function()
    local a = col("g", "integer", { generated = { expr = "x", stored = true } })
    local b = col("g", "integer", { generated = { expr = "y", stored = true } })
    expect_sql({ ops.alter_column(table_name, a, b) }, {
      "ALTER TABLE orders DROP COLUMN g, ADD COLUMN g integer GENERATED ALWAYS AS (y) STORED" })
    expect_sql({ ops.alter_column(table_name, a, b) },
      { "ALTER TABLE orders ALTER COLUMN g SET EXPRESSION AS (y)" }, { d = d:at(17) })
  end)
end)

t.describe("constraints and indexes", function()
  local orders = q("orders", "app")
  t.it("adds without a scan, and validates", function()
    local fk = { name = "f", columns = { "customer" }, ref = q "customers", ref_columns = { "id" }, not_valid = true,
                 on_delete = "set null" }
    local valid = { name = "f", columns = { "customer" }, ref = q "customers", ref_columns = { "id" },
                    on_delete = "set null" }
    expect_sql({ ops.add_foreign_key(orders, fk), ops.alter_foreign_key(orders, fk, valid) }, {
      "ALTER TABLE app.orders ADD CONSTRAINT f FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE SET NULL NOT VALID",
      "ALTER TABLE app.orders VALIDATE CONSTRAINT f",
    })
    expect_sql({ ops.alter_foreign_key(orders, valid, fk) }, {
      "ALTER TABLE app.orders DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (customer) REFERENCES customers (id) "
        .. "ON DELETE SET NULL NOT VALID" })
  end)

  t.it("builds beside the traffic, outside a transaction", function()
    local index = { name = "i", parts = { { column = "at", desc = true } }, where = "total > 0", include = { "id" } }
    local statements = render({ ops.create_index(orders, index) }, { form = "concurrently" })
    t.expect(statements):equals({
      { sql = "DROP INDEX CONCURRENTLY IF EXISTS app.i", transactional = false },
      { sql = "CREATE INDEX CONCURRENTLY i ON app.orders (at DESC) INCLUDE (id) WHERE total > 0", transactional = false },
    })
  end)

  t.it("lets a key take its index over, and only drops the key on the way back", function()
    local index, key = { name = "i", unique = true, parts = parts "a" }, { name = "k", parts = parts "a" }
    expect_sql({ ops.drop_index(orders, index), ops.add_key(orders, key) },
      { "ALTER TABLE app.orders ADD CONSTRAINT k UNIQUE USING INDEX i" }, { form = "using_index" })
    expect_sql({ ops.drop_key(orders, key), ops.create_index(orders, index) },
      { "ALTER TABLE app.orders DROP CONSTRAINT k" }, { form = "using_index", direction = "backward" })
  end)
end)

t.describe("enums", function()
  local function change(before, after)
    return { ops.alter_enum({ name = q "s", values = before }, { name = q "s", values = after }) }
  end
  t.it("adds values where they belong", function()
    expect_sql(change({ "b", "d" }, { "a", "b", "c", "d", "e" }), {
      "ALTER TYPE s ADD VALUE 'a' BEFORE 'b'", "ALTER TYPE s ADD VALUE 'c' AFTER 'b'", "ALTER TYPE s ADD VALUE 'e'" })
  end)
  t.it("exchanges a value in place", function()
    expect_sql(change({ "a", "b" }, { "a", "c" }), { "ALTER TYPE s RENAME VALUE 'b' TO 'c'" })
  end)
  t.it("builds the type anew where values go away or move", function()
    local statements = render(change({ "a", "b", "c" }, { "c", "a" }))
    t.expect(statements[1].sql):is("ALTER TYPE s RENAME TO s__old")
    t.expect(statements[2].sql):is("CREATE TYPE s AS ENUM ('c', 'a')")
    t.expect(statements[4].sql):is("DROP TYPE s__old")
  end)
end)

t.describe("locks", function()
  local function row(o, more)
    more = more or {}
    return d.locks[o.op](o, { d = d, version = d.version, features = d.features, form = more.form, table = more.table })
  end
  t.it("takes a function that it does not know for volatile", function()
    local function with(text) return col("c", "text", { default = { kind = "sql", text = text } }) end
    t.expect(row(ops.add_column(q "t", with("now()"))).online):is_true()
    t.expect(row(ops.add_column(q "t", with("our_function()"))).online):is_false()
    t.expect(row(ops.add_column(q "t", with("'random()'"))).online):is_true()
  end)
  t.it("sees that a validated check proves a column", function()
    local o = ops.alter_column(q "t", col("c", "text"), col("c", "text", { nullable = false }))
    local proved = { name = q "t", checks = { { name = "k", expr = "(c IS NOT NULL)" } } }
    t.expect(row(o, { table = proved }).scan):is_false()
    t.expect(row(o, { table = { name = q "t", checks = {} } }).scan):is_true()
    t.expect(d.locks.safe_form(o, { d = d, table = { name = q "t", checks = {} } })):is("not_null_by_check")
    t.expect(d.locks.safe_form(o, { d = d, table = proved })):is_nil()
  end)
  t.it("names the safe form of each change that has one", function()
    local ctx = { d = d, table = { name = q "t" } }
    t.expect(d.locks.safe_form(ops.create_index(q "t", { name = "i", parts = parts "a" }), ctx)):is("concurrently")
    t.expect(d.locks.safe_form(ops.add_key(q "t", { name = "k", parts = parts "a" }), ctx)):is("using_index")
    t.expect(d.locks.safe_form(ops.add_check(q "t", { name = "k", expr = "a > 0" }), ctx)):is("not_valid_validate")
    t.expect(d.locks.safe_form(ops.add_check(q "t", { name = "k", expr = "a > 0", not_valid = true }), ctx)):is_nil()
  end)
end)

t.describe("scripts", function()
  local work = { kind = "backfill", table = q "t", set = { { to = "n", expr = "a + 1" } }, where = "n IS NULL",
                 key = { "id" }, batch_rows = 500, pause_ms = 50 }
  t.it("commit batch by batch, and run outside a transaction", function()
    local statements = render({}, { work = work })
    local script = statements[#statements]
    t.expect(script.transactional):is_false()
    t.expect(script.sql):contains("UPDATE t SET n = a + 1 WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (n IS NULL)")
    t.expect(script.sql):contains("LIMIT 500")
    t.expect(script.sql):contains("pg_sleep(0.05)")
    t.expect(script.sql):contains("set_config('forgelua.backfill', 'on', true)")
    t.expect(script.sql):contains("COMMIT;")
  end)
  t.it("are the same text each time", function()
    t.expect(render({}, { work = work })):equals(render({}, { work = work }))
  end)
end)
