--- The words of collections and their fields (MongoDB), as data.

local M = {}

local function add(on, kind, word, takes, doc, example, field)
  M[#M + 1] = { word = word, on = on, kind = kind, takes = takes, doc = doc, example = example, field = field }
end

add("spec", "object", "collection", '"name" { fields, indexes, checks }',
  "A collection of documents (MongoDB); the words of a table serve it, too.",
  'collection "users" { field "email" :string() :required() }')
add("spec", "object", "field", '"name" and a type',
  "A field of a collection's documents, or of an object in them; the words of a column serve it, too.",
  'field "email" :string() :required()')

local function type_word(word, takes, doc, example) add("field", "type", word, takes, doc, example or ('field "x" :' .. word .. "()")) end

type_word("string", "nothing", "Text.")
type_word("int", "nothing", "A whole number of 4 bytes.")
type_word("long", "nothing", "A whole number of 8 bytes.")
type_word("bool", "nothing", "True or false.")
type_word("date", "nothing", "An instant, to the millisecond.")
type_word("timestamp", "nothing", "BSON's own timestamp, which the server's log counts by; an instant is a date.")
type_word("objectId", "nothing", "An ObjectId.")
type_word("binData", "nothing", "Bytes.")
type_word("any", "nothing", "A value of any type.")
type_word("bson", "the name of a BSON type, or several with '|' between them", "A BSON type by its own name.", 'field "n" :bson "int|long"')
type_word("object", "nothing, or { fields }", "An object, with the fields that it has.",
  'field "address" :object { field "city" :string() :required() }')
type_word("array", "nothing, a type word, or { fields }", "An array: of anything, of values of a type, or of objects with these fields.",
  'field "tags" :array "string"')

local function rule(word, takes, doc, example) add("field", "modifier", word, takes, doc, example) end

rule("required", "nothing", "It is there in every document, and not null.", 'field "email" :string() :required()')
rule("nullable", "nothing, or false", "It may be null, although it is required; with false: it may be missing, but not null.",
  'field "left_at" :date() :required() :nullable()')
rule("inferred", "nothing", "It was seen in documents that were read; no validator speaks of it.", 'field "age" :int() :inferred()')
rule("one_of", "values", "It has one of these values.", 'field "status" :string() :one_of { "new", "paid" }')
rule("pattern", "text", "A regular expression that its text matches.", 'field "zip" :string() :pattern "^[0-9]{5}$"')
rule("min", "a number", "The least value.", 'field "age" :int() :min(0)')
rule("max", "a number", "The largest value.", 'field "age" :int() :max(150)')
rule("min_length", "a whole number", "The least number of characters.", 'field "name" :string() :min_length(1)')
rule("max_length", "a whole number", "The largest number of characters.", 'field "name" :string() :max_length(80)')
rule("min_items", "a whole number", "The least number of elements.", 'field "tags" :array "string" :min_items(1)')
rule("max_items", "a whole number", "The largest number of elements.", 'field "tags" :array "string" :max_items(20)')
rule("unique_items", "nothing", "No element stands in it twice.", 'field "tags" :array "string" :unique_items()')
rule("json_schema", "a JSON schema, as a table or as text", "What else a validator is to say of it.",
  'field "n" :int() :json_schema { multipleOf = 5 }')

local function option(word, takes, doc, example) add("collection", "modifier", word, takes, doc, example) end

option("validation_level", "\"strict\", \"moderate\" or \"off\"", "Which documents the validator is asked about.",
  'collection "users" { … } :validation_level "moderate"')
option("validation_action", "\"error\" or \"warn\"", "What becomes of a document that does not match.",
  'collection "users" { … } :validation_action "warn"')
option("validator", "a query, as a table or as text", "A query that every document matches, beside its fields.",
  'collection "users" { … } :validator { ["$or"] = { { email = { ["$exists"] = true } }, { phone = { ["$exists"] = true } } } }')
option("json_schema", "a JSON schema, as a table or as text", "What else the validator's JSON schema is to say.",
  'collection "users" { … } :json_schema { minProperties = 2 }')
option("closed", "nothing", "Documents have no other fields than those that are stated.", 'collection "users" { … } :closed()')
option("capped", "bytes, and the largest number of documents", "The oldest documents go when it is full.",
  'collection "log" { … } :capped(1048576)')
option("timeseries", "{ timeField, metaField, granularity }", "A time series.",
  'collection "weather" { … } :timeseries { timeField = "at", metaField = "station" }')
option("expire_after", "seconds", "Documents of a time series or a clustered collection go when they are this old.",
  'collection "weather" { … } :timeseries { timeField = "at" } :expire_after(86400)')
option("clustered", "nothing", "Documents are kept in the order of _id.", 'collection "events" { … } :clustered()')
option("collation", "{ locale, strength, … }", "How its text compares.", 'collection "users" { … } :collation { locale = "de" }')

local function index_word(word, takes, doc, example) add("index", "modifier", word, takes, doc, example) end

index_word("sparse", "nothing", "Only documents that have the field (MongoDB).", 'index "a_1" { "a" } :sparse()')
index_word("expire_after", "seconds", "Documents go when the date in the field is this old (MongoDB).",
  'index "at_1" { "at" } :expire_after(86400)')
index_word("collation", "{ locale, strength, … }", "How its text compares (MongoDB).",
  'index "name_1" { "name" } :collation { locale = "en", strength = 2 }')
index_word("weights", "{ field = number }", "How much a field of a text index counts (MongoDB).",
  'index "doc_text" { "title", "body" } :using "text" :weights { title = 10 }')
index_word("wildcard_projection", "{ field = 1 or 0 }", "Which fields a wildcard index holds (MongoDB).",
  'index "all" { "$**" } :wildcard_projection { secret = 0 }')

return M
