--- The words of `changes = { … }`, as data.

local M = {}

local function add(word, takes, doc, example, values)
  M[#M + 1] = { word = word, on = "changes", kind = "change", takes = takes, doc = doc, example = example, values = values }
end

add("create_table", '"name" { … }', "Adds a table; written like `table`.",
  'create_table "tags" { column "id" :bigint() :primary_key() }')
add("drop_table", '"name"', "Takes a table away.", 'drop_table "audit" :archive() :approved_by "dba-team"')
add("rename_table", '"name" "new name"', "Renames a table.", 'rename_table "purchases" "orders"')
add("alter_table", '"name" and table words', "Changes a table's options or comment.", 'alter_table "log" :row_format "COMPRESSED"')
add("add_column", '"table" { columns }', "Adds columns to a table.", 'add_column "users" { column "phone" :varchar(20) }')
add("drop_column", '"table.column"', "Takes a column away.", 'drop_column "users.legacy"')
add("rename_column", '"table.column" "new name"', "Renames a column.", 'rename_column "orders.amount" "total"')
add("alter_column", '"table.column" and column words', "Changes what is said; the rest of the column stays.",
  'alter_column "products.price" :numeric(12, 4)')
add("add_primary_key", '"table" { columns }', "Gives a table its primary key.", 'add_primary_key "lines" { "order_id", "line" }')
add("drop_primary_key", '"table"', "Takes a table's primary key away.", 'drop_primary_key "lines"')
add("add_unique", '"table" { unique … }, or { columns }', "Adds a unique constraint.",
  'add_unique "users" { unique { "email" } :name "users_email_key" }')
add("drop_unique", '"table" "name", "table.name", or "table" { columns }', "Takes a unique constraint away.",
  'drop_unique "users" { "email" }')
add("add_index", '"table" { index … }', "Adds indexes.", 'add_index "users" { index "users_name_idx" { "name" } }')
add("drop_index", '"table.index", or "index"', "Takes an index away.", 'drop_index "users_name_idx"')
add("rename_index", '"table.index", or "index", and "new name"', "Renames an index.", 'rename_index "users_name_idx" "users_by_name"')
add("add_foreign_key", '"table" { foreign_key … }', "Adds foreign keys.",
  'add_foreign_key "orders" { foreign_key { "customer" } :references "customers.id" }')
add("drop_foreign_key", '"table" "name", "table.name", or "table" { columns }', "Takes a foreign key away.",
  'drop_foreign_key "orders" { "customer" }')
add("add_check", '"table" { check … }', "Adds conditions.", 'add_check "orders" { check "total_positive" "total >= 0" }')
add("drop_check", '"table" "name", or "table.name"', "Takes a condition away.",
  'drop_check "orders" "total_positive"')
add("add_exclude", '"table" { exclude … }', "Adds exclusion constraints (PostgreSQL).",
  'add_exclude "bookings" { exclude "no_overlap" { { "room", "=" } } }')
add("drop_exclude", '"table" "name", or "table.name"', "Takes an exclusion constraint away.",
  'drop_exclude "bookings" "no_overlap"')
add("drop_constraint", '"table" "name", or "table.name"', "Takes any constraint away by its name.",
  'drop_constraint "orders" "total_positive"')
add("rename_constraint", '"table.constraint" "new name"', "Renames any constraint.",
  'rename_constraint "orders.old_fk" "orders_customer_fk"')
add("create_enum", '"name" { values }', "Adds an enum.", 'create_enum "status" { "new", "paid" }')
add("alter_enum", '"name" { values }', "Gives an enum other values.", 'alter_enum "status" { "new", "paid", "sent" }')
add("add_value", '"enum" "value"', "Adds a value to an enum, at the end or beside another.", 'add_value "status" "sent" :after "paid"')
add("drop_enum", '"name"', "Takes an enum away.", 'drop_enum "status"')
add("create_sequence", '"name"', "Adds a sequence.", 'create_sequence "invoice_no" :start(1000)')
add("alter_sequence", '"name" and sequence words', "Changes what is said of a sequence.", 'alter_sequence "invoice_no" :increment(10)')
add("drop_sequence", '"name"', "Takes a sequence away.", 'drop_sequence "invoice_no"')
add("create_view", '"name" "query"', "Adds a view.", 'create_view "adults" "SELECT id FROM users WHERE age > 17"')
add("create_materialized_view", '"name" "query"', "Adds a view whose rows are kept (PostgreSQL).",
  'create_materialized_view "totals" "SELECT sum(total) FROM orders"')
add("alter_view", '"name" "query"', "Gives a view another query.", 'alter_view "adults" "SELECT id, name FROM users WHERE age > 17"')
add("drop_view", '"name"', "Takes a view away.", 'drop_view "adults"')
add("create_definition", '"kind and name" "statement"', "Adds a trigger, a routine, a domain …; written like `definition`.",
  'create_definition "domain email" "CREATE DOMAIN email AS text"')
add("alter_definition", '"kind and name" "statement"', "Gives a trigger, a routine … another definition.",
  'alter_definition "domain email" { create = "CREATE DOMAIN email AS varchar(80)" }')
add("drop_definition", '"kind and name"', "Takes a trigger, a routine … away.", 'drop_definition "trigger audit on orders"')
add("create_namespace", '"name"', "Adds a namespace.", 'create_namespace "billing"')
add("drop_namespace", '"name"', "Takes a namespace away.", 'drop_namespace "billing"')
add("comment", '"object" "text"', "Comments on a table, or on a column as \"table.column\".",
  'comment "orders.total" "In the order\'s currency"')
add("execute", "{ up, down, why, done_when, name, phase }",
  "SQL of your own: `up` does it, `down` undoes it, `done_when` tells whether it is done.",
  'execute { up = "UPDATE users SET age = 37 WHERE id = 1", why = "it was entered wrongly" }')

--- Modifiers of change words that have no object of their own.
M[#M + 1] = { word = "before", on = "add_value", kind = "modifier", takes = "text", field = "_before",
  doc = "The value that the new one stands before.", example = 'add_value "status" "sent" :before "paid"' }
M[#M + 1] = { word = "after", on = "add_value", kind = "modifier", takes = "text", field = "_after",
  doc = "The value that the new one stands after.", example = 'add_value "status" "sent" :after "paid"' }

return M
