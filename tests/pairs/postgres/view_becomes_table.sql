CREATE TABLE t(id int primary key, a int);
CREATE VIEW v AS SELECT id, a FROM t;

-- becomes

CREATE TABLE t(id int primary key, a int);
CREATE TABLE v(id int primary key, a int);
