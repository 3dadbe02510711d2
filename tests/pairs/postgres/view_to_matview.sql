CREATE TABLE t(id int primary key, a int);
CREATE VIEW v AS SELECT id, a FROM t;

-- becomes

CREATE TABLE t(id int primary key, a int);
CREATE MATERIALIZED VIEW v AS SELECT id, a FROM t;
CREATE INDEX vi ON v(a);
