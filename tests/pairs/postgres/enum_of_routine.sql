CREATE TYPE kind AS ENUM ('web', 'native', 'machine');
CREATE TABLE apps (id varchar(21) PRIMARY KEY, type kind NOT NULL DEFAULT 'web');
CREATE FUNCTION check_type(app varchar(21), VARIADIC wanted kind[]) RETURNS boolean AS $$
BEGIN RETURN (SELECT type = ANY (wanted) FROM apps WHERE id = app); END; $$ LANGUAGE plpgsql SET search_path = public;
COMMENT ON FUNCTION check_type(varchar, kind[]) IS 'It''s a kind';
CREATE FUNCTION first_kind() RETURNS kind AS $$ SELECT 'web'::kind $$ LANGUAGE sql IMMUTABLE;
REVOKE ALL ON FUNCTION first_kind() FROM PUBLIC;
CREATE TABLE secrets (app varchar(21) NOT NULL REFERENCES apps (id), CONSTRAINT of_type CHECK (check_type(app, 'machine', 'web')));
CREATE VIEW firsts AS SELECT first_kind() AS k, app FROM secrets;
CREATE INDEX by_first ON apps (id) WHERE type = first_kind();
-- becomes
CREATE TYPE kind AS ENUM ('web', 'machine');
CREATE TABLE apps (id varchar(21) PRIMARY KEY, type kind NOT NULL DEFAULT 'web');
CREATE FUNCTION check_type(app varchar(21), VARIADIC wanted kind[]) RETURNS boolean AS $$
BEGIN RETURN (SELECT type = ANY (wanted) FROM apps WHERE id = app); END; $$ LANGUAGE plpgsql SET search_path = public;
COMMENT ON FUNCTION check_type(varchar, kind[]) IS 'It''s a kind';
CREATE FUNCTION first_kind() RETURNS kind AS $$ SELECT 'web'::kind $$ LANGUAGE sql IMMUTABLE;
REVOKE ALL ON FUNCTION first_kind() FROM PUBLIC;
CREATE TABLE secrets (app varchar(21) NOT NULL REFERENCES apps (id), CONSTRAINT of_type CHECK (check_type(app, 'machine', 'web')));
CREATE VIEW firsts AS SELECT first_kind() AS k, app FROM secrets;
CREATE INDEX by_first ON apps (id) WHERE type = first_kind();
