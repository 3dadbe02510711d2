CREATE TABLE t(id int primary key);

-- becomes

CREATE TYPE fr AS RANGE (subtype = float8);
CREATE TABLE t(id int primary key, r fr);
