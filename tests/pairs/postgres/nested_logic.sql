CREATE TABLE t (id int PRIMARY KEY, state int NOT NULL, amr text NOT NULL DEFAULT '[]',
  CONSTRAINT c CHECK (state = 1 OR (state = 2 AND (amr IS NOT NULL AND (id > 0 AND id < 100)))),
  g boolean GENERATED ALWAYS AS (state = 1 AND (id = 2 AND id IS NOT NULL)) STORED);
CREATE INDEX t_i ON t (state) WHERE id > 0 AND (state > 0 AND state < 9);
CREATE VIEW v AS SELECT id, amr FROM t WHERE id > 0 AND (state = 1 AND state < 5);
CREATE TABLE u (id int PRIMARY KEY, a int, CONSTRAINT flat CHECK (a > 0 AND a < 9 AND a <> 4));
CREATE DOMAIN d AS int CONSTRAINT d_c CHECK (VALUE > 0 AND (VALUE < 9 AND VALUE <> 4));
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (id > 0 AND (state = 1 AND state < 5));
-- becomes
CREATE TABLE t (id int PRIMARY KEY, state int NOT NULL, amr jsonb DEFAULT '[]'::jsonb,
  CONSTRAINT c CHECK (state = 1 OR (state = 2 AND (amr IS NOT NULL AND (id > 0 AND id < 100)))),
  g boolean GENERATED ALWAYS AS (state = 1 AND (id = 2 AND id IS NOT NULL)) STORED);
CREATE INDEX t_i ON t (state) WHERE id > 0 AND (state > 0 AND state < 9);
CREATE VIEW v AS SELECT id, amr FROM t WHERE id > 0 AND (state = 1 AND state < 5);
CREATE TABLE u (id int PRIMARY KEY, a int, CONSTRAINT flat CHECK (a > 0 AND (a < 9 AND a <> 4)));
CREATE DOMAIN d AS bigint CONSTRAINT d_c CHECK (VALUE > 0 AND (VALUE < 9 AND VALUE <> 4));
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (id > 0 AND (state = 1 AND (amr IS NOT NULL AND state < 5)));
