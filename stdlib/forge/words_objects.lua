--- The words that stand for themselves: what a spec is made of, and the fields of its header. As data.

local M = {}

local function add(word, kind, args, doc, example, values)
  M[#M + 1] = { word = word, on = "spec", kind = kind, takes = args, doc = doc, example = example, values = values }
end

add("migration", "object", '"id" { header }', "The migration itself: one a file, stated and not returned.",
  'migration "2026_09_orders_currency" { before = …, after = … }')
add("schema", "object", "{ objects }", "A whole schema, written out.", 'schema { table "users" { … } }')
add("table", "object", '"name" { columns, keys, indexes, constraints }', "A table.",
  'table "users" { column "id" :bigint() :primary_key() }')
add("column", "object", '"name" and a type', "A column; its type and modifiers follow as a chain.",
  'column "name" :varchar(80) :not_null()')
add("primary_key", "object", "{ columns }", "A primary key over several columns, or with a name.", 'primary_key { "order_id", "line" }')
add("unique", "object", "{ columns }", "A unique constraint.", 'unique { "customer", "placed_at" }')
add("index", "object", '"name" { columns or parts }', "An index.",
  'index "orders_open_idx" { "customer", desc "placed_at" } :where "open"')
add("foreign_key", "object", "{ columns } and :references", "A foreign key over several columns, or with a name.",
  'foreign_key "lines_order_fk" { "order_id" } :references "orders.id"')
add("check", "object", '"name" "condition"', "A condition that every row must meet; the name may be left out.",
  'check "total_positive" "total >= 0"')
add("exclude", "object", '"name" { { column, operator } … }', "No two rows may meet all the operators at once (PostgreSQL).",
  'exclude "no_overlap" { { "room", "=" }, { "during", "&&" } }')
add("enum", "object", '"name" { values }', "A named list of values, in order.", 'enum "order_status" { "new", "paid" }')
add("sequence", "object", '"name"', "A source of numbers.", 'sequence "invoice_no" :start(1000)')
add("view", "object", '"name" "query"', "A view.", 'view "paid_orders" [[ SELECT id FROM orders WHERE status = \'paid\' ]]')
add("materialized_view", "object", '"name" "query"', "A view whose rows are kept (PostgreSQL).",
  'materialized_view "totals" [[ SELECT sum(total) FROM orders ]]')
add("definition", "object", '"kind and name" "statement", or { create, body, drop, on, shape, replaces, uses, parts }',
  "An object that is held by its statement: trigger, function, procedure, domain, policy, rule, extension, event …",
  'definition "trigger audit on orders" [[ CREATE TRIGGER audit AFTER UPDATE ON orders BEGIN SELECT 1; END ]]')
add("namespace", "object", '"name"', "A namespace for names (PostgreSQL's CREATE SCHEMA).", 'namespace "billing"')

add("desc", "part", '"column", or a part', "A part of an index from high to low.", 'index "i" { desc "placed_at" }')
add("asc", "part", '"column"', "A part of an index from low to high: for a chain of modifiers.", 'index "i" { asc "name" :collate "C" }')
add("expr", "part", '"expression"', "A part of an index that is computed.", 'index "i" { expr "lower(email)" }')
add("prefix", "part", '"column", length', "A part of an index over the first characters (MySQL, MariaDB).",
  'index "i" { prefix("name", 10) }')
add("opclass", "part", '"column", "class"', "A part of an index with an operator class (PostgreSQL).",
  'index "i" { opclass("name", "text_pattern_ops") }')

add("sql", "value", '"text", or { engine = "text" … }',
  "An SQL expression, or one for each engine; a first unnamed text serves the others.",
  'sql { postgres = "now()", sqlite = "CURRENT_TIMESTAMP" }')
add("null", "value", "", "No value, said aloud.", 'column "age" :integer() :default(null)')

add("from_sql", "source", '"file"', "The schema that a file of SQL makes.", 'before = from_sql "schema/v41.sql"')
add("from_db", "source", '"url", or "env:NAME"', "The schema of a live database.", 'before = from_db "env:DATABASE_URL"')
add("from_snapshot", "source", '"file"', "The schema in a JSON snapshot.", 'before = from_snapshot "schema.json"')
add("from_spec", "source", '"file"', "The `after` of another spec.", 'before = from_spec "2026_08_orders.migration.lua"')

--- Fields of the migration's header.
local function field(word, takes, doc, example)
  M[#M + 1] = { word = word, on = "header", kind = "field", takes = takes, doc = doc, example = example }
end

field("description", "text", "What the migration is for, in a sentence.", 'description = "Every order states its currency"')
field("owner", "text", "Who answers for it.", 'owner = "payments"')
field("service", "text", "The service whose data it changes.", 'service = "checkout"')
field("team", "text", "The team that carries it out.", 'team = "payments-core"')
field("author", "text", "Who wrote it.", 'author = "Ada"')
field("reviewed_by", "text", "Who reviewed it.", 'reviewed_by = "Grace"')
field("ticket", "text", "Where the work is tracked.", 'ticket = "PAY-1412"')
field("target_date", "date", "When it is to run, as year-month-day.", 'target_date = "2026-09-01"')
field("why", "text", "The reason for it.", 'why = "Orders in dollars come with the new region"')
field("environment", "text", "Where it runs; production where nobody says.", 'environment = "staging"')
field("downtime", "span", "A window in which the application stands still: 30s, 30m, 2h, 1d.", 'downtime = "30m"')
field("strategy", "text", "Asks for a strategy for every change; the policy may refuse it.", 'strategy = "blue_green"')
field("targets", "names", "The engines that it is written for, each with a version where it matters.",
  'targets = { "postgres:15", "sqlite" }')
field("policy", "text", "The module that chooses strategies, in place of strategies.policy.", 'policy = "policies.payments"')
field("before", "schema", "The schema as it is.", 'before = from_sql "schema/v41.sql"')
field("after", "schema", "The schema as it is to be.", "after = schema { … }")
field("changes", "changes", "Changes to `before`, in place of `after`.", 'changes = { add_column "users" { column "phone" :text() } }')
field("hints", "hints", "Facts about tables: rows, bytes, writes_per_second, hot, critical.",
  "hints = { orders = { rows = 480e6, hot = true } }")

return M
