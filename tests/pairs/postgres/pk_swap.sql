CREATE TABLE t(id int primary key, u uuid not null unique);
CREATE TABLE c(id int primary key, t_id int references t(id));

-- becomes

CREATE TABLE t(id int unique, u uuid primary key);
CREATE TABLE c(id int primary key, t_id int references t(id));
