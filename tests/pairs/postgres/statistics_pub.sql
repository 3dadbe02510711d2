CREATE TABLE t(id int primary key, a int, b int);

-- becomes

CREATE TABLE t(id int primary key, a int, b int);
CREATE STATISTICS st (dependencies, ndistinct) ON a, b FROM t;
CREATE PUBLICATION pub FOR TABLE t WHERE (a > 0);
