---@meta
--- The words of the spec language, for editors. Made from the vocabulary by forge.doc; do not edit.

---@class forge.Sql an SQL expression
---@class forge.Schema a schema
---@class forge.Change a change
---@overload fun(body: any): forge.Change

---@class forge.Hint
---@field rows? number
---@field bytes? number
---@field writes_per_second? number
---@field hot? boolean
---@field critical? boolean

---@class forge.Column
---@overload fun(body: any): forge.Column
---@field smallint fun(self: forge.Column): forge.Column A whole number of 2 bytes.
---@field integer fun(self: forge.Column): forge.Column A whole number of 4 bytes.
---@field bigint fun(self: forge.Column): forge.Column A whole number of 8 bytes.
---@field tinyint fun(self: forge.Column): forge.Column A whole number of 1 byte; where the engine has none, its smallest.
---@field mediumint fun(self: forge.Column): forge.Column A whole number of 3 bytes; where the engine has none, 4 bytes.
---@field serial fun(self: forge.Column): forge.Column A 4-byte number that the database counts up by itself; never null.
---@field bigserial fun(self: forge.Column): forge.Column An 8-byte number that the database counts up by itself; never null.
---@field numeric fun(self: forge.Column, precision?: integer, scale?: integer): forge.Column An exact decimal number: precision counts all digits, scale those after the point.
---@field decimal fun(self: forge.Column, precision?: integer, scale?: integer): forge.Column The same as numeric.
---@field real fun(self: forge.Column): forge.Column A binary floating-point number of 4 bytes.
---@field double fun(self: forge.Column): forge.Column A binary floating-point number of 8 bytes.
---@field float fun(self: forge.Column, bits?: integer): forge.Column A binary floating-point number; the argument is its precision in bits.
---@field boolean fun(self: forge.Column): forge.Column True or false.
---@field char fun(self: forge.Column, length?: integer): forge.Column Text of exactly this many characters, padded with spaces.
---@field varchar fun(self: forge.Column, length?: integer): forge.Column Text of at most this many characters.
---@field text fun(self: forge.Column): forge.Column Text of any length.
---@field tinytext fun(self: forge.Column): forge.Column Text of at most 255 bytes (MySQL, MariaDB).
---@field mediumtext fun(self: forge.Column): forge.Column Text of at most 16 MB (MySQL, MariaDB).
---@field longtext fun(self: forge.Column): forge.Column Text of at most 4 GB (MySQL, MariaDB).
---@field citext fun(self: forge.Column): forge.Column Text that compares without regard to letter case (PostgreSQL's extension).
---@field binary fun(self: forge.Column, length?: integer): forge.Column Exactly this many bytes.
---@field varbinary fun(self: forge.Column, length?: integer): forge.Column At most this many bytes.
---@field blob fun(self: forge.Column): forge.Column Bytes of any length.
---@field bytea fun(self: forge.Column): forge.Column The same as blob.
---@field tinyblob fun(self: forge.Column): forge.Column At most 255 bytes (MySQL, MariaDB).
---@field mediumblob fun(self: forge.Column): forge.Column At most 16 MB of bytes (MySQL, MariaDB).
---@field longblob fun(self: forge.Column): forge.Column At most 4 GB of bytes (MySQL, MariaDB).
---@field date fun(self: forge.Column): forge.Column A calendar day.
---@field time fun(self: forge.Column, precision?: integer): forge.Column A time of day; the argument is the number of decimals of a second.
---@field timetz fun(self: forge.Column, precision?: integer): forge.Column A time of day with its offset from UTC.
---@field timestamp fun(self: forge.Column, precision?: integer): forge.Column A day and time without a zone.
---@field timestamptz fun(self: forge.Column, precision?: integer): forge.Column An instant: a day and time that a zone fixes.
---@field datetime fun(self: forge.Column, precision?: integer): forge.Column A day and time without a zone.
---@field interval fun(self: forge.Column, precision?: integer): forge.Column A span of time (PostgreSQL).
---@field year fun(self: forge.Column): forge.Column A year (MySQL, MariaDB).
---@field uuid fun(self: forge.Column): forge.Column A universally unique identifier.
---@field json fun(self: forge.Column): forge.Column A JSON document, kept as it was written.
---@field jsonb fun(self: forge.Column): forge.Column A JSON document, kept in a form that can be indexed (PostgreSQL).
---@field xml fun(self: forge.Column): forge.Column An XML document (PostgreSQL).
---@field inet fun(self: forge.Column): forge.Column An address of a host or a network (PostgreSQL).
---@field cidr fun(self: forge.Column): forge.Column An address of a network (PostgreSQL).
---@field macaddr fun(self: forge.Column): forge.Column A hardware address (PostgreSQL).
---@field bit fun(self: forge.Column, length?: integer): forge.Column Exactly this many bits.
---@field varbit fun(self: forge.Column, length?: integer): forge.Column At most this many bits (PostgreSQL).
---@field money fun(self: forge.Column): forge.Column An amount in the database's own currency (PostgreSQL).
---@field point fun(self: forge.Column): forge.Column A point of a plane.
---@field geometry fun(self: forge.Column): forge.Column A shape. For a subtype or a reference system, write the engine's own type with `type`.
---@field tsvector fun(self: forge.Column): forge.Column A text prepared for searching (PostgreSQL).
---@field hstore fun(self: forge.Column): forge.Column Keys and values (PostgreSQL's extension).
---@field enum fun(self: forge.Column, value?: any, more?: any): forge.Column One of a list of values.
---@field set fun(self: forge.Column, value?: any, more?: any): forge.Column Any of a list of values at once (MySQL, MariaDB).
---@field array fun(self: forge.Column, value?: any, more?: any): forge.Column An array of another type (PostgreSQL).
---@field type fun(self: forge.Column, value?: any, more?: any): forge.Column A type that only the engine knows.
---@field unsigned fun(self: forge.Column): forge.Column Only zero and above (MySQL, MariaDB).
---@field not_null fun(self: forge.Column): forge.Column A value must be there.
---@field null fun(self: forge.Column): forge.Column A value may be missing; this is what a column is without a word.
---@field default fun(self: forge.Column, value?: any, more?: any): forge.Column What a new row gets where none is given. A bare value is a literal; sql "…" is an expression.
---@field primary_key fun(self: forge.Column): forge.Column The column alone is the table's primary key.
---@field unique fun(self: forge.Column, value?: any, more?: any): forge.Column No two rows may have the same value.
---@field references fun(self: forge.Column, value?: any, more?: any): forge.Column A foreign key. A column without a type takes that of the column that it references.
---@field on_delete fun(self: forge.Column, word: "no action"|"restrict"|"cascade"|"set null"|"set default"): forge.Column What happens to this row when the referenced one goes.
---@field on_update fun(self: forge.Column, word: "no action"|"restrict"|"cascade"|"set null"|"set default"): forge.Column What happens to this row when the referenced key changes.
---@field check fun(self: forge.Column, expression: string|forge.Sql): forge.Column A condition that every row must meet.
---@field identity fun(self: forge.Column, value?: any, more?: any): forge.Column The database counts the value up by itself; never null.
---@field auto_increment fun(self: forge.Column): forge.Column The same as identity().
---@field generated fun(self: forge.Column, value?: any, more?: any): forge.Column The value is computed from the row's other columns.
---@field collate fun(self: forge.Column, text: string): forge.Column The collation that orders and compares its text.
---@field charset fun(self: forge.Column, text: string): forge.Column The character set (MySQL, MariaDB).
---@field comment fun(self: forge.Column, text: string): forge.Column A comment that the database keeps.
---@field invisible fun(self: forge.Column): forge.Column Left out of SELECT * (MySQL, MariaDB).
---@field on_update_now fun(self: forge.Column): forge.Column Set to the current time by every update of the row (MySQL, MariaDB).
---@field renamed_from fun(self: forge.Column, text: string): forge.Column The column's name in `before`: it is the same column, renamed.
---@field backfill fun(self: forge.Column, value?: any, more?: any): forge.Column How a value is made for the rows that are there; `down` makes the old value from the new one.
---@field strategy fun(self: forge.Column, text: string): forge.Column Asks for a strategy; the policy may refuse it.

---@class forge.Field: forge.Column
---@overload fun(body: any): forge.Field
---@field string fun(self: forge.Field): forge.Field Text.
---@field int fun(self: forge.Field): forge.Field A whole number of 4 bytes.
---@field long fun(self: forge.Field): forge.Field A whole number of 8 bytes.
---@field bool fun(self: forge.Field): forge.Field True or false.
---@field date fun(self: forge.Field): forge.Field An instant, to the millisecond.
---@field timestamp fun(self: forge.Field): forge.Field BSON's own timestamp, which the server's log counts by; an instant is a date.
---@field objectId fun(self: forge.Field): forge.Field An ObjectId.
---@field binData fun(self: forge.Field): forge.Field Bytes.
---@field any fun(self: forge.Field): forge.Field A value of any type.
---@field bson fun(self: forge.Field, value?: any, more?: any): forge.Field A BSON type by its own name.
---@field object fun(self: forge.Field, value?: any, more?: any): forge.Field An object, with the fields that it has.
---@field array fun(self: forge.Field, value?: any, more?: any): forge.Field An array: of anything, of values of a type, or of objects with these fields.
---@field required fun(self: forge.Field): forge.Field It is there in every document, and not null.
---@field nullable fun(self: forge.Field, value?: any, more?: any): forge.Field It may be null, although it is required; with false: it may be missing, but not null.
---@field inferred fun(self: forge.Field): forge.Field It was seen in documents that were read; no validator speaks of it.
---@field one_of fun(self: forge.Field, value?: any, more?: any): forge.Field It has one of these values.
---@field pattern fun(self: forge.Field, text: string): forge.Field A regular expression that its text matches.
---@field min fun(self: forge.Field, value?: any, more?: any): forge.Field The least value.
---@field max fun(self: forge.Field, value?: any, more?: any): forge.Field The largest value.
---@field min_length fun(self: forge.Field, value?: any, more?: any): forge.Field The least number of characters.
---@field max_length fun(self: forge.Field, value?: any, more?: any): forge.Field The largest number of characters.
---@field min_items fun(self: forge.Field, value?: any, more?: any): forge.Field The least number of elements.
---@field max_items fun(self: forge.Field, value?: any, more?: any): forge.Field The largest number of elements.
---@field unique_items fun(self: forge.Field): forge.Field No element stands in it twice.
---@field json_schema fun(self: forge.Field, value?: any, more?: any): forge.Field What else a validator is to say of it.

---@class forge.AlterColumn: forge.Column
---@overload fun(body: any): forge.AlterColumn
---@field drop_default fun(self: forge.AlterColumn): forge.AlterColumn Takes the default away.
---@field drop_identity fun(self: forge.AlterColumn): forge.AlterColumn The database no longer counts the value.
---@field drop_generated fun(self: forge.AlterColumn): forge.AlterColumn The value is no longer computed.
---@field visible fun(self: forge.AlterColumn): forge.AlterColumn Shown by SELECT * again (MySQL, MariaDB).

---@class forge.Table
---@overload fun(body: any): forge.Table
---@field comment fun(self: forge.Table, text: string): forge.Table A comment that the database keeps.
---@field engine fun(self: forge.Table, text: string): forge.Table The storage engine (MySQL, MariaDB).
---@field charset fun(self: forge.Table, text: string): forge.Table The character set of its text columns (MySQL, MariaDB).
---@field collate fun(self: forge.Table, text: string): forge.Table The collation of its text columns (MySQL, MariaDB).
---@field row_format fun(self: forge.Table, text: string): forge.Table How rows are laid out (MySQL, MariaDB).
---@field strict fun(self: forge.Table): forge.Table Values must be of the column's type (SQLite).
---@field without_rowid fun(self: forge.Table): forge.Table Stored by its primary key alone (SQLite).
---@field unlogged fun(self: forge.Table): forge.Table Not written to the log: faster, and empty after a crash (PostgreSQL).
---@field tablespace fun(self: forge.Table, text: string): forge.Table Where its file lies (PostgreSQL).
---@field storage fun(self: forge.Table, settings: table<string, string|number|boolean>): forge.Table Storage parameters (PostgreSQL).
---@field partition_by fun(self: forge.Table, text: string): forge.Table How its rows are spread over partitions.
---@field inherits fun(self: forge.Table, names: string|string[]): forge.Table The tables that it has further columns and checks from, beside its own (PostgreSQL).
---@field partition_bound fun(self: forge.Table, text: string): forge.Table Which rows it holds as a partition of the table that it inherits from (PostgreSQL).
---@field renamed_from fun(self: forge.Table, text: string): forge.Table The table's name in `before`: it is the same table, renamed.
---@field strategy fun(self: forge.Table, text: string): forge.Table Asks for a strategy for every change of the table; the policy may refuse it.
---@field downtime fun(self: forge.Table, span: string): forge.Table A window in which the application does not use the table: 30s, 30m, 2h, 1d.
---@field archive fun(self: forge.Table): forge.Table Before the table's rows or columns go, they are kept in an archive table.
---@field approved_by fun(self: forge.Table, text: string): forge.Table Who approved what a policy forbids without approval.

---@class forge.Collection: forge.Table
---@overload fun(body: any): forge.Collection
---@field validation_level fun(self: forge.Collection, value?: any, more?: any): forge.Collection Which documents the validator is asked about.
---@field validation_action fun(self: forge.Collection, value?: any, more?: any): forge.Collection What becomes of a document that does not match.
---@field validator fun(self: forge.Collection, value?: any, more?: any): forge.Collection A query that every document matches, beside its fields.
---@field json_schema fun(self: forge.Collection, value?: any, more?: any): forge.Collection What else the validator's JSON schema is to say.
---@field closed fun(self: forge.Collection): forge.Collection Documents have no other fields than those that are stated.
---@field capped fun(self: forge.Collection, value?: any, more?: any): forge.Collection The oldest documents go when it is full.
---@field timeseries fun(self: forge.Collection, value?: any, more?: any): forge.Collection A time series.
---@field expire_after fun(self: forge.Collection, value?: any, more?: any): forge.Collection Documents of a time series or a clustered collection go when they are this old.
---@field clustered fun(self: forge.Collection): forge.Collection Documents are kept in the order of _id.
---@field collation fun(self: forge.Collection, value?: any, more?: any): forge.Collection How its text compares.

---@class forge.Key
---@overload fun(body: any): forge.Key
---@field renamed_from fun(self: forge.Key, text: string): forge.Key The name in `before`: it is the same one, renamed.
---@field name fun(self: forge.Key, text: string): forge.Key The constraint's name; without it the engine's own way of naming is used.
---@field include fun(self: forge.Key, names: string|string[]): forge.Key Columns that are stored beside the key (PostgreSQL).
---@field nulls_not_distinct fun(self: forge.Key): forge.Key Two nulls count as equal (PostgreSQL 15).
---@field deferrable fun(self: forge.Key, value?: any, more?: any): forge.Key May be checked at the end of the transaction (PostgreSQL, SQLite's foreign keys).

---@class forge.Index
---@overload fun(body: any): forge.Index
---@field renamed_from fun(self: forge.Index, text: string): forge.Index The name in `before`: it is the same one, renamed.
---@field name fun(self: forge.Index, text: string): forge.Index The constraint's name; without it the engine's own way of naming is used.
---@field unique fun(self: forge.Index): forge.Index No two rows may have the same values.
---@field where fun(self: forge.Index, expression: string|forge.Sql): forge.Index Only rows that meet the condition are indexed (PostgreSQL, SQLite).
---@field include fun(self: forge.Index, names: string|string[]): forge.Index Columns that are stored beside the key (PostgreSQL).
---@field using fun(self: forge.Index, text: string): forge.Index The kind of index: btree, hash, gin, gist, brin, fulltext, spatial …
---@field nulls_not_distinct fun(self: forge.Index): forge.Index Two nulls count as equal (PostgreSQL 15).
---@field invisible fun(self: forge.Index): forge.Index Kept up to date and never used by queries (MySQL, MariaDB).
---@field comment fun(self: forge.Index, text: string): forge.Index A comment that the database keeps.
---@field storage fun(self: forge.Index, settings: table<string, string|number|boolean>): forge.Index Storage parameters (PostgreSQL).
---@field sparse fun(self: forge.Index): forge.Index Only documents that have the field (MongoDB).
---@field expire_after fun(self: forge.Index, value?: any, more?: any): forge.Index Documents go when the date in the field is this old (MongoDB).
---@field collation fun(self: forge.Index, value?: any, more?: any): forge.Index How its text compares (MongoDB).
---@field weights fun(self: forge.Index, value?: any, more?: any): forge.Index How much a field of a text index counts (MongoDB).
---@field wildcard_projection fun(self: forge.Index, value?: any, more?: any): forge.Index Which fields a wildcard index holds (MongoDB).

---@class forge.Part
---@overload fun(body: any): forge.Part
---@field desc fun(self: forge.Part): forge.Part From high to low.
---@field nulls fun(self: forge.Part, word: "first"|"last"): forge.Part Where nulls stand.
---@field opclass fun(self: forge.Part, text: string): forge.Part The operator class (PostgreSQL).
---@field collate fun(self: forge.Part, text: string): forge.Part The collation that orders it.
---@field prefix fun(self: forge.Part, length: integer): forge.Part Only this many characters or bytes (MySQL, MariaDB).

---@class forge.ForeignKey
---@overload fun(body: any): forge.ForeignKey
---@field renamed_from fun(self: forge.ForeignKey, text: string): forge.ForeignKey The name in `before`: it is the same one, renamed.
---@field name fun(self: forge.ForeignKey, text: string): forge.ForeignKey The constraint's name; without it the engine's own way of naming is used.
---@field references fun(self: forge.ForeignKey, value?: any, more?: any): forge.ForeignKey The table that is referenced; without columns, its primary key.
---@field on_delete fun(self: forge.ForeignKey, word: "no action"|"restrict"|"cascade"|"set null"|"set default"): forge.ForeignKey What happens to this row when the referenced one goes.
---@field on_update fun(self: forge.ForeignKey, word: "no action"|"restrict"|"cascade"|"set null"|"set default"): forge.ForeignKey What happens to this row when the referenced key changes.
---@field match fun(self: forge.ForeignKey, word: "simple"|"full"): forge.ForeignKey How a key of which a part is null is judged.
---@field not_enforced fun(self: forge.ForeignKey): forge.ForeignKey Stated and not checked.
---@field deferrable fun(self: forge.ForeignKey, value?: any, more?: any): forge.ForeignKey May be checked at the end of the transaction (PostgreSQL, SQLite's foreign keys).

---@class forge.Check
---@overload fun(body: any): forge.Check
---@field renamed_from fun(self: forge.Check, text: string): forge.Check The name in `before`: it is the same one, renamed.
---@field name fun(self: forge.Check, text: string): forge.Check The constraint's name; without it the engine's own way of naming is used.
---@field no_inherit fun(self: forge.Check): forge.Check Holds for this table only, not for its children (PostgreSQL).
---@field not_enforced fun(self: forge.Check): forge.Check Stated and not checked (MySQL).
---@field of_table fun(self: forge.Check): forge.Check Stands with the table, although it is called like a column (MariaDB).

---@class forge.Exclusion
---@overload fun(body: any): forge.Exclusion
---@field renamed_from fun(self: forge.Exclusion, text: string): forge.Exclusion The name in `before`: it is the same one, renamed.
---@field name fun(self: forge.Exclusion, text: string): forge.Exclusion The constraint's name; without it the engine's own way of naming is used.
---@field using fun(self: forge.Exclusion, text: string): forge.Exclusion The kind of index; gist without a word.
---@field where fun(self: forge.Exclusion, expression: string|forge.Sql): forge.Exclusion Only rows that meet the condition exclude each other.
---@field deferrable fun(self: forge.Exclusion, value?: any, more?: any): forge.Exclusion May be checked at the end of the transaction (PostgreSQL, SQLite's foreign keys).

---@class forge.Enum
---@overload fun(body: any): forge.Enum
---@field comment fun(self: forge.Enum, text: string): forge.Enum A comment that the database keeps.

---@class forge.Namespace
---@overload fun(body: any): forge.Namespace
---@field comment fun(self: forge.Namespace, text: string): forge.Namespace A comment that the database keeps.

---@class forge.View
---@overload fun(body: any): forge.View
---@field columns fun(self: forge.View, names: string|string[]): forge.View Names of the view's columns.
---@field uses fun(self: forge.View, names: string|string[]): forge.View Tables and views that the query reads, where its text does not show them.
---@field security_invoker fun(self: forge.View): forge.View Runs with the rights of who reads it (PostgreSQL 15).
---@field definer fun(self: forge.View, text: string): forge.View Whose rights it runs with, as SQL writes an account (MySQL, MariaDB).
---@field check_option fun(self: forge.View, word: "local"|"cascaded"): forge.View Rows written through the view must show in it.
---@field comment fun(self: forge.View, text: string): forge.View A comment that the database keeps.

---@class forge.Definition
---@overload fun(body: any): forge.Definition

---@class forge.Sequence
---@overload fun(body: any): forge.Sequence
---@field as fun(self: forge.Sequence, word: "smallint"|"integer"|"bigint"): forge.Sequence The type of its numbers; bigint without a word.
---@field start fun(self: forge.Sequence, number: integer): forge.Sequence The first number.
---@field increment fun(self: forge.Sequence, number: integer): forge.Sequence The step from one number to the next.
---@field min fun(self: forge.Sequence, number: integer): forge.Sequence The least number.
---@field max fun(self: forge.Sequence, number: integer): forge.Sequence The largest number.
---@field cache fun(self: forge.Sequence, number: integer): forge.Sequence How many numbers a session takes at once.
---@field cycle fun(self: forge.Sequence): forge.Sequence Starts again after the last number.
---@field owned_by fun(self: forge.Sequence, text: string): forge.Sequence The column with which it goes.
---@field comment fun(self: forge.Sequence, text: string): forge.Sequence A comment that the database keeps.

---@class forge.AddValue
---@overload fun(body: any): forge.AddValue
---@field before fun(self: forge.AddValue, text: string): forge.AddValue The value that the new one stands before.
---@field after fun(self: forge.AddValue, text: string): forge.AddValue The value that the new one stands after.

---@class forge.Header
---@field description? string What the migration is for, in a sentence.
---@field owner? string Who answers for it.
---@field service? string The service whose data it changes.
---@field team? string The team that carries it out.
---@field author? string Who wrote it.
---@field reviewed_by? string Who reviewed it.
---@field ticket? string Where the work is tracked.
---@field target_date? string When it is to run, as year-month-day.
---@field why? string The reason for it.
---@field environment? string Where it runs; production where nobody says.
---@field downtime? string A window in which the application stands still: 30s, 30m, 2h, 1d.
---@field strategy? string Asks for a strategy for every change; the policy may refuse it.
---@field targets? string[] The engines that it is written for, each with a version where it matters.
---@field policy? string The module that chooses strategies, in place of strategies.policy.
---@field before forge.Schema The schema as it is.
---@field after? forge.Schema The schema as it is to be.
---@field changes? any[] Changes to `before`, in place of `after`.
---@field hints? table<string, forge.Hint> Facts about tables: rows, bytes, writes_per_second, hot, critical.

--- The migration itself: one a file, stated and not returned.
---
---     migration "2026_09_orders_currency" { before = …, after = … }
---@param id string
---@return fun(header: forge.Header)
function migration(id) end

--- A whole schema, written out.
---
---     schema { table "users" { … } }
---@param value any { objects }
---@param more? any
---@return forge.Schema
function schema(value, more) end

--- A table.
---
---     table "users" { column "id" :bigint() :primary_key() }
---@param value any "name" { columns, keys, indexes, constraints }
---@param more? any
---@return forge.Table
function table(value, more) end

--- A column; its type and modifiers follow as a chain.
---
---     column "name" :varchar(80) :not_null()
---@param value any "name" and a type
---@param more? any
---@return forge.Column
function column(value, more) end

--- A primary key over several columns, or with a name.
---
---     primary_key { "order_id", "line" }
---@param value any { columns }
---@param more? any
---@return forge.Key
function primary_key(value, more) end

--- A unique constraint.
---
---     unique { "customer", "placed_at" }
---@param value any { columns }
---@param more? any
---@return forge.Key
function unique(value, more) end

--- An index.
---
---     index "orders_open_idx" { "customer", desc "placed_at" } :where "open"
---@param value any "name" { columns or parts }
---@param more? any
---@return forge.Index
function index(value, more) end

--- A foreign key over several columns, or with a name.
---
---     foreign_key "lines_order_fk" { "order_id" } :references "orders.id"
---@param value any { columns } and :references
---@param more? any
---@return forge.ForeignKey
function foreign_key(value, more) end

--- A condition that every row must meet; the name may be left out.
---
---     check "total_positive" "total >= 0"
---@param value any "name" "condition"
---@param more? any
---@return forge.Check
function check(value, more) end

--- No two rows may meet all the operators at once (PostgreSQL).
---
---     exclude "no_overlap" { { "room", "=" }, { "during", "&&" } }
---@param value any "name" { { column, operator } … }
---@param more? any
---@return forge.Exclusion
function exclude(value, more) end

--- A named list of values, in order.
---
---     enum "order_status" { "new", "paid" }
---@param value any "name" { values }
---@param more? any
---@return forge.Enum
function enum(value, more) end

--- A source of numbers.
---
---     sequence "invoice_no" :start(1000)
---@param value any "name"
---@param more? any
---@return forge.Sequence
function sequence(value, more) end

--- A view.
---
---     view "paid_orders" [[ SELECT id FROM orders WHERE status = 'paid' ]]
---@param value any "name" "query"
---@param more? any
---@return forge.View
function view(value, more) end

--- A view whose rows are kept (PostgreSQL).
---
---     materialized_view "totals" [[ SELECT sum(total) FROM orders ]]
---@param value any "name" "query"
---@param more? any
---@return forge.View
function materialized_view(value, more) end

--- An object that is held by its statement: trigger, function, procedure, domain, policy, rule, extension, event …
---
---     definition "trigger audit on orders" [[ CREATE TRIGGER audit AFTER UPDATE ON orders BEGIN SELECT 1; END ]]
---@param value any "kind and name" "statement", or { create, body, drop, on, shape, replaces, uses, parts }
---@param more? any
---@return forge.Definition
function definition(value, more) end

--- A namespace for names (PostgreSQL's CREATE SCHEMA).
---
---     namespace "billing"
---@param value any "name"
---@param more? any
---@return forge.Namespace
function namespace(value, more) end

--- A part of an index from high to low.
---
---     index "i" { desc "placed_at" }
---@param value any "column", or a part
---@param more? any
---@return forge.Part
function desc(value, more) end

--- A part of an index from low to high: for a chain of modifiers.
---
---     index "i" { asc "name" :collate "C" }
---@param value any "column"
---@param more? any
---@return forge.Part
function asc(value, more) end

--- A part of an index that is computed.
---
---     index "i" { expr "lower(email)" }
---@param value any "expression"
---@param more? any
---@return forge.Part
function expr(value, more) end

--- A part of an index over the first characters (MySQL, MariaDB).
---
---     index "i" { prefix("name", 10) }
---@param value any "column", length
---@param more? any
---@return forge.Part
function prefix(value, more) end

--- A part of an index with an operator class (PostgreSQL).
---
---     index "i" { opclass("name", "text_pattern_ops") }
---@param value any "column", "class"
---@param more? any
---@return forge.Part
function opclass(value, more) end

--- An SQL expression, or one for each engine; a first unnamed text serves the others.
---
---     sql { postgres = "now()", sqlite = "CURRENT_TIMESTAMP" }
---@param value any "text", or { engine = "text" … }
---@param more? any
---@return forge.Sql
function sql(value, more) end

--- No value, said aloud.
---
---     column "age" :integer() :default(null)
---@type any
null = nil

--- The schema that a file of SQL makes.
---
---     before = from_sql "schema/v41.sql"
---@param value any "file"
---@param more? any
---@return forge.Schema
function from_sql(value, more) end

--- The schema of a live database.
---
---     before = from_db "env:DATABASE_URL"
---@param value any "url", or "env:NAME"
---@param more? any
---@return forge.Schema
function from_db(value, more) end

--- The schema in a JSON snapshot.
---
---     before = from_snapshot "schema.json"
---@param value any "file"
---@param more? any
---@return forge.Schema
function from_snapshot(value, more) end

--- The `after` of another spec.
---
---     before = from_spec "2026_08_orders.migration.lua"
---@param value any "file"
---@param more? any
---@return forge.Schema
function from_spec(value, more) end

--- A collection of documents (MongoDB); the words of a table serve it, too.
---
---     collection "users" { field "email" :string() :required() }
---@param value any "name" { fields, indexes, checks }
---@param more? any
---@return forge.Collection
function collection(value, more) end

--- A field of a collection's documents, or of an object in them; the words of a column serve it, too.
---
---     field "email" :string() :required()
---@param value any "name" and a type
---@param more? any
---@return forge.Field
function field(value, more) end

--- Adds a table; written like `table`.
---
---     create_table "tags" { column "id" :bigint() :primary_key() }
---@param value any "name" { … }
---@param more? any
---@return forge.Table
function create_table(value, more) end

--- Takes a table away.
---
---     drop_table "audit" :archive() :approved_by "dba-team"
---@param value any "name"
---@param more? any
---@return forge.Table
function drop_table(value, more) end

--- Renames a table.
---
---     rename_table "purchases" "orders"
---@param value any "name" "new name"
---@param more? any
---@return forge.Table
function rename_table(value, more) end

--- Changes a table's options or comment.
---
---     alter_table "log" :row_format "COMPRESSED"
---@param value any "name" and table words
---@param more? any
---@return forge.Table
function alter_table(value, more) end

--- Adds columns to a table.
---
---     add_column "users" { column "phone" :varchar(20) }
---@param value any "table" { columns }
---@param more? any
---@return forge.Change
function add_column(value, more) end

--- Takes a column away.
---
---     drop_column "users.legacy"
---@param value any "table.column"
---@param more? any
---@return forge.Change
function drop_column(value, more) end

--- Renames a column.
---
---     rename_column "orders.amount" "total"
---@param value any "table.column" "new name"
---@param more? any
---@return forge.Change
function rename_column(value, more) end

--- Changes what is said; the rest of the column stays.
---
---     alter_column "products.price" :numeric(12, 4)
---@param value any "table.column" and column words
---@param more? any
---@return forge.AlterColumn
function alter_column(value, more) end

--- Gives a table its primary key.
---
---     add_primary_key "lines" { "order_id", "line" }
---@param value any "table" { columns }
---@param more? any
---@return forge.Change
function add_primary_key(value, more) end

--- Takes a table's primary key away.
---
---     drop_primary_key "lines"
---@param value any "table"
---@param more? any
---@return forge.Change
function drop_primary_key(value, more) end

--- Adds a unique constraint.
---
---     add_unique "users" { unique { "email" } :name "users_email_key" }
---@param value any "table" { unique … }, or { columns }
---@param more? any
---@return forge.Change
function add_unique(value, more) end

--- Takes a unique constraint away.
---
---     drop_unique "users" { "email" }
---@param value any "table" "name", "table.name", or "table" { columns }
---@param more? any
---@return forge.Change
function drop_unique(value, more) end

--- Adds indexes.
---
---     add_index "users" { index "users_name_idx" { "name" } }
---@param value any "table" { index … }
---@param more? any
---@return forge.Change
function add_index(value, more) end

--- Takes an index away.
---
---     drop_index "users_name_idx"
---@param value any "table.index", or "index"
---@param more? any
---@return forge.Change
function drop_index(value, more) end

--- Renames an index.
---
---     rename_index "users_name_idx" "users_by_name"
---@param value any "table.index", or "index", and "new name"
---@param more? any
---@return forge.Change
function rename_index(value, more) end

--- Adds foreign keys.
---
---     add_foreign_key "orders" { foreign_key { "customer" } :references "customers.id" }
---@param value any "table" { foreign_key … }
---@param more? any
---@return forge.Change
function add_foreign_key(value, more) end

--- Takes a foreign key away.
---
---     drop_foreign_key "orders" { "customer" }
---@param value any "table" "name", "table.name", or "table" { columns }
---@param more? any
---@return forge.Change
function drop_foreign_key(value, more) end

--- Adds conditions.
---
---     add_check "orders" { check "total_positive" "total >= 0" }
---@param value any "table" { check … }
---@param more? any
---@return forge.Change
function add_check(value, more) end

--- Takes a condition away.
---
---     drop_check "orders" "total_positive"
---@param value any "table" "name", or "table.name"
---@param more? any
---@return forge.Change
function drop_check(value, more) end

--- Adds exclusion constraints (PostgreSQL).
---
---     add_exclude "bookings" { exclude "no_overlap" { { "room", "=" } } }
---@param value any "table" { exclude … }
---@param more? any
---@return forge.Change
function add_exclude(value, more) end

--- Takes an exclusion constraint away.
---
---     drop_exclude "bookings" "no_overlap"
---@param value any "table" "name", or "table.name"
---@param more? any
---@return forge.Change
function drop_exclude(value, more) end

--- Takes any constraint away by its name.
---
---     drop_constraint "orders" "total_positive"
---@param value any "table" "name", or "table.name"
---@param more? any
---@return forge.Change
function drop_constraint(value, more) end

--- Renames any constraint.
---
---     rename_constraint "orders.old_fk" "orders_customer_fk"
---@param value any "table.constraint" "new name"
---@param more? any
---@return forge.Change
function rename_constraint(value, more) end

--- Adds an enum.
---
---     create_enum "status" { "new", "paid" }
---@param value any "name" { values }
---@param more? any
---@return forge.Enum
function create_enum(value, more) end

--- Gives an enum other values.
---
---     alter_enum "status" { "new", "paid", "sent" }
---@param value any "name" { values }
---@param more? any
---@return forge.Enum
function alter_enum(value, more) end

--- Adds a value to an enum, at the end or beside another.
---
---     add_value "status" "sent" :after "paid"
---@param value any "enum" "value"
---@param more? any
---@return forge.AddValue
function add_value(value, more) end

--- Takes an enum away.
---
---     drop_enum "status"
---@param value any "name"
---@param more? any
---@return forge.Change
function drop_enum(value, more) end

--- Adds a sequence.
---
---     create_sequence "invoice_no" :start(1000)
---@param value any "name"
---@param more? any
---@return forge.Sequence
function create_sequence(value, more) end

--- Changes what is said of a sequence.
---
---     alter_sequence "invoice_no" :increment(10)
---@param value any "name" and sequence words
---@param more? any
---@return forge.Sequence
function alter_sequence(value, more) end

--- Takes a sequence away.
---
---     drop_sequence "invoice_no"
---@param value any "name"
---@param more? any
---@return forge.Change
function drop_sequence(value, more) end

--- Adds a view.
---
---     create_view "adults" "SELECT id FROM users WHERE age > 17"
---@param value any "name" "query"
---@param more? any
---@return forge.View
function create_view(value, more) end

--- Adds a view whose rows are kept (PostgreSQL).
---
---     create_materialized_view "totals" "SELECT sum(total) FROM orders"
---@param value any "name" "query"
---@param more? any
---@return forge.View
function create_materialized_view(value, more) end

--- Gives a view another query.
---
---     alter_view "adults" "SELECT id, name FROM users WHERE age > 17"
---@param value any "name" "query"
---@param more? any
---@return forge.View
function alter_view(value, more) end

--- Takes a view away.
---
---     drop_view "adults"
---@param value any "name"
---@param more? any
---@return forge.Change
function drop_view(value, more) end

--- Adds a trigger, a routine, a domain …; written like `definition`.
---
---     create_definition "domain email" "CREATE DOMAIN email AS text"
---@param value any "kind and name" "statement"
---@param more? any
---@return forge.Definition
function create_definition(value, more) end

--- Gives a trigger, a routine … another definition.
---
---     alter_definition "domain email" { create = "CREATE DOMAIN email AS varchar(80)" }
---@param value any "kind and name" "statement"
---@param more? any
---@return forge.Definition
function alter_definition(value, more) end

--- Takes a trigger, a routine … away.
---
---     drop_definition "trigger audit on orders"
---@param value any "kind and name"
---@param more? any
---@return forge.Change
function drop_definition(value, more) end

--- Adds a namespace.
---
---     create_namespace "billing"
---@param value any "name"
---@param more? any
---@return forge.Namespace
function create_namespace(value, more) end

--- Takes a namespace away.
---
---     drop_namespace "billing"
---@param value any "name"
---@param more? any
---@return forge.Change
function drop_namespace(value, more) end

--- Comments on a table, or on a column as "table.column".
---
---     comment "orders.total" "In the order's currency"
---@param value any "object" "text"
---@param more? any
---@return forge.Change
function comment(value, more) end

--- SQL of your own: `up` does it, `down` undoes it, `done_when` tells whether it is done.
---
---     execute { up = "UPDATE users SET age = 37 WHERE id = 1", why = "it was entered wrongly" }
---@param value any { up, down, why, done_when, name, phase }
---@param more? any
---@return forge.Change
function execute(value, more) end
