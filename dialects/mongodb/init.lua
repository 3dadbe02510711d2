--- MongoDB 5.0 to 8: collections of documents whose form only a validator tells, no triggers, no foreign keys.

local ask = require("dialects.mongodb.ask")
local dialect = require("forge.dialect")
local json = require("forge.json")
local text = require("dialects.mongodb.text")
local types = require("dialects.mongodb.types")

return dialect.define {
  name = "mongodb",
  default_version = "7.0",
  features = {
    transactional_ddl = false, namespaces = false, named_enums = false, sequences = false, comments = false,
    concurrent_index = false, not_valid = false, using_index = false,
    alter_column_type = false, alter_column_null = true, rename_column = true, drop_column = true,
    add_constraint = true, drop_constraint = true,
    partial_index = true, expression_index = false, include = false, desc_index = true, exclusion = false,
    check = true, deferrable = false, identity = false, generated_stored = false, generated_virtual = false,
    materialized_view = false, index_names = "table", constraint_names = "table", rename_index = false,
    rename_constraint = false, invisible_column = false, invisible_index = true, updatable_views = false,
    stored_procedures = false, view_follows_rename = false, rebuild = false, unseen_cascades = false, caseless = "",
    documents = true,
  },
  laws = { reserved_prefix = "system." },
  types = types,
  catalog = require("dialects.mongodb.catalog"),
  emit = require("dialects.mongodb.emit"),
  locks = require("dialects.mongodb.locks"),
  errors = require("dialects.mongodb.errors"),
  -- Conditions and questions are commands here, where other engines have SQL.
  ask = ask,
  ident = function(_, name) return json.quote(name) end,
  qname = function(_, q) return q.name end,
  literal = function(_, value) return '{"$literal":' .. json.quote(value) .. "}" end,
  type_sql = function(_, t) return types.sql(t) end,
  default_sql = function(_, expr) return expr.text end,
  -- Which documents the index of a key holds, as JSON text; "" for all of them.
  key_filter = function(_, t, key)
    local filter = text.present_filter(t, key.parts)
    return filter and json.encode(filter) or ""
  end,
  -- How a field's value is said in an expression.
  value = function(_, name) return ask.field(name) end,
}
