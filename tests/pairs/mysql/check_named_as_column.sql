CREATE TABLE runs (id int NOT NULL PRIMARY KEY, status varchar(9), n int, CONSTRAINT status CHECK (status IN ('A', 'B')));
CREATE TABLE other (id int NOT NULL PRIMARY KEY, status varchar(9) CHECK (status <> ''), kept int);
-- becomes
CREATE TABLE runs (id int NOT NULL PRIMARY KEY, status varchar(20), n int, CONSTRAINT status CHECK (status IN ('A', 'B', 'C')));
CREATE TABLE other (id int NOT NULL PRIMARY KEY, status varchar(9) CHECK (status <> 'x'), kept bigint, CONSTRAINT kept CHECK (kept > 0));
