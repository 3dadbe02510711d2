CREATE TABLE t(id int PRIMARY KEY, a int, b int);

-- becomes

CREATE TABLE t(id int PRIMARY KEY, a int, b int, c int GENERATED ALWAYS AS (a+b) STORED, d varchar(20) AS (concat(a,'-',b)) VIRTUAL, KEY kd(d));
