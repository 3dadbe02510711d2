CREATE TABLE t(id int, b text);

-- becomes

CREATE TEXT SEARCH CONFIGURATION myc (COPY = pg_catalog.english);
CREATE TABLE t(id int, b text, v tsvector GENERATED ALWAYS AS (to_tsvector('myc', b)) STORED);
CREATE INDEX i ON t USING gin(v);
