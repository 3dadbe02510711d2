-- Dual-write, backfill and swap on a real server: every write of either application arrives on both sides.
-- luacheck: ignore 631
package.path = "tests/support/?.lua;" .. package.path

local h = require("postgres_harness")
local ops, it, equal, query, apply, run = h.ops, h.it, h.equal, h.query, h.apply, h.run
local q, ty, col, with, parts = h.q, h.ty, h.col, h.with, h.parts

local function table_of(columns, name)
  return { name = q(name or "t"), columns = columns, primary_key = { name = (name or "t") .. "_pkey", primary = true, parts = parts(columns[1].name) } }
end

local function text_to_int(lead)
  local t = table_of { col("id", "bigint", { nullable = false }), col("code", "text"), col("code__new", "integer"), col("extra", "integer") }
  local sync = { name = q "t__sync", kind = "columns", table = q "t", columns = {}, key = {},
    pairs = { { old = "code", new = "code__new", up = "CAST(code AS integer)", down = "CAST(code__new AS text)", lead = lead } } }
  return t, sync
end

local function with_text_to_int(lead)
  local t, sync = text_to_int(lead)
  apply({ ops.create_table(t), ops.create_sync(sync) }, { after = { t } })
  return t, sync
end

local ROWS = "SELECT id, coalesce(code, '-'), coalesce(code__new::text, '-') FROM t ORDER BY id"
local ERRORS = "SELECT column_name, error_code, row_data ->> 'id' FROM forgelua_sync_errors ORDER BY id"

it("columns: inserts while the old side leads", function()
  with_text_to_int "old"
  run [[INSERT INTO t (id, code) VALUES (1, '007'), (2, NULL), (3, 'abc'), (4, '99999999999');
        INSERT INTO t (id, code__new) VALUES (5, 8);
        INSERT INTO t (id, code, code__new) VALUES (6, '009', 9), (7, '1', 2);]]
  equal(query(ROWS), "1|007|7\n2|-|-\n3|abc|-\n4|99999999999|-\n5|8|8\n6|009|9\n7|2|2")
  equal(query(ERRORS), "code__new|22P02|3\ncode__new|22003|4")
end)

it("columns: inserts while the new side leads", function()
  with_text_to_int "new"
  run [[INSERT INTO t (id, code) VALUES (1, '007'), (3, 'abc');
        INSERT INTO t (id, code__new) VALUES (5, 8);
        INSERT INTO t (id, code, code__new) VALUES (6, '009', 9), (7, '1', 2);]]
  equal(query(ROWS), "1|007|7\n3|abc|-\n5|8|8\n6|009|9\n7|1|1")
end)

it("columns: updates of either side, both, and neither", function()
  for _, lead in ipairs { "old", "new" } do
    h.reset()
    with_text_to_int(lead)
    run [[INSERT INTO t (id, code) SELECT g, '00' || g FROM generate_series(1, 6) g;
          UPDATE t SET extra = 1;
          UPDATE t SET code = '0042' WHERE id = 1;
          UPDATE t SET code__new = 43 WHERE id = 2;
          UPDATE t SET code = '50', code__new = 51 WHERE id = 3;
          UPDATE t SET code = '0060', code__new = 60 WHERE id = 4;
          UPDATE t SET code = NULL WHERE id = 5;
          UPDATE t SET code__new = NULL WHERE id = 6;]]
    equal(query(ROWS), "1|0042|42\n2|43|43\n3|" .. (lead == "old" and "50|50" or "51|51") .. "\n4|0060|60\n5|-|-\n6|-|-", lead)
  end
end)

it("columns: a bulk update, and one by the backfill that must not come back", function()
  with_text_to_int "old"
  run [[INSERT INTO t (id, code) SELECT g, '00' || g FROM generate_series(1, 1000) g;
        UPDATE t SET code__new = code__new + 1;]]
  equal(query "SELECT count(*) FROM t WHERE code = code__new::text AND code__new = id + 1", "1000")
  run [[BEGIN; SELECT set_config('forgelua.backfill', 'on', true); UPDATE t SET code__new = 0 WHERE id < 10; COMMIT;
        UPDATE t SET code = '5' WHERE id = 20;]]
  equal(query "SELECT count(*) FROM t WHERE code__new = 0 AND code <> '0'", "9")
  equal(query "SELECT code__new FROM t WHERE id = 20", "5")
end)

it("columns: an expression over several columns, no way down, odd names", function()
  local t = table_of { col("Id", "bigint", { nullable = false }), col("first", "text"), col("Last Name", "text"), col("full", "text"), col("doc", "json") }
  local sync = { name = q "T sync", kind = "columns", table = q "t", columns = {}, key = {},
    pairs = { { old = "first", new = "full", up = [[concat_ws(' ', first, "Last Name")]], down = "", lead = "old" } } }
  apply({ ops.create_table(t), ops.create_sync(sync) }, { after = { t } })
  run [[INSERT INTO t VALUES (1, 'Ada', 'L', NULL, '{}'); UPDATE t SET "Last Name" = 'Lovelace';]]
  equal(query [[SELECT "full" FROM t]], [[Ada Lovelace]])
  run [[UPDATE t SET "full" = 'X Y';]]
  equal(query [[SELECT coalesce(first, '-'), "full" FROM t]], [[-|X Y]])
  apply({ ops.drop_sync(sync) }, { before = { t } })
  equal(query "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal", "0")
  equal(query "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace", "0")
end)

it("columns: runs after other triggers and for an application without rights on the log", function()
  local t = with_text_to_int "old"
  run [[CREATE FUNCTION zebra() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.code := ''9'' || NEW.code; RETURN NEW; END';
        CREATE TRIGGER zebra BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION zebra();
        DROP ROLE IF EXISTS forgelua_app; CREATE ROLE forgelua_app; GRANT SELECT, INSERT, UPDATE ON t TO forgelua_app;
        SET ROLE forgelua_app; INSERT INTO t (id, code) VALUES (1, '1'), (2, 'x');]]
  equal(query(ROWS), "1|91|91\n2|9x|-")
  equal(query(ERRORS), "code__new|22P02|2")
  run "DROP OWNED BY forgelua_app; DROP ROLE forgelua_app"
  equal(t ~= nil, true)
end)

it("columns: a value that another trigger makes fit is no error", function()
  with_text_to_int "old"
  run [[CREATE FUNCTION mend() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.code := ltrim(NEW.code, ''x''); RETURN NEW; END';
        CREATE TRIGGER mend BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION mend();
        INSERT INTO t (id, code) VALUES (1, 'x7'), (2, '8');]]
  equal(query(ROWS), "1|7|7\n2|8|8")
  equal(query(ERRORS), "")
end)

it("columns: a session goes on while other steps alter the table", function()
  with_text_to_int "old"
  run [[INSERT INTO t (id, code) VALUES (1, '1'); UPDATE t SET code = '2';
        ALTER TABLE t ADD COLUMN more text; INSERT INTO t (id, code, more) VALUES (2, '2', 'm'); UPDATE t SET code = '3';
        ALTER TABLE t ALTER COLUMN extra TYPE bigint; UPDATE t SET code = '4'; INSERT INTO t (id, code) VALUES (3, '4');
        ALTER TABLE t DROP COLUMN extra; UPDATE t SET code = '5'; INSERT INTO t (id, code) VALUES (4, '5');
        ALTER TABLE t RENAME COLUMN more TO "More"; UPDATE t SET code__new = 6; INSERT INTO t (id, code__new) VALUES (5, 6);]]
  equal(query(ROWS), "1|6|6\n2|6|6\n3|6|6\n4|6|6\n5|6|6")
  equal(query(ERRORS), "")
end)

it("fill: what the application leaves out is filled", function()
  local t = table_of { col("id", "bigint", { nullable = false }), col("region", "text"), col("currency", ty("char", 3)) }
  local sync = { name = q "t__sync", kind = "fill", table = q "t", columns = {}, key = {},
    pairs = { { new = "currency", up = "CASE WHEN region = 'EU' THEN 'EUR' WHEN region = '?' THEN 'much too long' ELSE 'USD' END" } } }
  apply({ ops.create_table(t), ops.create_sync(sync) }, { after = { t } })
  run [[INSERT INTO t VALUES (1, 'EU', NULL), (2, 'US', 'CAD'), (3, NULL, NULL), (4, '?', NULL);]]
  equal(query "SELECT id, currency FROM t ORDER BY id", "1|EUR\n2|CAD\n3|USD\n4|")
  equal(query(ERRORS), "currency|22001|4")
end)

local function pair_of_tables(id)
  local a = table_of({ col("id", id.type, with({ nullable = false }, id.old)), col("name", "text") }, "orders")
  local b = table_of({ col("id", id.type, with({ nullable = false }, id.new or id.old)), col("title", ty("varchar", 5)),
    col("size", "integer", { generated = { expr = "length(title)", stored = true } }) }, "orders__new")
  local sync = { name = q "orders__sync", kind = "table", table = q "orders", target = q "orders__new", pairs = {}, key = { "id" },
    columns = { { to = "id", expr = "id" }, { to = "title", expr = "name" }, { to = "size", expr = "0" } } }
  return a, b, sync
end

it("table: every write arrives, a key change moves the row, a bad row is logged", function()
  local a, b, sync = pair_of_tables { type = "bigint", old = { identity = { always = true } } }
  apply({ ops.create_table(a), ops.create_table(b), ops.create_sync(sync) }, { after = { a, b } })
  run [[INSERT INTO orders (name) SELECT 'n' || g FROM generate_series(1, 20) g;
        UPDATE orders SET name = 'two' WHERE id = 2;
        DELETE FROM orders WHERE id = 3;
        INSERT INTO orders (name) VALUES ('far too long');
        UPDATE orders SET name = 'bulk' WHERE id BETWEEN 10 AND 15;]]
  equal(query "SELECT count(*), sum(size) FROM orders__new", "19|" .. query "SELECT sum(length(name)) FROM orders WHERE id <> 21")
  equal(query "SELECT count(*) FROM orders o FULL JOIN orders__new n USING (id) WHERE n.title IS DISTINCT FROM o.name", "1")
  equal(query "SELECT operation, error_code, row_data ->> 'id' FROM forgelua_sync_errors", "INSERT|22001|21")
  run "TRUNCATE orders"
  equal(query "SELECT count(*) FROM orders__new", "0")
  apply({ ops.drop_sync(sync) }, { before = { a, b } })
end)

it("table: what a trigger of the application's changes behind the statement, and keys that change places, arrive", function()
  local a, b, sync = pair_of_tables { type = "bigint" }
  a.primary_key.deferrable = true
  apply({ ops.create_table(a), ops.create_table(b), ops.create_sync(sync) }, { after = { a, b } })
  run [[CREATE FUNCTION behind() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
          UPDATE orders SET name = name || '.' WHERE id IN (NEW.id, NEW.id + 1) AND name NOT LIKE '%.'; DELETE FROM orders WHERE id = NEW.id AND name LIKE 'x%';
          RETURN NULL; END$$;
        CREATE TRIGGER behind AFTER INSERT OR UPDATE ON orders FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION behind();
        INSERT INTO orders VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'x');
        UPDATE orders SET id = 3 - id WHERE id < 3;]]
  equal(query "SELECT id, title FROM orders__new ORDER BY id", "1|b.\n2|a.\n3|c.")
  run "DROP TRIGGER behind ON orders; ALTER TABLE orders RENAME TO told; INSERT INTO told VALUES (7, 'r'); DELETE FROM told WHERE id < 3"
  equal(query "SELECT id, title FROM orders__new ORDER BY id", "3|c.\n7|r", "under another name")
end)

it("table: what nobody has written anew stays as it was, and goes with no other row's key", function()
  local a = table_of({ col("id", "bigint", { nullable = false }), col("n", "integer"), col("other", "integer") }, "orders")
  local b = table_of({ col("id", "bigint", { nullable = false }), col("code", "text"), col("other", "integer") }, "orders__old")
  a.primary_key.deferrable = true
  local sync = { name = q "orders__sync", kind = "table", table = q "orders", target = q "orders__old", pairs = {}, key = { "id" },
    columns = { { to = "id", expr = "id" }, { to = "code", expr = "lpad(n::text, 1)" }, { to = "other", expr = "other" } } }
  for _, unique in ipairs { true, false } do
    h.reset()
    b.primary_key = unique and { name = "orders__old_pkey", primary = true, parts = parts "id" } or nil
    apply({ ops.create_table(a), ops.create_table(b), ops.create_sync(sync) }, { after = { a, b } })
    run [[INSERT INTO orders VALUES (1, 7, 0), (2, 8, 0); UPDATE orders__old SET code = '00' || code;
          UPDATE orders SET other = 1; UPDATE orders SET n = 9 WHERE id = 2;]]
    equal(query "SELECT id, code, other FROM orders__old ORDER BY id", "1|007|1\n2|9|1", tostring(unique))
    run "UPDATE orders SET id = 3 - id"
    equal(query "SELECT id, code, other FROM orders__old ORDER BY id", "1|9|1\n2|7|1", tostring(unique))
  end
end)

-- `child` has a copy; `outside` has none, and refers to the copy of its parent alone.
it("table: tables that are emptied together leave nothing in their copies, whatever refers to what", function()
  local a, b, sync = pair_of_tables { type = "bigint" }
  local c = table_of({ col("id", "bigint", { nullable = false }), col("parent", "bigint") }, "child")
  local e = with(c, { name = q "child__new", primary_key = { name = "child__new_pkey", primary = true, parts = parts "id" } })
  local second = { name = q "child__sync", kind = "table", table = q "child", target = q "child__new", pairs = {}, key = { "id" },
    columns = { { to = "id", expr = "id" }, { to = "parent", expr = "parent" } } }
  apply({ ops.create_table(a), ops.create_table(b), ops.create_table(c), ops.create_table(e), ops.create_sync(sync),
    ops.create_sync(second) }, { after = { a, b, c, e } })
  run [[ALTER TABLE child__new ADD FOREIGN KEY (parent) REFERENCES orders__new; ALTER TABLE orders__new ADD COLUMN last bigint REFERENCES child__new;
        CREATE TABLE outside (parent bigint REFERENCES orders__new);]]
  local LEFT = "SELECT (SELECT count(*) FROM orders__new), (SELECT count(*) FROM child__new), (SELECT count(*) FROM forgelua_sync_errors)"
  local FILL = "INSERT INTO orders VALUES (1, 'a'), (2, 'b'); INSERT INTO child VALUES (1, 1), (2, 2); UPDATE orders__new SET last = id; "
  for _, emptied in ipairs { "TRUNCATE orders, child", "TRUNCATE child, orders" } do
    run(FILL .. emptied)
    equal(query(LEFT), "0|0|0", emptied)
  end
  run("BEGIN; " .. FILL .. "TRUNCATE orders; INSERT INTO orders VALUES (3, 'c'); TRUNCATE child; COMMIT")
  equal(query "SELECT title FROM orders__new WHERE id = 3", "c", "what came in between stays")
end)

it("table: a changed key is a delete and an insert", function()
  local a, b, sync = pair_of_tables { type = "bigint" }
  apply({ ops.create_table(a), ops.create_table(b), ops.create_sync(sync) }, { after = { a, b } })
  run [[INSERT INTO orders VALUES (1, 'a'), (2, 'b'); UPDATE orders SET id = id + 10;]]
  equal(query "SELECT id, title FROM orders__new ORDER BY id", "11|a\n12|b")
end)

it("table: a key that is not unique on the other side", function()
  local a, b, sync = pair_of_tables { type = "bigint" }
  b.primary_key.parts = parts("id", "title")
  apply({ ops.create_table(a) })
  run "INSERT INTO orders VALUES (1, 'a'), (2, 'b'), (3, 'c')"
  apply({ ops.create_table(b), ops.create_sync(sync) }, { after = { a, b } })
  run [[UPDATE orders SET name = 'z' WHERE id = 2; INSERT INTO orders VALUES (4, 'd'); UPDATE orders SET id = 5 WHERE id = 4; UPDATE orders SET name = 'y' WHERE id = 2]]
  apply({}, { work = { kind = "copy", table = q "orders", target = q "orders__new", set = sync.columns, key = { "id" }, batch_rows = 2, pause_ms = 0 }, after = { a, b } })
  equal(query "SELECT id, title, size FROM orders__new ORDER BY id", "1|a|1\n2|y|1\n3|c|1\n5|d|1")
  equal(query(ERRORS), "")
end)

-- A copy with rows there before, then the swap, with grants and counters.
local function swap(id, app_insert)
  local a, b, sync = pair_of_tables(id)
  apply({ ops.create_table(a) })
  run "DROP ROLE IF EXISTS forgelua_app; CREATE ROLE forgelua_app; GRANT SELECT, INSERT ON orders TO forgelua_app; GRANT UPDATE (name) ON orders TO forgelua_app; INSERT INTO orders (name) SELECT 'n' || g FROM generate_series(1, 2500) g; DELETE FROM orders WHERE id > 2490"
  apply({ ops.create_table(b), ops.create_sync(sync) }, { before = { a }, after = { a, b } })
  local work = { kind = "copy", table = q "orders", target = q "orders__new", set = sync.columns, key = { "id" }, batch_rows = 1000, pause_ms = 1 }
  apply({}, { work = work, after = { a, b } })
  equal(query "SELECT count(*) FROM orders__new", "2490")
  local old_after, new_after = with(a, { name = q "orders__old" }), with(b, { name = q "orders" })
  local forward = { ops.drop_sync(sync), ops.rename_table({ name = q "orders" }, { name = q "orders__old" }),
                    ops.rename_table({ name = q "orders__new" }, { name = q "orders" }) }
  apply(forward, { form = "swap", before = { a, b }, after = { old_after, new_after } })
  equal(query(app_insert), "2501")
  equal(query "SELECT has_table_privilege('forgelua_app', 'orders', 'INSERT')", "t")
  local backward = { ops.reverse(forward[3]), ops.reverse(forward[2]), ops.reverse(forward[1]) }
  apply(backward, { form = "swap", direction = "backward", before = { old_after, new_after }, after = { a, b } })
  equal(query "INSERT INTO orders (name) VALUES ('x') RETURNING id", "2502")
  apply(forward, { form = "swap", before = { a, b }, after = { old_after, new_after } })
  apply({ ops.drop_table(old_after) })
  equal(query(app_insert), "2503")
  equal(query "SELECT pg_get_serial_sequence('orders', 'id')", "public.orders_id_seq")
  equal(query "SELECT string_agg(relname, ',') FROM pg_class WHERE relkind = 'S' AND relname LIKE 'orders%'", "orders_id_seq")
  run "DROP OWNED BY forgelua_app; DROP ROLE forgelua_app"
end

it("swap of tables with identity columns goes on counting", function()
  swap({ type = "bigint", old = { identity = { always = true } } }, "INSERT INTO orders (title) VALUES ('x') RETURNING id")
end)

it("swap of tables with serial columns goes on counting", function()
  swap({ type = "serial", old = {} }, "INSERT INTO orders (title) VALUES ('x') RETURNING id")
end)

it("swap of tables that share a modelled sequence keeps it", function()
  local default = { kind = "sql", text = "nextval('odd_seq'::regclass)" }
  local a = table_of({ col("id", "bigint", { nullable = false, default = default }) }, "orders")
  apply { ops.create_sequence { name = q "odd_seq" }, ops.create_table(a), ops.alter_sequence({ name = q "odd_seq" }, { name = q "odd_seq", owned_by = "orders.id" }) }
  local b = with(a, { name = q "orders__new", primary_key = { name = "b", primary = true, parts = parts "id" } })
  apply { ops.create_table(b) }
  apply({ ops.rename_table({ name = q "orders" }, { name = q "orders__old" }), ops.rename_table({ name = q "orders__new" }, { name = q "orders" }) },
    { form = "swap", before = { a, b }, after = { with(a, { name = q "orders__old" }), with(b, { name = q "orders" }) } })
  apply { ops.drop_table { name = q "orders__old" } }
  equal(query "INSERT INTO orders DEFAULT VALUES RETURNING id", "1")
end)

it("swap of a serial column to a wider one goes on counting", function()
  local old = col("id", "serial", { nullable = false })
  local t = { name = q "t", columns = { old, col("id__new", "bigint") } }
  apply { ops.create_table(t) }
  run "INSERT INTO t SELECT nextval('t_id_seq'), g FROM generate_series(1, 10) g; DELETE FROM t WHERE id > 8"
  local aside, now = col("id__old", "integer"), col("id", "bigserial", { nullable = false })
  apply({ ops.alter_column(q "t", old, aside), ops.alter_column(q "t", t.columns[2], now) },
    { form = "swap", before = { t }, after = { { name = q "t", columns = { aside, now } } } })
  equal(query "INSERT INTO t DEFAULT VALUES RETURNING id", "11")
  equal(query "SELECT pg_get_serial_sequence('t', 'id')", "public.t_id_seq")
  apply({ ops.alter_column(q "t", now, t.columns[2]), ops.alter_column(q "t", aside, col("id", "integer")) },
    { form = "swap", before = { { name = q "t", columns = { aside, now } } } })
end)

it("swap makes a view anew with its grants", function()
  local t = table_of { col("id", "bigint", { nullable = false }), col("a", "integer"), col("a__new", "bigint") }
  local v = { name = q "v", query = "SELECT id, a FROM t", columns = {}, uses = { q "t" } }
  apply { ops.create_table(t), ops.create_view(v) }
  run "DROP ROLE IF EXISTS forgelua_app; CREATE ROLE forgelua_app; GRANT SELECT ON v TO forgelua_app WITH GRANT OPTION; GRANT UPDATE (a) ON t TO forgelua_app"
  local a, n = t.columns[2], t.columns[3]
  apply({ ops.drop_view(v), ops.alter_column(q "t", a, with(a, { name = "a__old" })), ops.alter_column(q "t", n, with(n, { name = "a" })), ops.create_view(v) },
    { form = "swap", before = { t }, after = { t } })
  equal(query "SELECT has_table_privilege('forgelua_app', 'v', 'SELECT WITH GRANT OPTION'), has_column_privilege('forgelua_app', 't', 'a', 'UPDATE')", "t|t")
  run "DROP OWNED BY forgelua_app; DROP ROLE forgelua_app"
end)

it("backfill: bad rows are kept aside, the rest is filled", function()
  local t, sync = text_to_int "old"
  apply({ ops.create_table(t) })
  run "INSERT INTO t (id, code) SELECT g * 3, CASE WHEN g % 500 = 0 THEN 'bad' ELSE '00' || g END FROM generate_series(1, 2345) g"
  apply({ ops.create_sync(sync) }, { after = { t } })
  local work = { kind = "backfill", table = q "t", set = { { to = "code__new", expr = "CAST(code AS integer)" } }, where = "code__new IS NULL", key = { "id" }, batch_rows = 200, pause_ms = 1 }
  local ok, said = h.try(h.render({}, { id = "t/migrate/fill", work = work, after = { t } }))
  equal(ok, false)
  equal(said:match("ERROR: +([^\n]+)"), "4 rows of t could not be carried over")
  equal(query "SELECT count(*) FILTER (WHERE code__new IS NULL), count(*) FILTER (WHERE code = '00' || code__new) FROM t", "4|2341")
  equal(query "SELECT string_agg(row_key ->> 'id', ',' ORDER BY id) FROM forgelua_backfill_errors", "1500,3000,4500,6000")
  equal(query "SELECT id, cursor, rows_done, bad_rows, state FROM forgelua_backfill_progress", "t/migrate/fill|[7035]|2341|4|done")
end)

it("backfill: goes on where it was broken off", function()
  local t = text_to_int "old"
  apply({ ops.create_table(t) })
  run "INSERT INTO t (id, code) SELECT g, g FROM generate_series(1, 1000) g"
  local work = { kind = "backfill", table = q "t", set = { { to = "code__new", expr = "CAST(code AS integer)" } }, key = { "id" }, batch_rows = 100, pause_ms = 0 }
  local script = h.render({}, { work = work, after = { t } })
  run "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.id = 555 AND NEW.code__new IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = 'out_of_memory'; END IF; RETURN NEW; END$$; CREATE TRIGGER stop BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION stop()"
  equal((h.try(script)), false)
  equal(query "SELECT cursor, rows_done, state FROM forgelua_backfill_progress", "[500]|500|running")
  run "DROP TRIGGER stop ON t; UPDATE t SET code__new = -1 WHERE id <= 500"
  run(script)
  equal(query "SELECT rows_done, state FROM forgelua_backfill_progress", "1000|done")
  equal(query "SELECT count(*) FILTER (WHERE code__new = -1), count(*) FILTER (WHERE code__new = id) FROM t", "500|500")
  -- The column is another one now: what was done to the first says nothing about it.
  run "ALTER TABLE t DROP COLUMN code__new; ALTER TABLE t ADD COLUMN code__new integer; UPDATE forgelua_backfill_progress SET state = 'running', cursor = '[500]'"
  run(script)
  equal(query "SELECT count(*) FROM t WHERE code__new = id", "1000")
end)

it("backfill: composite, text and missing keys", function()
  local t = { name = q("T", "app"), columns = { col("Region", "text"), col("at", "timestamptz"), col("n", "integer"), col("m", "integer") } }
  apply { ops.create_schema { name = q "app" }, ops.create_table(t) }
  run [[INSERT INTO app."T" ("Region", at, n) SELECT 'r' || g % 7, '2026-01-01'::timestamptz + g * interval '1.5 second', g FROM generate_series(1, 3000) g; CREATE UNIQUE INDEX ON app."T" ("Region", at); ANALYZE app."T"]]
  local work = { kind = "backfill", table = q("T", "app"), set = { { to = "m", expr = "n * 2" } }, key = { "Region", "at" }, batch_rows = 250, pause_ms = 0 }
  apply({}, { id = "a", work = work, after = { t } })
  equal(query [[SELECT count(*) FROM app."T" WHERE m = n * 2]], "3000")
  local ok, said = h.try(h.render({}, { id = "b", work = with(work, { key = {}, set = { { to = "m", expr = "100 / (n - 77)" } } }), after = { t } }))
  equal(ok, false)
  equal(said:match("ERROR: +([^\n]+)"), "1 row of app.T could not be carried over")
  equal(query [[SELECT count(*) FILTER (WHERE m IS DISTINCT FROM CASE WHEN n <> 77 THEN 100 / (n - 77) END), count(*) FILTER (WHERE n = 77 AND m = 154) FROM app."T"]], "1|1")
  equal(query "SELECT id, rows_done >= 2999, bad_rows FROM forgelua_backfill_progress ORDER BY id", "a|t|0\nb|t|1")
  equal(query "SELECT error_code FROM forgelua_backfill_errors", "22012")
end)

it("backfill: an empty table, and cleaning up", function()
  local t = text_to_int "old"
  apply({ ops.create_table(t) })
  local work = { kind = "backfill", table = q "t", set = { { to = "code__new", expr = "1" } }, key = { "id" }, batch_rows = 100, pause_ms = 0 }
  apply({}, { work = work, after = { t } })
  equal(query "SELECT rows_done, state FROM forgelua_backfill_progress", "0|done")
  run "CREATE TABLE forgelua_sync_errors (id int); INSERT INTO forgelua_sync_errors VALUES (1)"
  local out = require("forge.dialect").buffer()
  h.d.emit.script_cleanup(out, h.d)
  run("SET client_min_messages = error;" .. h.script(out))
  equal(query "SELECT string_agg(relname, ',') FROM pg_class WHERE relname LIKE 'forgelua%' AND relkind = 'r'", "forgelua_sync_errors")
end)

h.report()
