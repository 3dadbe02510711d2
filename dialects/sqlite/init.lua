--- SQLite, 3.40 and later: in one process, one writer, a schema that is text.

local dialect = require("forge.dialect")
local ddl = require("dialects.sqlite.ddl")
local types = require("dialects.sqlite.types")

return dialect.define {
  name = "sqlite",
  default_version = "3.40",
  features = {
    transactional_ddl = true, namespaces = false, named_enums = false, sequences = false, comments = false,
    concurrent_index = false, not_valid = false, using_index = false,
    alter_column_type = false, alter_column_null = false, rename_column = true, drop_column = true,
    add_constraint = false, drop_constraint = false,
    partial_index = true, expression_index = true, include = false, desc_index = true, exclusion = false,
    check = true, deferrable = true, identity = true, generated_stored = true, generated_virtual = true,
    materialized_view = false, index_names = "schema", constraint_names = "table", rename_index = false,
    rename_constraint = false, invisible_column = false, invisible_index = false, updatable_views = false,
    stored_procedures = false, view_follows_rename = true, rebuild = true, unseen_cascades = false, documents = false, caseless = "all",
  },
  -- A column that counts up comes and goes with the primary key that it is.
  counter_is_key = true,
  whole_number = function(_, text)
    local digits = "LTRIM(TRIM(" .. text .. "), '+-')"
    return ("(%s <> '' AND %s NOT GLOB '*[^0-9]*')"):format(digits, digits)
  end,
  laws = {
    reserved_prefix = "sqlite_", one_namespace = true, caseless_names = true, rowid_needs_key = true,
  },
  types = types,
  catalog = require("dialects.sqlite.catalog"),
  emit = require("dialects.sqlite.emit"),
  locks = require("dialects.sqlite.locks"),
  errors = require("dialects.sqlite.errors"),
  ident = function(_, name) return ddl.ident(name) end,
  literal = function(_, text) return ddl.literal(text) end,
  -- Of the triggers of one kind the one that was made last fires first (sqlite3FinishTrigger puts it at the front of the table's list).
  newest_trigger_first = true,
  type_sql = function(_, t) return types.sql(t) end,
  column_sql = function(_, col, t) return ddl.column_sql(col, t) end,
  default_sql = function(_, expr) return ddl.default_sql(expr) end,
}
