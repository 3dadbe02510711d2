CREATE TABLE t(id int);

-- becomes

CREATE TABLE t(id int);
CREATE EXTENSION IF NOT EXISTS postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h', dbname 'd');
CREATE FOREIGN TABLE ft(id int, v text) SERVER far OPTIONS (table_name 'x');
