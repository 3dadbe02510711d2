-- WARNING: rollback is destructive — goods data will be lost: values of goods that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- WARNING: rollback is destructive — stock data will be lost: values of stock that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration names_kept_over_moved
-- Indexes, keys and rules keep their names and take up, or let go of, a column that moves
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < rollback.sql
-- Takes back a whole forward.sql. After some of the phases only, run their .rollback.sql files, last
-- phase first.

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
-- Check: step 16 must be done before this: Give stock_idx of stock their names. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 16 must be done before this: Give stock_idx of stock their names', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'stock_idx' AND tbl_name = 'stock' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: rename_column stock.state. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: rename_column stock.state', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('stock') WHERE name = 'state') THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every row of stock gives st a value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of stock gives st a value', '0', CAST((SELECT COUNT(*) FROM "stock" WHERE ("state") IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no two rows of stock agree in ("id", "age"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of stock agree in ("id", "age")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "id" AS "id", "age" AS "age" FROM "stock") AS made WHERE "id" IS NOT NULL AND "age" IS NOT NULL GROUP BY "id", "age" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: every row of stock satisfies stock_ok. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of stock satisfies stock_ok', '0', CAST((SELECT COUNT(*) FROM (SELECT "age" AS "age" FROM "stock") AS made WHERE NOT (age >= 0)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: every row of stock satisfies stock_said. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of stock satisfies stock_said', '0', CAST((SELECT COUNT(*) FROM (SELECT "state" AS "st" FROM "stock") AS made WHERE NOT (st <> '')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of stock points at a missing row of shops. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of stock points at a missing row of shops', '0', CAST((SELECT COUNT(*) FROM (SELECT "other" AS "other" FROM "stock") AS child_row WHERE child_row."other" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "shops" AS parent_row WHERE parent_row."id" = child_row."other")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no two rows of goods agree in ("age"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of goods agree in ("age")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "age" AS "age" FROM "goods") AS made WHERE "age" IS NOT NULL GROUP BY "age" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no two rows of goods agree in ("st"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of goods agree in ("st")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "st" AS "st" FROM "goods") AS made WHERE "st" IS NOT NULL GROUP BY "st" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 17 of 17, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 17 of 17: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 17 of 17: done'

-- ============================================================================
-- Undo step 16 of 17, contract: Give stock_idx of stock their names
--   Id:           stock/contract/final-names
-- ============================================================================
.print 'undo step 16 of 17: Give stock_idx of stock their names'
BEGIN IMMEDIATE;
CREATE INDEX "stock_idx__new" ON "stock" ("age", "state");
DROP INDEX "stock_idx";
COMMIT;
.print 'undo step 16 of 17: done'

-- ============================================================================
-- Undo step 15 of 17, contract: Drop stock__old
--   Id:           stock/contract/drop-old
-- ============================================================================
.print 'undo step 15 of 17: Drop stock__old'
BEGIN IMMEDIATE;
CREATE TABLE "stock__old" (
  "id" integer PRIMARY KEY,
  "age" integer CONSTRAINT "stock_ok" CHECK (age >= 0),
  "st" varchar(9) NOT NULL DEFAULT 'new' CONSTRAINT "stock_said" CHECK (st <> ''),
  "shop" integer,
  "other" integer CONSTRAINT "stock_shop" REFERENCES "shops" ("id"),
  CONSTRAINT "stock_key" UNIQUE ("id", "age")
);
CREATE INDEX "stock_idx" ON "stock__old" ("age");
COMMIT;
.print 'undo step 15 of 17: done'

-- ============================================================================
-- Undo step 14 of 17, contract: Stop repeating writes to stock on stock__old
--   Id:           stock/contract/stop-sync
-- ============================================================================
.print 'undo step 14 of 17: Stop repeating writes to stock on stock__old'
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
COMMIT;
.print 'undo step 14 of 17: done'

-- ============================================================================
-- Undo step 13 of 17, contract: From here the way back copies stock into stock__old again
--   Id:           stock/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 13 of 17: From here the way back copies stock into stock__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('stock/contract/point-of-return/back', (SELECT count(*) FROM "stock"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'stock/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'stock/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "stock"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "stock" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "stock__old" ("id", "age", "st", "shop", "other") SELECT "id", "age", "state", "place", "other" FROM "stock" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "stock__old" AS forgelua_t WHERE forgelua_t."id" = "stock"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''stock/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'stock/contract/point-of-return/back';
.print 'undo step 13 of 17: done'

-- ============================================================================
-- Undo step 12 of 17, contract: Give goods_idx of goods their names
--   Id:           goods/contract/final-names
-- ============================================================================
.print 'undo step 12 of 17: Give goods_idx of goods their names'
BEGIN IMMEDIATE;
CREATE INDEX "goods_idx__new" ON "goods" ("age", "st");
DROP INDEX "goods_idx";
COMMIT;
.print 'undo step 12 of 17: done'

-- ============================================================================
-- Undo step 11 of 17, contract: Drop goods__old
--   Id:           goods/contract/drop-old
-- ============================================================================
.print 'undo step 11 of 17: Drop goods__old'
BEGIN IMMEDIATE;
CREATE TABLE "goods__old" (
  "id" integer PRIMARY KEY,
  "age" integer,
  "st" varchar(9) NOT NULL,
  "code" integer NOT NULL,
  CONSTRAINT "goods_code" UNIQUE ("code"),
  CONSTRAINT "goods_key" UNIQUE ("age"),
  CONSTRAINT "goods_word" UNIQUE ("st")
);
CREATE INDEX "goods_idx" ON "goods__old" ("age");
COMMIT;
.print 'undo step 11 of 17: done'

-- ============================================================================
-- Undo step 10 of 17, contract: Stop repeating writes to goods on goods__old
--   Id:           goods/contract/stop-sync
-- ============================================================================
.print 'undo step 10 of 17: Stop repeating writes to goods on goods__old'
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
COMMIT;
.print 'undo step 10 of 17: done'

-- ============================================================================
-- Undo step 9 of 17, contract: From here the way back copies goods into goods__old again
--   Id:           goods/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 9 of 17: From here the way back copies goods into goods__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('goods/contract/point-of-return/back', (SELECT count(*) FROM "goods"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'goods/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'goods/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "goods"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "goods" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "goods__old" ("id", "age", "st", "code") SELECT "id", "age", "st", "code" FROM "goods" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "goods__old" AS forgelua_t WHERE forgelua_t."id" = "goods"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''goods/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'goods/contract/point-of-return/back';
.print 'undo step 9 of 17: done'

-- ============================================================================
-- Undo step 8 of 17, switch: Swap the copy of stock in
--   Id:           stock/switch/swap
--   Loses:        values of stock that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 8 of 17: Swap the copy of stock in'
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
ALTER TABLE "stock" RENAME TO "stock__new";
ALTER TABLE "stock__old" RENAME TO "stock";
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
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"stock__old"', '"stock"') WHERE type = 'table' AND instr(sql, '"stock__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 8 of 17: done'

-- ============================================================================
-- Undo step 7 of 17, switch: Swap the copy of goods in
--   Id:           goods/switch/swap
--   Loses:        values of goods that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 7 of 17: Swap the copy of goods in'
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
ALTER TABLE "goods" RENAME TO "goods__new";
ALTER TABLE "goods__old" RENAME TO "goods";
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
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"goods__old"', '"goods"') WHERE type = 'table' AND instr(sql, '"goods__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 7 of 17: done'

-- ============================================================================
-- Undo step 6 of 17, migrate: Copy the rows of stock into stock__new
--   Id:           stock/migrate/copy
-- ============================================================================
.print 'undo step 6 of 17: Copy the rows of stock into stock__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 17: done'

-- ============================================================================
-- Undo step 5 of 17, migrate: Repeat every write to stock on stock__new
--   Id:           stock/migrate/sync
-- ============================================================================
.print 'undo step 5 of 17: Repeat every write to stock on stock__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "stock__sync_ins";
DROP TRIGGER IF EXISTS "stock__sync_upd";
DROP TRIGGER IF EXISTS "stock__sync_del";
COMMIT;
.print 'undo step 5 of 17: done'

-- ============================================================================
-- Undo step 4 of 17, migrate: Copy the rows of goods into goods__new
--   Id:           goods/migrate/copy
-- ============================================================================
.print 'undo step 4 of 17: Copy the rows of goods into goods__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 17: done'

-- ============================================================================
-- Undo step 3 of 17, migrate: Repeat every write to goods on goods__new
--   Id:           goods/migrate/sync
-- ============================================================================
.print 'undo step 3 of 17: Repeat every write to goods on goods__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "goods__sync_ins";
DROP TRIGGER IF EXISTS "goods__sync_upd";
DROP TRIGGER IF EXISTS "goods__sync_del";
COMMIT;
.print 'undo step 3 of 17: done'

-- ============================================================================
-- Undo step 2 of 17, expand: Create stock__new in the new shape of stock
--   Id:           stock/expand/create-copy
-- ============================================================================
.print 'undo step 2 of 17: Create stock__new in the new shape of stock'
BEGIN IMMEDIATE;
DROP TABLE "stock__new";
COMMIT;
.print 'undo step 2 of 17: done'

-- ============================================================================
-- Undo step 1 of 17, expand: Create goods__new in the new shape of goods
--   Id:           goods/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 17: Create goods__new in the new shape of goods'
BEGIN IMMEDIATE;
DROP TABLE "goods__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 17: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
