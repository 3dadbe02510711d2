CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$ select a $$;
CREATE VIEW v AS SELECT f(3) AS x;

-- becomes

CREATE FUNCTION f(a int) RETURNS bigint LANGUAGE sql AS $$ select a::bigint $$;
CREATE VIEW v AS SELECT f(3) AS x;
