-- dialects/postgres/locks.lua against what the server really takes: every operation runs in a transaction, and its
-- locks, rewrites and scans are read from pg_locks, pg_class.relfilenode and the transaction's own statistics.
-- luacheck: ignore 631
package.path = "tests/support/?.lua;" .. package.path

local h = require("postgres_harness")
local dialect = require("forge.dialect")
local ops = h.ops
local q, ty, col, with, parts = h.q, h.ty, h.col, h.with, h.parts

local kRows = 500

local function sql(text) return { kind = "sql", text = text } end

-- One table with everything an operation may meet, and the one that its foreign key refers to.
local function tables()
  local parent = { name = q "u", columns = { col("id", "integer", { nullable = false }) },
                   primary_key = { name = "u_pkey", primary = true, parts = parts "id" } }
  local t = {
    name = q "t",
    columns = {
      col("id", "integer", { nullable = false }), col("a", "integer"), col("v", ty("varchar", 50)), col("n", ty("numeric", 10, 2)),
      col("at", "timestamp"), col("j", "json"), col("proved", "integer"), col("nn", "integer", { nullable = false }), col("x", "text"),
      col("g", "integer", { generated = { expr = "id + 1", stored = true } }), col("r", "real"), col("c", ty("char", 10)),
    },
    primary_key = { name = "t_pkey", primary = true, parts = parts "id" },
    uniques = { { name = "t_un", parts = parts "nn" } },
    indexes = { { name = "t_v", parts = parts "v" } },
    foreign_keys = { { name = "t_fk", columns = { "id" }, ref = q "u", ref_columns = { "id" } },
                     { name = "t_fk_nv", columns = { "id" }, ref = q "u", ref_columns = { "id" }, not_valid = true } },
    checks = { { name = "t_proved", expr = "proved IS NOT NULL" }, { name = "t_ck", expr = "id > 0" },
               { name = "t_nv", expr = "id > 0", not_valid = true } },
    exclusions = {},
    options = { storage = {} },
  }
  return t, parent
end

local t, parent = tables()
local function column(name)
  for _, c in ipairs(t.columns) do
    if c.name == name then return c end
  end
end
local function alter(name, more) return ops.alter_column(q "t", column(name), with(column(name), more)) end
local function to(name, ...) return alter(name, { type = ty(...) }) end

local view = { name = q "w", query = "SELECT id, a FROM t", columns = {}, uses = { q "t" } }
local sync = { name = q "t__sync", kind = "columns", table = q "t", columns = {}, key = {},
               pairs = { { old = "a", new = "nn", up = "a", down = "nn", lead = "old" } } }

local function setup()
  h.reset()
  h.apply { ops.create_table(parent) }
  h.run(("INSERT INTO u SELECT g FROM generate_series(1, %d) g"):format(kRows))
  h.apply { ops.create_table(with(t, { foreign_keys = {}, checks = {} })), ops.create_enum { name = q "e", values = { "a", "b" } },
            ops.create_sequence { name = q "sq" } }
  h.run(("INSERT INTO t (id, a, v, n, at, j, proved, nn, x, r, c) SELECT g, g, g::text, 1, now(), '{}', g, g, g::text, 1, 'c' FROM generate_series(1, %d) g"):format(kRows))
  for _, key in ipairs(t.foreign_keys) do h.apply { ops.add_foreign_key(q "t", key) } end
  for _, check in ipairs(t.checks) do h.apply { ops.add_check(q "t", check) } end
  h.run "CREATE TABLE et (s e); INSERT INTO et VALUES ('a')"
  h.apply { ops.create_view(with(view, { name = q "w0" })) }
  h.run "ANALYZE"
end

-- Locks of this backend on tables that stood before, what was rewritten, what was scanned.
local BEFORE = [[
CREATE TEMP TABLE files AS SELECT oid, relname, relfilenode, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p');
BEGIN;
CREATE TEMP TABLE scans AS SELECT relid, seq_tup_read FROM pg_stat_xact_user_tables WHERE false;
INSERT INTO scans SELECT relid, seq_tup_read FROM pg_stat_xact_user_tables WHERE schemaname = 'public';
]]
local AFTER = [[
SELECT 'lock|' || f.relname || '|' || l.mode FROM pg_locks l JOIN files f ON f.oid = l.relation
WHERE l.pid = pg_backend_pid() AND l.granted ORDER BY 1;
SELECT 'rewrite|' || f.relname FROM files f JOIN pg_class c ON c.oid = f.oid WHERE c.relfilenode <> f.relfilenode ORDER BY 1;
SELECT 'scan|' || f.relname FROM files f JOIN pg_stat_xact_user_tables s ON s.relid = f.oid LEFT JOIN scans b USING (relid)
WHERE s.seq_tup_read > coalesce(b.seq_tup_read, 0) ORDER BY 1;
ROLLBACK;
]]

local STRENGTH = { AccessShareLock = 1, RowShareLock = 2, RowExclusiveLock = 3, ShareUpdateExclusiveLock = 4, ShareLock = 5,
                   ShareRowExclusiveLock = 6, ExclusiveLock = 7, AccessExclusiveLock = 8 }
local SPELLED = { AccessShareLock = "ACCESS SHARE", RowShareLock = "ROW SHARE", RowExclusiveLock = "ROW EXCLUSIVE",
                  ShareUpdateExclusiveLock = "SHARE UPDATE EXCLUSIVE", ShareLock = "SHARE",
                  ShareRowExclusiveLock = "SHARE ROW EXCLUSIVE", ExclusiveLock = "EXCLUSIVE", AccessExclusiveLock = "ACCESS EXCLUSIVE" }

local function observe(statements)
  local lines = { "SET client_min_messages = error;", BEFORE }
  for _, statement in ipairs(statements) do lines[#lines + 1] = statement.sql .. ";" end
  lines[#lines + 1] = AFTER
  local text = h.run(table.concat(lines, "\n"))
  local seen = { lock = "", tables = {}, rewrite = false, scan = false }
  local best = 0
  for kind, rest in text:gmatch("(%a+)|([^\n]+)") do
    if kind == "lock" then
      local name, mode = rest:match("^(.*)|(%a+)$")
      seen.tables[name] = true
      if STRENGTH[mode] > best then best, seen.lock = STRENGTH[mode], SPELLED[mode] end
    elseif kind == "rewrite" then
      seen.rewrite = true
    elseif kind == "scan" then
      seen.scan = true
    end
  end
  return seen
end

local function stated(o, form)
  return h.d.locks[o.op](o, { d = h.d, version = h.d.version, features = h.d.features, form = form, table = t })
end

-- `expected.first` is run before; `expected.beside` allows locks on tables that no row can know by name.
local function agree(name, o, expected)
  expected = expected or {}
  h.it(name, function()
    setup()
    if expected.first then h.run(expected.first) end
    local step = h.step({ o }, { before = { t, parent }, form = expected.form })
    local seen, said = observe(h.d:render(step)), stated(o, expected.form)
    h.equal(said.lock, seen.lock, "lock")
    h.equal(said.rewrite, seen.rewrite, "rewrite")
    h.equal(said.scan, seen.scan or seen.rewrite, "scan")
    for _, other in ipairs(said.also_locks) do
      h.equal(seen.tables[other], true, "also locks " .. other)
    end
    local named = {}
    for _, other in ipairs(said.also_locks) do named[other] = true end
    for other in pairs(seen.tables) do
      if other ~= "t" and not named[other] and not expected.beside then error("unstated lock on " .. other, 0) end
    end
  end)
end

agree("create a schema", ops.create_schema { name = q "app" })
agree("create a table", ops.create_table { name = q "z", columns = { col("id", "integer") } })
agree("create a table that refers to another", ops.create_table { name = q "z", columns = { col("id", "integer") },
  foreign_keys = { { name = "zf", columns = { "id" }, ref = q "u", ref_columns = { "id" } } } })
agree("drop a table", ops.drop_table(t), { first = "DROP VIEW w0" })
agree("rename a table", ops.rename_table({ name = q "t" }, { name = q "t2" }))
agree("table options", ops.alter_table({ name = q "t", options = {} }, { name = q "t", options = { storage = { { "fillfactor", "70" } } }, comment = "x" }))
agree("unlogged", ops.alter_table({ name = q "u", options = {} }, { name = q "u", options = { unlogged = true } }), { first = "ALTER TABLE t DROP CONSTRAINT t_fk, DROP CONSTRAINT t_fk_nv", beside = true })
agree("add a nullable column", ops.add_column(q "t", col("z", "integer")))
agree("add a column with a constant", ops.add_column(q "t", col("z", "integer", { nullable = false, default = { kind = "number", text = "1" } })))
agree("add a column with now()", ops.add_column(q "t", col("z", "timestamptz", { default = sql "now()" })))
agree("add a column with a volatile default", ops.add_column(q "t", col("z", "uuid", { default = sql "gen_random_uuid()" })))
agree("add a serial column", ops.add_column(q "t", col("z", "bigserial", { nullable = false })))
agree("add an identity column", ops.add_column(q "t", col("z", "bigint", { nullable = false, identity = { always = true } })))
agree("add a generated column", ops.add_column(q "t", col("z", "integer", { generated = { expr = "a", stored = true } })))
agree("drop a column", ops.drop_column(q "t", column "x"))
agree("rename a column", alter("x", { name = "y" }))
agree("varchar wider", to("v", "varchar", 100))
agree("varchar to text", to("v", "text"))
agree("text to varchar", to("x", "varchar"))
agree("varchar narrower", to("v", "varchar", 40))
agree("text to varchar(n)", to("x", "varchar", 40))
agree("char to text", to("c", "text"))
agree("integer to bigint", to("nn", "bigint"))
agree("integer to smallint", to("nn", "smallint"))
agree("text to integer", to("x", "integer"))
agree("real to double", to("r", "double"))
agree("numeric wider", to("n", "numeric", 12, 2))
agree("numeric to unconstrained", to("n", "numeric"))
agree("numeric scale", to("n", "numeric", 12, 3))
agree("timestamp to timestamptz", to("at", "timestamptz"))
agree("timestamp precision down", to("at", "timestamp", 3))
agree("json to jsonb", to("j", "jsonb"))
agree("collation", alter("v", { collation = "C" }))
agree("collation of an unindexed column", alter("x", { collation = "C" }))
agree("set default", alter("x", { default = { kind = "string", text = "y" } }))
agree("set not null", alter("n", { nullable = false }))
agree("set not null over a validated check", alter("proved", { nullable = false }))
agree("drop not null", alter("nn", { nullable = true }))
agree("comment on a column", alter("x", { comment = "why" }))
agree("make a column an identity", alter("id", { identity = { always = false } }))
agree("make a column a serial", alter("id", { type = ty "serial" }))
agree("drop a generation expression", alter("g", { generated = false }))
agree("another generation expression", alter("g", { generated = { expr = "id + 2", stored = true } }))
agree("add a unique constraint", ops.add_key(q "t", { name = "k", parts = parts "x" }))
agree("drop a unique constraint", ops.drop_key(q "t", t.uniques[1]))
agree("rename a unique constraint", ops.alter_key(q "t", t.uniques[1], with(t.uniques[1], { name = "k" })))
agree("drop the primary key", ops.drop_key(q "t", t.primary_key))
agree("create an index", ops.create_index(q "t", { name = "i", parts = parts "x" }))
agree("drop an index", ops.drop_index(q "t", t.indexes[1]))
agree("rename an index", ops.alter_index(q "t", t.indexes[1], with(t.indexes[1], { name = "i" })))
agree("another index", ops.alter_index(q "t", t.indexes[1], with(t.indexes[1], { unique = true })))
agree("add a foreign key", ops.add_foreign_key(q "t", { name = "f", columns = { "nn" }, ref = q "u", ref_columns = { "id" } }))
agree("add a foreign key, not valid", ops.add_foreign_key(q "t", { name = "f", columns = { "nn" }, ref = q "u", ref_columns = { "id" }, not_valid = true }))
agree("validate a foreign key", ops.alter_foreign_key(q "t", t.foreign_keys[2], with(t.foreign_keys[2], { not_valid = false })))
agree("defer a foreign key", ops.alter_foreign_key(q "t", t.foreign_keys[1], with(t.foreign_keys[1], { deferrable = true })))
agree("rename a foreign key", ops.alter_foreign_key(q "t", t.foreign_keys[1], with(t.foreign_keys[1], { name = "f" })))
agree("another foreign key", ops.alter_foreign_key(q "t", t.foreign_keys[1], with(t.foreign_keys[1], { on_delete = "cascade" })))
agree("drop a foreign key", ops.drop_foreign_key(q "t", t.foreign_keys[1]))
agree("add a check", ops.add_check(q "t", { name = "k", expr = "a > 0" }))
agree("add a check, not valid", ops.add_check(q "t", { name = "k", expr = "a > 0", not_valid = true }))
agree("validate a check", ops.alter_check(q "t", t.checks[3], with(t.checks[3], { not_valid = false })))
agree("another check", ops.alter_check(q "t", t.checks[2], { name = "t_ck", expr = "id > -1" }))
agree("rename a check", ops.alter_check(q "t", t.checks[2], with(t.checks[2], { name = "k" })))
agree("drop a check", ops.drop_check(q "t", t.checks[2]))
agree("add an exclusion", ops.add_exclusion(q "t", { name = "k", method = "btree", parts = { { column = "x", operator = "=" } } }))
agree("add an enum value", ops.alter_enum({ name = q "e", values = { "a", "b" } }, { name = q "e", values = { "a", "b", "c" } }))
agree("rename an enum value", ops.alter_enum({ name = q "e", values = { "a", "b" } }, { name = q "e", values = { "a", "c" } }))
agree("take an enum value away", ops.alter_enum({ name = q "e", values = { "a", "b" } }, { name = q "e", values = { "a" } }), { beside = true })
agree("alter a sequence", ops.alter_sequence({ name = q "sq" }, { name = q "sq", increment = 2 }))
agree("create a view", ops.create_view(view))
agree("create a materialised view", ops.create_view(with(view, { materialized = true })))
agree("drop a view", ops.drop_view(with(view, { name = q "w0" })))
local function domain(create) return { name = q "domain d", kind = "domain", create = create, drop = "DROP DOMAIN d", parts = {}, uses = {}, body = "", shape = "" } end
local plain, strict = domain "CREATE DOMAIN d AS integer", domain "CREATE DOMAIN d AS integer NOT NULL"
local kOfDomain = "CREATE DOMAIN d AS integer%s; CREATE TABLE dt (x d); INSERT INTO dt VALUES (1)"
agree("a domain refuses NULL", ops.alter_definition(plain, strict), { first = kOfDomain:format "", beside = true })
agree("a domain takes NULL again", ops.alter_definition(strict, plain), { first = kOfDomain:format " NOT NULL", beside = true })
agree("create a sync", ops.create_sync(sync), { first = "CREATE TABLE forgelua_sync_errors (id int)", beside = true })

-- Partitions: a table of 500 rows that is one, and one that is to be.
local kBounds = { name = "forgelua_bounds", expr = "id IS NOT NULL AND id >= 1000 AND id < 2000" }
local pt = { name = q "pt", columns = { col("id", "integer", { nullable = false }), col("v", "text") }, options = { partition_by = "RANGE (id)", storage = {} } }
local pa = { name = q "pa", columns = {}, options = { inherits = { "pt" }, partition_bound = "FOR VALUES FROM (0) TO (1000)", storage = {} } }
local pb = { name = q "pb", columns = pt.columns, options = { storage = {} } }
local pb_inside = { inherits = { "pt" }, partition_bound = "FOR VALUES FROM (1000) TO (2000)", storage = {} }

local function partitioned(first)
  h.reset()
  h.run [[CREATE TABLE pt (id integer NOT NULL, v text) PARTITION BY RANGE (id);
    CREATE TABLE pa PARTITION OF pt FOR VALUES FROM (0) TO (1000); CREATE TABLE pb (id integer NOT NULL, v text);
    INSERT INTO pa SELECT g, g FROM generate_series(1, 500) g; INSERT INTO pb SELECT g, g FROM generate_series(1000, 1500) g]]
  if first then h.run(first) end
  h.run "ANALYZE"
end

local function of_partitions(name, first, list, form, expected)
  h.it(name, function()
    partitioned(first)
    local seen = observe(h.d:render(h.step(list, { before = { pt, pa, pb }, form = form })))
    h.equal(seen.scan, expected.scan, "scan")
    h.equal(seen.lock, expected.lock, "lock")
  end)
end

local own, whole = { name = "pa_i", parts = parts "v" }, { name = "pt_i", parts = parts "v" }
of_partitions("an index of a partitioned table, built at once", nil, { ops.create_index(q "pt", whole) }, nil, { scan = true, lock = "SHARE" })
of_partitions("an index of a partitioned table over those of its partitions", "CREATE INDEX pa_i ON pa (v)",
  { ops.drop_index(q "pa", own), ops.create_index(q "pt", whole) }, "from_partitions", { scan = false, lock = "SHARE" })
h.it("the rows of locks say so", function()
  local function said(o, of) return h.d.locks[o.op](o, { d = h.d, version = h.d.version, features = h.d.features, form = "from_partitions", table = of }) end
  h.equal(said(ops.create_index(q "pt", whole), pt).scan, false, "scan")
  h.equal(said(ops.create_index(q "pt", whole), pt).lock, "SHARE", "lock")
  h.equal(said(ops.drop_index(q "pa", own), pa).lock, "", "lock of the partition's own")
end)
local key, keys = { name = "pa_k", primary = true, parts = parts "id" }, { name = "pt_k", primary = true, parts = parts "id" }
of_partitions("a key of a partitioned table over those of its partitions", "ALTER TABLE pa ADD CONSTRAINT pa_k PRIMARY KEY (id)",
  { ops.drop_key(q "pa", key), ops.add_key(q "pt", keys) }, "from_partitions", { scan = false, lock = "ACCESS EXCLUSIVE" })
local attach = ops.alter_table({ name = q "pb", options = pb.options }, { name = q "pb", options = pb_inside })
of_partitions("a table becomes a partition unproved", nil, { attach }, "attach", { scan = true, lock = "ACCESS EXCLUSIVE" })
of_partitions("a table becomes a partition over a check of its bounds",
  ("ALTER TABLE pb ADD CONSTRAINT forgelua_bounds CHECK (%s) NOT VALID; ALTER TABLE pb VALIDATE CONSTRAINT forgelua_bounds"):format(kBounds.expr),
  { attach, ops.drop_check(q "pb", kBounds) }, "attach", { scan = false, lock = "ACCESS EXCLUSIVE" })

h.it("every operation has a row", function()
  for _, word in ipairs(dialect.WORDS) do h.equal(type(h.d.locks[word]), "function", word) end
end)

h.report()
