-- Constraints, indexes and whole objects: every operation of the vocabulary on a real server.
-- luacheck: ignore 631

package.path = "tests/support/?.lua;" .. package.path
local h = require("postgres_harness")
local ops, it, equal, query, apply = h.ops, h.it, h.equal, h.query, h.apply

local q, ty, col, with, parts = h.q, h.ty, h.col, h.with, h.parts
local pk, orders, column_line, constraint_line = h.pk, h.orders, h.column_line, h.constraint_line

it("adds, alters, renames and drops every constraint", function()
  local t = orders()
  t.primary_key = nil
  t.columns[1].nullable = false
  apply { ops.create_table(t), ops.create_table { name = q "u", columns = { col("id", "bigint") } } }
  local key = pk "orders"
  apply { ops.add_key(q "orders", key) }
  apply { ops.alter_key(q "orders", key, with(key, { name = "k" })) }
  apply { ops.alter_key(q "orders", with(key, { name = "k" }), with(key, { name = "k2", deferrable = true })) }
  equal(constraint_line "k2", "PRIMARY KEY (id) DEFERRABLE|true")
  local unique = { name = "un", parts = parts("total"), nulls_not_distinct = true, include = { "note" } }
  apply { ops.add_key(q "orders", unique) }
  equal(constraint_line "un", "UNIQUE NULLS NOT DISTINCT (total) INCLUDE (note)|true")
  local fk = { name = "f", columns = { "id" }, ref = q "orders", ref_columns = { "total" }, not_valid = true }
  apply { ops.add_foreign_key(q "u", fk) }
  apply { ops.alter_foreign_key(q "u", fk, with(fk, { not_valid = false, name = "f2" })) }
  equal(constraint_line "f2", "FOREIGN KEY (id) REFERENCES orders(total)|true")
  local valid = with(fk, { not_valid = false, name = "f2" })
  apply { ops.alter_foreign_key(q "u", valid, with(valid, { deferrable = true, deferred = true })) }
  equal(constraint_line "f2", "FOREIGN KEY (id) REFERENCES orders(total) DEFERRABLE INITIALLY DEFERRED|true")
  apply { ops.alter_foreign_key(q "u", with(valid, { deferrable = true, deferred = true }), with(valid, { on_delete = "cascade", not_valid = true })) }
  equal(constraint_line "f2", "FOREIGN KEY (id) REFERENCES orders(total) ON DELETE CASCADE NOT VALID|false")
  local check = { name = "c", expr = "total > 0", not_valid = true }
  apply { ops.add_check(q "orders", check) }
  apply { ops.alter_check(q "orders", check, { name = "c", expr = "total > 0" }) }
  equal(constraint_line "c", "CHECK ((total > 0))|true")
  apply { ops.alter_check(q "orders", { name = "c", expr = "total > 0" }, { name = "c9", expr = "total > 9" }) }
  equal(constraint_line "c9", "CHECK ((total > 9))|true")
  local exclusion = { name = "x", method = "btree", parts = { { column = "total", operator = "=" } } }
  apply { ops.add_exclusion(q "orders", exclusion) }
  apply { ops.alter_exclusion(q "orders", exclusion, with(exclusion, { name = "x2" })) }
  apply { ops.alter_exclusion(q "orders", with(exclusion, { name = "x2" }), with(exclusion, { name = "x3", where = "total > 1" })) }
  apply { ops.drop_exclusion(q "orders", { name = "x3" }) }
  apply { ops.drop_foreign_key(q "u", { name = "f2" }), ops.drop_check(q "orders", { name = "c9" }) }
  apply { ops.drop_key(q "orders", unique), ops.drop_key(q "orders", with(key, { name = "k2" })) }
  equal(query "SELECT count(*) FROM pg_constraint WHERE conrelid = 'orders'::regclass", "0")
end)

it("builds, alters and drops indexes, outside a transaction too", function()
  apply { ops.create_table(orders()) }
  local index = { name = "i", parts = parts("total") }
  apply({ ops.create_index(q "orders", index) }, { form = "concurrently" })
  apply({ ops.alter_index(q "orders", index, with(index, { name = "i2", storage = { { "fillfactor", "60" } }, comment = "z" })) })
  apply({ ops.alter_index(q "orders", with(index, { name = "i2" }), with(index, { name = "i2", unique = true })) }, { form = "concurrently" })
  equal(query "SELECT pg_get_indexdef('i2'::regclass)", "CREATE UNIQUE INDEX i2 ON public.orders USING btree (total)")
  local key = { name = "orders_total_key", parts = parts("total"), deferrable = true }
  local unique = with(index, { name = "i2", unique = true })
  apply({ ops.drop_index(q "orders", unique), ops.add_key(q "orders", key) }, { form = "using_index" })
  equal(constraint_line "orders_total_key", "UNIQUE (total) DEFERRABLE|true")
  apply({ ops.drop_key(q "orders", key), ops.create_index(q "orders", unique) }, { form = "using_index", direction = "backward" })
  apply({ ops.drop_index(q "orders", unique) }, { form = "concurrently", direction = "backward" })
  equal(query "SELECT count(*) FROM pg_index WHERE indrelid = 'orders'::regclass", "1")
end)

it("adds, renames and takes away enum values", function()
  local function enum(...) return { name = q "st", values = { ... } } end
  apply { ops.create_enum(enum("b", "d")) }
  apply { ops.create_table { name = q "t", columns = {
    col("s", { name = "enum", ref = "st", args = {} }, { default = { kind = "string", text = "b" } }),
    col("l", { name = "enum", ref = "st", args = {}, array = 1 }) } } }
  apply { ops.alter_enum(enum("b", "d"), enum("a", "b", "c", "d", "e")) }
  local list = "SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum"
  equal(query(list), "a,b,c,d,e")
  h.run "INSERT INTO t VALUES ('c', '{a,b}')"
  apply { ops.alter_enum(enum("a", "b", "c", "d", "e"), enum("a", "b", "see", "d", "e")) }
  equal(query "SELECT * FROM t", "see|{a,b}")
  apply { ops.alter_enum(enum("a", "b", "see", "d", "e"), enum("b", "see", "a")) }
  equal(query(list), "b,see,a")
  equal(query "SELECT * FROM t", "see|{a,b}")
  equal(column_line("t", "s"), "st|false|'b'::st|")
  local ok, text = h.try(h.render { ops.alter_enum(enum("b", "see", "a"), enum("b", "a")) })
  equal(ok, false, "a value in use must stop the rebuild")
  equal(text:match("invalid input value for enum") ~= nil, true, text)
  apply { ops.alter_enum(enum("b", "see", "a"), { name = q "st2", values = { "b", "see", "a" }, comment = "k" }) }
  equal(query "SELECT obj_description('st2'::regtype)", "k")
end)

it("rebuilds an enum under views, checks and indexes that say its values", function()
  local function enum(...) return { name = q "st", values = { ... } } end
  apply { ops.create_enum(enum("a", "b", "c")) }
  h.run [[CREATE TABLE t (s st DEFAULT 'a' CHECK (s <> 'b'), n int);
    CREATE INDEX t_idx ON t (n) WHERE s = 'a'; COMMENT ON INDEX t_idx IS 'ci';
    CREATE VIEW v WITH (security_barrier = true) AS SELECT s, n FROM t WHERE s IN ('a', 'c'); COMMENT ON VIEW v IS 'cv';
    CREATE VIEW w AS SELECT n FROM v; CREATE MATERIALIZED VIEW m AS SELECT s FROM v; CREATE UNIQUE INDEX m_idx ON m (s);
    DROP ROLE IF EXISTS forgelua_reader; CREATE ROLE forgelua_reader; GRANT SELECT ON v TO forgelua_reader WITH GRANT OPTION;
    INSERT INTO t VALUES ('c', 1)]]
  local texts = [[SELECT pg_get_viewdef('v'::regclass) || pg_get_viewdef('w'::regclass) || pg_get_viewdef('m'::regclass)
    || pg_get_indexdef('m_idx'::regclass) || pg_get_indexdef('t_idx'::regclass) || obj_description('t_idx'::regclass, 'pg_class')
    || obj_description('v'::regclass, 'pg_class') || (SELECT relacl::text || reloptions::text FROM pg_class WHERE relname = 'v')
    || (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 't_s_check')]]
  local was = query(texts)
  apply { ops.alter_enum(enum("a", "b", "c"), enum("c", "b", "a")) }
  equal(query(texts), was)
  equal(query "SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum", "c,b,a")
  equal(query "SELECT * FROM v", "c|1")
  h.run "DROP TABLE t CASCADE; DROP ROLE forgelua_reader"
end)

it("keeps sequences", function()
  apply { ops.create_table(orders()) }
  local s = { name = q "Sq", type = "integer", start = 5, increment = 2, min = 1, max = 99, cache = 3, cycle = true, owned_by = "orders.id", comment = "s" }
  apply { ops.create_sequence(s) }
  equal(query "SELECT start_value, increment_by, min_value, max_value, cache_size, cycle FROM pg_sequences", "5|2|1|99|3|t")
  apply { ops.alter_sequence(s, { name = q "sq2", type = "bigint", start = 6 }) }
  equal(query "SELECT sequencename, start_value, increment_by, max_value, cache_size, cycle FROM pg_sequences", "sq2|6|1|9223372036854775807|1|f")
  apply { ops.drop_sequence { name = q "sq2" } }
end)

it("keeps views with options, grants and dependents", function()
  apply { ops.create_table(orders()) }
  local v = { name = q "V", query = "SELECT id, total FROM orders WHERE total > 0;", columns = { "a", "b" },
              security_invoker = true, check_option = "local", comment = "cv", uses = {} }
  apply { ops.create_view(v) }
  equal(query [[SELECT reloptions::text FROM pg_class WHERE relname = 'V']], "{security_invoker=true,check_option=local}")
  h.run [[DROP ROLE IF EXISTS forgelua_reader; CREATE ROLE forgelua_reader; GRANT SELECT ON "V" TO forgelua_reader]]
  local v2 = with(v, { query = "SELECT total, note FROM orders", columns = { "t", "n" }, check_option = "", comment = nil })
  apply { ops.alter_view(v, v2) }
  equal(query [[SELECT reloptions::text || relacl::text FROM pg_class WHERE relname = 'V']]:match("forgelua_reader=r") ~= nil, true)
  equal(query [[SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = '"V"'::regclass]], "t,n")
  apply { ops.alter_view(v2, with(v2, { security_invoker = false, check_option = "cascaded" })) }
  equal(query [[SELECT reloptions::text FROM pg_class WHERE relname = 'V']], "{check_option=cascaded}")
  apply { ops.alter_view(v2, with(v2, { name = q "w" })) }
  local m = { name = q "m", query = "SELECT id FROM orders", columns = {}, materialized = true, comment = "mm", uses = {} }
  apply { ops.create_view(m), ops.alter_view(m, with(m, { query = "SELECT total FROM orders" })) }
  equal(query "SELECT obj_description('m'::regclass)", "mm")
  apply { ops.drop_view(m), ops.drop_view(with(v2, { name = q "w" })) }
  h.run "DROP ROLE forgelua_reader"
end)

it("renames and moves tables, runs the user's own SQL", function()
  apply { ops.create_table(orders()), ops.create_schema { name = q "app" } }
  apply { ops.rename_table({ name = q "orders" }, { name = q("Bestellungen", "app") }) }
  equal(query [[SELECT count(*) FROM app."Bestellungen"]], "0")
  local raw = { name = q "r", up = "CREATE TABLE raw (); ; ", down = "DROP TABLE raw" }
  apply { ops.run_raw(raw) }
  apply { ops.reverse(ops.run_raw(raw)) }
  equal(query "SELECT to_regclass('raw') IS NULL", "t")
end)

it("knows the names and the spelling that the server gives", function()
  local long = ("x"):rep(40)
  for _, name in ipairs { "orders", "Orders", ("t"):rep(63), ("é"):rep(31), "a" .. ("ü"):rep(30) } do
    for _, columns in ipairs { { "a", "b" }, { long, long .. "2", "ccc" }, { ("ö"):rep(25), "b" } } do
      h.reset()
      local list = {}
      for i, c in ipairs(columns) do list[i] = h.d:ident(c) .. " int" end
      local names = h.d.types.names
      local keys = h.d:ident(columns[1]) .. ", " .. h.d:ident(columns[2])
      local two = { columns[1], columns[2] }
      h.run(("CREATE TABLE %s (%s, k serial PRIMARY KEY, UNIQUE (%s), CHECK (k > 0), EXCLUDE USING btree (%s WITH =))"):format(
        h.d:ident(name), table.concat(list, ", "), keys, h.d:ident(columns[1])))
      h.run(("CREATE INDEX ON %s (%s); ALTER TABLE %s ADD FOREIGN KEY (%s) REFERENCES %s (%s)"):format(
        h.d:ident(name), keys, h.d:ident(name), keys, h.d:ident(name), keys))
      local expected = {
        c = names.check(name, "k"), f = names.foreign_key(name, two), p = names.primary_key(name),
        u = names.unique(name, two), x = names.exclusion(name, { columns[1] }),
      }
      for _, kind in ipairs { "c", "f", "p", "u", "x" } do
        equal(query(("SELECT conname FROM pg_constraint WHERE contype = '%s' AND connamespace = 'public'::regnamespace"):format(kind)), expected[kind], kind)
      end
      equal(query "SELECT relname FROM pg_class WHERE relkind = 'S'", names.sequence(name, "k"))
      equal(query "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE NOT indisunique AND NOT indisexclusion AND c.relnamespace = 'public'::regnamespace", names.index(name, two))
    end
  end
end)

it("converts as it says: what is free rewrites nothing, what widens never fails", function()
  local types = h.d.types
  local cases = {
    { ty "integer", ty "text", "2147483647" }, { ty "integer", ty("varchar", 3), "1234" }, { ty "boolean", ty "integer", "true" },
    { ty "integer", ty "boolean", "5" }, { ty "boolean", ty("numeric", 3, 1), "true" }, { ty("numeric", 5, 2), ty "integer", "1.50" },
    { ty "text", ty "integer", "'007'" }, { ty "text", ty "uuid", "'00000000-0000-0000-0000-000000000001'" }, { ty "uuid", ty "text", "gen_random_uuid()" },
    { ty "json", ty "jsonb", [['{"a":1}']] }, { ty "jsonb", ty "text", "'[1]'" }, { ty "text", ty "jsonb", "'[1]'" },
    { ty "timestamp", ty "timestamptz", "'2026-01-01'" }, { ty "timestamptz", ty "date", "'2026-01-01Z'" }, { ty "date", ty "timestamptz", "'2026-01-01'" },
    { ty "date", ty "timestamp", "'2026-01-01'" }, { ty "bigint", ty "double", "1" }, { ty "double", ty "numeric", "1.5" },
    { ty "money", ty "numeric", "1.5" }, { ty "text", ty "boolean", "'yes'" }, { ty "inet", ty "cidr", "'10.0.0.0/8'" }, { ty "text", ty "citext", "'x'" },
    { ty "time", ty "interval", "'10:00'" }, { ty "bit", ty("varbit", 3), "B'1'" }, { ty "text", ty "bytea", "'x'" }, { ty "smallint", ty "serial", "1" },
    { { name = "integer", args = {}, array = 1 }, { name = "bigint", args = {}, array = 1 }, "'{1,2}'" },
  }
  h.run "CREATE EXTENSION citext"
  for i, case in ipairs(cases) do
    local from, target, value = case[1], case[2], case[3]
    local kind, expr = types.castable(from, target), types.convert("a", from, target, h.d)
    local about = from.name .. " to " .. target.name
    if not kind then
      equal(expr, nil, about)
    else
      h.run(("CREATE TABLE c%d (a %s, b %s); INSERT INTO c%d VALUES (%s);"):format(i, types.sql(from, h.d), types.sql(target, h.d), i, value))
      local ok, text = h.try(("UPDATE c%d SET b = %s"):format(i, expr))
      -- Four digits do not fit three characters: refused, not cut.
      equal(ok, about ~= "integer to varchar", about .. ": " .. text)
    end
  end
end)

h.report()
