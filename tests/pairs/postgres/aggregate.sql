CREATE TABLE t(id int);

-- becomes

CREATE TABLE t(id int);
CREATE FUNCTION addf(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ select a+b $$;
CREATE AGGREGATE mysum(int) (SFUNC = addf, STYPE = int, INITCOND = '0');
CREATE VIEW v AS SELECT mysum(id) FROM t;
