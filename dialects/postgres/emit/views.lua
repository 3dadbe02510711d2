--- Views and materialised views.

local ops = require("forge.ops")
local objects = require("dialects.postgres.emit.objects")
local sql = require("dialects.postgres.sql")

local M = {}

local function noun(view) return view.materialized and "MATERIALIZED VIEW" or "VIEW" end

local function options(view, d)
  local list = {}
  if view.security_invoker and d.features.security_invoker then list[#list + 1] = { "security_invoker", "true" } end
  if view.check_option and view.check_option ~= "" then list[#list + 1] = { "check_option", view.check_option } end
  return list
end

local function query(view) return (view.query:match("^%s*(.-)[%s;]*$")) end

local function definition(view, d, replace)
  local out = { "CREATE " .. (replace and "OR REPLACE " or "") .. noun(view) .. " " .. d:qname(view.name) }
  if view.columns and #view.columns > 0 then out[#out + 1] = "(" .. sql.columns(view.columns, d) .. ")" end
  local list = view.materialized and {} or options(view, d)
  if #list > 0 then out[#out + 1] = "WITH (" .. sql.settings_sql(list, d) .. ")" end
  return table.concat(out, " ") .. " AS\n" .. query(view)
end

local function comment(out, view, d)
  out:add(sql.comment_sql(noun(view) .. " " .. d:qname(view.name), view.comment, d))
end

function M.create_view(out, o, _, d)
  out:add(definition(o.after, d))
  if sql.given(o.after.comment) then comment(out, o.after, d) end
end

function M.drop_view(out, o, _, d) out:add("DROP " .. noun(o.before) .. " " .. d:qname(o.before.name)) end

-- A view may be replaced where its columns stay as they are and new ones follow; the server knows. Where they do not,
-- the view is made anew, and its owner, grants, triggers and rules with it, and what is said of each column that it still has.
-- Either way the server forgets the options that the statement does not say.
local REPLACE = [[

DECLARE
  held record;
  one record;
  again text[];
  columns text[];
  of_columns text[];
BEGIN
  SELECT oid, relowner::regrole AS owner, relacl AS acl, (SELECT string_agg(format('%I = %L', option_name, option_value), ', ')
    FROM pg_options_to_table(reloptions) WHERE option_name NOT IN ('security_invoker', 'check_option')) AS options
  INTO STRICT held FROM pg_class WHERE oid = @literal@::regclass;
  SELECT array_agg(x.text ORDER BY x.text) INTO again FROM (
    SELECT pg_get_triggerdef(t.oid) AS text FROM pg_trigger t WHERE t.tgrelid = held.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT pg_get_ruledef(r.oid) FROM pg_rewrite r WHERE r.ev_class = held.oid AND r.rulename <> '_RETURN') AS x;
  SELECT array_agg(a.attname ORDER BY a.attnum, x.text), array_agg(x.text ORDER BY a.attnum, x.text) INTO columns, of_columns
  FROM pg_attribute a CROSS JOIN LATERAL (
    SELECT format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', @literal@, a.attname, pg_get_expr(f.adbin, f.adrelid)) AS text
    FROM pg_attrdef f WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum
    UNION ALL
    SELECT format('COMMENT ON COLUMN %s.%I IS %L', @literal@, a.attname, d.description)
    FROM pg_description d WHERE d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid AND d.objsubid = a.attnum
    UNION ALL
    SELECT format('GRANT %s (%I) ON %s TO %s%s', g.privilege_type, a.attname, @literal@,
      CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
      CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM aclexplode(a.attacl) AS g) AS x
  WHERE a.attrelid = held.oid AND a.attnum > 0;
  BEGIN
    EXECUTE @replace@;
  EXCEPTION WHEN invalid_table_definition OR feature_not_supported THEN
    EXECUTE @drop@;
    EXECUTE @create@;
    EXECUTE format('ALTER VIEW %s OWNER TO %s', @literal@, held.owner);
    FOR one IN SELECT * FROM aclexplode(held.acl) LOOP
      EXECUTE format('GRANT %s ON %s TO %s%s', one.privilege_type, @literal@,
        CASE WHEN one.grantee = 0 THEN 'PUBLIC' ELSE one.grantee::regrole::text END,
        CASE WHEN one.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
    END LOOP;
    FOR one IN SELECT x.text FROM unnest(columns, of_columns) AS x (name, text)
      JOIN pg_attribute a ON a.attrelid = @literal@::regclass AND a.attname = x.name LOOP
      EXECUTE one.text;
    END LOOP;
    FOR one IN SELECT unnest(again) AS text LOOP
      EXECUTE one.text;
    END LOOP;
  END;
  IF held.options IS NOT NULL THEN
    EXECUTE format('ALTER VIEW %s SET (%s)', @literal@, held.options);
  END IF;
END
]]

local function replace(out, b, d)
  local parts = {
    literal = sql.name_literal(b.name, d), replace = sql.dollar(definition(b, d, true)),
    drop = d:literal("DROP VIEW " .. d:qname(b.name)), create = sql.dollar(definition(b, d)),
  }
  out:add("DO " .. sql.dollar((REPLACE:gsub("@(%w+)@", parts))))
end

local function set_options(out, a, b, d)
  local set, reset = sql.settings_change(options(a, d), options(b, d))
  local name = d:qname(b.name)
  if #set > 0 then out:add(("ALTER VIEW %s SET (%s)"):format(name, sql.settings_sql(set, d))) end
  if #reset > 0 then out:add(("ALTER VIEW %s RESET (%s)"):format(name, table.concat(reset, ", "))) end
end

function M.alter_view(out, o, _, d)
  local a, b = o.before, o.after
  local remade = (a.materialized or false) ~= (b.materialized or false)
  if not remade then objects.rename_object(out, noun(b), a.name, b.name, d) end
  local redefined = query(a) ~= query(b) or not ops.equal(a.columns or {}, b.columns or {})
  if remade or (redefined and b.materialized) then
    out:add("DROP " .. noun(a) .. " " .. d:qname(remade and a.name or b.name))
    out:add(definition(b, d))
    if sql.given(b.comment) then comment(out, b, d) end
    return
  end
  if redefined then replace(out, b, d) else set_options(out, a, b, d) end
  if (a.comment or "") ~= (b.comment or "") or (redefined and sql.given(b.comment)) then comment(out, b, d) end
end
M.rename_view = M.alter_view

return M
