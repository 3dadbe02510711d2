-- WARNING: rollback is destructive — readings data will be lost: values of readings that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback of phase switch, schema of migration primary_key_change
-- Readings are keyed by sensor and time
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/3-switch.rollback.sql

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
-- Check: step 6 must not be done at this point: Stop repeating writes to readings on readings__old. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 6 must not be done at this point: Stop repeating writes to readings on readings__old', '0', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'readings__sync_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 4 of 9, switch: Swap the copy of readings in
--   Id:           readings/switch/swap
--   Loses:        values of readings that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 4 of 9: Swap the copy of readings in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'readings' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]readings[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "readings__sync_ins";
DROP TRIGGER IF EXISTS "readings__sync_upd";
DROP TRIGGER IF EXISTS "readings__sync_del";
ALTER TABLE "readings" RENAME TO "readings__new";
ALTER TABLE "readings__old" RENAME TO "readings";
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
CREATE TRIGGER "readings__sync_ins" AFTER INSERT ON "readings"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'readings|readings__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('readings|readings__new');
  UPDATE OR IGNORE "readings__new" SET ("sensor", "at", "v") = (SELECT "sensor", "at", "v" FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "readings__new" ("id", "sensor", "at", "v") SELECT "id", "sensor", "at", "v" FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings" WHERE NOT EXISTS (SELECT 1 FROM "readings__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'readings__sync', 'readings', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "readings__new" AS forgelua_t, (SELECT "id" AS v1, "sensor" AS v2, "at" AS v3, "v" AS v4 FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."sensor" IS s.v2 AND forgelua_t."at" IS s.v3 AND forgelua_t."v" IS s.v4) AND EXISTS (SELECT 1 FROM "readings" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'readings|readings__new';
END;
CREATE TRIGGER "readings__sync_upd" AFTER UPDATE ON "readings"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'readings|readings__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('readings|readings__new');
  DELETE FROM "readings__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "readings" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "readings__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "readings__new" SET ("sensor", "at", "v") = (SELECT "sensor", "at", "v" FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "readings__new" SET "id" = NEW."id", ("sensor", "at", "v") = (SELECT "sensor", "at", "v" FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "readings" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "readings__new" WHERE "id" IS NEW."id");
  DELETE FROM "readings__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "readings" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "readings__new" ("id", "sensor", "at", "v") SELECT "id", "sensor", "at", "v" FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings" WHERE NOT EXISTS (SELECT 1 FROM "readings__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'readings__sync', 'readings', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "readings__new" AS forgelua_t, (SELECT "id" AS v1, "sensor" AS v2, "at" AS v3, "v" AS v4 FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."sensor" IS s.v2 AND forgelua_t."at" IS s.v3 AND forgelua_t."v" IS s.v4) AND EXISTS (SELECT 1 FROM "readings" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'readings|readings__new';
END;
CREATE TRIGGER "readings__sync_del" AFTER DELETE ON "readings"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'readings|readings__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('readings|readings__new');
  DELETE FROM "readings__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "readings" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'readings|readings__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"readings__old"', '"readings"') WHERE type = 'table' AND instr(sql, '"readings__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
