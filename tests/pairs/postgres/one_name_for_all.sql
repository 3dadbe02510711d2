CREATE SCHEMA status;
CREATE SCHEMA app;
CREATE TYPE app.status AS ENUM ('new', 'done');
CREATE FUNCTION status.status() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE status.status (status app.status DEFAULT 'new', n integer);
CREATE TRIGGER status BEFORE INSERT ON status.status FOR EACH ROW EXECUTE FUNCTION status.status();

-- becomes

CREATE SCHEMA status;
CREATE SCHEMA app;
CREATE TYPE app.status AS ENUM ('new', 'done');
CREATE FUNCTION status.status() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.n := 1; RETURN NEW; END';
CREATE TABLE status.status (status app.status DEFAULT 'new', n integer, CHECK (status <> 'done' OR n > 0));
CREATE TRIGGER status BEFORE INSERT OR UPDATE ON status.status FOR EACH ROW EXECUTE FUNCTION status.status();
CREATE TABLE app.log (status app.status NOT NULL, log integer CHECK (log > 0));
CREATE FUNCTION log(log integer) RETURNS integer LANGUAGE sql AS 'SELECT log';
