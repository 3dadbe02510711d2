--- Questions about documents, as commands whose answer is one value: the count that `count` or a pipeline's `$count` gives, or
--- '1' and '0' for what the catalog says (docs/dialects/mongodb.md lists the forms).

local json = require("forge.json")
local text = require("dialects.mongodb.text")

local M = {}

local obj, raw, encode, quote = json.object, json.raw, json.encode, json.quote

-- Conditions: queries over documents, as JSON text ---------------------------------------------------------------------

--- The field is null or not there.
function M.is_null(name) return "{" .. quote(name) .. ":null}" end

--- One of the conditions holds.
function M.any(list)
  if #list == 1 then return list[1] end
  return '{"$or":[' .. table.concat(list, ",") .. "]}"
end

function M.all(list)
  if #list == 1 then return list[1] end
  return '{"$and":[' .. table.concat(list, ",") .. "]}"
end

--- The field's value, as an expression.
function M.field(name) return quote("$" .. name) end

--- An expression gives a value.
function M.gives(expr) return '{"$expr":{"$ne":[{"$ifNull":[' .. expr .. ',null]},null]}}' end

--- An expression gives none.
function M.gives_nothing(expr) return '{"$expr":{"$eq":[{"$ifNull":[' .. expr .. ',null]},null]}}' end

--- Two expressions give different values, a missing one being null.
function M.differs(a, b)
  return '{"$expr":{"$ne":[{"$ifNull":[' .. a .. ',null]},{"$ifNull":[' .. b .. ",null]}]}}"
end

--- The first field is there, though it may be null, and the second is not.
function M.only(a, b)
  return encode(obj { { a, obj { { "$exists", true } } }, { b, obj { { "$exists", false } } } })
end

--- The field holds a value of none of these BSON types.
function M.of_other_type(name, bson)
  return encode(obj { { name, obj { { "$exists", true }, { "$not", obj { { "$type", #bson == 1 and bson[1] or bson } } } } } })
end

-- Questions ---------------------------------------------------------------------------------------------------------

function M.count(q, condition)
  return encode(obj { { "count", q.name }, { "query", raw(condition or "{}") } })
end

local function pipeline(q, stages)
  stages[#stages + 1] = obj { { "$count", "n" } }
  return encode(obj { { "aggregate", q.name }, { "pipeline", stages }, { "cursor", raw("{}") } })
end

--- Which documents a unique constraint or index is to hold, as a query; nil: all of them.
function M.bound(kind, object)
  if kind == "key" and not object.primary then
    local list = {}
    for i, part in ipairs(object.parts) do list[i] = "{" .. quote(part.column) .. ':{"$ne":null}}' end
    return M.all(list)
  end
  if (object.where or "") ~= "" then return object.where end
  if text.setting(object.storage, "sparse") ~= "true" then return nil end
  local list = {}
  for i, part in ipairs(object.parts) do list[i] = "{" .. quote(part.column) .. ':{"$exists":true}}' end
  return M.any(list)
end

--- Groups of documents that a unique index refuses. A missing value is null, and two nulls are equal.
---@param filter string? which documents the index holds
function M.duplicates(q, parts, filter)
  local stages, key = {}, {}
  if filter then stages[1] = obj { { "$match", raw(filter) } } end
  for i, part in ipairs(parts) do key[i] = { "k" .. i, obj { { "$ifNull", { "$" .. part.column, json.null } } } } end
  stages[#stages + 1] = obj { { "$group", obj { { "_id", obj(key) }, { "n", obj { { "$sum", 1 } } } } } }
  stages[#stages + 1] = obj { { "$match", obj { { "n", obj { { "$gt", 1 } } } } } }
  return pipeline(q, stages)
end

--- Documents whose reference leads nowhere.
function M.orphans(q, fk)
  local present, matches, names = {}, {}, {}
  for i, name in ipairs(fk.columns) do
    present[i] = "{" .. quote(name) .. ':{"$ne":null}}'
    names[i] = { "v" .. i, "$" .. name }
    matches[i] = obj { { "$eq", { "$" .. (fk.ref_columns[i] or name), "$$v" .. i } } }
  end
  local inner = { obj { { "$match", obj { { "$expr", #matches == 1 and matches[1] or obj { { "$and", matches } } } } } },
                  obj { { "$limit", 1 } } }
  return pipeline(q, {
    obj { { "$match", raw(M.all(present)) } },
    obj { { "$lookup", obj { { "from", fk.ref.name }, { "let", obj(names) }, { "pipeline", inner }, { "as", "forgelua_parent" } } } },
    obj { { "$match", obj { { "forgelua_parent", obj { { "$size", 0 } } } } } },
  })
end

--- Documents that hold the field, whatever its value.
function M.holding(q, name)
  return { title = ("no document of %s holds %s yet, which `before` does not state"):format(q.name, name),
           sql = M.count(q, encode(obj { { name, obj { { "$exists", true } } } })), expect = "0" }
end

--- Documents that the validator of the table would refuse.
function M.violations(t) return M.count(t.name, '{"$nor":[' .. text.validator(t) .. "]}") end

--- '1' where there is more than one document.
function M.several(q)
  return encode(obj { { "aggregate", q.name }, { "pipeline", {
    obj { { "$limit", 2 } }, obj { { "$count", "n" } }, obj { { "$match", obj { { "n", 2 } } } },
    obj { { "$project", obj { { "several", "1" } } } } } }, { "cursor", raw("{}") } })
end

--- Documents that hold a value which an older list of values has not; nil where nothing came to it.
function M.new_values(q, name, before, after)
  local known, new = {}, {}
  for _, value in ipairs(before) do known[value] = true end
  for _, value in ipairs(after) do
    if not known[value] then new[#new + 1] = value end
  end
  if #new == 0 then return nil end
  return { title = ("no document of %s has a new value in %s"):format(q.name, name),
           sql = M.count(q, encode(obj { { name, obj { { "$in", new } } } })), expect = "0" }
end

-- What the catalog says ------------------------------------------------------------------------------------------------

local function catalog(word, command, where)
  return encode(obj { { "forgelua", word }, { "command", command }, { "where", where } })
end

local function collections(name) return obj { { "listCollections", 1 }, { "filter", obj { { "name", name } } } } end
local function indexes(name) return obj { { "listIndexes", name } } end

function M.has_collection(name) return catalog("has", collections(name), obj { { "name", name } }) end
function M.lacks_collection(name) return catalog("lacks", collections(name), obj { { "name", name } }) end

function M.has_view(view)
  local viewed = view.query:match('^%s*{%s*"viewOn"%s*:%s*"(.-)"')
  return catalog("has", collections(view.name.name), obj { { "type", "view" }, { "options.viewOn", viewed } })
end

-- What the server gives back as it was stated; it spells collations and text indexes in its own way.
local AS_STATED = { name = true, unique = true, sparse = true, expireAfterSeconds = true, hidden = true }

function M.has_index(q, index, t)
  local members, own_key = {}, true
  for _, part in ipairs(index.parts) do
    if part.opclass == "text" or index.method == "text" then own_key = false end
  end
  for _, member in ipairs(text.index_members(index, t)) do
    if AS_STATED[member[1]] or (member[1] == "key" and own_key) then members[#members + 1] = member end
  end
  return catalog("has", indexes(q.name), obj(members))
end

function M.lacks_index(q, name) return catalog("lacks", indexes(q.name), obj { { "name", name } }) end

--- Is the collection's validator that of the table?
function M.has_validator(t)
  return encode(obj { { "forgelua", "validator" }, { "collection", t.name.name }, { "validator", raw(text.validator(t)) },
                      { "validationLevel", text.level(t) }, { "validationAction", text.action(t) } })
end

--- All of these questions give '1'.
function M.every(list) return '{"forgelua":"every","of":[' .. table.concat(list, ",") .. "]}" end

return M
