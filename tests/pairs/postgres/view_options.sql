CREATE TABLE t(id int primary key, a int);
CREATE VIEW v AS SELECT id, a FROM t;
CREATE VIEW u AS SELECT id, a FROM t WHERE a > 1;

-- becomes

CREATE TABLE t(id int primary key, a int);
CREATE VIEW v WITH (security_barrier=true, security_invoker=true) AS SELECT id, a FROM t;
CREATE VIEW u AS SELECT id, a FROM t WHERE a > 1 WITH LOCAL CHECK OPTION;
