CREATE TYPE st AS ENUM ('a','b','c');
CREATE TABLE t(id int primary key, s st not null default 'a', ss st[]);
CREATE INDEX ti ON t(s) WHERE s = 'b';
CREATE FUNCTION f(x st) RETURNS st LANGUAGE sql AS $$ select x $$;
CREATE VIEW v AS SELECT id FROM t WHERE s = 'c';

-- becomes

CREATE TYPE st AS ENUM ('a','c','d');
CREATE TABLE t(id int primary key, s st not null default 'a', ss st[]);
CREATE INDEX ti ON t(s) WHERE s = 'd';
CREATE FUNCTION f(x st) RETURNS st LANGUAGE sql AS $$ select x $$;
CREATE VIEW v AS SELECT id FROM t WHERE s = 'c';
