CREATE TABLE t(id int primary key, a int, b text);
CREATE VIEW v AS SELECT id, a FROM t;
CREATE VIEW w AS SELECT * FROM v;

-- becomes

CREATE TABLE t(id int primary key, a int, b text);
CREATE VIEW v AS SELECT a, id, b FROM t WHERE a > 0;
CREATE VIEW w AS SELECT * FROM v;
