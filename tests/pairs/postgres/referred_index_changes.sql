CREATE TABLE cl (id varchar(40) not null, pk uuid primary key);
CREATE UNIQUE INDEX cl_u ON cl (id);
CREATE TABLE r (x int primary key, c varchar(40) constraint r_fk references cl(id) on delete cascade);
CREATE TABLE s (x int primary key, c varchar(40) constraint s_fk references cl(id) on delete cascade);
-- becomes
CREATE TABLE cl (id varchar(40) not null, pk uuid primary key, nid uuid not null);
CREATE UNIQUE INDEX cl_u ON cl (id, nid);
CREATE TABLE s (x int primary key, c varchar(40));
