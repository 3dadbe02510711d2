-- Forward, every phase of migration names_kept_over_moved
-- Indexes, keys and rules keep their names and take up, or let go of, a column that moves
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_guard (title text, expected text, actual text);
CREATE TEMP TRIGGER forgelua_guard_stops BEFORE DELETE ON forgelua_guard WHEN OLD.actual IS NOT OLD.expected
BEGIN
  SELECT RAISE(ABORT, 'check failed: the line printed last names it');
END;

-- ============================================================================
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 1 must not be done at this point: Create goods__new in the new shape of goods. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create goods__new in the new shape of goods', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'goods__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 2 must not be done at this point: Create stock__new in the new shape of stock. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must not be done at this point: Create stock__new in the new shape of stock', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'stock__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column goods.st. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column goods.st', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('goods') WHERE name = 'st' COLLATE NOCASE AND lower(type) = 'varchar(3)' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 17, expand: Create goods__new in the new shape of goods
--   Id:           goods/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 17: Create goods__new in the new shape of goods'
BEGIN IMMEDIATE;
CREATE TABLE "goods__new" (
  "id" integer PRIMARY KEY,
  "age" integer,
  "st" varchar(3) NOT NULL,
  "code" integer NOT NULL,
  CONSTRAINT "goods_code" UNIQUE ("st", "code"),
  CONSTRAINT "goods_key" UNIQUE ("age", "st"),
  CONSTRAINT "goods_word" UNIQUE ("code")
);
CREATE INDEX "goods_idx__new" ON "goods__new" ("age", "st");
COMMIT;
.print 'step 1 of 17: done'

-- ============================================================================
-- Step 2 of 17, expand: Create stock__new in the new shape of stock
--   Id:           stock/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 17: Create stock__new in the new shape of stock'
BEGIN IMMEDIATE;
CREATE TABLE "stock__new" (
  "id" integer PRIMARY KEY,
  "age" integer,
  "state" varchar(9) NOT NULL DEFAULT 'new',
  "place" integer CONSTRAINT "stock_shop" REFERENCES "shops" ("id"),
  "other" integer CONSTRAINT "stock_said" CHECK (other > 0),
  CONSTRAINT "stock_key" UNIQUE ("age", "state"),
  CONSTRAINT "stock_ok" CHECK (age >= 0 OR state = 'old')
);
CREATE INDEX "stock_idx__new" ON "stock__new" ("age", "state");
COMMIT;
.print 'step 2 of 17: done'

-- ============================================================================
-- Step 3 of 17, migrate: Repeat every write to goods on goods__new
--   Id:           goods/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 3 of 17: Repeat every write to goods on goods__new'
-- Check: no st of goods is longer than 3. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no st of goods is longer than 3', '0', CAST((SELECT COUNT(*) FROM "goods" WHERE SUBSTR("st", 4) <> '') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no two rows of goods agree in ("age", "st"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of goods agree in ("age", "st")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "age" AS "age", "st" AS "st" FROM "goods") AS made WHERE "age" IS NOT NULL AND "st" IS NOT NULL GROUP BY "age", "st" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no two rows of goods agree in ("st", "code"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of goods agree in ("st", "code")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "st" AS "st", "code" AS "code" FROM "goods") AS made WHERE "st" IS NOT NULL AND "code" IS NOT NULL GROUP BY "st", "code" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id INTEGER PRIMARY KEY,
  sync TEXT NOT NULL,
  table_name TEXT NOT NULL,
  row_key TEXT,
  column_name TEXT,
  value TEXT,
  at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TRIGGER "goods__sync_ins" AFTER INSERT ON "goods"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'goods|goods__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('goods|goods__new');
  UPDATE OR IGNORE "goods__new" SET ("age", "st", "code") = (SELECT "age", "st", "code" FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "goods__new" ("id", "age", "st", "code") SELECT "id", "age", "st", "code" FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods" WHERE NOT EXISTS (SELECT 1 FROM "goods__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'goods__sync', 'goods', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "goods__new" AS forgelua_t, (SELECT "id" AS v1, "age" AS v2, "st" AS v3, "code" AS v4 FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."age" IS s.v2 AND forgelua_t."st" IS s.v3 AND forgelua_t."code" IS s.v4) AND EXISTS (SELECT 1 FROM "goods" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'goods|goods__new';
END;
CREATE TRIGGER "goods__sync_upd" AFTER UPDATE ON "goods"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'goods|goods__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('goods|goods__new');
  DELETE FROM "goods__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "goods" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "goods__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "goods__new" SET ("age", "st", "code") = (SELECT "age", "st", "code" FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "goods__new" SET "id" = NEW."id", ("age", "st", "code") = (SELECT "age", "st", "code" FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "goods" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "goods__new" WHERE "id" IS NEW."id");
  DELETE FROM "goods__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "goods" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "goods__new" ("id", "age", "st", "code") SELECT "id", "age", "st", "code" FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods" WHERE NOT EXISTS (SELECT 1 FROM "goods__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'goods__sync', 'goods', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "goods__new" AS forgelua_t, (SELECT "id" AS v1, "age" AS v2, "st" AS v3, "code" AS v4 FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."age" IS s.v2 AND forgelua_t."st" IS s.v3 AND forgelua_t."code" IS s.v4) AND EXISTS (SELECT 1 FROM "goods" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'goods|goods__new';
END;
CREATE TRIGGER "goods__sync_del" AFTER DELETE ON "goods"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'goods|goods__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('goods|goods__new');
  DELETE FROM "goods__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "goods" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'goods|goods__new';
END;
COMMIT;
.print 'step 3 of 17: done'

-- ============================================================================
-- Step 4 of 17, migrate: Copy the rows of goods into goods__new
--   Id:           goods/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 4 of 17: Copy the rows of goods into goods__new'
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  step TEXT PRIMARY KEY,
  cursor TEXT,
  rows_done INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  state TEXT NOT NULL DEFAULT 'running',
  started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TEXT,
  key_1, key_2, key_3, key_4
);
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('goods/migrate/copy', (SELECT count(*) FROM "goods"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'goods/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'goods/migrate/copy'), (SELECT min("id") - 1 FROM "goods"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "goods" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "goods__new" ("id", "age", "st", "code") SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "goods__new" AS forgelua_t WHERE forgelua_t."id" = "goods"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''goods/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'goods/migrate/copy';
.print 'step 4 of 17: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "age" AS "age", "st" AS "st", "code" AS "code" FROM "goods") AS source WHERE NOT EXISTS (SELECT 1 FROM "goods__new" AS copied WHERE copied."id" = source."id" AND (copied."age" = source."age" OR (copied."age" IS NULL AND source."age" IS NULL)) AND (copied."st" = source."st" OR (copied."st" IS NULL AND source."st" IS NULL)) AND (copied."code" = source."code" OR (copied."code" IS NULL AND source."code" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 17, migrate: Repeat every write to stock on stock__new
--   Id:           stock/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one; where foreign_keys is on, the deployed application is refused from here what breaks the new foreign key of stock (place)
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync, keys of both
-- ============================================================================
.print 'step 5 of 17: Repeat every write to stock on stock__new'
-- Check: every row of stock gives state a value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of stock gives state a value', '0', CAST((SELECT COUNT(*) FROM "stock" WHERE ("st") IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no two rows of stock agree in ("age", "state"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of stock agree in ("age", "state")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "age" AS "age", "st" AS "state" FROM "stock") AS made WHERE "age" IS NOT NULL AND "state" IS NOT NULL GROUP BY "age", "state" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: every row of stock satisfies stock_ok. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of stock satisfies stock_ok', '0', CAST((SELECT COUNT(*) FROM (SELECT "age" AS "age", "st" AS "state" FROM "stock") AS made WHERE NOT (age >= 0 OR state = 'old')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: every row of stock satisfies stock_said. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of stock satisfies stock_said', '0', CAST((SELECT COUNT(*) FROM (SELECT "other" AS "other" FROM "stock") AS made WHERE NOT (other > 0)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of stock points at a missing row of shops. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of stock points at a missing row of shops', '0', CAST((SELECT COUNT(*) FROM (SELECT "shop" AS "place" FROM "stock") AS child_row WHERE child_row."place" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "shops" AS parent_row WHERE parent_row."id" = child_row."place")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id INTEGER PRIMARY KEY,
  sync TEXT NOT NULL,
  table_name TEXT NOT NULL,
  row_key TEXT,
  column_name TEXT,
  value TEXT,
  at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TRIGGER "stock__sync_ins" AFTER INSERT ON "stock"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'stock|stock__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('stock|stock__new');
  UPDATE OR IGNORE "stock__new" SET ("age", "state", "place", "other") = (SELECT "age", "st", "shop", "other" FROM (SELECT "id", "age", "st", "shop", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "stock__new" ("id", "age", "state", "place", "other") SELECT "id", "age", "st", "shop", "other" FROM (SELECT "id", "age", "st", "shop", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock" WHERE NOT EXISTS (SELECT 1 FROM "stock__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'stock__sync', 'stock', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "stock__new" AS forgelua_t, (SELECT "id" AS v1, "age" AS v2, "st" AS v3, "shop" AS v4, "other" AS v5 FROM (SELECT "id", "age", "st", "shop", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."age" IS s.v2 AND forgelua_t."state" IS s.v3 AND forgelua_t."place" IS s.v4 AND forgelua_t."other" IS s.v5) AND EXISTS (SELECT 1 FROM "stock" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'stock|stock__new';
END;
CREATE TRIGGER "stock__sync_upd" AFTER UPDATE ON "stock"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'stock|stock__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('stock|stock__new');
  DELETE FROM "stock__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "stock" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "stock__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "stock__new" SET ("age", "state", "place", "other") = (SELECT "age", "st", "shop", "other" FROM (SELECT "id", "age", "st", "shop", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "stock__new" SET "id" = NEW."id", ("age", "state", "place", "other") = (SELECT "age", "st", "shop", "other" FROM (SELECT "id", "age", "st", "shop", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "stock" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "stock__new" WHERE "id" IS NEW."id");
  DELETE FROM "stock__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "stock" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "stock__new" ("id", "age", "state", "place", "other") SELECT "id", "age", "st", "shop", "other" FROM (SELECT "id", "age", "st", "shop", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock" WHERE NOT EXISTS (SELECT 1 FROM "stock__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'stock__sync', 'stock', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "stock__new" AS forgelua_t, (SELECT "id" AS v1, "age" AS v2, "st" AS v3, "shop" AS v4, "other" AS v5 FROM (SELECT "id", "age", "st", "shop", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."age" IS s.v2 AND forgelua_t."state" IS s.v3 AND forgelua_t."place" IS s.v4 AND forgelua_t."other" IS s.v5) AND EXISTS (SELECT 1 FROM "stock" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'stock|stock__new';
END;
CREATE TRIGGER "stock__sync_del" AFTER DELETE ON "stock"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'stock|stock__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('stock|stock__new');
  DELETE FROM "stock__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "stock" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'stock|stock__new';
END;
COMMIT;
.print 'step 5 of 17: done'

-- ============================================================================
-- Step 6 of 17, migrate: Copy the rows of stock into stock__new
--   Id:           stock/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 6 of 17: Copy the rows of stock into stock__new'
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  step TEXT PRIMARY KEY,
  cursor TEXT,
  rows_done INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  state TEXT NOT NULL DEFAULT 'running',
  started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TEXT,
  key_1, key_2, key_3, key_4
);
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('stock/migrate/copy', (SELECT count(*) FROM "stock"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'stock/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'stock/migrate/copy'), (SELECT min("id") - 1 FROM "stock"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "stock" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "stock__new" ("id", "age", "state", "place", "other") SELECT "id", "age", "st", "shop", "other" FROM "stock" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "stock__new" AS forgelua_t WHERE forgelua_t."id" = "stock"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''stock/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'stock/migrate/copy';
.print 'step 6 of 17: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "age" AS "age", "st" AS "state", "shop" AS "place", "other" AS "other" FROM "stock") AS source WHERE NOT EXISTS (SELECT 1 FROM "stock__new" AS copied WHERE copied."id" = source."id" AND (copied."age" = source."age" OR (copied."age" IS NULL AND source."age" IS NULL)) AND (copied."state" = source."state" OR (copied."state" IS NULL AND source."state" IS NULL)) AND (copied."place" = source."place" OR (copied."place" IS NULL AND source."place" IS NULL)) AND (copied."other" = source."other" OR (copied."other" IS NULL AND source."other" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 17, switch: Swap the copy of goods in
--   Id:           goods/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     loses values of goods that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
--   Hazards:      swap
-- ============================================================================
.print 'step 7 of 17: Swap the copy of goods in'
-- Check: step 4 has come to its end: Copy the rows of goods into goods__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Copy the rows of goods into goods__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'goods/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of goods stands in forgelua_sync_errors (mend it in goods, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of goods stands in forgelua_sync_errors (mend it in goods, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'goods__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'goods' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]goods[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "goods__sync_ins";
DROP TRIGGER IF EXISTS "goods__sync_upd";
DROP TRIGGER IF EXISTS "goods__sync_del";
ALTER TABLE "goods" RENAME TO "goods__old";
ALTER TABLE "goods__new" RENAME TO "goods";
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id INTEGER PRIMARY KEY,
  sync TEXT NOT NULL,
  table_name TEXT NOT NULL,
  row_key TEXT,
  column_name TEXT,
  value TEXT,
  at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TRIGGER "goods__sync_ins" AFTER INSERT ON "goods"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'goods|goods__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('goods|goods__old');
  UPDATE OR IGNORE "goods__old" SET ("age", "st", "code") = (SELECT "age", "st", "code" FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "goods__old" ("id", "age", "st", "code") SELECT "id", "age", "st", "code" FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods" WHERE NOT EXISTS (SELECT 1 FROM "goods__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'goods__sync', 'goods', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "goods__old" AS forgelua_t, (SELECT "id" AS v1, "age" AS v2, "st" AS v3, "code" AS v4 FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."age" IS s.v2 AND forgelua_t."st" IS s.v3 AND forgelua_t."code" IS s.v4) AND EXISTS (SELECT 1 FROM "goods" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'goods|goods__old';
END;
CREATE TRIGGER "goods__sync_upd" AFTER UPDATE ON "goods"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'goods|goods__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('goods|goods__old');
  DELETE FROM "goods__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "goods" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "goods__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "goods__old" SET ("age", "st", "code") = (SELECT "age", "st", "code" FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "goods__old" SET "id" = NEW."id", ("age", "st", "code") = (SELECT "age", "st", "code" FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "goods" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "goods__old" WHERE "id" IS NEW."id");
  DELETE FROM "goods__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "goods" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "goods__old" ("id", "age", "st", "code") SELECT "id", "age", "st", "code" FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods" WHERE NOT EXISTS (SELECT 1 FROM "goods__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'goods__sync', 'goods', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "goods__old" AS forgelua_t, (SELECT "id" AS v1, "age" AS v2, "st" AS v3, "code" AS v4 FROM (SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" IS NEW."id") AS "goods") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."age" IS s.v2 AND forgelua_t."st" IS s.v3 AND forgelua_t."code" IS s.v4) AND EXISTS (SELECT 1 FROM "goods" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'goods|goods__old';
END;
CREATE TRIGGER "goods__sync_del" AFTER DELETE ON "goods"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'goods|goods__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('goods|goods__old');
  DELETE FROM "goods__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "goods" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'goods|goods__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"goods__new"', '"goods"') WHERE type = 'table' AND instr(sql, '"goods__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 7 of 17: done'
-- Application: Deploy the application that uses goods as the new schema has it.

-- ============================================================================
-- Step 8 of 17, switch: Swap the copy of stock in
--   Id:           stock/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say stock.st, stock.shop fail from here; where foreign_keys is on, the new application is refused until contract what breaks the old foreign key of stock (other)
--   Way back:     loses values of stock that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
--   Hazards:      swap, keys of both
-- ============================================================================
.print 'step 8 of 17: Swap the copy of stock in'
-- Check: step 6 has come to its end: Copy the rows of stock into stock__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Copy the rows of stock into stock__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'stock/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of stock stands in forgelua_sync_errors (mend it in stock, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of stock stands in forgelua_sync_errors (mend it in stock, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'stock__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of stock__new points at a missing row of shops. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of stock__new points at a missing row of shops', '0', CAST((SELECT COUNT(*) FROM "stock__new" AS child_row WHERE child_row."place" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "shops" AS parent_row WHERE parent_row."id" = child_row."place")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'stock' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]stock[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "stock__sync_ins";
DROP TRIGGER IF EXISTS "stock__sync_upd";
DROP TRIGGER IF EXISTS "stock__sync_del";
ALTER TABLE "stock" RENAME TO "stock__old";
ALTER TABLE "stock__new" RENAME TO "stock";
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id INTEGER PRIMARY KEY,
  sync TEXT NOT NULL,
  table_name TEXT NOT NULL,
  row_key TEXT,
  column_name TEXT,
  value TEXT,
  at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TRIGGER "stock__sync_ins" AFTER INSERT ON "stock"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'stock|stock__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('stock|stock__old');
  UPDATE OR IGNORE "stock__old" SET ("age", "st", "shop", "other") = (SELECT "age", "state", "place", "other" FROM (SELECT "id", "age", "state", "place", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "stock__old" ("id", "age", "st", "shop", "other") SELECT "id", "age", "state", "place", "other" FROM (SELECT "id", "age", "state", "place", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock" WHERE NOT EXISTS (SELECT 1 FROM "stock__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'stock__sync', 'stock', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "stock__old" AS forgelua_t, (SELECT "id" AS v1, "age" AS v2, "state" AS v3, "place" AS v4, "other" AS v5 FROM (SELECT "id", "age", "state", "place", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."age" IS s.v2 AND forgelua_t."st" IS s.v3 AND forgelua_t."shop" IS s.v4 AND forgelua_t."other" IS s.v5) AND EXISTS (SELECT 1 FROM "stock" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'stock|stock__old';
END;
CREATE TRIGGER "stock__sync_upd" AFTER UPDATE ON "stock"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'stock|stock__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('stock|stock__old');
  DELETE FROM "stock__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "stock" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "stock__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "stock__old" SET ("age", "st", "shop", "other") = (SELECT "age", "state", "place", "other" FROM (SELECT "id", "age", "state", "place", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "stock__old" SET "id" = NEW."id", ("age", "st", "shop", "other") = (SELECT "age", "state", "place", "other" FROM (SELECT "id", "age", "state", "place", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "stock" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "stock__old" WHERE "id" IS NEW."id");
  DELETE FROM "stock__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "stock" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "stock__old" ("id", "age", "st", "shop", "other") SELECT "id", "age", "state", "place", "other" FROM (SELECT "id", "age", "state", "place", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock" WHERE NOT EXISTS (SELECT 1 FROM "stock__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'stock__sync', 'stock', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "stock__old" AS forgelua_t, (SELECT "id" AS v1, "age" AS v2, "state" AS v3, "place" AS v4, "other" AS v5 FROM (SELECT "id", "age", "state", "place", "other" FROM "stock" WHERE "id" IS NEW."id") AS "stock") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."age" IS s.v2 AND forgelua_t."st" IS s.v3 AND forgelua_t."shop" IS s.v4 AND forgelua_t."other" IS s.v5) AND EXISTS (SELECT 1 FROM "stock" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'stock|stock__old';
END;
CREATE TRIGGER "stock__sync_del" AFTER DELETE ON "stock"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'stock|stock__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('stock|stock__old');
  DELETE FROM "stock__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "stock" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'stock|stock__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"stock__new"', '"stock"') WHERE type = 'table' AND instr(sql, '"stock__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 8 of 17: done'
-- Application: Deploy the application that uses stock as the new schema has it, together with this step.

-- ============================================================================
-- Step 9 of 17, contract: From here the way back copies goods into goods__old again
--   Id:           goods/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 17: From here the way back copies goods into goods__old again'
-- Nothing to run in the database.
.print 'step 9 of 17: done'

-- ============================================================================
-- Step 10 of 17, contract: Stop repeating writes to goods on goods__old
--   Id:           goods/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 17: Stop repeating writes to goods on goods__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "goods__sync_ins";
DROP TRIGGER IF EXISTS "goods__sync_upd";
DROP TRIGGER IF EXISTS "goods__sync_del";
COMMIT;
.print 'step 10 of 17: done'

-- ============================================================================
-- Step 11 of 17, contract: Drop goods__old
--   Id:           goods/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 11 of 17: Drop goods__old'
BEGIN IMMEDIATE;
DROP TABLE "goods__old";
COMMIT;
.print 'step 11 of 17: done'

-- ============================================================================
-- Step 12 of 17, contract: Give goods_idx of goods their names
--   Id:           goods/contract/final-names
--   Why:          this engine cannot rename them, and while the old table stood it held the names
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), scans the table
--   Note:         the index is built from all rows in one transaction; one writer for the whole database; in WAL mode readers go on; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 12 of 17: Give goods_idx of goods their names'
BEGIN IMMEDIATE;
CREATE INDEX "goods_idx" ON "goods" ("age", "st");
DROP INDEX "goods_idx__new";
COMMIT;
.print 'step 12 of 17: done'

-- ============================================================================
-- Step 13 of 17, contract: From here the way back copies stock into stock__old again
--   Id:           stock/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 13 of 17: From here the way back copies stock into stock__old again'
-- Nothing to run in the database.
.print 'step 13 of 17: done'

-- ============================================================================
-- Step 14 of 17, contract: Stop repeating writes to stock on stock__old
--   Id:           stock/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 14 of 17: Stop repeating writes to stock on stock__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "stock__sync_ins";
DROP TRIGGER IF EXISTS "stock__sync_upd";
DROP TRIGGER IF EXISTS "stock__sync_del";
COMMIT;
.print 'step 14 of 17: done'

-- ============================================================================
-- Step 15 of 17, contract: Drop stock__old
--   Id:           stock/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 15 of 17: Drop stock__old'
BEGIN IMMEDIATE;
DROP TABLE "stock__old";
COMMIT;
.print 'step 15 of 17: done'

-- ============================================================================
-- Step 16 of 17, contract: Give stock_idx of stock their names
--   Id:           stock/contract/final-names
--   Why:          this engine cannot rename them, and while the old table stood it held the names
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), scans the table
--   Note:         the index is built from all rows in one transaction; one writer for the whole database; in WAL mode readers go on; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 16 of 17: Give stock_idx of stock their names'
BEGIN IMMEDIATE;
CREATE INDEX "stock_idx" ON "stock" ("age", "state");
DROP INDEX "stock_idx__new";
COMMIT;
.print 'step 16 of 17: done'

-- ============================================================================
-- Step 17 of 17, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 17 of 17: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 17 of 17: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
