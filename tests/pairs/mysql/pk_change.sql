CREATE TABLE t(a int NOT NULL, b int NOT NULL, c int, PRIMARY KEY(a), UNIQUE KEY ub(b));

-- becomes

CREATE TABLE t(a int NOT NULL, b int NOT NULL, c int, PRIMARY KEY(b,a), UNIQUE KEY uc(c));
