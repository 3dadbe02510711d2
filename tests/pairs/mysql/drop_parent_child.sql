CREATE TABLE p(id int PRIMARY KEY); CREATE TABLE c(id int PRIMARY KEY, p int, KEY kp(p), CONSTRAINT cf FOREIGN KEY (p) REFERENCES p(id)); CREATE VIEW v AS SELECT c.id FROM c JOIN p ON p.id=c.p;

-- becomes

CREATE TABLE c(id int PRIMARY KEY, p int);
