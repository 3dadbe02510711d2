CREATE TABLE flow (id INTEGER PRIMARY KEY, name text NOT NULL);
CREATE TABLE old (id INTEGER PRIMARY KEY, gone integer REFERENCES nowhere (id));
-- becomes
CREATE TABLE flow (id INTEGER PRIMARY KEY, name text NOT NULL, workspace_id text REFERENCES workspace (id));
CREATE INDEX flow_name ON flow (name);
CREATE TABLE old (id INTEGER PRIMARY KEY, gone integer);
