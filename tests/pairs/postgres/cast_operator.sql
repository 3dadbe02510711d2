CREATE TYPE money2 AS (v int, c text);

-- becomes

CREATE TYPE money2 AS (v int, c text);
CREATE FUNCTION m2i(money2) RETURNS int LANGUAGE sql IMMUTABLE AS $$ select $1.v $$;
CREATE CAST (money2 AS int) WITH FUNCTION m2i(money2);
CREATE FUNCTION m2add(money2, money2) RETURNS money2 LANGUAGE sql IMMUTABLE AS $$ select row($1.v+$2.v, $1.c)::money2 $$;
CREATE OPERATOR + (LEFTARG = money2, RIGHTARG = money2, FUNCTION = m2add, COMMUTATOR = +);
