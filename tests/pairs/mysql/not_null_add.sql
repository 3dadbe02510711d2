CREATE TABLE t(id int PRIMARY KEY);

-- becomes

CREATE TABLE t(id int PRIMARY KEY, n int NOT NULL, s varchar(10) NOT NULL, d datetime NOT NULL, j json NOT NULL);
