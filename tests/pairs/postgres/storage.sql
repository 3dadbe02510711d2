CREATE TABLE t(id int primary key, a text);

-- becomes

CREATE UNLOGGED TABLE t(id int primary key, a text) WITH (autovacuum_enabled=false, fillfactor=60);
ALTER TABLE t ALTER a SET STORAGE EXTERNAL;
ALTER TABLE t ALTER a SET COMPRESSION pglz;
ALTER TABLE t REPLICA IDENTITY FULL;
