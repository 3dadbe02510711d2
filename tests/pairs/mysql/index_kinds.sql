CREATE TABLE t(id int PRIMARY KEY, a varchar(100), b text, c point NOT NULL, KEY ia(a), FULLTEXT KEY fb(b));

-- becomes

CREATE TABLE t(id int PRIMARY KEY, a varchar(100), b text, c point NOT NULL, KEY ia(a(10) DESC), FULLTEXT KEY fb(a,b), SPATIAL KEY sc(c), UNIQUE KEY ub(b(20)), KEY x(a) COMMENT 'why');
