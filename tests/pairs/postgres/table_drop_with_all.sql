CREATE TYPE e AS ENUM('x');
CREATE TABLE a(id serial primary key, e e);
CREATE TABLE b(id int primary key, a_id int references a);
CREATE VIEW v AS SELECT a.id FROM a JOIN b ON b.a_id=a.id;
CREATE FUNCTION f(a) RETURNS int LANGUAGE sql AS $$ select $1.id $$;

-- becomes

CREATE TABLE keep(id int);
