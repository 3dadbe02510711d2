CREATE TABLE t(id int primary key, a int);
CREATE TABLE v(id int primary key, a int);

-- becomes

CREATE TABLE t(id int primary key, a int);
CREATE VIEW v AS SELECT id, a FROM t;
