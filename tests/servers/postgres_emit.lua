-- Tables and columns: every operation of the vocabulary on a real server.
-- luacheck: ignore 631

package.path = "tests/support/?.lua;" .. package.path
local h = require("postgres_harness")
local ops, it, equal, query, apply = h.ops, h.it, h.equal, h.query, h.apply

local q, ty, col, with, parts = h.q, h.ty, h.col, h.with, h.parts
local pk, sql, orders, column_line, constraint_line = h.pk, h.sql, h.orders, h.column_line, h.constraint_line

it("creates a table with everything in it", function()
  apply { ops.create_schema { name = q "app", comment = "it's ours" } }
  apply { ops.create_enum { name = q("Status", "app"), values = { "new", "it's" } } }
  apply { ops.create_table { name = q "customers", columns = { col("id", "serial", { nullable = false }) },
                             primary_key = pk "customers" } }
  apply { ops.create_table {
    name = q("Orders", "app"), comment = "O",
    columns = {
      col("id", "bigint", { nullable = false, identity = { always = true, start = 10, increment = 5 } }),
      col("Customer", "integer", { nullable = false }),
      col("status", { name = "enum", ref = "app.Status", args = {} }, { default = { kind = "string", text = "it's" } }),
      col("price", ty("numeric", 12, 2), { default = { kind = "number", text = "-1.5" }, comment = "in \\ EUR" }),
      col("double", "double", { generated = { expr = "price * 2", stored = true } }),
      col("tags", { name = "text", args = {}, array = 1 }, { default = { kind = "string", text = "{}" } }),
      col("during", { name = "native", ref = "tstzrange", args = {} }),
      col("name", ty("varchar", 20), { collation = "C", default = sql("'a' || 'b'") }),
      col("on", "boolean", { default = { kind = "boolean", text = "true" } }),
    },
    primary_key = { name = "Orders_pkey", primary = true, parts = parts("id"), include = { "name" } },
    uniques = { { name = "u", parts = parts("Customer", "price"), nulls_not_distinct = true, deferrable = true, deferred = true } },
    indexes = { {
      name = "Odd Index", unique = true, method = "btree", where = "price > 0", include = { "status" },
      parts = { { column = "name", desc = true, nulls = "last", opclass = "text_pattern_ops", collation = "C" },
                { expr = "lower(name)" } },
      storage = { { "fillfactor", "70" } }, comment = "why", nulls_not_distinct = true,
    } },
    foreign_keys = {
      { name = "fk", columns = { "Customer" }, ref = q "customers", ref_columns = { "id" }, on_delete = "set default",
        on_update = "cascade", match = "full", deferrable = true },
      { name = "fk2", columns = { "Customer" }, ref = q "customers", ref_columns = { "id" }, not_valid = true },
    },
    checks = { { name = "c1", expr = "price <> 3", no_inherit = true }, { name = "c2", expr = "price <> 4", not_valid = true } },
    exclusions = { { name = "x", parts = { { column = "during", operator = "&&" } }, where = "price > 0", deferrable = true } },
    options = { unlogged = false, storage = { { "autovacuum_enabled", "false" }, { "fillfactor", "80" } }, tablespace = "pg_default" },
  } }
  equal(query [[SELECT count(*) FROM pg_constraint WHERE conrelid = 'app."Orders"'::regclass]], "7")
  equal(constraint_line "c2", "CHECK ((price <> (4)::numeric)) NOT VALID|false")
  equal(constraint_line "fk2":match("NOT VALID|false"), "NOT VALID|false")
  equal(query [[SELECT obj_description('app."Odd Index"'::regclass)]], "why")
  equal(query [[SELECT col_description('app."Orders"'::regclass, 4)]], "in \\ EUR")
  equal(column_line('app."Orders"', "id"), "bigint|true||a")
  equal(query [[SELECT pg_get_indexdef('app."Odd Index"'::regclass)]],
    [[CREATE UNIQUE INDEX "Odd Index" ON app."Orders" USING btree (name text_pattern_ops DESC NULLS LAST, lower((name)::text)) INCLUDE (status) NULLS NOT DISTINCT WITH (fillfactor='70') WHERE (price > (0)::numeric)]])
  apply { ops.drop_table { name = q("Orders", "app") } }
  apply { ops.drop_enum { name = q("Status", "app") }, ops.drop_schema { name = q "app" } }
end)

it("keeps a unique constraint over the primary key's columns", function()
  local t = orders()
  t.uniques = { { name = "one", parts = parts "id" }, { name = "two", parts = parts "total" }, { name = "three", parts = parts "total" } }
  apply { ops.create_table(t) }
  equal(query "SELECT string_agg(conname, ',' ORDER BY conname) FROM pg_constraint WHERE contype = 'u' AND connamespace = 'public'::regnamespace", "one,three,two")
end)

it("creates partitioned and unlogged tables", function()
  apply { ops.create_table { name = q "p", columns = { col("id", "bigint"), col("at", "date") },
                             options = { partition_by = "RANGE (at)" } } }
  equal(query "SELECT relkind FROM pg_class WHERE oid = 'p'::regclass", "p")
  apply { ops.create_table { name = q "ul", columns = { col("id", "bigint") }, options = { unlogged = true } } }
  apply { ops.alter_table({ name = q "ul", options = { unlogged = true, storage = { { "fillfactor", "50" } } } },
    { name = q "ul2", options = { storage = { { "autovacuum_enabled", "false" } } }, comment = "c" }) }
  equal(query "SELECT relpersistence::text || reloptions::text FROM pg_class WHERE oid = 'ul2'::regclass", "p{autovacuum_enabled=false}")
end)

it("adds and drops columns", function()
  apply { ops.create_table(orders()) }
  apply { ops.add_column(q "orders", col("Region", ty("char", 2), { nullable = false, default = { kind = "string", text = "EU" }, comment = "r" })) }
  equal(column_line("orders", "Region"), "character(2)|true|'EU'::bpchar|")
  apply { ops.drop_column(q "orders", col("Region", "text")) }
  equal(column_line("orders", "Region"), "")
end)

it("alters a column in every facet at once", function()
  apply { ops.create_table(orders()) }
  h.run "INSERT INTO orders VALUES (1, 7, '42')"
  local before = col("note", "text")
  local after = col("Amount", ty("numeric", 10, 1), { nullable = false, default = { kind = "number", text = "3" }, comment = "now a number" })
  apply { ops.alter_column(q "orders", before, after) }
  equal(column_line("orders", "Amount"), "numeric(10,1)|true|3|")
  equal(query [[SELECT "Amount" FROM orders]], "42.0")
  apply { ops.alter_column(q "orders", after, before) }
  equal(column_line("orders", "note"), "text|false||")
  equal(query [[SELECT note FROM orders]], "42.0")
end)

it("changes collations, defaults and renames alone", function()
  apply { ops.create_table(orders()) }
  local note = col("note", "text")
  apply { ops.alter_column(q "orders", note, with(note, { collation = "C" })) }
  equal(query "SELECT collname FROM pg_attribute a JOIN pg_collation c ON c.oid = attcollation WHERE attrelid = 'orders'::regclass AND attname = 'note'", "C")
  apply { ops.alter_column(q "orders", with(note, { collation = "C" }), note) }
  equal(query "SELECT collname FROM pg_attribute a JOIN pg_collation c ON c.oid = attcollation WHERE attrelid = 'orders'::regclass AND attname = 'note'", "default")
  apply { ops.alter_column(q "orders", note, with(note, { name = "Remark" })) }
  equal(column_line("orders", "Remark"), "text|false||")
end)

it("changes an enum column with its default", function()
  apply { ops.create_enum { name = q "a", values = { "x", "y" } }, ops.create_enum { name = q "b", values = { "x", "z" } } }
  local function status(ref) return col("s", { name = "enum", ref = ref, args = {} }, { default = { kind = "string", text = "x" } }) end
  apply { ops.create_table { name = q "t", columns = { status "a" } } }
  h.run "INSERT INTO t VALUES ('x')"
  apply { ops.alter_column(q "t", status "a", status "b") }
  equal(column_line("t", "s"), "b|false|'x'::b|")
end)

it("gives and takes identity and serial, and goes on counting", function()
  apply { ops.create_table(orders()) }
  h.run "INSERT INTO orders VALUES (41)"
  local plain = col("id", "bigint", { nullable = false })
  local id = with(plain, { identity = { always = false } })
  local serial = with(plain, { type = ty "bigserial" })
  apply { ops.alter_column(q "orders", plain, id) }
  equal(query "INSERT INTO orders DEFAULT VALUES RETURNING id", "42")
  apply { ops.alter_column(q "orders", id, with(plain, { identity = { always = true, increment = 10 } })) }
  equal(query "INSERT INTO orders DEFAULT VALUES RETURNING id", "52")
  apply { ops.alter_column(q "orders", with(plain, { identity = { always = true, increment = 10 } }), serial) }
  equal(query "INSERT INTO orders DEFAULT VALUES RETURNING id", "53")
  equal(query "SELECT pg_get_serial_sequence('orders', 'id')", "public.orders_id_seq")
  apply { ops.alter_column(q "orders", serial, plain) }
  equal(column_line("orders", "id"), "bigint|true||")
  equal(query "SELECT count(*) FROM pg_class WHERE relkind = 'S'", "0")
end)

it("widens a serial with its sequence", function()
  apply { ops.create_table { name = q "s", columns = { col("id", "serial", { nullable = false }) } } }
  apply { ops.alter_column(q "s", col("id", "serial", { nullable = false }), col("id", "bigserial", { nullable = false })) }
  equal(query "SELECT data_type FROM pg_sequences WHERE sequencename = 's_id_seq'", "bigint")
  equal(column_line("s", "id"):match("^bigint"), "bigint")
end)

it("makes generated columns anew with what hangs on them", function()
  local t = orders()
  t.columns[4] = col("twice", "integer", { generated = { expr = "total * 2", stored = true } })
  t.indexes = { { name = "orders_twice_idx", parts = parts("twice") } }
  apply { ops.create_table(t) }
  h.run "INSERT INTO orders VALUES (1, 5)"
  local changed = col("twice", "integer", { generated = { expr = "total * 3", stored = true } })
  local after = with(t, { columns = { t.columns[1], t.columns[2], t.columns[3], changed } })
  apply({ ops.alter_column(q "orders", t.columns[4], changed) }, { before = { t }, after = { after } })
  equal(query "SELECT twice FROM orders", "15")
  equal(query "SELECT count(*) FROM pg_class WHERE relname = 'orders_twice_idx'", "1")
  apply({ ops.alter_column(q "orders", changed, col("twice", "integer")) }, { before = { after } })
  equal(column_line("orders", "twice"), "integer|false||")
  equal(query "SELECT twice FROM orders", "15")
end)

it("alters the type of a column that a generated one reads", function()
  local t = orders()
  t.columns[4] = col("twice", "integer", { generated = { expr = "total * 2", stored = true }, comment = "c" })
  t.indexes = { { name = "orders_twice_idx", parts = parts("twice", "total") } }
  apply({ ops.create_table(t) })
  h.run "INSERT INTO orders VALUES (1, 5)"
  local wide = col("sum", "bigint")
  local after = with(t, { columns = { t.columns[1], wide, t.columns[3], with(t.columns[4], { generated = { expr = "sum * 2", stored = true } }) },
                          indexes = { { name = "orders_twice_idx", parts = parts("twice", "sum") } } })
  apply({ ops.alter_column(q "orders", t.columns[2], wide) }, { before = { t }, after = { after } })
  equal(query "SELECT sum, twice FROM orders", "5|10")
  equal(query "SELECT pg_get_indexdef('orders_twice_idx'::regclass)", "CREATE INDEX orders_twice_idx ON public.orders USING btree (twice, sum)")
  equal(query "SELECT col_description('orders'::regclass, attnum) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'twice'", "c")
end)

it("leaves no cast of a former type in what computes with a retyped column", function()
  local function with_id(kind)
    local t = orders()
    t.columns[1] = col("id", kind, { nullable = false })
    t.checks = { { name = "positive", expr = "id >= 0" } }
    t.indexes = { { name = "some_idx", parts = parts("id"), where = "id > 0", comment = "why" } }
    return t
  end
  local small, wide = with_id("bigint"), with_id(ty("numeric", 20, 0))
  local texts = "SELECT pg_get_constraintdef(k.oid) || pg_get_indexdef('some_idx'::regclass) || "
    .. "obj_description('some_idx'::regclass, 'pg_class') FROM pg_constraint k WHERE conname = 'positive'"
  apply { ops.create_table(small) }
  local was = query(texts)
  apply({ ops.alter_column(q "orders", small.columns[1], wide.columns[1]) }, { before = { small }, after = { wide } })
  equal(query(texts), (was:gsub("> 0", "> (0)::numeric"):gsub(">= 0", ">= (0)::numeric")))
  apply({ ops.alter_column(q "orders", wide.columns[1], small.columns[1]) }, { before = { wide }, after = { small } })
  equal(query(texts), was)
end)

h.report()
