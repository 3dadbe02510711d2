CREATE TABLE t(id int primary key);

-- becomes

CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION IF NOT EXISTS hstore; CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE t(id int primary key, e citext unique, h hstore);
CREATE INDEX tg ON t USING gin (h); CREATE INDEX tr ON t USING gin ((e::text) gin_trgm_ops);
