CREATE FUNCTION g(int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ select $1*2 $$;
CREATE TABLE t(id int primary key, a int, b int GENERATED ALWAYS AS (g(a)) STORED);

-- becomes

CREATE FUNCTION g(int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ select $1*3 $$;
CREATE FUNCTION g2(int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ select $1*3 $$;
CREATE TABLE t(id int primary key, a int, b int GENERATED ALWAYS AS (g2(a)) STORED, CHECK (g2(a) > 0));
CREATE INDEX i ON t(g(a));
