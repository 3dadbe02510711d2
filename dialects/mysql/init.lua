--- MySQL 8 and later, InnoDB. MariaDB extends it (dialects/mariadb).

local algorithm = require("dialects.mysql.algorithm")
local checked_types = require("dialects.mysql.checked_types")
local collations = require("dialects.mysql.collations")
local dialect = require("forge.dialect")
local text = require("dialects.mysql.text")
local types = require("dialects.mysql.types")

local features = {
  transactional_ddl = false, namespaces = false, named_enums = false, sequences = false, comments = true,
  concurrent_index = false, not_valid = false, using_index = false,
  alter_column_type = true, alter_column_null = true, rename_column = true, drop_column = true,
  add_constraint = true, drop_constraint = true,
  partial_index = false, expression_index = true, include = false, desc_index = true,
  exclusion = false, check = true, deferrable = false, identity = true,
  generated_stored = true, generated_virtual = true, materialized_view = false,
  index_names = "table", constraint_names = "schema",
  rename_index = true, rename_constraint = false, invisible_column = true, invisible_index = true,
  updatable_views = true, stored_procedures = true, view_follows_rename = false, rebuild = false, unseen_cascades = true, documents = false,
  caseless = "columns",  -- tables are files: whether their names differ by case is for the server's machine to say
}

-- "8.0" without a patch number means a current 8.0, not 8.0.0: 8.0.30 has all that later ones have here.
local kCurrentPatch = 30

local function settle(d)
  if d.major == 8 and d.minor == 0 and not d.version_text:match("^%d+%.%d+%.%d") then
    d.patch = kCurrentPatch
    d.version = d.version + kCurrentPatch
  end
  local f = d.features
  f.expression_index = d:since(8, 0, 13)
  f.check = d:since(8, 0, 16)
  f.invisible_column = d:since(8, 0, 23)
  f.invisible_index = d:since(8, 0, 0)
  f.desc_index = d:since(8, 0, 0)
  -- restrict_fk_on_non_standard_key, on by default from then on: error 6125.
  d.laws.unique_references = d:since(8, 4, 0)
end

return dialect.define {
  name = "mysql",
  flavour = "mysql",
  default_version = "8.4",
  features = features,
  settle = settle,
  laws = {
    checks_by_schema = true, foreign_keys_by_schema = true, one_counter = true, text_keys_need_length = true,
    key_bytes = 3072, character_bytes = 4, typed_references = true, indexed_references = true, no_final_space = true, lengths_bind = true,
    unchecked_counter = true, generated_reads = "earlier", counter_computes = "none",
  },
  types = types,
  algorithm = algorithm,
  catalog = require("dialects.mysql.catalog"),
  emit = require("dialects.mysql.emit"),
  locks = require("dialects.mysql.locks"),
  errors = require("dialects.mysql.errors"),
  -- Loaded where a database is read: a plan between written states does not rest on them.
  queries = { list = function(d) return require("dialects.mysql.queries").list(d) end },
  read = {
    column = function(given, d) return require("dialects.mysql.read").column(given, d) end,
    expression = function(value) return require("dialects.mysql.read").expression(value) end,
  },
  ident = text.ident,
  literal = text.literal,
  type_sql = text.type_sql,
  column_sql = text.column_sql,
  -- A column that counts up comes and goes with the primary key that it is.
  counter_is_key = true,
  renames_copy = function(d, t) return checked_types.stand_in_the_way(d, t, { name = true }, algorithm.mentions) end,
  reads_no_own_rows = true,
  keys_tested_by_row = true,  -- a row may not come before the one that it refers to, not even in one statement
  self_reference_goes_first = true,  -- two tables whose rows refer to their own: the trigger of one deletes in the other one first
  keyless_at_once = true,  -- rows without a key are filled by one UPDATE, which one bad value stops
  whole_number = function(_, value) return ("%s REGEXP '^[[:space:]]*[-+]?[0-9]+[[:space:]]*$'"):format(value) end,
  -- An index on an expression holds a hidden column named after it, which RENAME INDEX leaves as it is: where two such
  -- indexes exchange names, the next ALTER TABLE takes one column for the other (error 1846).
  expression_index_keeps_name = true,
  -- Does a foreign key keep a column at either end of it from this change of type? Of texts the length alone may differ.
  key_holds_type = function(d, from, to)
    local a, b = d.types.map[from.name], d.types.map[to.name]
    return not (a and b and a.family == "text" and b.family == "text")
  end,
  -- Texts and blobs are indexed by a prefix alone.
  indexed_whole = function(d, type)
    local word = d:type_sql(type):lower():match("^%a+") or ""
    return not (word:find("text$") or word:find("blob$"))
  end,
  -- A NOT NULL column of these comes to no rows that stand (error 1845 or 1292): there is no value for them.
  has_no_zero = function(_, type)
    return type.name == "date" or type.name == "datetime" or type.name == "point" or type.name == "geometry"
  end,
  keeps_from_doubling = require("dialects.mysql.doubling").keeps,
  renamed_with_table = require("dialects.mysql.generated").renamed,
  default_sql = text.default_sql,
  stored_value = types.stored_value,
  collates_apart = collations.apart,
  ends_of_key_apart = collations.apart,
  exact_text = collations.exact,
  keyed_as = collations.keyed_as,
  assignable = types.assignable,
}
