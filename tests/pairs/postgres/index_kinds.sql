CREATE TABLE t(id int primary key, a int, b text, r int4range);
CREATE INDEX i1 ON t(a);
CREATE INDEX i2 ON t(lower(b));

-- becomes

CREATE TABLE t(id int primary key, a int, b text, r int4range, CONSTRAINT ex EXCLUDE USING gist (r WITH &&));
CREATE INDEX i1 ON t USING hash (a);
CREATE INDEX i2 ON t(lower(b) COLLATE "C" text_pattern_ops DESC NULLS LAST) INCLUDE (a) WITH (fillfactor=70) WHERE a IS NOT NULL;
CREATE UNIQUE INDEX i3 ON t(a) NULLS NOT DISTINCT;
CREATE INDEX i4 ON t USING brin (a) WITH (pages_per_range=32);
