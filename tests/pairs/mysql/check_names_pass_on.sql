CREATE TABLE a (id int primary key, n int CHECK (n > 0), CONSTRAINT chk CHECK (id > 0));
CREATE TABLE r (id int primary key, a_id int, KEY a_id (a_id), CONSTRAINT r_fk FOREIGN KEY (a_id) REFERENCES a (id));
-- becomes
CREATE TABLE b (id int primary key, n int CHECK (n > 0), m int, CONSTRAINT chk CHECK (id > 0));
CREATE TABLE r (id int primary key, a_id int, KEY a_id (a_id), CONSTRAINT r_fk FOREIGN KEY (a_id) REFERENCES b (id));
