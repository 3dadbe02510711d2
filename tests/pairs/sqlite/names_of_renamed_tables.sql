CREATE TABLE old_type (id INTEGER PRIMARY KEY AUTOINCREMENT, code varchar(10) NOT NULL UNIQUE);
CREATE INDEX type_code ON old_type (code);
CREATE TABLE event (id INTEGER PRIMARY KEY, type_id integer NOT NULL REFERENCES old_type (id));
-- becomes
CREATE TABLE new_type (id INTEGER PRIMARY KEY AUTOINCREMENT, code varchar(10) NOT NULL UNIQUE, name text);
CREATE INDEX type_code ON new_type (code);
CREATE TABLE event (id INTEGER PRIMARY KEY, type_id integer NOT NULL REFERENCES new_type (id));
