--- The modifiers of columns, keys, indexes, constraints and tables, as data.
--- `takes` says what a word is called with, `field` where the node keeps it; a word without `field` has its own function.

local M = {}

local kActions = { "no action", "restrict", "cascade", "set null", "set default" }

local function add(on, word, takes, field, doc, example, values)
  M[#M + 1] = {
    word = word, on = on, kind = "modifier", takes = takes, field = field, doc = doc, example = example, values = values,
  }
end

add("column", "unsigned", "nothing", nil, "Only zero and above (MySQL, MariaDB).", 'column "n" :integer() :unsigned()')
add("column", "not_null", "nothing", nil, "A value must be there.", 'column "name" :text() :not_null()')
add("column", "null", "nothing", nil, "A value may be missing; this is what a column is without a word.",
  'column "name" :text() :null()')
add("column", "default", "a string, number or boolean, null, or sql \"…\"", nil,
  "What a new row gets where none is given. A bare value is a literal; sql \"…\" is an expression.",
  'column "at" :timestamptz() :default(sql "now()")')
add("column", "primary_key", "nothing", nil, "The column alone is the table's primary key.",
  'column "id" :bigint() :primary_key()')
add("column", "unique", "nothing, or the constraint's name", nil, "No two rows may have the same value.",
  'column "email" :varchar(255) :unique()')
add("column", "references", "\"table\", \"table.column\"", nil,
  "A foreign key. A column without a type takes that of the column that it references.",
  'column "customer" :references "customers.id" :on_delete "restrict"')
add("column", "on_delete", "word", "_fk_on_delete", "What happens to this row when the referenced one goes.",
  'column "customer" :references "customers.id" :on_delete "cascade"', kActions)
add("column", "on_update", "word", "_fk_on_update", "What happens to this row when the referenced key changes.",
  'column "customer" :references "customers.id" :on_update "cascade"', kActions)
add("column", "check", "sql", nil, "A condition that every row must meet.", 'column "age" :integer() :check "age >= 0"')
add("column", "identity", "nothing, or { always = …, start = …, increment = …, min = …, max = …, cache = …, cycle = …, sequence = … }", nil,
  "The database counts the value up by itself; never null.", 'column "id" :bigint() :identity { start = 1000 }')
add("column", "auto_increment", "nothing", nil, "The same as identity().", 'column "id" :bigint() :auto_increment()')
add("column", "generated", "an expression, and \"stored\" or \"virtual\"", nil,
  "The value is computed from the row's other columns.", 'column "total" :generated("price * amount", "stored")')
add("column", "collate", "text", "_collation", "The collation that orders and compares its text.",
  'column "name" :text() :collate "C"')
add("column", "charset", "text", "_charset", "The character set (MySQL, MariaDB).",
  'column "name" :varchar(80) :charset "latin1"')
add("column", "comment", "text", "_comment", "A comment that the database keeps.", 'column "name" :text() :comment "As on the passport"')
add("column", "invisible", "nothing", "_invisible", "Left out of SELECT * (MySQL, MariaDB).",
  'column "shadow" :text() :invisible()')
add("column", "on_update_now", "nothing", nil, "Set to the current time by every update of the row (MySQL, MariaDB).",
  'column "changed_at" :timestamp() :on_update_now()')
add("column", "renamed_from", "text", "_renamed_from", "The column's name in `before`: it is the same column, renamed.",
  'column "total" :numeric(12, 2) :renamed_from "amount"')
add("column", "backfill", "an expression, or { up = …, down = … }", nil,
  "How a value is made for the rows that are there; `down` makes the old value from the new one.",
  'column "weight_g" :bigint() :backfill { up = "weight_kg * 1000", down = "weight_g / 1000" }')
add("column", "strategy", "text", "_strategy", "Asks for a strategy; the policy may refuse it.",
  'column "total" :bigint() :strategy "shadow_column"')
-- Only behind alter_column.
add("alter_column", "drop_default", "nothing", "_drop_default", "Takes the default away.", 'alter_column "users.age" :drop_default()')
add("alter_column", "drop_identity", "nothing", "_drop_identity", "The database no longer counts the value.",
  'alter_column "users.id" :drop_identity()')
add("alter_column", "drop_generated", "nothing", "_drop_generated", "The value is no longer computed.",
  'alter_column "orders.total" :drop_generated()')
add("alter_column", "visible", "nothing", "_visible", "Shown by SELECT * again (MySQL, MariaDB).", 'alter_column "users.age" :visible()')

-- Several objects share most of these words.
local function named(on, example)
  add(on, "name", "text", "_name", "The constraint's name; without it the engine's own way of naming is used.", example)
end
local function deferral(on, example)
  add(on, "deferrable", "nothing, or \"immediate\" or \"deferred\"", nil,
    "May be checked at the end of the transaction (PostgreSQL, SQLite's foreign keys).", example)
end

for _, on in ipairs({ "key", "index", "foreign_key", "check", "exclude" }) do
  add(on, "renamed_from", "text", "_renamed_from", "The name in `before`: it is the same one, renamed.",
    'index "users_by_name" { "name" } :renamed_from "users_name_idx"')
end
named("key", 'unique { "a", "b" } :name "a_b_key"')
add("key", "include", "names", "_include", "Columns that are stored beside the key (PostgreSQL).", 'unique { "a" } :include { "b" }')
add("key", "nulls_not_distinct", "nothing", "_nulls_not_distinct", "Two nulls count as equal (PostgreSQL 15).",
  'unique { "a" } :nulls_not_distinct()')
deferral("key", 'unique { "a" } :deferrable()')

named("index", 'index { "a" } :name "a_idx"')
add("index", "unique", "nothing", "_unique", "No two rows may have the same values.", 'index "a_idx" { "a" } :unique()')
add("index", "where", "sql", "_where", "Only rows that meet the condition are indexed (PostgreSQL, SQLite).",
  'index "open_idx" { "customer" } :where "status = \'open\'"')
add("index", "include", "names", "_include", "Columns that are stored beside the key (PostgreSQL).",
  'index "a_idx" { "a" } :include { "b" }')
add("index", "using", "text", "_method", "The kind of index: btree, hash, gin, gist, brin, fulltext, spatial …",
  'index "doc_idx" { "doc" } :using "gin"')
add("index", "nulls_not_distinct", "nothing", "_nulls_not_distinct", "Two nulls count as equal (PostgreSQL 15).",
  'index "a_idx" { "a" } :unique() :nulls_not_distinct()')
add("index", "invisible", "nothing", "_invisible", "Kept up to date and never used by queries (MySQL, MariaDB).",
  'index "a_idx" { "a" } :invisible()')
add("index", "comment", "text", "_comment", "A comment that the database keeps.", 'index "a_idx" { "a" } :comment "For the search page"')
add("index", "storage", "settings", "_storage", "Storage parameters (PostgreSQL).", 'index "a_idx" { "a" } :storage { fillfactor = 70 }')

add("part", "desc", "nothing", "_desc", "From high to low.", 'asc "a" :desc()')
add("part", "nulls", "word", nil, "Where nulls stand.", 'desc "a" :nulls "last"', { "first", "last" })
add("part", "opclass", "text", "_opclass", "The operator class (PostgreSQL).", 'asc "name" :opclass "text_pattern_ops"')
add("part", "collate", "text", "_collation", "The collation that orders it.", 'asc "name" :collate "C"')
add("part", "prefix", "length", "_length", "Only this many characters or bytes (MySQL, MariaDB).", 'asc "name" :prefix(10)')

named("foreign_key", 'foreign_key { "a" } :references "t" :name "t_fk"')
add("foreign_key", "references", "\"table\", \"table.column\", or a table and an array of columns", nil,
  "The table that is referenced; without columns, its primary key.",
  'foreign_key { "a", "b" } :references("t", { "x", "y" })')
add("foreign_key", "on_delete", "word", "_on_delete", "What happens to this row when the referenced one goes.",
  'foreign_key { "a" } :references "t" :on_delete "cascade"', kActions)
add("foreign_key", "on_update", "word", "_on_update", "What happens to this row when the referenced key changes.",
  'foreign_key { "a" } :references "t" :on_update "cascade"', kActions)
add("foreign_key", "match", "word", "_match", "How a key of which a part is null is judged.",
  'foreign_key { "a", "b" } :references "t" :match "full"', { "simple", "full" })
add("foreign_key", "not_enforced", "nothing", "_not_enforced", "Stated and not checked.",
  'foreign_key { "a" } :references "t" :not_enforced()')
deferral("foreign_key", 'foreign_key { "a" } :references "t" :deferrable "deferred"')

named("check", 'check "a > 0" :name "a_positive"')
add("check", "no_inherit", "nothing", "_no_inherit", "Holds for this table only, not for its children (PostgreSQL).",
  'check "positive" "a > 0" :no_inherit()')
add("check", "not_enforced", "nothing", "_not_enforced", "Stated and not checked (MySQL).", 'check "positive" "a > 0" :not_enforced()')
add("check", "of_table", "nothing", "_of_table", "Stands with the table, although it is called like a column (MariaDB).",
  'check "a" "a > 0" :of_table()')

named("exclude", 'exclude { { "room", "=" } } :name "no_overlap"')
add("exclude", "using", "text", "_method", "The kind of index; gist without a word.",
  'exclude "no_overlap" { { "room", "=" } } :using "gist"')
add("exclude", "where", "sql", "_where", "Only rows that meet the condition exclude each other.",
  'exclude "no_overlap" { { "room", "=" } } :where "active"')
deferral("exclude", 'exclude "no_overlap" { { "room", "=" } } :deferrable()')

add("table", "comment", "text", "_comment", "A comment that the database keeps.", 'table "orders" { … } :comment "Customer orders"')
add("table", "engine", "text", "_engine", "The storage engine (MySQL, MariaDB).", 'table "log" { … } :engine "InnoDB"')
add("table", "charset", "text", "_charset", "The character set of its text columns (MySQL, MariaDB).",
  'table "log" { … } :charset "utf8mb4"')
add("table", "collate", "text", "_collation", "The collation of its text columns (MySQL, MariaDB).",
  'table "log" { … } :collate "utf8mb4_bin"')
add("table", "row_format", "text", "_row_format", "How rows are laid out (MySQL, MariaDB).",
  'table "log" { … } :row_format "COMPRESSED"')
add("table", "strict", "nothing", "_strict", "Values must be of the column's type (SQLite).", 'table "log" { … } :strict()')
add("table", "without_rowid", "nothing", "_without_rowid", "Stored by its primary key alone (SQLite).",
  'table "kv" { … } :without_rowid()')
add("table", "unlogged", "nothing", "_unlogged", "Not written to the log: faster, and empty after a crash (PostgreSQL).",
  'table "cache" { … } :unlogged()')
add("table", "tablespace", "text", "_tablespace", "Where its file lies (PostgreSQL).", 'table "log" { … } :tablespace "slow_disks"')
add("table", "storage", "settings", "_storage", "Storage parameters (PostgreSQL).", 'table "log" { … } :storage { fillfactor = 70 }')
add("table", "partition_by", "text", "_partition_by", "How its rows are spread over partitions.",
  'table "log" { … } :partition_by "RANGE (created_at)"')
add("table", "inherits", "names", "_inherits",
  "The tables that it has further columns and checks from, beside its own (PostgreSQL).", 'table "cities" { … } :inherits { "places" }')
add("table", "partition_bound", "text", "_partition_bound",
  "Which rows it holds as a partition of the table that it inherits from (PostgreSQL).",
  'table "log_2024" {} :inherits { "log" } :partition_bound "FOR VALUES FROM (\'2024-01-01\') TO (\'2025-01-01\')"')
add("table", "renamed_from", "text", "_renamed_from", "The table's name in `before`: it is the same table, renamed.",
  'table "orders" { … } :renamed_from "purchases"')
add("table", "strategy", "text", "_strategy", "Asks for a strategy for every change of the table; the policy may refuse it.",
  'table "orders" { … } :strategy "shadow_table"')
add("table", "downtime", "span", "_downtime", "A window in which the application does not use the table: 30s, 30m, 2h, 1d.",
  'table "orders" { … } :downtime "30m"')
add("table", "archive", "nothing", "_archive", "Before the table's rows or columns go, they are kept in an archive table.",
  'drop_table "audit" :archive()')
add("table", "approved_by", "text", "_approved_by", "Who approved what a policy forbids without approval.",
  'drop_table "audit" :approved_by "dba-team"')

add("enum", "comment", "text", "_comment", "A comment that the database keeps.", 'enum "status" { "new" } :comment "Of an order"')
add("namespace", "comment", "text", "_comment", "A comment that the database keeps.", 'namespace "billing" :comment "Invoices"')

add("view", "columns", "names", "_columns", "Names of the view's columns.", 'view "v" "SELECT 1" :columns { "one" }')
add("view", "uses", "names", "_uses", "Tables and views that the query reads, where its text does not show them.",
  'view "v" "SELECT f()" :uses { "orders" }')
add("view", "security_invoker", "nothing", "_security_invoker", "Runs with the rights of who reads it (PostgreSQL 15).",
  'view "v" "SELECT 1" :security_invoker()')
add("view", "definer", "text", "_definer", "Whose rights it runs with, as SQL writes an account (MySQL, MariaDB).",
  [[view "v" "SELECT 1" :definer "'app'@'%'"]])
add("view", "check_option", "word", "_check_option", "Rows written through the view must show in it.",
  'view "v" "SELECT 1" :check_option "cascaded"', { "local", "cascaded" })
add("view", "comment", "text", "_comment", "A comment that the database keeps.", 'view "v" "SELECT 1" :comment "For reports"')

add("sequence", "as", "word", "_type", "The type of its numbers; bigint without a word.", 'sequence "n" :as "integer"',
  { "smallint", "integer", "bigint" })
add("sequence", "start", "number", "_start", "The first number.", 'sequence "n" :start(1000)')
add("sequence", "increment", "number", "_increment", "The step from one number to the next.", 'sequence "n" :increment(10)')
add("sequence", "min", "number", "_min", "The least number.", 'sequence "n" :min(1)')
add("sequence", "max", "number", "_max", "The largest number.", 'sequence "n" :max(9999)')
add("sequence", "cache", "number", "_cache", "How many numbers a session takes at once.", 'sequence "n" :cache(20)')
add("sequence", "cycle", "nothing", "_cycle", "Starts again after the last number.", 'sequence "n" :cycle()')
add("sequence", "owned_by", "text", "_owned_by", "The column with which it goes.", 'sequence "n" :owned_by "orders.id"')
add("sequence", "comment", "text", "_comment", "A comment that the database keeps.", 'sequence "n" :comment "Invoice numbers"')

return M
