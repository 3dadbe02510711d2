CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(10), n int);
CREATE VIEW replaced WITH (security_barrier) AS SELECT id, a FROM t WHERE a > 1;
CREATE VIEW turned WITH (security_barrier, check_option = local) AS SELECT id, a FROM t WHERE a > 1;
ALTER VIEW turned ALTER COLUMN a SET DEFAULT 3;
COMMENT ON COLUMN turned.a IS 'it''s a';
GRANT SELECT (a) ON turned TO PUBLIC;
CREATE VIEW shorter AS SELECT id, a, b FROM t;
ALTER VIEW shorter ALTER COLUMN b SET DEFAULT 'q' || 'r';
ALTER VIEW shorter ALTER COLUMN a SET DEFAULT 3;
GRANT SELECT (b) ON shorter TO PUBLIC;
CREATE VIEW longer AS SELECT id FROM t;
CREATE VIEW unbarred WITH (security_barrier) AS SELECT id, a FROM t WHERE a > 1;
CREATE VIEW typed WITH (security_barrier) AS SELECT id, n FROM t;
ALTER VIEW typed ALTER COLUMN n SET DEFAULT 5;
CREATE VIEW settled AS SELECT id, a FROM t;
ALTER VIEW settled ALTER COLUMN a SET DEFAULT 7;

-- becomes

CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(10), n bigint);
CREATE VIEW replaced WITH (security_barrier) AS SELECT id, a FROM t WHERE a > 2;
CREATE VIEW turned WITH (security_barrier, check_option = local) AS SELECT a, id FROM t WHERE a > 1;
ALTER VIEW turned ALTER COLUMN a SET DEFAULT 3;
COMMENT ON COLUMN turned.a IS 'it''s a';
GRANT SELECT (a) ON turned TO PUBLIC;
CREATE VIEW shorter AS SELECT id, a FROM t;
ALTER VIEW shorter ALTER COLUMN a SET DEFAULT 3;
CREATE VIEW longer AS SELECT id, a, b FROM t;
ALTER VIEW longer ALTER COLUMN b SET DEFAULT 'q';
GRANT SELECT (b) ON longer TO PUBLIC;
CREATE VIEW unbarred AS SELECT id, a, b FROM t WHERE a > 1;
CREATE VIEW typed WITH (security_barrier) AS SELECT id, n FROM t;
ALTER VIEW typed ALTER COLUMN n SET DEFAULT 5;
CREATE VIEW settled AS SELECT id, a FROM t;
ALTER VIEW settled ALTER COLUMN a SET DEFAULT 8;
