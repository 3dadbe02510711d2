--- Catalog predicates about routines, triggers, domains, policies …: is there one of that name?

local definitions = require("forge.definitions")

local M = {}

local own, unquoted = definitions.own, definitions.unquoted

local function by_cast(cast)
  return function(one, d) return ("SELECT FROM (SELECT %s(%s) AS found) AS f WHERE found IS NOT NULL"):format(
    cast, d:literal(own(one))) end
end

-- Types that stand whatever a plan does, as a routine's signature says them.
local ALWAYS = {}
for name in ([[smallint,integer,bigint,numeric,real,double precision,text,character varying,character,boolean,date,interval,json,jsonb,
uuid,bytea,timestamp without time zone,timestamp with time zone,time without time zone,time with time zone,inet,cidr,name,oid,regclass,
internal,record,trigger,anyelement,anyarray,"any"]]):gsub("\n", ""):gmatch("[^,]+") do ALWAYS[name] = true end

-- Asked for a routine over a type that has gone, the server fails instead of finding none.
local function routine(one, d)
  local signature, gone = own(one), {}
  for argument in (signature:match("%((.*)%)$") or ""):gmatch("[^,]+") do
    local type_name = argument:match("^%s*(.-)[%s%[%]]*$")
    if not ALWAYS[type_name] then gone[#gone + 1] = ("to_regtype(%s) IS NOT NULL"):format(d:literal(type_name)) end
  end
  if #gone == 0 then return by_cast("to_regprocedure")(one, d) end
  return ("SELECT FROM (SELECT CASE WHEN %s THEN to_regprocedure(%s) END AS found) AS f WHERE found IS NOT NULL"):format(
    table.concat(gone, " AND "), d:literal(signature))
end

local function in_table(catalog, name, relation)
  return function(one, d)
    return ("SELECT FROM %s x WHERE x.%s = %s AND x.%s = to_regclass(%s)"):format(
      catalog, name, d:literal(unquoted(own(one))), relation, d:literal(d:qname(one.on)))
  end
end

local function by_name(catalog, name)
  return function(one, d)
    local last = own(one):match('[^.]+$') or own(one)
    return ("SELECT FROM %s x WHERE x.%s = %s"):format(catalog, name, d:literal(unquoted(last)))
  end
end

local FIND = {
  ["function"] = routine, procedure = routine, aggregate = routine,
  domain = by_cast("to_regtype"), type = by_cast("to_regtype"),
  trigger = in_table("pg_trigger", "tgname", "tgrelid"), policy = in_table("pg_policy", "polname", "polrelid"),
  rule = in_table("pg_rewrite", "rulename", "ev_class"),
  extension = by_name("pg_extension", "extname"), statistics = by_name("pg_statistic_ext", "stxname"),
  ["event trigger"] = by_name("pg_event_trigger", "evtname"),
}

--- '1' once the object is there, or gone; nil for an altered one, whose text the server writes in its own way, and for kinds
--- that no catalog lists by name.
---@param o table operation
---@param d table dialect
---@return string?
function M.done(o, d)
  if o.before and o.after then return nil end
  local one = o.after or o.before
  local find = FIND[one.kind]
  if not find then return nil end
  return ("SELECT CASE WHEN EXISTS (%s) THEN '%s' ELSE '%s' END"):format(find(one, d), o.after and 1 or 0, o.after and 0 or 1)
end

-- `name NOT IN (…)`, for the names that are known.
local function unknown(name, known, d)
  if #known == 0 then return "" end
  local list = {}
  for i, one in ipairs(known) do list[i] = d:literal(one) end
  return (" AND %s NOT IN (%s)"):format(name, table.concat(list, ", "))
end

--- How many triggers, policies, rules and statistics objects stand on the table, how many publications have it, and whether row
--- security does, apart from those of these names and our own.
---@param q table
---@param known string[]
---@param d table dialect
---@return string
function M.bystanders(q, known, d)
  local at = ("to_regclass(%s)"):format(d:literal(d:qname(q)))
  local function count(catalog, relation, name, more)
    return ("(SELECT count(*) FROM %s x WHERE x.%s = %s%s%s)"):format(catalog, relation, at, more or "", unknown(name, known, d))
  end
  return "SELECT " .. table.concat({
    count("pg_trigger", "tgrelid", "x.tgname", " AND NOT x.tgisinternal AND x.tgname !~ '^[!~]?zz_'"),
    count("pg_policy", "polrelid", "x.polname"), count("pg_rewrite", "ev_class", "x.rulename"),
    count("pg_statistic_ext", "stxrelid", "x.stxname"),
    count("pg_publication_rel", "prrelid", "(SELECT p.pubname FROM pg_publication p WHERE p.oid = x.prpubid)"),
    ("(SELECT count(*) FROM pg_class x WHERE x.oid = %s AND x.relrowsecurity%s)"):format(at,
      unknown("'row security'", known, d)),
  }, " + ")
end

return M
