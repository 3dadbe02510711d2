--- The type words of the spec language, as data. `args`: { name, least, most, optional } in order.

local M = {}

local kLength = { "length", 1, 1073741823, true }
local kPrecision = { "precision", 0, 6, true }

local function row(word, doc, args, example)
  M[#M + 1] = {
    word = word, on = "column", kind = "type", args = args or {}, doc = doc,
    example = example or ('column "x" :' .. word .. "()"),
  }
end

row("smallint", "A whole number of 2 bytes.")
row("integer", "A whole number of 4 bytes.")
row("bigint", "A whole number of 8 bytes.")
row("tinyint", "A whole number of 1 byte; where the engine has none, its smallest.")
row("mediumint", "A whole number of 3 bytes; where the engine has none, 4 bytes.")
row("serial", "A 4-byte number that the database counts up by itself; never null.")
row("bigserial", "An 8-byte number that the database counts up by itself; never null.")
row("numeric", "An exact decimal number: precision counts all digits, scale those after the point.",
  { { "precision", 1, 1000, true }, { "scale", 0, 1000, true } }, 'column "total" :numeric(12, 2)')
row("decimal", "The same as numeric.",
  { { "precision", 1, 1000, true }, { "scale", 0, 1000, true } }, 'column "total" :decimal(12, 2)')
row("real", "A binary floating-point number of 4 bytes.")
row("double", "A binary floating-point number of 8 bytes.")
row("float", "A binary floating-point number; the argument is its precision in bits.", { { "bits", 1, 53, true } })
row("boolean", "True or false.")
row("char", "Text of exactly this many characters, padded with spaces.", { kLength }, 'column "currency" :char(3)')
row("varchar", "Text of at most this many characters.", { kLength }, 'column "name" :varchar(80)')
row("text", "Text of any length.")
row("tinytext", "Text of at most 255 bytes (MySQL, MariaDB).")
row("mediumtext", "Text of at most 16 MB (MySQL, MariaDB).")
row("longtext", "Text of at most 4 GB (MySQL, MariaDB).")
row("citext", "Text that compares without regard to letter case (PostgreSQL's extension).")
row("binary", "Exactly this many bytes.", { kLength }, 'column "hash" :binary(32)')
row("varbinary", "At most this many bytes.", { kLength }, 'column "token" :varbinary(64)')
row("blob", "Bytes of any length.")
row("bytea", "The same as blob.")
row("tinyblob", "At most 255 bytes (MySQL, MariaDB).")
row("mediumblob", "At most 16 MB of bytes (MySQL, MariaDB).")
row("longblob", "At most 4 GB of bytes (MySQL, MariaDB).")
row("date", "A calendar day.")
row("time", "A time of day; the argument is the number of decimals of a second.", { kPrecision })
row("timetz", "A time of day with its offset from UTC.", { kPrecision })
row("timestamp", "A day and time without a zone.", { kPrecision })
row("timestamptz", "An instant: a day and time that a zone fixes.", { kPrecision })
row("datetime", "A day and time without a zone.", { kPrecision })
row("interval", "A span of time (PostgreSQL).", { kPrecision })
row("year", "A year (MySQL, MariaDB).")
row("uuid", "A universally unique identifier.")
row("json", "A JSON document, kept as it was written.")
row("jsonb", "A JSON document, kept in a form that can be indexed (PostgreSQL).")
row("xml", "An XML document (PostgreSQL).")
row("inet", "An address of a host or a network (PostgreSQL).")
row("cidr", "An address of a network (PostgreSQL).")
row("macaddr", "A hardware address (PostgreSQL).")
row("bit", "Exactly this many bits.", { { "length", 1, 83886080, true } })
row("varbit", "At most this many bits (PostgreSQL).", { { "length", 1, 83886080, true } })
row("money", "An amount in the database's own currency (PostgreSQL).")
row("point", "A point of a plane.")
row("geometry", "A shape. For a subtype or a reference system, write the engine's own type with `type`.")
row("tsvector", "A text prepared for searching (PostgreSQL).")
row("hstore", "Keys and values (PostgreSQL's extension).")

--- Types whose argument is no number have their own functions (spec_column.lua).
local function special(word, takes, doc, example)
  M[#M + 1] = { word = word, on = "column", kind = "type", takes = takes, doc = doc, example = example }
end

special("enum", "the name of an enum, or an array of values", "One of a list of values.",
  'column "status" :enum "order_status"')
special("set", "an array of values", "Any of a list of values at once (MySQL, MariaDB).",
  'column "flags" :set { "new", "gift" }')
special("array", "a type word, or nothing after another type", "An array of another type (PostgreSQL).",
  'column "tags" :array "text"')
special("type", "a type as the engine spells it, or sql { engine = … }", "A type that only the engine knows.",
  'column "place" :type "geometry(Point,4326)"')

return M
