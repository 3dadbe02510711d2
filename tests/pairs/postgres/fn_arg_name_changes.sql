CREATE FUNCTION f(a int, b text default 'q') RETURNS int LANGUAGE sql AS $$ select a $$;

-- becomes

CREATE FUNCTION f(aa int, b text default 'z', c int default 4) RETURNS int LANGUAGE sql STABLE PARALLEL SAFE AS $$ select aa $$;
