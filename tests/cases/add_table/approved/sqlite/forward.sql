-- Forward, every phase of migration add_table
-- Orders are kept
-- sqlite 3.40; strategy direct; risk low; forgelua 0.1.0
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

-- ============================================================================
-- Step 1 of 1, expand: Create the table orders
--   Id:           orders/expand/create-table
--   Why:          no application knows it yet
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      parent lock
-- ============================================================================
.print 'step 1 of 1: Create the table orders'
BEGIN IMMEDIATE;
CREATE TABLE "orders" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "user_id" bigint NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "total" numeric(12,2) NOT NULL DEFAULT 0 CONSTRAINT "total_positive" CHECK (total >= 0),
  "note" text,
  UNIQUE ("user_id", "total")
);
CREATE INDEX "orders_user_idx" ON "orders" ("user_id", "total" DESC);
COMMIT;
.print 'forward: done'
