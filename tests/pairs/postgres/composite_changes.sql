CREATE TYPE addr AS (street text, zip text);
CREATE TABLE t(id int primary key, a addr);

-- becomes

CREATE TYPE addr AS (street text, zip text, city text);
CREATE TABLE t(id int primary key, a addr);
