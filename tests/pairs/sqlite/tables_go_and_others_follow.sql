CREATE TABLE revision (id INTEGER PRIMARY KEY, body text NOT NULL);
CREATE TABLE comment (id INTEGER PRIMARY KEY, revision_id integer REFERENCES revision (id));
CREATE TABLE reply (id INTEGER PRIMARY KEY, comment_id integer NOT NULL REFERENCES comment (id));
-- becomes
CREATE TABLE page_revision (id INTEGER PRIMARY KEY, body text NOT NULL, page integer);
CREATE TABLE comment (id INTEGER PRIMARY KEY, revision_id integer REFERENCES page_revision (id));
CREATE TABLE reply (id INTEGER PRIMARY KEY, comment_id integer NOT NULL REFERENCES comment (id));
