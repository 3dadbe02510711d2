CREATE TABLE t (id int PRIMARY KEY, a bigint NOT NULL DEFAULT 5, q smallint DEFAULT '1');
-- becomes
CREATE TABLE t (id int PRIMARY KEY, a bigint NOT NULL DEFAULT '5', q smallint DEFAULT 1, step bigint NOT NULL DEFAULT '0',
  n numeric(10,2) NOT NULL DEFAULT '-5', d double precision NOT NULL DEFAULT '0.5', s smallint NOT NULL DEFAULT '-1', r real DEFAULT '7',
  m bigint NOT NULL DEFAULT '-7', big bigint DEFAULT 5000000000, neg bigint DEFAULT -1, half numeric DEFAULT '0.5', b boolean NOT NULL DEFAULT 'f');
CREATE TABLE u (step bigint NOT NULL DEFAULT '0', s smallint[] DEFAULT '{1,2}', i int DEFAULT '3', dflt money DEFAULT '12');
