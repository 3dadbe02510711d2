--- MariaDB 10.4 and later, InnoDB: extends MySQL's dialect.

local dialect = require("forge.dialect")
local types = require("dialects.mariadb.types")

-- Versions from which MariaDB has what a flag says.
local function settle(d)
  local f = d.features
  f.invisible_column = d:since(10, 3)
  f.rename_index = d:since(10, 5)
  f.rename_column = d:since(10, 5)  -- CHANGE COLUMN does it before
  f.invisible_index = d:since(10, 6)
  f.desc_index = d:since(10, 8)
  f.check = d:since(10, 2, 1)
  f.expression_index = false
  d.types = types.at(d)
end

return dialect.define {
  name = "mariadb",
  flavour = "mariadb",
  invisible_needs_default = true,  -- a NOT NULL column without a default cannot be INVISIBLE (error 4108)
  expression_index_keeps_name = false,
  key_holds_type = function() return true end,
  key_holds_collation = true,  -- both ends of a foreign key have one collation, whether keys are checked or not (errno 150)
  has_no_zero = function() return false end,
  renames_copy = function() return false end,
  reads_no_own_rows = false,
  self_reference_goes_first = false,
  checks_named_by_table = true,  -- the names of checks are free in each table
  extends = require("dialects.mysql"),
  default_version = "10.11",
  features = { sequences = true, expression_index = false },
  settle = settle,
  -- The names of checks are free in each table; what characters take where nothing states it, the server's settings say.
  laws = {
    foreign_keys_by_schema = true, one_counter = true, text_keys_need_length = true, key_bytes = 3072, character_bytes = 1,
    typed_references = true, indexed_references = true, no_final_space = true, lengths_bind = true,
    unchecked_counter = true, generated_reads = "earlier", counter_computes = "virtual",
  },
  types = types,
  algorithm = require("dialects.mariadb.algorithm"),
  catalog = require("dialects.mariadb.catalog"),
  emit = require("dialects.mariadb.emit"),
  locks = require("dialects.mariadb.locks"),
  errors = require("dialects.mariadb.errors"),
}
