CREATE SCHEMA other;
CREATE SEQUENCE testseq START WITH 1000;
ALTER SEQUENCE testseq OWNER TO pg_monitor;
CREATE SEQUENCE other."Other seq";
ALTER SEQUENCE other."Other seq" OWNER TO pg_monitor;
CREATE TYPE mood AS ENUM ('a');
ALTER TYPE mood OWNER TO pg_monitor;
CREATE TABLE t (id int);
ALTER TABLE t OWNER TO pg_monitor;
CREATE TABLE other.t (id int);
ALTER TABLE other.t OWNER TO pg_monitor;
CREATE SCHEMA gone;
ALTER SCHEMA gone OWNER TO pg_monitor;
-- becomes
CREATE SCHEMA other;
CREATE TABLE t (id bigint);
ALTER TABLE t OWNER TO pg_monitor;
