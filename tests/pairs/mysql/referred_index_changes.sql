CREATE TABLE cl (id varchar(40) NOT NULL, pk int NOT NULL PRIMARY KEY, UNIQUE KEY cl_u (id));
CREATE TABLE r (x int PRIMARY KEY, c varchar(40), CONSTRAINT r_fk FOREIGN KEY (c) REFERENCES cl (id) ON DELETE CASCADE);
CREATE TABLE s (x int PRIMARY KEY, c varchar(40), CONSTRAINT s_fk FOREIGN KEY (c) REFERENCES cl (id) ON DELETE CASCADE);
CREATE TABLE h (challenge varchar(40) PRIMARY KEY);
CREATE TABLE flow (l varchar(40) NOT NULL, cc varchar(40));
CREATE TABLE a (id int PRIMARY KEY, c varchar(40), KEY c (c), CONSTRAINT a_fk FOREIGN KEY (c) REFERENCES h (challenge) ON DELETE CASCADE);
-- becomes
CREATE TABLE cl (id varchar(40) NOT NULL, pk int NOT NULL PRIMARY KEY, nid int NOT NULL, UNIQUE KEY cl_u (nid, id));
CREATE TABLE s (x int PRIMARY KEY, c varchar(40));
CREATE TABLE h (challenge varchar(40) PRIMARY KEY);
CREATE TABLE flow (l varchar(40) NOT NULL PRIMARY KEY, cc varchar(40), UNIQUE KEY flow_cc (cc));
CREATE TABLE a (id int PRIMARY KEY, c varchar(40), KEY c (c), CONSTRAINT a_fk FOREIGN KEY (c) REFERENCES flow (cc) ON DELETE CASCADE);
