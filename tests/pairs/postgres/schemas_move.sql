CREATE SCHEMA s1; CREATE TABLE s1.t(id int primary key, a int); CREATE INDEX i ON s1.t(a);

-- becomes

CREATE SCHEMA s2; CREATE TABLE s2.t(id int primary key, a int); CREATE INDEX i ON s2.t(a);
