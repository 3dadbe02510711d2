CREATE TABLE t(id int primary key);

-- becomes

CREATE SEQUENCE sq AS int START 100 CACHE 5 CYCLE MAXVALUE 1000;
CREATE TABLE t(id int primary key default nextval('sq'));
ALTER SEQUENCE sq OWNED BY t.id;
