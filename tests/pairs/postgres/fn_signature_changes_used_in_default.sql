CREATE FUNCTION gen(a int) RETURNS text LANGUAGE sql IMMUTABLE AS $$ select 'x' || a $$;
CREATE TABLE t(id int primary key, c text default gen(1));

-- becomes

CREATE FUNCTION gen(a int, b int) RETURNS text LANGUAGE sql IMMUTABLE AS $$ select 'x' || a || b $$;
CREATE TABLE t(id int primary key, c text default gen(1,2));
