CREATE TABLE t(id int PRIMARY KEY, a int, CONSTRAINT c1 CHECK (a > 0));

-- becomes

CREATE TABLE t(id int PRIMARY KEY, a int CHECK (a < 100), b varchar(10), CONSTRAINT c1 CHECK (a > 1), CONSTRAINT c2 CHECK (b <> 'x'));
