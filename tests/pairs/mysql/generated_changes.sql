CREATE TABLE t(id int PRIMARY KEY, a int, c int GENERATED ALWAYS AS (a+1) STORED, d int AS (a*2) VIRTUAL);

-- becomes

CREATE TABLE t(id int PRIMARY KEY, a int, c int GENERATED ALWAYS AS (a+2) STORED, d int AS (a*2) STORED);
