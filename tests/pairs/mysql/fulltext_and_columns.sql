CREATE TABLE t (id int NOT NULL PRIMARY KEY, body text NOT NULL);
CREATE TABLE u (id int NOT NULL PRIMARY KEY, body text NOT NULL, old int, FULLTEXT KEY ft (body));
-- becomes
CREATE TABLE t (id int NOT NULL PRIMARY KEY, body text NOT NULL, title varchar(200), autocomplete longtext, FULLTEXT KEY f (body), FULLTEXT KEY g (title), FULLTEXT KEY h (autocomplete));
CREATE TABLE u (id int NOT NULL PRIMARY KEY, body text NOT NULL, extra int, more varchar(20) NOT NULL DEFAULT '');
