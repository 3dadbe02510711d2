CREATE TABLE t (id varchar(255) NOT NULL, pk int unsigned NOT NULL AUTO_INCREMENT, PRIMARY KEY (pk), UNIQUE KEY u (id));
CREATE TABLE kept (id int NOT NULL AUTO_INCREMENT, n int NOT NULL, name varchar(10), PRIMARY KEY (id));
CREATE TABLE asked (id varchar(40) NOT NULL, PRIMARY KEY (id));
CREATE TABLE child (id int NOT NULL PRIMARY KEY, kept_id int NOT NULL, CONSTRAINT child_fk FOREIGN KEY (kept_id) REFERENCES kept (id));
-- becomes
CREATE TABLE t (id varchar(255) NOT NULL, pk_deprecated int unsigned NOT NULL AUTO_INCREMENT, pk char(36) NOT NULL, PRIMARY KEY (pk), UNIQUE KEY u (id), KEY d (pk_deprecated));
CREATE TABLE kept (id int NOT NULL, n int NOT NULL AUTO_INCREMENT, name varchar(10), PRIMARY KEY (id), KEY n (n));
CREATE TABLE asked (id varchar(40) NOT NULL, pk int NOT NULL AUTO_INCREMENT, audience text NOT NULL, PRIMARY KEY (pk), UNIQUE KEY id (id));
CREATE TABLE child (id int NOT NULL PRIMARY KEY, kept_id int NOT NULL, CONSTRAINT child_fk FOREIGN KEY (kept_id) REFERENCES kept (id));
