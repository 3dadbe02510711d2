CREATE TABLE page (id INTEGER PRIMARY KEY, draft text NOT NULL);
-- becomes
CREATE TABLE locale (id INTEGER PRIMARY KEY, code text NOT NULL);
CREATE TABLE page (id INTEGER PRIMARY KEY, draft text NOT NULL, locale_id integer NOT NULL REFERENCES locale (id), k char(32) NOT NULL, UNIQUE (draft, k));
CREATE UNIQUE INDEX page_k ON page (k, locale_id);
